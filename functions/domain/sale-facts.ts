import { isGift } from './campaign.ts'
import { type RoomOf, unlimited } from './campaign-awards.ts'
import { clubMultiplier, clubsAt } from './club.ts'
import type { JudgedFacts, SaleFacts } from './conditions.ts'
import type { EarningLine, MemberFacts } from './earning.ts'
import type { Account, EarnFact, Entry, SaleDetails } from './entry.ts'
import type { Head } from './head.ts'
import { isApplied } from './limits.ts'
import type { Revision, Tier } from './programme.ts'
import { segmentsAt } from './segments.ts'
import { tierOfId } from './tiers.ts'
import type { Instant, MemberId } from './units.ts'

/** What campaigns know of a member at a sale beside the tier; none of what no campaign of the revision asks for. */
export type Judged = Partial<Omit<JudgedFacts, 'tier'>>

/**
 * What campaigns ask for of a member at a sale dated `at`. `history`, where there is one, is all of the member's entries: then
 * they are asked, because the sale is late; else the head is. `birthday` is `YYYY-MM-DD`. Undefined where they ask for nothing.
 */
export function judgeMember(
  revision: Revision,
  { head }: Account,
  history: readonly Entry[] | undefined,
  at: Instant,
  birthday: string | undefined,
): Judged | undefined {
  const { campaigns, calendar, clubsMultiply } = revision
  if (!campaigns && !clubsMultiply) return undefined
  const needs = campaigns?.needs
  const before = history ? purchasesBefore(history, at) : { count: head.purchases, latestAt: head.latestPurchase?.at }
  const judged: Judged = {
    ...((needs?.clubs || clubsMultiply) && { clubs: history ? clubsAt(history, at) : clubsSince(head, at) }),
    ...(needs?.segments && { segments: history ? segmentsAt(history, at) : head.segments }),
    ...(needs?.purchaseNumber && { purchaseNumber: before.count + 1 }),
    ...(needs?.daysSinceLastPurchase &&
      before.latestAt !== undefined && { daysSinceLastPurchase: calendar.daysBetween(before.latestAt, at) }),
    ...(needs?.birthdayMonth && birthday?.slice(5, 7) === calendar.dayOf(at).iso.slice(5, 7) && { birthdayMonth: true }),
  }
  return Object.keys(judged).length > 0 ? judged : undefined
}

/** Clubs that a member belongs to now and did at an instant already. */
const clubsSince = ({ clubs }: Head, at: Instant): string[] =>
  clubs.flatMap(({ clubId, since }) => (since <= at ? [clubId] : [])).sort()

/** Purchases dated no later than an instant: those of the same instant arrived earlier. */
function purchasesBefore(history: readonly Entry[], at: Instant): { count: number; latestAt: Instant | undefined } {
  let count = 0
  let latestAt: Instant | undefined
  for (const { effect } of history) {
    if (!effect.purchase || effect.purchase.at > at) continue
    count += 1
    if (latestAt === undefined || effect.purchase.at > latestAt) latestAt = effect.purchase.at
  }
  return { count, latestAt }
}

/** The facts that earning judges a sale by. */
export function memberFacts(
  revision: Revision,
  tier: Tier,
  sale: {
    readonly memberId: MemberId
    readonly at: Instant
    readonly details: SaleDetails
    readonly bought: readonly EarningLine[]
    readonly judged: Judged | undefined
  },
): MemberFacts {
  const { memberId, at, details, bought, judged } = sale
  const clubs = revision.clubsMultiply && { clubMultiplier: clubMultiplier(revision, judged?.clubs ?? []) }
  if (!revision.campaigns) return { tier, ...clubs }
  const { storeId, channel, tenders } = details
  const facts: SaleFacts = {
    at,
    memberId,
    storeId,
    channel,
    tenders,
    bought,
    tier: tier.id,
    clubs: [],
    segments: [],
    purchaseNumber: 0,
    daysSinceLastPurchase: null,
    birthdayMonth: false,
    ...judged,
  }
  return { tier, ...clubs, sale: facts }
}

/** The facts of a sale that is booked: what it was judged by, it is judged by again. */
export function factsOfSale(
  revision: Revision,
  memberId: MemberId,
  { at, fact }: { readonly at: Instant; readonly fact: EarnFact },
): MemberFacts {
  const { details, judged } = fact
  return memberFacts(revision, tierOfId(revision, fact.tier), { memberId, at, details, bought: linesOf(fact), judged })
}

/** Counters and pots that a sale took of: those of the limited campaigns that gave something for it. */
export function limitRecordsOf({ campaigns }: Revision, { awards }: Pick<EarnFact, 'awards'>): number {
  return awards.reduce((sum, award) => sum + (isApplied(award) ? (campaigns?.byId.get(award.source)?.limitRecords ?? 0) : 0), 0)
}

/** The lines of a sale as earning sees them. */
export function linesOf({ lines }: Pick<EarnFact, 'lines'>): EarningLine[] {
  return lines.map(({ lineId, sku, quantity, amount, categories, excluded }) => ({
    lineId,
    sku,
    quantity,
    amount,
    categories,
    excluded: excluded ?? false,
  }))
}

/**
 * What is left for the campaigns of a sale that is booked: what each limited one granted at the sale is its ceiling, and what is
 * not points can only be lost (design, section 6).
 */
export function roomAtSale(revision: Revision, { awards }: Pick<EarnFact, 'awards'>): RoomOf {
  if (!revision.campaigns) return unlimited
  const granted = new Map(awards.map((award) => [award.source, award]))
  return ({ campaign, limited }) => {
    const award = granted.get(campaign.id)
    if (award?.gift) return undefined
    if (!limited && !isGift(campaign.effect)) return undefined
    return { points: isApplied(award) ? award!.points : 0, limit: award?.cut?.limit ?? 'per-member' }
  }
}
