import { type AskedRevision, withoutLines } from './bonus.ts'
import { mostReferralLimitRecords } from './bounds.ts'
import { isGift } from './campaign.ts'
import { campaignAwards, isKept, type LimitedOffer, limitedOffers, matchOf, type RoomOf, unlimited } from './campaign-awards.ts'
import type { SaleFacts } from './conditions.ts'
import type { Award, EarningLine } from './earning.ts'
import type { EarnFact } from './entry.ts'
import { isApplied, type Use } from './limits.ts'
import type { Tier } from './programme.ts'
import { factsOfSale } from './sale-facts.ts'
import { type Instant, type MemberId, points } from './units.ts'

/** A friend's purchase, by which the campaigns that reward a referral are judged. */
export interface ReferredSale {
  /** As referrals ask it. */
  readonly revision: AskedRevision
  readonly facts: { readonly tier: Tier; readonly sale: SaleFacts }
  /** What is kept of it. */
  readonly lines: readonly EarningLine[]
}

/** A booked purchase of a friend at the lines that are kept of it, as referrals ask it. */
export function referredSale(
  revision: AskedRevision,
  memberId: MemberId,
  sale: { readonly at: Instant; readonly fact: EarnFact },
  lines: readonly EarningLine[],
): ReferredSale {
  const { tier, sale: facts } = factsOfSale(revision, memberId, sale)
  return { revision, facts: { tier, sale: { ...facts!, limitRecords: mostReferralLimitRecords } }, lines }
}

/** What both sides get. `uses` is what they take of limited campaigns together. */
export interface ReferralAwards {
  readonly friend: readonly Award[]
  readonly referrer: readonly Award[]
  readonly uses: readonly Use[]
  /** What a limit leaves nothing of, on either side. */
  readonly shut: readonly Award[]
  /** Whether the other side may be given anything: who is closed may not. */
  readonly earns: boolean
}

const ratesOf = ({ revision, facts }: ReferredSale) => ({
  revision: revision.number,
  earn: revision.document.points.earn,
  tier: facts.tier,
})

/** The limited campaigns that a friend's purchase matches, and the points that must be left for both sides to get all. */
export function limitsOfReferral(sale: ReferredSale): LimitedOffer[] {
  const offers = limitedOffers(sale.revision.campaigns, ratesOf(sale), sale.facts.sale, sale.lines)
  return offers.map(({ compiled, wanted }) => ({ compiled, wanted: wanted + roomOfReferrer(sale, compiled.campaign.id) }))
}

/**
 * What a friend's purchase gives both sides. A limit is one of the referral as a whole: the friend's points come first, what it
 * leaves after them is the other's, if they `earn`: who is closed does not. None where no campaign matches, or no limit leaves
 * anything.
 */
export function referralAwards(sale: ReferredSale, roomOf: RoomOf = unlimited, earns = true): ReferralAwards {
  const { revision, facts, lines } = sale
  const given = withoutLines(campaignAwards(revision.campaigns, ratesOf(sale), facts.sale, lines, roomOf))
  const friend: Award[] = []
  const referrer: Award[] = []
  const uses: Use[] = []
  const shut: Award[] = []
  for (const award of given) {
    const compiled = revision.campaigns.byId.get(award.source)!
    const room = roomOf(compiled)
    const other = earns && otherSide(sale, award, room && { ...room, points: Math.max(0, room.points - award.points) })
    if (!isApplied(award) && !(other && isApplied(other))) {
      shut.push(award)
      continue
    }
    friend.push(award)
    if (other) referrer.push(other)
    if (compiled.limited) uses.push({ campaign: award.source, points: award.points + (other ? other.points : 0), times: 1 })
  }
  return { friend, referrer, uses, shut, earns }
}

function otherSide({ revision }: ReferredSale, { source }: Award, room: ReturnType<RoomOf>): Award | undefined {
  const { effect } = revision.campaigns.byId.get(source)!.campaign.referrer ?? {}
  if (!effect) return undefined
  const award = { source, revision: revision.number, points: points(0), lines: [] }
  if (isGift(effect)) return room && room.points <= 0 ? undefined : { ...award, gift: effect }
  if (!room || room.points >= effect.points) return { ...award, points: points(effect.points) }
  return { ...award, points: points(room.points), cut: { limit: room.limit, wanted: points(effect.points) } }
}

/** What is no points takes nothing of a limit in points, and is given where something is left: so one more has to be looked for. */
function roomOfReferrer({ revision }: ReferredSale, id: string): number {
  const { effect } = revision.campaigns.byId.get(id)?.campaign.referrer ?? {}
  if (!effect) return 0
  return isGift(effect) ? 1 : effect.points
}

/** Campaigns among some that the friend's purchase, at what is kept of it, does not meet any more. */
export function lostReferrals({ revision, facts, lines }: ReferredSale, campaigns: readonly string[]): string[] {
  const kept = lines.filter(isKept)
  return campaigns.filter((id) => {
    const compiled = revision.campaigns.byId.get(id)
    return !compiled || 'because' in matchOf(compiled, facts.sale, kept)
  })
}

/** Campaigns among those that were taken back that the friend's purchase, at what is kept of it, meets again. */
export const metAgain = (sale: ReferredSale, undone: readonly string[]): string[] => {
  const lost = lostReferrals(sale, undone)
  return undone.filter((id) => !lost.includes(id))
}

/** What of a referral's use of limits is given back with some of its campaigns. */
export const givenBack = (uses: readonly Use[], campaigns: readonly string[]): Use[] =>
  uses.flatMap(({ campaign, points: taken, times }) =>
    campaigns.includes(campaign) ? [{ campaign, points: -taken, times: -times }] : [],
  )
