import { isProblem, type Problem, problem, problemOf } from '../contract/problem.ts'
import { lockVoucher, validateVoucher } from '../contract/vouchers.ts'
import { freeUses, voucherFault, withHeld } from '../domain/voucher.ts'
import { discountOf, lockEnd } from '../domain/voucher-series.ts'
import { headOf } from '../store/head-item.ts'
import type { Item, Key } from '../store/store.ts'
import { table } from '../store/table.ts'
import { voucherWrite } from '../store/voucher-item.ts'
import { lockNameWrite, newLockWrite, type VoucherLock } from '../store/voucher-lock-item.ts'
import { again, attempt } from './attempt.ts'
import { type Context, type Handle, implement, mayPostFor } from './context.ts'
import { bodyHash } from './hash.ts'
import { rfc3339 } from './views.ts'
import { lockView, readLock } from './voucher-locks.ts'
import { type WantedVoucher, wantedVoucher } from './voucher-wanted.ts'
import { type FoundVoucher, foundVoucher } from './vouchers.ts'

type Locked = Awaited<ReturnType<Handle<typeof lockVoucher>>>

/** Says what a voucher would take off a basket. */
export const validateVoucherImplementation = implement(validateVoucher, async ({ body }, context) => {
  const asked = await wantedVoucher(context, body)
  if (isProblem(asked)) return asked
  const { found } = await judge(context, asked, [])
  if (isProblem(found)) return found
  const { voucher, series } = found
  return {
    status: 200 as const,
    body: {
      voucherId: voucher.seriesId,
      value: { ...series.value },
      discount: discountOf(series, asked.wanted.basket),
      usesLeft: freeUses(voucher, context.now),
      expiresAt: voucher.expiresAt === null ? null : rfc3339(voucher.expiresAt),
    },
  }
})

/** Holds a use of a voucher for a basket, once for the lock's id. */
export const lockVoucherImplementation = implement(lockVoucher, async ({ params, body }, context) => {
  const { runtime, programme, now } = context
  const { lockId } = params
  const nameKey = table.lockName(programme.id, lockId)
  const askedHash = bodyHash(body)
  return attempt<Locked>(runtime, async (uncertain) => {
    const asked = await wantedVoucher(context, body)
    if (isProblem(asked)) {
      if (!mayPostFor(context.caller, body.storeId)) return asked
      // What is done is recognised before anything is refused that may have changed since.
      const { items } = await runtime.store.read([nameKey], { consistent: true })
      return items[0] ? replayOf(context, lockId, items[0], askedHash, uncertain) : asked
    }
    const { hash, wanted } = asked
    const name = { hash, bodyHash: askedHash }
    return runtime.turns.take(`${programme.id} voucher ${hash}`, async () => {
      const { found, others } = await judge(context, asked, [nameKey])
      if (others[0]) return replayOf(context, lockId, others[0], askedHash, uncertain)
      if (isProblem(found)) {
        // No snapshot: the voucher may be of after this lock. What is done is recognised before anything is refused.
        const { items } = await runtime.store.read([nameKey], { consistent: true })
        return items[0] ? again : found
      }
      const { voucher, series, stored } = found
      const lock: VoucherLock = {
        ...{ lockId, state: 'locked', storeId: wanted.storeId, at: now, until: lockEnd(series, now) },
        ...{ discount: discountOf(series, wanted.basket), purchaseId: null, version: 1 },
      }
      const held = withHeld(voucher, { lockId, until: lock.until }, now)
      const result = await runtime.store.commit([
        lockNameWrite(programme.id, lockId, name),
        newLockWrite(programme.id, hash, lock),
        voucherWrite(programme.id, hash, held, stored),
      ])
      if (result.outcome !== 'committed') return again
      return { status: 201, body: lockView({ lock, found: { ...found, voucher: held } }, now) }
    })
  })
})

async function replayOf(context: Context, lockId: string, named: Item, hash: string, mayBeOwn: boolean): Promise<Locked> {
  if (named.h !== hash) return problem('id-reused')
  const body = lockView((await readLock(context, lockId))!, context.now)
  return mayBeOwn ? { status: 201, body } : { status: 200, body, replayed: true }
}

/** A voucher that a till wants, or why it is not taken; with whatever else is wanted in the same read. */
async function judge(
  context: Context,
  { hash, wanted }: WantedVoucher,
  more: readonly Key[],
): Promise<{ readonly found: FoundVoucher | Problem; readonly others: readonly (Item | undefined)[] }> {
  const { runtime, programme, now } = context
  const { memberId } = wanted
  const heads = memberId === undefined ? [] : [table.head(programme.id, memberId)]
  const { items } = await runtime.store.read([table.voucher(programme.id, hash), ...more, ...heads], { consistent: true })
  const found = foundVoucher(context, hash, items[0])
  const others = items.slice(1, 1 + more.length)
  const answered = (refused: FoundVoucher | Problem) => ({ found: refused, others })
  if (!found) return answered(problem('voucher-unknown', '/code'))
  const head = items[1 + more.length]
  if (memberId !== undefined && !head) return answered(problem('member-unknown', '/member/id'))
  if (head && headOf(head).status === 'closed') return answered(problem('member-closed', '/member'))
  const fault = voucherFault(found.voucher, found.series, wanted, now)
  return answered(fault ? problemOf(fault) : found)
}
