import type { ReturnedLine } from '../domain/entry.ts'
import type { Sale } from '../domain/purchase.ts'
import type { RefusalCode } from '../domain/refusal.ts'
import type { GoodsReturn } from '../domain/returns.ts'
import type { BucketId, Instant, MemberId, Points } from '../domain/units.ts'
import { defined, packSaleLines, unpackSaleLines } from './entry-item.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Value } from './store.ts'
import { table } from './table.ts'

/** What became of a posted return; `hash` is of its body. */
export type ReturnRecord = { readonly returnId: string; readonly hash: string } & (
  | { readonly status: 'booked'; readonly clawedBack: Points; readonly restored?: Points | undefined }
  | { readonly status: 'refused'; readonly code: RefusalCode }
  | { readonly status: 'waiting'; readonly goods: GoodsReturn }
)

/** The one record of a purchase's id, kept for ever: what makes it count once. */
export type Receipt = AwaitedReceipt | UnattachedReceipt | SoldReceipt

/** Returns came first, or uses of vouchers; the sale has not. */
export interface AwaitedReceipt {
  readonly state: 'awaited'
  readonly purchaseId: string
  readonly version: number
  readonly voucherLocks?: readonly string[] | undefined
  readonly returns: readonly ReturnRecord[]
}

/** The sale came without a member, and waits for theirs. Returns that fit it wait with it. */
export interface UnattachedReceipt {
  readonly state: 'unattached'
  readonly purchaseId: string
  readonly version: number
  /** Of the purchase's body. */
  readonly hash: string
  readonly voucherLocks?: readonly string[] | undefined
  readonly sale: Pick<Sale, 'occurredAt' | 'details' | 'lines'>
  readonly arrivedAt: Instant
  /** Brought back so far, summed by line. */
  readonly returned: readonly ReturnedLine[]
  readonly returns: readonly ReturnRecord[]
}

export interface SoldReceipt {
  readonly state: 'sold'
  readonly purchaseId: string
  readonly version: number
  /** Of the purchase's body. */
  readonly hash: string
  readonly memberId: MemberId
  /** Where the purchase's entry stands. */
  readonly entry: { readonly version: number; readonly n: number }
  readonly bucket: { readonly id: BucketId; readonly spendableAt: Instant | null }
  /** What the purchase's points are now, after the returns so far. */
  readonly points: Points
  /** Redemptions that named it after it was there. */
  readonly redemptionIds?: readonly string[] | undefined
  /** Locks of vouchers that were used for it. */
  readonly voucherLocks?: readonly string[] | undefined
  /** Brought back so far, summed by line. */
  readonly returned: readonly ReturnedLine[]
  readonly returns: readonly ReturnRecord[]
  /** Claims on it that are open or approved. */
  readonly claims: readonly ReceiptClaim[]
}

/** What a claim has of a purchase: lines that it holds, or once its approval is in effect lines that count as returned. */
export interface ReceiptClaim {
  readonly claimId: string
  /** None of one in effect: they are among those that came back. */
  readonly lines: readonly ReturnedLine[]
  readonly isReturned: boolean
  /** From then on the hold is over, because the goods were not brought back; null: it is not over by time. */
  readonly until: Instant | null
}

/** A claim whose approval is in effect, as its receipt keeps it. */
export const returnedClaim = (claimId: string): ReceiptClaim => ({ claimId, lines: [], isReturned: true, until: null })

/** The claims of a sale without those whose hold is over by time. */
export const claimsNow = ({ claims }: Pick<SoldReceipt, 'claims'>, now: Instant): readonly ReceiptClaim[] =>
  claims.filter(({ until }) => until === null || until > now)

/** What of a sale its open claims hold at an instant, summed by line. */
export function claimedAt(receipt: Pick<SoldReceipt, 'claims'>, now: Instant): ReturnedLine[] {
  const sums = new Map<string, ReturnedLine>()
  for (const { lines, isReturned } of claimsNow(receipt, now)) {
    if (isReturned) continue
    for (const { lineId, quantity, amount } of lines) {
      const sum = sums.get(lineId) ?? { quantity: 0, amount: 0 }
      sums.set(lineId, { lineId, quantity: sum.quantity + quantity, amount: sum.amount + amount })
    }
  }
  return [...sums.values()]
}

