import type { Claim } from '../domain/claim.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Value, Write } from './store.ts'
import { table } from './table.ts'

/** What a member says and shows for a claim. It may be personal, and stands in no entry. */
export interface Evidence {
  readonly text?: string | undefined
  /** References to photos, as the app that keeps them makes them. */
  readonly photos?: readonly string[] | undefined
}

/** A claim as it is kept: whatever was done about it, and what time has brought about since is not written yet. */
export interface StoredClaim {
  readonly claim: Claim
  readonly evidence: Evidence
  readonly version: number
  /** Of the body by which it was made. */
  readonly hash: string
  /** Of the body by which it was settled. */
  readonly settledBy?: string | undefined
}

/** The write that puts a claim at its next version, and that fails where another was at it meanwhile; version 0: a new one. */
export function claimWrite(programme: string, { claim, evidence, version, hash, settledBy }: StoredClaim): Write {
  const { claimId, ...told } = claim
  return {
    kind: 'put',
    item: {
      ...table.claim(programme, claimId),
      [versionAttribute]: version + 1,
      h: hash,
      c: told as unknown as Value,
      ...(evidence.text !== undefined && { tx: evidence.text }),
      ...(evidence.photos && { ph: [...evidence.photos] }),
      ...(settledBy !== undefined && { sh: settledBy }),
    },
    condition: version === 0 ? { is: 'absent' } : { is: 'equal', attribute: versionAttribute, value: version },
  }
}

export function claimOf(item: Item): StoredClaim {
  return {
    claim: {
      claimId: item.pk.slice(item.pk.indexOf('#CLAIM#') + '#CLAIM#'.length),
      ...(item.c as unknown as Omit<Claim, 'claimId'>),
    },
    evidence: { text: item.tx as string | undefined, photos: item.ph as string[] | undefined },
    version: item[versionAttribute] as number,
    hash: item.h as string,
    settledBy: item.sh as string | undefined,
  }
}

/** The row by which a claim stands in line, for staff or for what was approved; undefined where it waits for neither. */
export const lineKeyOf = (programme: string, { claimId, awaits, dueAt }: Claim) =>
  (awaits === 'decision' || awaits === 'remedy') && dueAt !== null
    ? table.claimInLine(programme, awaits, dueAt, claimId)
    : undefined
