import type { Gift, LimitName } from './campaign.ts'
import { isKept, matchOf, offerOf, type Shortfall, unlimited } from './campaign-awards.ts'
import { type Award, type EarningLine, type MemberFacts, ratesOf } from './earning.ts'
import { isApplied } from './limits.ts'
import type { Revision } from './programme.ts'
import type { Instant, Points } from './units.ts'

/** What became of one campaign at a sale. */
export type Verdict = { readonly campaign: string; readonly revision: number } & (
  | {
      readonly applied: true
      readonly points: Points
      readonly lines: Award['lines']
      readonly gift?: Gift | undefined
      /** The limit that cut it, and what it would have given. */
      readonly cut?: Award['cut']
    }
  | ({ readonly applied: false } & (
      | Shortfall
      /** Another of its group was better. */
      | { readonly because: 'exclusive'; readonly than: string }
      | { readonly because: 'limit'; readonly limit?: LimitName }
      /** It is given once, and was: for this year, or for ever. */
      | { readonly because: 'given-before' }
      /** Whom it is for is closed. */
      | { readonly because: 'closed' }
    ))
)

/**
 * Why each campaign of a revision that was on at a sale gave what it did, or nothing: in the order of evaluation. `awards` is
 * what the sale was given. It looks at all campaigns one after another, so it also tells what the index finds.
 */
export function explainCampaigns(
  revision: Revision,
  facts: MemberFacts,
  lines: readonly EarningLine[],
  awards: readonly Award[],
): Verdict[] {
  const { campaigns, number } = revision
  const { sale } = facts
  if (!campaigns || !sale) return []
  const kept = lines.filter(isKept)
  const rates = ratesOf(revision, facts)
  const given = new Map(awards.map((award) => [award.source, award]))
  const verdicts: Verdict[] = []
  for (const compiled of campaigns.campaigns) {
    const { campaign, from, until } = compiled
    if (sale.at < from || sale.at >= until) continue
    const named = { campaign: campaign.id, revision: number }
    const award = given.get(campaign.id)
    const match = matchOf(compiled, sale, kept)
    const offer = 'because' in match ? match : offerOf(match, rates, unlimited)
    if (award && isApplied(award)) {
      const { points, lines: by, gift, cut } = award
      verdicts.push({ ...named, applied: true, points, lines: by, ...(gift && { gift }), ...(cut && { cut }) })
    } else if (award?.cut) verdicts.push({ ...named, applied: false, because: 'limit', limit: award.cut.limit })
    else if ('because' in offer) verdicts.push({ ...named, applied: false, ...offer })
    else {
      const than = winnerOf(revision, campaign.exclusive, given)
      verdicts.push({ ...named, applied: false, ...(than === undefined ? { because: 'limit' } : { because: 'exclusive', than }) })
    }
  }
  return verdicts
}

/** What became of the campaigns of a revision for what they were asked for before, and are asked for once. */
export function givenBefore({ campaigns, number }: Revision, at: Instant): Verdict[] {
  const on = campaigns?.campaigns.filter(({ from, until }) => from <= at && at < until) ?? []
  return on.map(({ campaign }) => ({ campaign: campaign.id, revision: number, applied: false, because: 'given-before' }))
}

/** Which of its group was better; undefined: none, so that it was a limit of which nothing is written down. */
function winnerOf({ campaigns }: Revision, group: string | undefined, given: ReadonlyMap<string, Award>): string | undefined {
  if (group === undefined) return undefined
  return campaigns?.campaigns.find(({ campaign }) => campaign.exclusive === group && given.has(campaign.id))?.campaign.id
}