export function receiptItem(programme: string, receipt: Receipt): Item {
  const common = {
    ...table.receipt(programme, receipt.purchaseId),
    [versionAttribute]: receipt.version,
    ...(receipt.returns.length > 0 && { r: receipt.returns.map(packRecord) }),
    ...(receipt.voucherLocks && { vl: receipt.voucherLocks }),
  }
  if (receipt.state === 'awaited') return common
  const returned = receipt.returned.length > 0 && { l: packLines(receipt.returned) }
  if (receipt.state === 'unattached') {
    const { occurredAt, details, lines } = receipt.sale
    const sale = { oc: occurredAt, s: defined({ ...details }), sl: packSaleLines(lines) }
    return { ...common, h: receipt.hash, ar: receipt.arrivedAt, ...sale, ...returned }
  }
  return {
    ...common,
    h: receipt.hash,
    m: receipt.memberId,
    e: [receipt.entry.version, receipt.entry.n],
    b: [receipt.bucket.id, receipt.bucket.spendableAt],
    p: receipt.points,
    ...(receipt.redemptionIds && { rd: receipt.redemptionIds }),
    ...returned,
    ...(receipt.claims.length > 0 && { c: receipt.claims.map(packClaim) }),
  }
}

export function receiptOf(item: Item): Receipt {
  const common = {
    purchaseId: item.pk.slice(item.pk.indexOf('#PURCHASE#') + '#PURCHASE#'.length),
    version: item[versionAttribute] as number,
    returns: ((item.r ?? []) as Value[]).map(unpackRecord),
    ...(item.vl !== undefined && { voucherLocks: item.vl as string[] }),
  }
  if (item.h === undefined) return { state: 'awaited', ...common }
  const sold = { hash: item.h as string, returned: unpackLines(item.l ?? []) }
  if (item.ar !== undefined) {
    const details = item.s as unknown as Sale['details']
    const sale = { occurredAt: item.oc as Instant, details, lines: unpackSaleLines(item.sl ?? []) }
    return { state: 'unattached', ...common, ...sold, sale, arrivedAt: item.ar as Instant }
  }
  const [version, n] = item.e as [number, number]
  const [id, spendableAt] = item.b as [BucketId, Instant | null]
  return {
    state: 'sold',
    ...common,
    ...sold,
    memberId: item.m as MemberId,
    entry: { version, n },
    bucket: { id, spendableAt },
    points: item.p as Points,
    ...(item.rd !== undefined && { redemptionIds: item.rd as string[] }),
    claims: ((item.c ?? []) as Value[]).map(unpackClaim),
  }
}

const packClaim = ({ claimId, lines, isReturned, until }: ReceiptClaim): Value => [claimId, packLines(lines), isReturned, until]

function unpackClaim(packed: Value): ReceiptClaim {
  const [claimId, lines, isReturned, until] = packed as [string, Value, boolean, Instant | null]
  return { claimId, lines: unpackLines(lines), isReturned, until }
}

const packLines = (lines: readonly ReturnedLine[]): Value =>
  lines.map(({ lineId, quantity, amount }) => [lineId, quantity, amount])

const unpackLines = (packed: Value): ReturnedLine[] =>
  (packed as unknown as [string, number, number][]).map(([lineId, quantity, amount]) => ({ lineId, quantity, amount }))

function packRecord(record: ReturnRecord): Value {
  const { returnId, hash } = record
  switch (record.status) {
    case 'booked':
      return [returnId, hash, 'b', record.clawedBack, ...(record.restored ? [record.restored] : [])]
    case 'refused':
      return [returnId, hash, 'r', record.code]
    case 'waiting': {
      const { occurredAt, storeId, lines } = record.goods
      return [returnId, hash, 'w', defined({ occurredAt, storeId, lines: packLines(lines) })]
    }
  }
}

function unpackRecord(packed: Value): ReturnRecord {
  const [returnId, hash, status, outcome, restored] = packed as [string, string, string, Value, Points?]
  if (status === 'b') {
    return { returnId, hash, status: 'booked', clawedBack: outcome as Points, ...(restored !== undefined && { restored }) }
  }
  if (status === 'r') return { returnId, hash, status: 'refused', code: outcome as RefusalCode }
  const { lines, ...goods } = outcome as unknown as { lines: Value; occurredAt: Instant; storeId?: string }
  return { returnId, hash, status: 'waiting', goods: { returnId, ...goods, lines: unpackLines(lines) } }
}
