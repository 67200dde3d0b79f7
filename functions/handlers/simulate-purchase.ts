import { isProblem, type Problem, problem, problemOf } from '../contract/problem.ts'
import { type Basket, type OccasionBody, simulatePurchase } from '../contract/simulation.ts'
import { triggerName } from '../domain/campaign.ts'
import { alwaysUnder, withoutHoldOuts } from '../domain/candidate.ts'
import { awardedPoints } from '../domain/earning.ts'
import type { Account } from '../domain/entry.ts'
import { bucketTerms, spendableInstant } from '../domain/expiry.ts'
import { bookPurchase, datedAt, judgePurchase, limitsAsked } from '../domain/purchase.ts'
import { isRefusal } from '../domain/refusal.ts'
import { followed } from '../domain/settle.ts'
import { judgeMadeUp } from '../domain/simulation.ts'
import { tierAt } from '../domain/tiers.ts'
import { type Instant, later, type MemberId } from '../domain/units.ts'
import { type Asked, type Booking, bookingOf, giveBonus, type Trial } from './bonuses.ts'
import { readCandidate } from './candidate.ts'
import { type Context, type Handle, implement } from './context.ts'
import { followsView, leftBy, verdictsOn } from './follows.ts'
import { type LimitsLeft, tryLimits } from './limits.ts'
import { giveAlong } from './referrals.ts'
import { checkByRevision, checkSale, saleOf } from './sale.ts'
import { madeUpMember, realMember, type Tried, type TriedMember } from './simulated-member.ts'
import { awardsView, clubsView, explanationView, instantOf, rfc3339, verdictView } from './views.ts'

type Body = Parameters<Handle<typeof simulatePurchase>>[0]['body']
type Answer = Awaited<ReturnType<Handle<typeof simulatePurchase>>>

/** Values a basket or an occasion under the draft or any revision, for whom and when one likes, and stores nothing. */
export const simulatePurchaseImplementation = implement(simulatePurchase, async ({ body }, context) => {
  const { basket, occasion, member } = body
  const named = await readCandidate(context, body.under)
  if (isProblem(named)) return named
  const revision = 'madeUp' in member ? withoutHoldOuts(named.revision) : named.revision
  const posted = basket ? later(context.now, instantOf(basket.occurredAt)) : context.now
  const at = body.at === undefined ? posted : instantOf(body.at)
  if (basket) {
    const judgedAt = datedAt({ occurredAt: instantOf(basket.occurredAt) }, at)
    return simulateBasket({ context, revision, at, judgedAt }, basket, member)
  }
  return simulateOccasion({ context, revision, at, judgedAt: at }, occasion!, member)
})

/** What a basket earns, and what follows from it: by what books it at a till, of which nothing is committed. */
async function simulateBasket(tried: Tried, basket: Basket, member: Body['member']): Promise<Answer> {
  const { context, revision, at, judgedAt } = tried
  const wrong = checkBasket(tried, basket)
  if (wrong) return wrong
  const found = await findMember(tried, member)
  if (isProblem(found)) return found
  const { ledger, open, history, birthday } = found
  const { account } = open
  const sale = saleOf('', basket)
  const judgement =
    'madeUp' in member
      ? judgeMadeUp(ledger.programme, account, member.madeUp, sale, judgedAt)
      : { ...judgePurchase(ledger.programme, account, sale, history, at, birthday), revision }
  const limited = { ...judgement, memberId: open.memberId, storeId: basket.storeId }
  const limits = await tryLimits(ledger, limited, limitsAsked(judgement), kindOf(member))
  const booked = bookPurchase(ledger.programme, account, sale, judgement, at, limits.roomOf)
  if (isRefusal(booked)) return problemOf(booked)
  const sold = followed(ledger.programme, booked, at)
  const { trial, asked } = trialOf(member)
  const along = await giveAlong(ledger, { ...bookingOf(open, sold.account, sold.entries), trial }, booked.entry, [])
  if (isRefusal(along)) return problemOf(along)
  const { fact } = booked.entry
  const spendableAt = spendableInstant(revision, judgedAt)
  return {
    status: 200 as const,
    body: {
      ...heading(tried, member),
      points: {
        earned: booked.earned,
        pending: fact.pending,
        spendableAt: spendableAt > at ? rfc3339(spendableAt) : null,
        expiresAt: expiry(tried, account),
      },
      tier: { before: judgement.facts.tier.id, after: along.account.head.tier.id },
      ...awardsView(fact.awards),
      explanation: explanationView(alwaysUnder(context.programme, revision), open.memberId, { at: judgedAt, fact }),
      limits: [...limits.left(booked.uses), ...asked.flatMap(leftBy)].map(limitsView),
      ...clubsBetween(found, along),
      ...followsOf(tried, found, member, asked),
    },
  }
}

