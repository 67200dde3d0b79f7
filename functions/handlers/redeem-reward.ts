import { isProblem, type Problem, problem, problemOf } from '../contract/problem.ts'
import { redeemMyReward, redeemReward } from '../contract/redemptions.ts'
import { grantFault } from '../domain/granted-reward.ts'
import { revisionAt } from '../domain/programme.ts'
import { redeem, reserve, type Spending } from '../domain/redemption.ts'
import { isRefusal } from '../domain/refusal.ts'
import { isGrantable, isPriced, type Reward, rewardOf } from '../domain/reward.ts'
import { judgeRequest, moneyFor, type Request } from '../domain/reward-terms.ts'
import { followed } from '../domain/settle.ts'
import { earlier, type Instant, type MemberId, type Points, points } from '../domain/units.ts'
import { grantedRewardsOf } from '../store/granted-reward-item.ts'
import { type Redemption, redemptionOf, redemptionWrite } from '../store/redemption-item.ts'
import type { Item } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, type OpenAccount, openAccount } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { type Context, type Handle, implement, mayPostFor } from './context.ts'
import { findNamed } from './find-member.ts'
import { type NamedGrant, namedGrant, useWrite } from './granted-rewards.ts'
import { type HandedOut, handOut } from './hand-out.ts'
import { bodyHash } from './hash.ts'
import { ownMember } from './own-member.ts'
import { payFor } from './paid-purchase.ts'
import { bookCapture } from './points-back.ts'
import { foundBody, idOfOwn, redemptionBody, toldTill } from './redemptions.ts'
import { type StockKeys, stockKeys, takeReward } from './reward-stock.ts'
import { checkNotLongAgo, checkOccurredAt } from './sale.ts'
import { useCode, wantsCodes } from './spend-codes.ts'
import { instantOf } from './views.ts'
import { issued } from './vouchers.ts'

type Answer = Awaited<ReturnType<Handle<typeof redeemReward>>>

/** What is asked for, by a till or a member. */
interface Asked extends Request {
  readonly id: string
  readonly ownId: string | null
  readonly hash: string
  readonly rewardId: string
  readonly purchaseId?: string | undefined
  /** The granted reward that it is of. */
  readonly grantId?: string | undefined
  /** That the member showed at the till. */
  readonly code?: string | undefined
}

const granting = ({ grantId }: { grantId?: string | undefined }) => ({ grantId, isGranted: grantId !== undefined })

/** Spends a member's points on a reward at a till, or holds them, once for the redemption's id. */
export const redeemRewardImplementation = implement(redeemReward, async ({ params, body }, context) => {
  const { runtime, programme, now } = context
  const { storeId } = body
  if (!mayPostFor(context.caller, storeId)) return problem('store-forbidden', '/storeId')
  const occurredAt = body.occurredAt === undefined ? now : instantOf(body.occurredAt)
  const ahead = checkOccurredAt(occurredAt, now)
  if (ahead) return ahead
  const at = earlier(occurredAt, now)
  const asked: Asked = {
    ...{ id: params.redemptionId, ownId: null, hash: bodyHash(body), rewardId: body.rewardId, mode: body.mode, at },
    ...{ points: body.points, storeId, basket: body.basket?.lines, code: body.code },
    ...{ purchaseId: body.purchaseId, ...granting(body) },
  }
  return attempt<Answer>(runtime, async (uncertain) => {
    const member = await memberOf(context, body.member, at)
    if (typeof member === 'string') return spend(context, member, asked, uncertain)
    // What is done is recognised before anything is refused that may have changed since.
    const { items } = await runtime.store.read([table.redemption(programme.id, asked.id)], { consistent: true })
    return items[0] ? replayOf(context, asked, items[0], uncertain) : member
  })
})

async function memberOf(context: Context, named: { id: string } | { card: string }, at: Instant): Promise<MemberId | Problem> {
  const found = await findNamed(context, named, at)
  if (isProblem(found)) return found
  return found.known ? found.memberId : problem('member-unknown', '/member/card')
}

/** Spends the caller's own points on a reward, or holds them, once for the id that they give it. */
export const redeemMyRewardImplementation = implement(redeemMyReward, async ({ params, body }, context) => {
  const memberId = await ownMember(context)
  if (!memberId) return problem('member-unknown')
  const ownId = params.redemptionId
  const { rewardId, mode, points } = body
  const id = idOfOwn(memberId, ownId)
  const asked: Asked = { id, ownId, hash: bodyHash(body), rewardId, mode, at: context.now, points, ...granting(body) }
  return attempt<Answer>(context.runtime, (uncertain) => spend(context, memberId, asked, uncertain))
})

/** Who take from one stock in this process do so one after another: they would only be in each other's way. */
function inTurn<Result>(
  { runtime, programme }: Context,
  memberId: MemberId,
  reward: Reward | undefined,
  work: () => Promise<Result>,
) {
  const ofStock = () => runtime.turns.take(`${programme.id} stock ${reward?.id}`, work)
  const isShared = reward?.stock !== undefined || reward?.kind === 'voucher'
  return runtime.turns.take(`${programme.id} ${memberId}`, isShared ? ofStock : work)
}

