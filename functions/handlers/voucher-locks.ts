import { problem, problemOf } from '../contract/problem.ts'
import { giveBackVoucherUse, releaseVoucherLock, useVoucherLock } from '../contract/vouchers.ts'
import type { EarnFact } from '../domain/entry.ts'
import { isRefusal } from '../domain/refusal.ts'
import { isAllBack } from '../domain/returns.ts'
import type { Instant } from '../domain/units.ts'
import { freeUses, useVoucher, withoutHeld, withoutUse } from '../domain/voucher.ts'
import { entryOf } from '../store/entry-item.ts'
import { receiptOf } from '../store/receipt-item.ts'
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
    return { lock, found, voucher, change: { state: 'used', purchaseId } }
  })
})

/** Lets go of what a lock holds. */
export const releaseVoucherLockImplementation = implement(releaseVoucherLock, ({ params }, context) =>
  changing(context, params.lockId, async (known) => {
    const { lock, found } = known
    if (lock.state !== 'locked') return known
    return { lock, found, voucher: withoutHeld(found.voucher, lock.lockId), change: { state: 'released' } }
  }),
)

/** Gives a use back whose purchase came back, all of it. */
export const giveBackVoucherUseImplementation = implement(giveBackVoucherUse, ({ params }, context) =>
  changing(context, params.lockId, async (known) => {
    const { lock, found } = known
    if (lock.state === 'given-back') return known
    if (lock.state !== 'used') return problem('voucher-lock-unused')
    const isBack = await isPurchaseBack(context, lock.purchaseId!)
    if (isBack === undefined) return problem('purchase-unknown')
    if (!isBack) return known
    const voucher = withoutUse(found.voucher, context.now)
    return isRefusal(voucher) ? problemOf(voucher) : { lock, found, voucher, change: { state: 'given-back' } }
  }),
)

/** Whether all of a purchase was brought back; undefined where there is none. */
async function isPurchaseBack({ runtime, programme }: Context, purchaseId: string): Promise<boolean | undefined> {
  const { items } = await runtime.store.read([table.receipt(programme.id, purchaseId)], { consistent: true })
  const receipt = items[0] && receiptOf(items[0])
  if (!receipt || receipt.state === 'awaited') return undefined
  if (receipt.state === 'unattached') return isAllBack(receipt.sale.lines, receipt.returned)
  const { version, n } = receipt.entry
  const key = table.entry(programme.id, receipt.memberId, version, n)
  const [entry] = (await runtime.store.read([key], { consistent: true })).items
  return isAllBack((entryOf(entry!).fact as EarnFact).lines, receipt.returned)
}

type Changed = KnownLock & {
  readonly voucher: FoundVoucher['voucher']
  readonly change: Partial<Pick<VoucherLock, 'state' | 'purchaseId'>>
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
    const { lock, found, voucher, change } = decided
    const result = await runtime.store.commit([
      changedLockWrite(programme.id, found.hash, lock, change),
      voucherWrite(programme.id, found.hash, voucher, found.stored),
    ])
    return result.outcome === 'committed' ? answer({ lock: { ...lock, ...change }, found: { ...found, voucher } }) : again
  })
}
