import type { Instant } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Write } from './store.ts'
import { lowStockKind, table } from './table.ts'

/** Codes of a pool that nobody was given yet, some an item. */
export interface PooledCodes {
  readonly stored: Item
  readonly codes: readonly string[]
}

export const pooledCodesOf = (stored: Item): PooledCodes => ({ stored, codes: stored.c as string[] })

/** Writes codes of an upload into the pool. */
export const pooledCodesWrite = (
  programme: string,
  of: { readonly seriesId: string; readonly uploadId: string; readonly n: number },
  codes: readonly string[],
): Write => ({
  kind: 'put',
  item: { ...table.pooledCodes(programme, of.seriesId, of.uploadId, of.n), [versionAttribute]: 1, c: [...codes] },
  condition: { is: 'absent' },
})

/** Takes a code out of those that were read; it fails where another took one of them meanwhile. */
export function takenCodeWrite({ stored, codes }: PooledCodes, code: string): Write {
  const condition = { is: 'equal', attribute: versionAttribute, value: stored[versionAttribute] as number } as const
  const left = codes.filter((other) => other !== code)
  if (left.length === 0) return { kind: 'delete', key: { pk: stored.pk, sk: stored.sk }, condition, replaces: stored }
  return { kind: 'put', item: { ...stored, [versionAttribute]: condition.value + 1, c: left }, condition, replaces: stored }
}

/** Whether it was said that a pool is low, since codes were uploaded last. */
export interface PoolState {
  readonly stored: Item | undefined
  readonly saidLow: boolean
}

export const poolStateOf = (stored: Item | undefined): PoolState => ({ stored, saidLow: stored?.lw === true })

export function poolStateWrite(programme: string, seriesId: string, { stored }: PoolState, saidLow: boolean): Write {
  const version = Number(stored?.[versionAttribute] ?? 0)
  return {
    kind: 'put',
    item: { ...table.pool(programme, seriesId), [versionAttribute]: version + 1, ...(saidLow && { lw: true }) },
    condition: stored ? { is: 'equal', attribute: versionAttribute, value: version } : { is: 'absent' },
    replaces: stored,
  }
}

/** Says that a pool is low, as a record that is published like an entry. */
export function lowPoolWrites(
  programme: string,
  seriesId: string,
  state: PoolState,
  news: { readonly left: number; readonly mark: number; readonly now: Instant },
): Write[] {
  const { left, mark, now } = news
  const version = Number(state.stored?.[versionAttribute] ?? 0) + 1
  const item = {
    ...table.lowPool(programme, seriesId, version),
    ...{ at: now, bk: now, k: lowStockKind, f: { voucherId: seriesId, left, mark } },
  }
  return [poolStateWrite(programme, seriesId, state, true), { kind: 'put', item }]
}

/** How far an upload of codes has come. */
export interface CodeUpload {
  /** Of the body. */
  readonly hash: string
  /** The place of the first code that was not looked at yet. */
  readonly next: number
  readonly taken: number
  /** Places of codes that the programme had already. */
  readonly duplicates: readonly number[]
  readonly isDone: boolean
}

export const codeUploadOf = (item: Item): CodeUpload => ({
  hash: item.h as string,
  next: item.i as number,
  taken: item.t as number,
  duplicates: item.d as number[],
  isDone: item.ok === true,
})

export function codeUploadWrite(
  programme: string,
  { seriesId, uploadId }: { readonly seriesId: string; readonly uploadId: string },
  upload: CodeUpload,
  stored: Item | undefined,
): Write {
  const version = Number(stored?.[versionAttribute] ?? 0)
  const { hash, next, taken, duplicates, isDone } = upload
  return {
    kind: 'put',
    item: {
      ...table.codeUpload(programme, seriesId, uploadId),
      [versionAttribute]: version + 1,
      ...{ h: hash, i: next, t: taken, d: [...duplicates] },
      ...(isDone && { ok: true }),
    },
    condition: stored ? { is: 'equal', attribute: versionAttribute, value: version } : { is: 'absent' },
    replaces: stored,
  }
}
