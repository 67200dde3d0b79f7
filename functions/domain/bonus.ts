import { awardEffect } from './award-effect.ts'
import { mostBonusLimitRecords } from './bounds.ts'
import { campaignAwards, type LimitedOffer, limitedOffers, type Rates, type RoomOf } from './campaign-awards.ts'
import type { CampaignIndex } from './campaign-index.ts'
import type { SaleFacts } from './conditions.ts'
import { credit } from './credit.ts'
import { type Award, awardedPoints, type EarningLine } from './earning.ts'
import type { Account, BonusFact, Effect, Entry, PostedEvent, RestoredFact, UndoneFact } from './entry.ts'
import { bucketTerms } from './expiry.ts'
import { giftChanges, tierCredit } from './gifts.ts'
import { grantEffect } from './granted-reward.ts'
import type { Referral } from './head.ts'
import { type Programme, type Revision, revisionAt, type Tier } from './programme.ts'
import { isRefusal, type Refusal } from './refusal.ts'
import { giveBack, takeBack } from './returns.ts'
import { type Judged, judgeMember, memberFacts } from './sale-facts.ts'
import { changedKept, keptCredit, nothingKept } from './tally.ts'
import { tierAt, tierFactsBefore, tierLadder, tierOfId, withTier } from './tiers.ts'
import { type BucketId, type Instant, type MemberId, type Points, points } from './units.ts'

/** Something other than a purchase that befell a member, for which campaigns may give a bonus. */
export interface Occasion {
  /** By the name of it. */
  readonly trigger: string
  /** By when it is judged and dated. */
  readonly at: Instant
  readonly event?: PostedEvent | undefined
}

/** The id of a bonus that follows from what happened: the same occasion of the same member has the same one, whoever books it. */
export const autoBonusId = (trigger: string, memberId: MemberId, of?: string): string =>
  ['AUTO', trigger, memberId, ...(of === undefined ? [] : [of])].join('#')

/** A revision as one trigger asks it: with the campaigns of that trigger alone. */
export type AskedRevision = Revision & { readonly campaigns: CampaignIndex }

/** A revision as a trigger asks it. Undefined where it has no campaign of it. */
export function askedBy(revision: Revision, trigger: string): AskedRevision | undefined {
  const campaigns = revision.bonuses.get(trigger)
  return campaigns && { ...revision, campaigns }
}

/** By what an occasion is judged. */
export interface JudgedOccasion {
  readonly occasion: Occasion
  readonly revision: AskedRevision
  readonly tier: Tier
  readonly judged: Judged | undefined
  readonly facts: SaleFacts
}

/** What stands for a basket where there is none: campaigns that look at none find that there is something. */
export const occasionLines: readonly EarningLine[] = [{ lineId: '', sku: '', quantity: 1, amount: 0, excluded: false }]

/**
 * By what an occasion is judged: the revision in force then, the tier held then. `history` is all of the member's entries where
 * it `isBefore` what is known. Undefined where no campaign of that revision has its trigger.
 */
export function judgeOccasion(
  programme: Programme,
  account: Account,
  occasion: Occasion,
  history: readonly Entry[] | undefined,
  birthday: string | undefined,
): JudgedOccasion | undefined {
  const { at } = occasion
  const revision = askedBy(revisionAt(programme, at), occasion.trigger)
  if (!revision) return undefined
  const tier = tierAt(programme, history ? tierFactsBefore(programme, history, at) : account.head, at)
  const judged = judgeMember(revision, account, history, at, birthday)
  return { occasion, revision, tier, judged, facts: factsOf(revision, account.head.memberId, occasion, tier, judged) }
}

function factsOf(revision: AskedRevision, memberId: MemberId, { at, event }: Occasion, tier: Tier, judged: Judged | undefined) {
  const details = { storeId: event?.storeId ?? '' }
  const { sale } = memberFacts(revision, tier, { memberId, at, details, bought: occasionLines, judged })
  return { ...sale!, limitRecords: mostBonusLimitRecords }
}

const ratesOf = ({ revision, tier }: Pick<JudgedOccasion, 'revision' | 'tier'>): Rates => ({
  revision: revision.number,
  earn: revision.document.points.earn,
  tier,
})

/** The limited campaigns that an occasion matches, of which it must be known what is left. */
export const limitsOfOccasion = (judged: JudgedOccasion): LimitedOffer[] =>
  limitedOffers(judged.revision.campaigns, ratesOf(judged), judged.facts, occasionLines)

/** What campaigns give for an occasion; as for a purchase: by priority, the best of each exclusive group, within the limits. */
export function occasionAwards(judged: JudgedOccasion, roomOf: RoomOf): Award[] {
  return withoutLines(campaignAwards(judged.revision.campaigns, ratesOf(judged), judged.facts, occasionLines, roomOf))
}

/** A bonus belongs to no line. */
export const withoutLines = (awards: readonly Award[]): Award[] => awards.map((award) => ({ ...award, lines: [] }))

/** What an occasion that is booked is explained by again. Undefined where its revision has no campaign of its trigger. */
export function occasionOf(
  programme: Programme,
  memberId: MemberId,
  { at, fact }: { readonly at: Instant; readonly fact: BonusFact },
):
  | { readonly revision: AskedRevision; readonly facts: { tier: Tier; sale: SaleFacts }; readonly lines: readonly EarningLine[] }
  | undefined {
  const revision = askedBy(revisionAt(programme, at), fact.trigger)
  if (!revision) return undefined
  const tier = tierOfId(revision, fact.tier)
  const sale = factsOf(revision, memberId, { trigger: fact.trigger, at, event: fact.event }, tier, fact.judged)
  return { revision, facts: { tier, sale }, lines: occasionLines }
}

