import type { BucketId, MemberId } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Key, Write } from './store.ts'

/** The one record of a bonus's id, kept for ever: what makes it count once. */
export interface BonusRecord {
  readonly key: Key
  readonly version: number
  /** Of an event's body. */
  readonly hash?: string | undefined
  /** Whose event it is. */
  readonly memberId?: MemberId | undefined
  /** Of a friend's referral: the purchase by which it was judged. */
  readonly purchaseId?: string | undefined
  /** Where the bonus's entry stands. */
  readonly entry: { readonly version: number; readonly n: number }
  /** The bucket that its points went to. */
  readonly bucket: BucketId
  /** Campaigns of which it was taken back. */
  readonly undone: readonly string[]
}

export function bonusItem({ key, version, hash, memberId, purchaseId, entry, bucket, undone }: BonusRecord): Item {
  return {
    ...key,
    [versionAttribute]: version,
    ...(hash !== undefined && { h: hash }),
    ...(memberId !== undefined && { m: memberId }),
    ...(purchaseId !== undefined && { p: purchaseId }),
    e: [entry.version, entry.n],
    b: bucket,
    ...(undone.length > 0 && { u: undone }),
  }
}

export function bonusOf(item: Item): BonusRecord {
  const [version, n] = item.e as [number, number]
  return {
    key: { pk: item.pk, sk: item.sk },
    version: item[versionAttribute] as number,
    hash: item.h as string | undefined,
    memberId: item.m as MemberId | undefined,
    purchaseId: item.p as string | undefined,
    entry: { version, n },
    bucket: item.b as BucketId,
    undone: (item.u ?? []) as string[],
  }
}

/** Writes a record that must not be there yet. */
export const newBonusWrite = (record: Omit<BonusRecord, 'version' | 'undone'>): Write => ({
  kind: 'put',
  item: bonusItem({ ...record, version: 1, undone: [] }),
  condition: { is: 'absent' },
})

/** Writes down that a bonus was taken back of some campaigns more. */
export const undoneWrite = (record: BonusRecord, campaigns: readonly string[]): Write =>
  undoneNow(record, [...record.undone, ...campaigns])

/** Writes down that a bonus is given again of some campaigns of which it was taken back. */
export const restoredWrite = (record: BonusRecord, campaigns: readonly string[]): Write =>
  undoneNow(
    record,
    record.undone.filter((campaign) => !campaigns.includes(campaign)),
  )

const undoneNow = (record: BonusRecord, undone: readonly string[]): Write => ({
  kind: 'put',
  item: bonusItem({ ...record, version: record.version + 1, undone }),
  condition: { is: 'equal', attribute: versionAttribute, value: record.version },
  replaces: bonusItem(record),
})
