import { inReturnOrder } from '../domain/attaching.ts'
import type { Account, Entry } from '../domain/entry.ts'
import type { Use } from '../domain/limits.ts'
import { isRefusal } from '../domain/refusal.ts'
import { bookReturn, type KeptSale } from '../domain/returns.ts'
import { settle } from '../domain/settle.ts'
import type { Points } from '../domain/units.ts'
import type { AwaitedReceipt, ReturnRecord, UnattachedReceipt } from '../store/receipt-item.ts'
import type { Ledger } from './account.ts'

/** A receipt that is there before its purchase is booked: returns wait in it, for the sale or for its member. */
export type EarlyReceipt = AwaitedReceipt | UnattachedReceipt

/** Applies the returns that came before their sale, by `occurredAt`, then id; one that does not fit is kept as refused. */
export function applyWaiting({ programme, now }: Ledger, account: Account, sale: KeptSale, awaited: EarlyReceipt | undefined) {
  if (!awaited) return { account, kept: sale, entries: [], records: [], uses: [] }
  let state = { account, kept: sale }
  const entries: Entry[] = []
  const records: ReturnRecord[] = awaited.returns.filter(({ status }) => status !== 'waiting')
  const uses: Use[] = []
  const waiting = awaited.returns.flatMap((record) => (record.status === 'waiting' ? [record] : []))
  waiting.sort((a, b) => inReturnOrder(a.goods, b.goods))
  for (const { returnId, hash, goods } of waiting) {
    const booked = bookReturn(programme, state.account, state.kept, goods, now)
    if (isRefusal(booked)) {
      records.push({ returnId, hash, status: 'refused', code: booked.refused })
      continue
    }
    entries.push(booked.entry)
    uses.push(...booked.uses)
    records.push({ returnId, hash, status: 'booked', clawedBack: booked.clawedBack })
    state = booked
  }
  if (entries.length === 0) return { account: state.account, kept: state.kept, entries, records, uses }
  const settled = settle(programme, state.account, now)
  return { account: settled.account, kept: state.kept, entries: [...entries, ...settled.entries], records, uses }
}

/** What came back of points that the sale was paid with is told with the last of the returns that it was for. */
export function withRestored(records: readonly ReturnRecord[], restored: Points): readonly ReturnRecord[] {
  const last = records.findLastIndex(({ status }) => status === 'booked')
  return restored === 0 ? records : records.map((record, index) => (index === last ? { ...record, restored } : record))
}