/** A member's points, head and stock in one read; the redemption, its entry, head and stock in one commit. */
async function spend(context: Context, memberId: MemberId, asked: Asked, uncertain: boolean): Promise<Answer | Again> {
  const reward = rewardAsked(context, asked)
  const key = table.redemption(context.programme.id, asked.id)
  return inTurn(context, memberId, reward, async () => {
    const stock = reward && stockKeys(context, { memberId, reward, at: asked.at })
    // In the app members show who they are by their token.
    const codeKey = asked.ownId === null && wantsCodes(context) ? [table.spendCode(context.programme.id, memberId)] : []
    const named = asked.grantId === undefined ? undefined : namedGrant(context, memberId, asked.grantId)
    const wanted = [key, ...(stock?.all ?? []), ...codeKey, ...(named ? [named.key] : [])]
    const { open, ledger, others } = await openAccount(context, memberId, { others: wanted })
    const [done, ...counted] = others
    if (done) return replayOf(context, asked, done, uncertain)
    const outcome =
      checkNotLongAgo(asked.at, context.now) ??
      (open && reward && stock ? await take(ledger, open, asked, { reward, stock, named }, counted) : unknown(open, reward))
    if (outcome === again || !isProblem(outcome)) return outcome
    // No snapshot: the head may be of after this redemption. What is done is recognised before anything is refused.
    const { items } = await context.runtime.store.read([key], { consistent: true })
    return items[0] ? again : outcome
  })
}

/** What is asked for, as it is when it is asked for: what has no price is had by those alone to whom it was granted. */
function rewardAsked({ programme }: Context, { at, rewardId, isGranted }: Asked): Reward | undefined {
  const reward = rewardOf(revisionAt(programme, at), rewardId)
  const isHad = isGranted ? isGrantable : isPriced
  return reward && isHad(reward) ? reward : undefined
}

/** What is taken, and where it is kept how much of it there is and that it was granted. */
interface Wanted {
  readonly reward: Reward
  readonly stock: StockKeys
  readonly named: NamedGrant | undefined
}

const unknown = (open: OpenAccount | undefined, reward: Reward | undefined): Problem => {
  if (open && !reward) return problem('reward-unknown', '/rewardId')
  return problem('member-unknown')
}

async function take(
  ledger: Ledger,
  open: OpenAccount,
  asked: Asked,
  { reward, stock, named }: Wanted,
  counted: readonly (Item | undefined)[],
): Promise<Answer | Again> {
  const { programme, now } = ledger
  const { memberId } = open
  const revision = revisionAt(programme, asked.at)
  if (asked.storeId !== undefined && revision.storeIds && !revision.storeIds.has(asked.storeId)) {
    return problem('store-unknown', '/storeId')
  }
  const stored = named && counted.at(-1)
  const grant = stored && grantedRewardsOf(stored).granted[named.place]
  const fault = asked.isGranted ? grantFault(grant, reward.id, open.account.head, asked.at) : undefined
  if (fault) return problemOf(fault)
  const price = judgeRequest(revision, open.account.head, reward, asked)
  if (typeof price !== 'number') return problemOf(price)
  const booked = book(ledger, open, asked, reward, price)
  if (isRefusal(booked)) return problemOf(booked)
  const code = asked.ownId === null ? await useCode(ledger, memberId, price, asked.code, counted[stock.all.length]) : []
  if (code === again || isProblem(code)) return code
  const paid = await payFor(ledger, { id: asked.id, memberId, purchaseId: null }, reward, asked.purchaseId)
  if (isProblem(paid)) return paid
  const taken = await takeReward(ledger, { memberId, reward, at: asked.at }, stock, counted)
  if (typeof taken === 'string') return problem(taken, '/rewardId')
  // What cannot be had is told before points are held for it, too.
  const handed = await handOut(ledger, { redemptionId: asked.id, memberId, reward, at: asked.at })
  if (isProblem(handed)) return handed
  const { writes, voucher }: HandedOut = asked.mode === 'capture' ? handed : { writes: [] }
  const spent = { id: asked.id, memberId, rewardId: reward.id, price, taken: booked.taken, at: asked.at }
  const isHeld = asked.mode === 'reserve'
  const { entries, account, restored } = isHeld
    ? { ...followed(programme, booked, now), restored: points(0) }
    : await bookCapture(ledger, booked, spent, paid.receipt)
  const redemption: Redemption = {
    ...spent,
    ...{ ownId: asked.ownId, version: 1, hash: asked.hash, state: isHeld ? 'reserved' : 'captured' },
    ...{ restored, madeAt: now, changedAt: null },
    lapsesAt: account.head.reservations.find(({ redemptionId }) => redemptionId === asked.id)?.lapsesAt ?? null,
    storeId: asked.storeId ?? null,
    money: moneyFor(reward, price, asked.basket),
    purchaseId: asked.purchaseId ?? null,
    voucher: voucher?.hash ?? null,
    grantId: asked.grantId ?? null,
  }
  const result = await ledger.runtime.store.commit([
    redemptionWrite(programme.id, redemption),
    ...(await bookingWrites(ledger, open, account, entries)),
    ...taken,
    ...code,
    ...paid.writes,
    ...writes,
    ...(stored ? [useWrite(stored, named.place, { redemptionId: asked.id, isCaptured: asked.mode === 'capture' })] : []),
  ])
  if (result.outcome !== 'committed') return again
  return { status: 201, body: redemptionBody(ledger, redemption, redemption.state, account.head, issued(ledger, voucher)) }
}

function book({ programme, now }: Ledger, { account }: OpenAccount, asked: Asked, reward: Reward, price: Points) {
  const { id: redemptionId, at, storeId, grantId } = asked
  const spending: Spending = { redemptionId, reward, price, at, storeId, grantId }
  return asked.mode === 'reserve' ? reserve(programme, account, spending, now) : redeem(account, spending, now)
}

async function replayOf(context: Context, asked: Asked, stored: Item, mayBeOwn: boolean): Promise<Answer | Again> {
  if (redemptionOf(stored).hash !== asked.hash) return problem('id-reused')
  const found = await foundBody(context, stored)
  if (found === again) return again
  const body = asked.ownId === null ? toldTill(context, found) : found
  return mayBeOwn ? { status: 201, body } : { status: 200, body, replayed: true }
}
