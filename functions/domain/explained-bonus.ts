import { type AskedRevision, type JudgedOccasion, occasionLines } from './bonus.ts'
import { isGift, type Trigger } from './campaign.ts'
import type { Award } from './earning.ts'
import { explainCampaigns, type Verdict } from './explanation.ts'
import { isApplied } from './limits.ts'
import type { ReferralAwards, ReferredSale } from './referral.ts'

/** Whom a bonus is for: whose purchase or occasion it is, or who recommended them. */
type Side = 'member' | 'referrer'

/** What became of a campaign of another trigger than a purchase, for one of those whom it may give something. */
export interface BonusVerdict {
  readonly trigger: Trigger
  readonly for: Side
  readonly verdict: Verdict
}

/** What became of the campaigns of an occasion. `awards` is what they gave, none of it left out because a limit left nothing. */
export const explainOccasion = (
  { revision, tier, facts }: Pick<JudgedOccasion, 'revision' | 'tier' | 'facts'>,
  awards: readonly Award[],
): Verdict[] => explainCampaigns(revision, { tier, sale: facts }, occasionLines, awards)

/** Verdicts on campaigns of one revision and trigger, of the side that they are about. */
export const bonusVerdicts = ({ campaigns }: AskedRevision, side: Side, verdicts: readonly Verdict[]): BonusVerdict[] =>
  verdicts.flatMap((verdict) => {
    const compiled = campaigns.byId.get(verdict.campaign)
    return compiled ? [{ trigger: compiled.campaign.trigger, for: side, verdict }] : []
  })

/**
 * What became of the campaigns that reward a referral, first the friend's side of each, then that of whoever recommended them. What
 * the friend has nothing of for a reason of the purchase, the other has nothing of for the same. `earns` says whether the other may be
 * given anything, where it is known.
 */
export function explainReferral(
  sale: ReferredSale,
  { friend, referrer, earns }: Pick<ReferralAwards, 'friend' | 'referrer'> & Partial<Pick<ReferralAwards, 'earns'>>,
): BonusVerdict[] {
  const { revision, facts, lines } = sale
  const own = explainCampaigns(revision, facts, lines, friend)
  const theirs = own.map((verdict) => otherSide(sale, verdict, referrer, earns))
  return [...bonusVerdicts(revision, 'member', own), ...bonusVerdicts(revision, 'referrer', theirs)]
}

function otherSide({ revision }: ReferredSale, own: Verdict, referrer: readonly Award[], earns?: boolean): Verdict {
  const { campaign } = own
  const named = { campaign, revision: revision.number }
  const award = referrer.find(({ source }) => source === campaign)
  if (award && isApplied(award)) {
    const { points, gift, cut } = award
    return { ...named, applied: true, points, lines: [], ...(gift && { gift }), ...(cut && { cut }) }
  }
  if (award?.cut) return { ...named, applied: false, because: 'limit', limit: award.cut.limit }
  if (!own.applied) return own
  const compiled = revision.campaigns.byId.get(campaign)
  const effect = compiled?.campaign.referrer?.effect
  // What is no points gets nothing where the friend's take all that a limit leaves; who has nothing for any other reason is closed.
  const isShut = earns !== false && compiled?.limited && effect && isGift(effect)
  return { ...named, applied: false, because: isShut ? 'limit' : 'closed' }
}
