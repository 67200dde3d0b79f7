import { problem, problemOf } from '../contract/problem.ts'
import { giveBackVoucherUse, releaseVoucherLock, useVoucherLock } from '../contract/vouchers.ts'
import { mostPurchaseVouchers } from '../domain/bounds.ts'
import type { EarnFact } from '../domain/entry.ts'
import { isRefusal } from '../domain/refusal.ts'
import { isAllBack } from '../domain/returns.ts'
import type { Instant } from '../domain/units.ts'
import { freeUses, useVoucher, withoutHeld, withoutUse } from '../domain/voucher.ts'
import { entryOf } from '../store/entry-item.ts'
import { versionAttribute } from '../store/head-item.ts'
import { type Receipt, receiptItem, receiptOf } from '../store/receipt-item.ts'
import type { Condition, Item, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { voucherWrite } from '../store/voucher-item.ts'
import { changedLockWrite, lockNameOf, lockOf, type VoucherLock } from '../store/voucher-lock-item.ts'
import { again, attempt } from './attempt.ts'
import { type Context, type Handle, implement, mayPostFor } from './context.ts'
import { rfc3339 } from './views.ts'
import { type FoundVoucher, foundVoucher } from './vouchers.ts'

/** A lock and the voucher that it is of. */
export interface KnownLock {
  readonly lock: VoucherLock
  readonly found: FoundVoucher
}

/** A lock by its id, with its voucher; undefined where there is none. */
export async function readLock({ runtime, programme }: Context, lockId: string): Promise<KnownLock | undefined> {
  const named = (await runtime.store.read([table.lockName(programme.id, lockId)], { consistent: true })).items[0]
  if (!named) return undefined
  const { hash } = lockNameOf(named)
  const keys = [table.voucherLock(programme.id, hash, lockId), table.voucher(programme.id, hash)]
  const [lock, stored] = (await runtime.store.read(keys, { consistent: true })).items
  const found = foundVoucher({ programme }, hash, stored)
  if (!lock || !found) throw new Error(`lock ${lockId} leads to nothing`)
  return { lock: lockOf(lockId, lock), found }
}

export function lockView({ lock, found: { voucher, series } }: KnownLock, now: Instant) {
  const { lockId, state, discount, until, purchaseId } = lock
  return {
    lockId,
    voucherId: voucher.seriesId,
    state: state === 'locked' && now >= until ? ('lapsed' as const) : state,
    value: { ...series.value },
    discount,
    until: rfc3339(until),
    usesLeft: freeUses(voucher, now),
    purchaseId,
  }
}

/** Uses what a lock holds. */
export const useVoucherLockImplementation = implement(useVoucherLock, ({ params, body }, context) => {
  const { purchaseId } = body
  return changing(context, params.lockId, async (known) => {
    const { lock, found } = known
    if (!purchaseId.startsWith(`${lock.storeId}:`)) return problem('store-mismatch', '/purchaseId')
    if (lock.state === 'released') return problem('voucher-lock-released')
    if (lock.state !== 'locked') return lock.purchaseId === purchaseId ? known : problem('voucher-lock-used')
    const voucher = useVoucher(found.voucher, lock.lockId, context.now)
    if (isRefusal(voucher)) return problemOf(voucher)
    const { receipt, stored } = await readReceipt(context, purchaseId)
    const { voucherLocks = [] } = receipt ?? {}
    const isOneMore = !voucherLocks.includes(lock.lockId) && voucherLocks.length >= mostPurchaseVouchers
    if (isOneMore) return problem('too-many-vouchers', '/purchaseId')
    const writes = notedWrites(context, purchaseId, lock.lockId, receipt, stored)
    // Of a purchase that has come back by now the use does at once; it is noted all the same, because that may be undone.
    if (receipt && (await isAllOfItBack(context, receipt))) {
      return {
        lock,
        found,
        voucher: withoutHeld(found.voucher, lock.lockId),
        change: { state: 'given-back', purchaseId },
        writes,
      }
    }
    return { lock, found, voucher, change: { state: 'used', purchaseId }, writes }
  })
})

/**
 * Notes with a purchase that a voucher was used for it, so that its return finds it, as one of a bounded number. Where the sale has
 * not arrived yet it is awaited. The receipt is written in any case: nobody judges by what came back of it and another changes that.
 */
function notedWrites(
  { programme }: Context,
  purchaseId: string,
  lockId: string,
  receipt: Receipt | undefined,
  stored: Item | undefined,
): Write[] {
  const { voucherLocks = [], version } = receipt ?? { version: 0 }
  const isNoted = voucherLocks.includes(lockId) || voucherLocks.length >= mostPurchaseVouchers
  const before: Receipt = receipt ?? { state: 'awaited', purchaseId, version, returns: [] }
  const after: Receipt = { ...before, version: version + 1, voucherLocks: isNoted ? voucherLocks : [...voucherLocks, lockId] }
  const condition: Condition = receipt ? { is: 'equal', attribute: versionAttribute, value: version } : { is: 'absent' }
  const put: Write = { kind: 'put', item: receiptItem(programme.id, after), condition, replaces: stored }
  return receipt ? [put] : [put, { kind: 'put', item: { ...table.awaited(programme.id, purchaseId) } }]
}

/** Lets go of what a lock holds. */
export const releaseVoucherLockImplementation = implement(releaseVoucherLock, ({ params }, context) =>
  changing(context, params.lockId, async (known) => {
    const { lock, found } = known
    if (lock.state !== 'locked') return known
    return { lock, found, voucher: withoutHeld(found.voucher, lock.lockId), change: { state: 'released' } }
  }),
)

/** Gives a use back whose purchase came back, all of it, where that did not by itself. */
export const giveBackVoucherUseImplementation = implement(giveBackVoucherUse, ({ params }, context) =>
  changing(context, params.lockId, async (known) => {
    const { lock, found } = known
    if (lock.state === 'given-back') return known
    if (lock.state !== 'used') return problem('voucher-lock-unused')
    const purchaseId = lock.purchaseId!
    const { receipt, stored } = await readReceipt(context, purchaseId)
    if (!receipt || receipt.state === 'awaited') return problem('purchase-unknown')
    if (!(await isAllOfItBack(context, receipt))) return known
    const voucher = withoutUse(found.voucher, context.now)
    if (isRefusal(voucher)) return problemOf(voucher)
    const writes = notedWrites(context, purchaseId, lock.lockId, receipt, stored)
    return { lock, found, voucher, change: { state: 'given-back' }, writes }
  }),
)

async function readReceipt({ runtime, programme }: Context, purchaseId: string) {
  const { items } = await runtime.store.read([table.receipt(programme.id, purchaseId)], { consistent: true })
  return { receipt: items[0] && receiptOf(items[0]), stored: items[0] }
}

/** Whether all of a purchase was brought back. */
async function isAllOfItBack({ runtime, programme }: Context, receipt: Receipt): Promise<boolean> {
  if (receipt.state === 'awaited') return false
  if (receipt.state === 'unattached') return isAllBack(receipt.sale.lines, receipt.returned)
  if (receipt.returned.length === 0) return false
  const { version, n } = receipt.entry
  const key = table.entry(programme.id, receipt.memberId, version, n)
  const [entry] = (await runtime.store.read([key], { consistent: true })).items
  return isAllBack((entryOf(entry!).fact as EarnFact).lines, receipt.returned)
}

type Changed = KnownLock & {
  readonly voucher: FoundVoucher['voucher']
  readonly change: Partial<Pick<VoucherLock, 'state' | 'purchaseId'>>
  readonly writes?: readonly Write[]
}

/** Changes a lock and its voucher together, until that is done or refused; a lock as it was read is done already. */
function changing(
  context: Context,
  lockId: string,
  decide: (known: KnownLock) => Promise<KnownLock | Changed | ReturnType<typeof problem>>,
) {
  const { runtime, programme, now } = context
  return attempt<Awaited<ReturnType<Handle<typeof useVoucherLock>>>>(runtime, async () => {
    const known = await readLock(context, lockId)
    if (!known) return problem('voucher-lock-unknown')
    if (!mayPostFor(context.caller, known.lock.storeId)) return problem('store-forbidden')
    const decided = await decide(known)
    // No snapshot: the voucher may be of after a change of this lock. What is done is recognised before anything is refused.
    if ('problem' in decided) return (await readLock(context, lockId))!.lock.version === known.lock.version ? decided : again
    const answer = (after: KnownLock) => ({ status: 200 as const, body: lockView(after, now) })
    if (!('change' in decided)) return answer(decided)
    const { lock, found, voucher, change, writes = [] } = decided
    const result = await runtime.store.commit([
      changedLockWrite(programme.id, found.hash, lock, change),
      voucherWrite(programme.id, found.hash, voucher, found.stored),
      ...writes,
    ])
    return result.outcome === 'committed' ? answer({ lock: { ...lock, ...change }, found: { ...found, voucher } }) : again
  })
}
