import { isProblem, type Problem, problem, problemOf } from '../contract/problem.ts'
import { type Basket, simulatePurchase } from '../contract/simulation.ts'
import { alwaysUnder, underFrom, withoutHoldOuts } from '../domain/candidate.ts'
import type { Account } from '../domain/entry.ts'
import { bucketTerms, spendableInstant } from '../domain/expiry.ts'
import { type Programme, type Revision, revisionAt } from '../domain/programme.ts'
import { bookPurchase, datedAt, isLate, type Judgement, judgePurchase, limitsAsked, type Sale } from '../domain/purchase.ts'
import { isRefusal } from '../domain/refusal.ts'
import { settle } from '../domain/settle.ts'
import { accountAsOf, judgeMadeUp, type MadeUpMember, recounted } from '../domain/simulation.ts'
import { type Instant, later, type MemberId, memberId } from '../domain/units.ts'
import { peekAccount, readEntries } from './account.ts'
import { readCandidate } from './candidate.ts'
import { type Context, implement } from './context.ts'
import { tryLimits } from './limits.ts'
import { birthdayKeys, birthdayOf, checkByRevision, checkSale, saleOf } from './sale.ts'
import { awardsView, explanationView, instantOf, rfc3339 } from './views.ts'

/** A made-up member's place in everything that goes by ids. */
const nobody = memberId('made-up')

/** What is tried, and when. */
interface Tried {
  readonly context: Context
  /** When the basket would be posted. */
  readonly at: Instant
  readonly revision: Revision
  readonly sale: Sale
}

/** By what a basket is judged, and in which programme it would be booked. */
interface Judged {
  readonly programme: Programme
  readonly account: Account
  readonly judgement: Judgement
}

/** Values a basket under the draft or any revision, for whom and when one likes, and stores nothing. */
export const simulatePurchaseImplementation = implement(simulatePurchase, async ({ body }, context) => {
  const { basket, member } = body
  const named = await readCandidate(context, body.under)
  if (isProblem(named)) return named
  const isMadeUp = 'madeUp' in member
  const revision = isMadeUp ? withoutHoldOuts(named.revision) : named.revision
  const at = body.at === undefined ? later(context.now, instantOf(basket.occurredAt)) : instantOf(body.at)
  const tried: Tried = { context, at, revision, sale: saleOf('', basket) }
  const wrong = checkBasket(tried, basket)
  if (wrong) return wrong
  const judged = isMadeUp ? judgeNobody(tried, member.madeUp) : await judgeMember(tried, member.id as MemberId)
  if (isProblem(judged)) return judged
  const { programme, account, judgement } = judged
  const limited = { ...judgement, memberId: account.head.memberId, storeId: basket.storeId }
  const limits = await tryLimits(context, limited, limitsAsked(judgement), isMadeUp ? 'made-up' : 'real')
  const booked = bookPurchase(programme, account, tried.sale, judgement, at, limits.roomOf)
  if (isRefusal(booked)) return problemOf(booked)
  const { fact } = booked.entry
  const spendableAt = spendableInstant(revision, judgement.at)
  const { expiresAt } = bucketTerms(revision, account.head, judgement.at)
  const explained = { at: judgement.at, fact }
  return {
    status: 200 as const,
    body: {
      memberId: isMadeUp ? null : account.head.memberId,
      at: rfc3339(at),
      judgedAt: rfc3339(judgement.at),
      revision: revision.number,
      points: {
        earned: booked.earned,
        pending: fact.pending,
        spendableAt: spendableAt > at ? rfc3339(spendableAt) : null,
        expiresAt: expiresAt === null ? null : rfc3339(expiresAt),
      },
      tier: { before: judgement.facts.tier.id, after: booked.account.head.tier.id },
      ...awardsView(fact.awards),
      explanation: explanationView(alwaysUnder(context.programme, revision), account.head.memberId, explained),
      limits: limits.left(booked.uses).map(({ perMember, ...left }) => ({ ...left, perMember: [...perMember] })),
    },
  }
})

/** The faults that the basket would have at a till of any store. */
function checkBasket({ context, at, revision, sale }: Tried, { currency }: Basket): Problem | undefined {
  const programme = alwaysUnder(context.programme, revision)
  const there: Context = { ...context, programme, now: at, caller: { ...context.caller, stores: '*' } }
  const wrong = checkSale(there, sale) ?? checkByRevision(there, sale, currency)
  return wrong && { ...wrong, errors: wrong.errors?.map((error) => ({ ...error, pointer: `/basket${error.pointer}` })) ?? [] }
}

function judgeNobody({ context, revision, sale, at }: Tried, madeUp: MadeUpMember): Judged {
  const programme = alwaysUnder(context.programme, revision)
  return { programme, ...judgeMadeUp(programme, nobody, madeUp, sale, at) }
}

/**
 * By what a sale to a real member is judged: as they will be, or as they were by all that is known now. Where the revision is
 * another than was or will be in force then, it is as if it were from the sale on.
 */
async function judgeMember({ context, at, revision, sale }: Tried, id: MemberId): Promise<Judged | Problem> {
  const published = context.programme
  const judgedAt = datedAt(sale, at)
  const inForce = revisionAt(published, judgedAt) === revision
  const programme = inForce ? published : underFrom(published, revision, judgedAt)
  const { settled, ledger, others } = await peekAccount(context, id, birthdayKeys({ ...published, revisions: [revision] }, id))
  if (!settled) return problem('member-unknown', '/member/id')
  const judge = (account: Account, history: Parameters<typeof judgePurchase>[3]): Judged => {
    const judgement = judgePurchase(programme, account, sale, history, at, birthdayOf(others))
    return { programme, account, judgement: { ...judgement, revision } }
  }
  const isPast = at < ledger.now
  if (inForce && !isPast && !isLate(settled.account, sale, at)) {
    const future = settle(published, settled.account, at)
    if (!future.needsHistory) return judge(future.account, [])
  }
  const entries = await readEntries(context, id)
  if (inForce && !isPast) return judge(settle(published, settled.account, at, Number.POSITIVE_INFINITY, entries).account, entries)
  const history = isPast ? entries.filter((entry) => entry.at <= at) : entries
  const account = isPast ? accountAsOf(id, history) : settle(published, settled.account, at, undefined, entries).account
  return judge(recounted(programme, account, history, at), history)
}