/** A booked bonus: the entry, the account after it, and the bucket that its points went to. */
interface BookedBonus {
  readonly entry: Entry & { readonly fact: BonusFact }
  readonly account: Account
  readonly bucket: BucketId
}

/**
 * Books a bonus on a settled account. It is spendable at once and expires like points earned at the same instant; debt is paid
 * first. Points past their expiry are credited too: settling afterwards books them as expired.
 */
export function bookBonus(
  programme: Programme,
  account: Account,
  at: Instant,
  fact: BonusFact,
  now: Instant,
  referral?: Referral,
): BookedBonus | Refusal {
  const revision = revisionAt(programme, at)
  const earned = awardedPoints(fact.awards)
  const terms = bucketTerms(revision, account.head, at)
  const credited = earned > 0 ? credit(account, earned, { ...terms, spendableAt: null }, now) : { effect: {} }
  if (isRefusal(credited)) return credited
  const kept = keptCredit(tierCredit(fact.awards))
  const awarded = awardEffect(tierLadder(programme), account.head, at, fact.awards, kept, credited.effect)
  const credits = kept.tierCredit > 0 && { creditedAt: at }
  const granted = grantEffect(revision.calendar, { kind: 'bonus', id: fact.id, at }, [], fact.awards)
  const untiered = { at, fact, effect: { ...awarded, ...granted, ...credits, ...(referral && { referral }) } }
  return { ...withTier(programme, account, untiered, now), bucket: terms.id }
}

/** A bonus as its record finds it. */
export interface KnownBonus {
  readonly at: Instant
  readonly fact: BonusFact
  readonly bucket: BucketId
}

/**
 * Takes some of a bonus's awards back, as a return takes points back: from its bucket or what of that expired, then from the
 * others; the rest becomes debt, or is forgiven. `account.closed` must hold the bucket if it expired.
 */
export function undoBonus(
  programme: Programme,
  account: Account,
  { at: bonusAt, fact, bucket }: KnownBonus,
  undone: Pick<UndoneFact, 'awards' | 'uses'>,
  at: Instant,
  now: Instant,
): { entry: Entry; account: Account; clawedBack: Points } {
  const { document } = revisionAt(programme, at)
  const { id, trigger } = fact
  const clawedBack = awardedPoints(undone.awards)
  const lost = keptCredit(tierCredit(undone.awards))
  const sums = changedKept(tierLadder(programme), account.head, bonusAt, lost, nothingKept)
  const gifts = giftChanges(undone.awards, [])
  const untiered: Entry = {
    at,
    fact: { kind: 'bonus-undone', id, trigger, bonusAt, ...undone },
    effect: {
      ...takeBack(account, { id: bucket, spendableAt: null }, clawedBack, document.points.negative === 'forgive', now),
      ...(sums.length > 0 && { sums }),
      ...(gifts.length > 0 && { gifts }),
      ...grantEffect(revisionAt(programme, bonusAt).calendar, { kind: 'bonus', id, at: bonusAt }, undone.awards, []),
    },
  }
  return { ...withTier(programme, account, untiered, now), clawedBack: points(clawedBack) }
}

/**
 * Gives awards of a bonus back that were taken back: their points to its bucket, paying debt first, less what was `forgiven` of them,
 * which was never taken. Refuses where a head has no place for the bucket.
 */
export function restoreBonus(
  programme: Programme,
  account: Account,
  { at: bonusAt, fact }: KnownBonus,
  restored: Pick<RestoredFact, 'awards' | 'uses'>,
  forgiven: number,
  now: Instant,
): { entry: Entry; account: Account } | Refusal {
  const { id, trigger } = fact
  const revision = revisionAt(programme, bonusAt)
  const terms = { ...bucketTerms(revision, account.head, bonusAt), spendableAt: null }
  const amount = awardedPoints(restored.awards)
  const given: Effect | Refusal = amount > 0 ? giveBack(account, terms, amount, forgiven, now) : {}
  if (isRefusal(given)) return given
  const kept = keptCredit(tierCredit(restored.awards))
  const sums = changedKept(tierLadder(programme), account.head, bonusAt, nothingKept, kept)
  const gifts = giftChanges([], restored.awards)
  const untiered: Entry = {
    at: now,
    fact: { kind: 'bonus-restored', id, trigger, bonusAt, ...restored },
    effect: {
      ...given,
      ...(sums.length > 0 && { sums }),
      ...(gifts.length > 0 && { gifts }),
      ...grantEffect(revision.calendar, { kind: 'bonus', id, at: bonusAt }, [], restored.awards),
    },
  }
  return withTier(programme, account, untiered, now)
}

/**
 * What of some awards of a bonus was forgiven when they were taken back, and is not the member's again: of all their entries, in order. What
 * was forgiven of several at once is of the first of them, as far as they go.
 */
export function forgivenOf(entries: Iterable<Entry>, bonusId: string, awards: readonly Award[]): number {
  const forgiven = new Map<string, number>()
  for (const { fact, effect } of entries) {
    if ((fact.kind !== 'bonus-undone' && fact.kind !== 'bonus-restored') || fact.id !== bonusId) continue
    let left: number = fact.kind === 'bonus-undone' ? (effect.totals?.adjusted ?? 0) : 0
    for (const { source, points: taken } of fact.awards) {
      const part = Math.min(left, taken)
      forgiven.set(source, part)
      left -= part
    }
  }
  return awards.reduce((sum, { source }) => sum + (forgiven.get(source) ?? 0), 0)
}
