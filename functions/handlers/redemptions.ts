import { hash } from 'node:crypto'
import type * as z from 'zod'
import { problem } from '../contract/problem.ts'
import { ownRedemptionPrefix, type redemptionAnswer } from '../contract/redemptions.ts'
import type { Head } from '../domain/head.ts'
import { reservationOf } from '../domain/reservation.ts'
import type { MemberId } from '../domain/units.ts'
import { type Redemption, redemptionOf } from '../store/redemption-item.ts'
import type { Item } from '../store/store.ts'
import { table } from '../store/table.ts'
import { type Ledger, openAccount, peekAccount } from './account.ts'
import { type Again, again } from './attempt.ts'
import type { Context } from './context.ts'
import { isOfTill } from './till-stores.ts'
import { rfc3339, standing } from './views.ts'
import { type FoundVoucher, findVoucher, voucherView } from './vouchers.ts'

/** What a redemption is now: one that is stored as reserved and that the head no longer holds points for has lapsed. */
export type RedemptionState = Redemption['state'] | 'lapsed'

/** The programme-wide id of a redemption that a member gave an id of their own. */
export const idOfOwn = (memberId: MemberId, ownId: string): string =>
  `${ownRedemptionPrefix}${hash('sha256', `${memberId}#${ownId}`, 'base64url')}`

/**
 * The state of a redemption by a settled head. Items that are read together are no snapshot: one that is stored as reserved and
 * that the head does not know may be of before a change that the head is of, so it is read again.
 */
export async function stateOf(
  { runtime, programme }: Pick<Ledger, 'runtime' | 'programme'>,
  redemption: Redemption,
  head: Head,
): Promise<RedemptionState | Again> {
  if (redemption.state !== 'reserved' || reservationOf(head, redemption.id)) return redemption.state
  const { items } = await runtime.store.read([table.redemption(programme.id, redemption.id)], { consistent: true })
  return items[0] && redemptionOf(items[0]).version === redemption.version ? 'lapsed' : again
}

export function redemptionView(redemption: Redemption, state: RedemptionState): z.input<ReturnType<typeof redemptionAnswer>> {
  const { id, ownId, memberId, rewardId, price, restored, money, storeId, purchaseId, madeAt, lapsesAt, grantId } = redemption
  return {
    id,
    ...(ownId !== null && { ownId }),
    memberId,
    rewardId,
    state,
    points: { price, restored },
    money,
    ...(grantId !== null && { grantId }),
    storeId,
    purchaseId,
    madeAt: rfc3339(madeAt),
    lapsesAt: lapsesAt === null ? null : rfc3339(lapsesAt),
  }
}

/** How a redemption is answered, with the member's balance and tier. */
export function redemptionBody(
  ledger: Pick<Ledger, 'programme' | 'now'>,
  redemption: Redemption,
  state: RedemptionState,
  head: Head,
  voucher: Pick<FoundVoucher, 'voucher' | 'series'> | undefined,
) {
  return {
    ...redemptionView(redemption, state),
    ...(voucher && { voucher: voucherView(voucher, ledger.now) }),
    ...standing(ledger, head),
  }
}

/**
 * A redemption as a till is told it: a voucher's code is for its own store, which hands it to the member, and for whoever was shown a redemption
 * of the app. Others take the voucher from the member, who has the code.
 */
export function toldTill<Body extends { readonly storeId: string | null; readonly voucher?: unknown }>(
  { caller }: Pick<Context, 'caller'>,
  body: Body,
): Omit<Body, 'voucher'> & Pick<Partial<Body>, 'voucher'> {
  if (isOfTill(caller, [body.storeId])) return body
  const { voucher: _, ...told } = body
  return told
}

/** The voucher that a redemption gave out, as it is now. */
export const voucherOf = async (ledger: Ledger, { voucher }: Pick<Redemption, 'voucher'>): Promise<FoundVoucher | undefined> =>
  voucher === null ? undefined : findVoucher(ledger, voucher)

/** A redemption that was found, as of now. */
export async function foundBody(context: Ledger, stored: Item) {
  const redemption = redemptionOf(stored)
  const { settled, ledger } = await peekAccount(context, redemption.memberId)
  if (!settled) throw new Error(`the redemption ${redemption.id} names a member who is not there`)
  const { head } = settled.account
  const state = await stateOf(ledger, redemption, head)
  return state === again ? again : redemptionBody(ledger, redemption, state, head, await voucherOf(ledger, redemption))
}

/** A redemption, its member's account, and what it is now: read and settled, to be changed. */
export async function openRedemption(context: Ledger, memberId: MemberId, id: string) {
  const key = table.redemption(context.programme.id, id)
  const { open, ledger, others } = await openAccount(context, memberId, { others: [key] })
  const [stored] = others
  if (!open || !stored) throw new Error(`the redemption ${id} or its member is no longer there`)
  const redemption = redemptionOf(stored)
  const { head } = open.account
  const state = await stateOf(ledger, redemption, head)
  return state === again ? again : { open, ledger, stored, redemption, state, reservation: reservationOf(head, id) }
}

/** What keeps a redemption of a state from being captured, released or reversed. */
export const stateProblems = {
  captured: problem('redemption-captured'),
  released: problem('redemption-released'),
  lapsed: problem('redemption-lapsed'),
  reversed: problem('redemption-reversed'),
  reserved: problem('redemption-not-captured'),
} as const
