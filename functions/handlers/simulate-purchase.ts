import { isProblem, type Problem, problem, problemOf } from '../contract/problem.ts'
import { type Basket, simulatePurchase } from '../contract/simulation.ts'
import { alwaysUnder, withoutHoldOuts } from '../domain/candidate.ts'
import type { Account } from '../domain/entry.ts'
import { bucketTerms, spendableInstant } from '../domain/expiry.ts'
import type { Revision } from '../domain/programme.ts'
import { bookPurchase, isLate, type Judgement, judgePurchase, limitsAsked, type Sale } from '../domain/purchase.ts'
import { isRefusal } from '../domain/refusal.ts'
import { settle } from '../domain/settle.ts'
import { accountAsOf, higherTier, judgeMadeUp, type MadeUpMember } from '../domain/simulation.ts'
import { type Instant, later, type MemberId, memberId } from '../domain/units.ts'
import { peekAccount, readEntries } from './account.ts'
import { readCandidate } from './candidate.ts'
import { type Context, implement } from './context.ts'
import { tryLimits } from './limits.ts'
import { birthdayKeys, birthdayOf, checkByRevision, checkSale, saleOf } from './sale.ts'
import { awardsView, explanationView, instantOf, rfc3339 } from './views.ts'

/** A made-up member's place in everything that goes by ids. */
const nobody = memberId('made-up')

/** Values a basket under the draft or any revision, for whom and when one likes, and stores nothing. */
export const simulatePurchaseImplementation = implement(simulatePurchase, async ({ body }, context) => {
  const { basket, member } = body
  const named = await readCandidate(context, body.under)
  if (isProblem(named)) return named
  const revision = 'madeUp' in member ? withoutHoldOuts(named.revision) : named.revision
  const occurredAt = instantOf(basket.occurredAt)
  const at = body.at === undefined ? later(context.now, occurredAt) : instantOf(body.at)
  const tried: Tried = { context, at, revision, programme: alwaysUnder(context.programme, revision) }
  const wrong = checkBasket(tried, basket)
  if (wrong) return wrong
  const sale = saleOf('', { ...basket, member: { id: nobody } })
  const judged =
    'madeUp' in member ? judgeNobody(tried, member.madeUp, sale) : await judgeMember(tried, member.id as MemberId, sale)
  if (isProblem(judged)) return judged
  const { account, judgement } = judged
  const limited = { ...judgement, memberId: account.head.memberId, storeId: basket.storeId }
  const limits = await tryLimits(context, limited, limitsAsked(judgement), 'madeUp' in member ? 'made-up' : 'real')
  const booked = bookPurchase(tried.programme, account, sale, judgement, at, limits.roomOf)
  if (isRefusal(booked)) return problemOf(booked)
  const { fact } = booked.entry
  const spendableAt = spendableInstant(revision, judgement.at)
  const { expiresAt } = bucketTerms(revision, account.head, judgement.at)
  const { tier } = judgement.facts
  return {
    status: 200 as const,
    body: {
      memberId: 'madeUp' in member ? null : account.head.memberId,
      at: rfc3339(at),
      judgedAt: rfc3339(judgement.at),
      revision: revision.number,
      points: {
        earned: booked.earned,
        pending: fact.pending,
        spendableAt: spendableAt > at ? rfc3339(spendableAt) : null,
        expiresAt: expiresAt === null ? null : rfc3339(expiresAt),
      },
      tier: { before: tier.id, after: higherTier(revision, tier.id, booked.account.head.tier.id) },
      ...awardsView(fact.awards),
      explanation: explanationView(tried.programme, account.head.memberId, { at: judgement.at, fact }),
      limits: limits.left(booked.uses).map(({ perMember, ...left }) => ({ ...left, perMember: [...perMember] })),
    },
  }
})

/** What is tried, and when. */
interface Tried {
  readonly context: Context
  /** When the basket would be posted. */
  readonly at: Instant
  readonly revision: Revision
  /** A programme that has never had another revision. */
  readonly programme: ReturnType<typeof alwaysUnder>
}

/** The faults that the basket would have at a till of any store. */
function checkBasket({ context, at, programme }: Tried, basket: Basket): Problem | undefined {
  const there: Context = { ...context, programme, now: at, caller: { ...context.caller, stores: '*' } }
  const body = { ...basket, member: { id: nobody } }
  const wrong = checkSale(there, body) ?? checkByRevision(there, body)
  return wrong && { ...wrong, errors: wrong.errors?.map((error) => ({ ...error, pointer: `/basket${error.pointer}` })) ?? [] }
}

interface Judged {
  readonly account: Account
  readonly judgement: Judgement
}

const judgeNobody = ({ revision, at }: Tried, madeUp: MadeUpMember, sale: Sale): Judged =>
  judgeMadeUp(revision, nobody, madeUp, sale, at)

/** By what a sale to a real member is judged: as they will be, or as they were by all that is known now. */
async function judgeMember({ context, at, programme }: Tried, id: MemberId, sale: Sale): Promise<Judged | Problem> {
  const published = context.programme
  const { settled, ledger, others } = await peekAccount(context, id, birthdayKeys(programme, id))
  if (!settled) return problem('member-unknown', '/member/id')
  const birthday = birthdayOf(others)
  if (at >= ledger.now) {
    const { account } = settle(published, settled.account, at)
    const history = isLate(account, sale, at) ? await readEntries(context, id) : []
    return { account, judgement: judgePurchase(programme, account, sale, history, at, birthday) }
  }
  const history = (await readEntries(context, id)).filter((entry) => entry.at <= at)
  const account = accountAsOf(published, id, history, at)
  return { account, judgement: judgePurchase(programme, account, sale, history, at, birthday) }
}
