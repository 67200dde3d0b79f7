import { receiveClaimedGoods, settleClaim, withdrawMyClaim } from '../contract/claims.ts'
import { isProblem, problem, problemOf } from '../contract/problem.ts'
import { goodsReceived, isRecalled, settlement, withdrawal } from '../domain/claim-steps.ts'
import { isRefusal } from '../domain/refusal.ts'
import { countAgain, orProblem, takeEffect } from './claim-effect.ts'
import { bookingOfClaim, changeClaim, withEntry } from './claim-record.ts'
import { implement, mayPostFor } from './context.ts'
import { bodyHash } from './hash.ts'
import { ownClaim } from './read-claims.ts'
import { checkOccurredAt } from './sale.ts'
import { storeFault } from './till-stores.ts'
import { instantOf } from './views.ts'
import { claimOfTill, claimView, storesOf } from './views-of-claims.ts'

export const withdrawMyClaimImplementation = implement(withdrawMyClaim, async ({ params }, context) => {
  const own = await ownClaim(context, params.id)
  if (isProblem(own)) return own
  const changed = await changeClaim(context, own.claim.claimId, async (opened) => {
    const { claim, ledger } = opened
    if (claim.state === 'withdrawn') return 'done'
    const step = withdrawal(claim, { member: true }, ledger.now)
    if (isRefusal(step)) return problemOf(step)
    return { booking: withEntry(ledger, bookingOfClaim(opened), step), held: null }
  })
  return isProblem(changed) ? changed : { status: 200 as const, body: claimView(context.programme, changed.stored) }
})

/** The goods of an approved claim came in at a store: what the approval means for points is booked now. */
export const receiveClaimedGoodsImplementation = implement(receiveClaimedGoods, async ({ params, body }, context) => {
  if (!mayPostFor(context.caller, body.storeId)) return problem('store-forbidden', '/storeId')
  const changed = await changeClaim(context, params.id, async (opened) => {
    const { claim, ledger } = opened
    if (claim.steps.some(({ step }) => step === 'goods')) return 'done'
    const step = goodsReceived(ledger.programme, claim, { storeId: body.storeId }, ledger.now, body.reason)
    if (isRefusal(step)) return problemOf(step)
    return orProblem(await takeEffect(opened, bookingOfClaim(opened), claim, step))
  })
  return isProblem(changed) ? changed : { status: 200 as const, body: claimOfTill(context, changed.stored) }
})

/** Says that what was approved was given, once. */
export const settleClaimImplementation = implement(settleClaim, async ({ params, body }, context) => {
  const { storeId, reference, amount, currency } = body
  const occurredAt = instantOf(body.occurredAt)
  const ahead = checkOccurredAt(occurredAt, context.now)
  if (ahead) return ahead
  const hash = bodyHash(body)
  const changed = await changeClaim(context, params.id, async (opened) => {
    const { claim, stored, ledger } = opened
    const forbidden = storeFault(context.caller, storeId, storesOf(claim))
    if (forbidden) return forbidden
    if (stored.settledBy !== undefined) return stored.settledBy === hash ? 'done' : problem('id-reused')
    if (currency !== claim.instruction.currency) return problem('currency-mismatch', '/currency')
    const by = storeId === undefined ? { client: context.caller.subject } : { storeId }
    const step = settlement(claim, { by, amount, occurredAt, reference }, ledger.now)
    if (isRefusal(step)) return problemOf(step)
    const booking = withEntry(ledger, bookingOfClaim(opened), step)
    const stepped = isRecalled(claim) ? await countAgain(opened, booking) : { booking }
    return isRefusal(stepped) ? problemOf(stepped) : { ...stepped, settledBy: hash }
  })
  if (isProblem(changed)) return changed
  const answer = claimOfTill(context, changed.stored)
  return changed.isNew ? { status: 201 as const, body: answer } : { status: 200 as const, body: answer, replayed: true }
})