/** What the campaigns of an occasion give for it, and what follows from that. */
async function simulateOccasion(tried: Tried, { trigger, storeId }: OccasionBody, member: Body['member']): Promise<Answer> {
  const { revision, at } = tried
  if (storeId !== undefined && revision.storeIds && !revision.storeIds.has(storeId))
    return problem('store-unknown', '/occasion/storeId')
  const found = await findMember(tried, member)
  if (isProblem(found)) return found
  const { ledger, open, birthday } = found
  if (open.account.head.status === 'closed') return problem('member-closed', '/member')
  const { trial, asked } = trialOf(member)
  const posted = typeof trigger === 'object' && 'event' in trigger ? { type: trigger.event, occurredAt: at, storeId } : undefined
  const occasion = { trigger: triggerName(trigger), at, ...(posted && { event: posted }) }
  const of = isYearly(trigger) ? String(revision.calendar.yearOf(at)) : undefined
  const given = await giveBonus(ledger, { ...bookingOf(open), trial }, occasion, { of, birthday })
  if (isRefusal(given)) return problemOf(given)
  const [own, ...others] = asked
  const awards = own?.kind === 'occasion' ? own.awards.map((award) => ({ ...award, revision: revision.number })) : []
  const verdicts = own ? verdictsOn(ledger.programme, own).map(({ verdict }) => verdict) : []
  return {
    status: 200 as const,
    body: {
      ...heading(tried, member),
      points: { earned: awardedPoints(awards), pending: 0, spendableAt: null, expiresAt: expiry(tried, open.account) },
      tier: { before: tierAt(ledger.programme, open.account.head, at).id, after: given.account.head.tier.id },
      ...awardsView(awards),
      explanation: verdicts.map((verdict) => verdictView({ ...verdict, revision: revision.number })),
      limits: asked.flatMap(leftBy).map(limitsView),
      ...clubsBetween(found, given),
      ...followsOf(tried, found, member, others),
    },
  }
}

/** Of these a bonus is given once a year, of others once, or as often as they are posted. */
const isYearly = (trigger: OccasionBody['trigger']) =>
  typeof trigger === 'string' ? trigger !== 'enrolment' : 'tierReached' in trigger

/** The faults that the basket would have at a till of any store. */
function checkBasket({ context, at, revision }: Tried, basket: Basket): Problem | undefined {
  const programme = alwaysUnder(context.programme, revision)
  const there: Context = { ...context, programme, now: at, caller: { ...context.caller, stores: '*' } }
  const sale = saleOf('', basket)
  const wrong = checkSale(there, sale) ?? checkByRevision(there, sale, basket.currency)
  return wrong && { ...wrong, errors: wrong.errors?.map((error) => ({ ...error, pointer: `/basket${error.pointer}` })) ?? [] }
}

async function findMember(tried: Tried, member: Body['member']): Promise<TriedMember | Problem> {
  return 'madeUp' in member ? madeUpMember(tried, member.madeUp) : realMember(tried, member.id as MemberId)
}

const kindOf = (member: Body['member']) => ('madeUp' in member ? 'made-up' : 'real')

/** A trial, and what it is told that campaigns of other triggers were asked for. */
function trialOf(member: Body['member']): { readonly trial: Trial; readonly asked: readonly Asked[] } {
  const asked: Asked[] = []
  const limits: Trial['limits'] = (ledger, sale, offers) => tryLimits(ledger, sale, offers, kindOf(member))
  return { trial: { limits, tell: (one) => asked.push(one) }, asked }
}

const heading = ({ at, judgedAt, revision }: Tried, member: Body['member']) => ({
  memberId: 'madeUp' in member ? null : member.id,
  at: rfc3339(at),
  judgedAt: rfc3339(judgedAt),
  revision: revision.number,
})

function expiry({ revision, judgedAt }: Tried, { head }: Account): string | null {
  const { expiresAt } = bucketTerms(revision, head, judgedAt)
  return expiresAt === null ? null : rfc3339(expiresAt as Instant)
}

const limitsView = ({ perMember, ...left }: LimitsLeft) => ({ ...left, perMember: [...perMember] })

function clubsBetween({ ledger, open }: TriedMember, { account }: Booking) {
  const before = clubsView(ledger, open.account.head)
  const after = clubsView(ledger, account.head)
  return before.length + after.length > 0 ? { clubs: { before, after } } : {}
}

/** A candidate that is published in a trial alone has another number there. */
function followsOf({ context, revision }: Tried, { ledger, open }: TriedMember, member: Body['member'], asked: readonly Asked[]) {
  const published = ledger.programme.revisions.at(-1)!.number
  const isCandidate = (number: number) => ledger.programme !== context.programme && number === published
  const follows = asked.flatMap((one) => {
    const verdicts = verdictsOn(ledger.programme, one).map((each) =>
      isCandidate(each.verdict.revision) ? { ...each, verdict: { ...each.verdict, revision: revision.number } } : each,
    )
    const isReal = !('madeUp' in member)
    const referrer = isReal && one.kind === 'referral' ? one.by : null
    return followsView(verdicts, { member: isReal ? open.memberId : null, referrer })
  })
  return follows.length > 0 ? { follows } : {}
}
