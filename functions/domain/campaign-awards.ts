import { allot } from './allotment.ts'
import { mostLimitedAwards, mostLimitRecords } from './bounds.ts'
import { type Campaign, type Gift, isGift, type LimitName, type PointsEffect } from './campaign.ts'
import type { CampaignIndex, CompiledCampaign } from './campaign-index.ts'
import type { Basket, SaleFacts } from './conditions.ts'
import type { Award, EarningLine } from './earning.ts'
import { fnv1a } from './hash.ts'
import type { PointsPolicy, Tier } from './programme.ts'
import { points, ratioOf } from './units.ts'

/** What the limits of a campaign leave for one sale; `limit` is the tightest of them. */
export interface Room {
  readonly points: number
  readonly limit: LimitName
}

/** What is left for a campaign; undefined: as much as it gives. */
export type RoomOf = (compiled: CompiledCampaign) => Room | undefined

export const unlimited: RoomOf = () => undefined

/** What a campaign's points are reckoned with. */
export interface Rates {
  readonly revision: number
  readonly earn: PointsPolicy['earn']
  readonly tier: Tier
  /** Of the best of the member's clubs, basis points. */
  readonly clubMultiplier?: number | undefined
}

/** A campaign whose conditions a sale meets, and the lines that it is about. */
export interface Match {
  readonly compiled: CompiledCampaign
  readonly matching: readonly EarningLine[]
}

/** What a campaign would give, before the others of its group are looked at. */
interface Offer extends Match {
  readonly wanted: number
  readonly given: number
  readonly limit: LimitName | undefined
  readonly gift: Gift | undefined
}

/** Why a campaign gives nothing. */
export type Shortfall =
  /** No line that it is about is kept. */
  | { readonly because: 'lines' }
  /** The first of its conditions that does not hold, as a JSON pointer into the campaign. */
  | { readonly because: 'condition'; readonly failed: string }
  /** The member is of those who do not have it, for comparison. */
  | { readonly because: 'held-out' }
  /** It matches, and comes to no whole point. */
  | { readonly because: 'too-little' }

/**
 * What campaigns give for the lines that are kept of a sale, in the order of evaluation: by priority, then as the document has
 * them. Of one exclusive group only the best for the member does, after its limits: most points, then a gift rather than
 * nothing, then the first. An award of 0 points is there where it is a gift, or where a limit left nothing.
 */
export function campaignAwards(
  index: CampaignIndex,
  rates: Rates,
  facts: SaleFacts,
  lines: readonly EarningLine[],
  roomOf: RoomOf,
): Award[] {
  const kept = lines.filter(isKept)
  const offers = offersOf(index, rates, facts, kept, roomOf)
  const best = bestOfGroups(offers)
  const awards: Award[] = []
  for (const offer of offers) {
    const { exclusive } = offer.compiled.campaign
    if (exclusive === undefined || best.get(exclusive) === offer) awards.push(awardOf(offer, rates.revision))
  }
  return awards
}

/**
 * What limited campaigns would give for the lines that are kept, whether or not another of their group is better for now: after
 * the next return it may no longer be, so that only what none of them can give any more is free for others.
 */
export function limitedAwards(
  index: CampaignIndex,
  rates: Rates,
  facts: SaleFacts,
  lines: readonly EarningLine[],
  roomOf: RoomOf,
): Award[] {
  const offers = offersOf(index, rates, facts, lines.filter(isKept), roomOf)
  return offers.filter(({ compiled }) => compiled.limited).map((offer) => awardOf(offer, rates.revision))
}

/** A limited campaign that a sale matches, and the points that it would give. */
export interface LimitedOffer {
  readonly compiled: CompiledCampaign
  readonly wanted: number
}

/** The limited campaigns that a sale matches: those of which it must be known what is left. */
export function limitedOffers(
  index: CampaignIndex,
  rates: Rates,
  facts: SaleFacts,
  lines: readonly EarningLine[],
): LimitedOffer[] {
  const offers = offersOf(index, rates, facts, lines.filter(isKept), unlimited)
  return offers.flatMap(({ compiled, given, limit }) =>
    compiled.limited && limit !== 'too-many-limited' ? [{ compiled, wanted: given }] : [],
  )
}

/** Campaigns whose conditions a sale meets, in the order of evaluation. `kept` are its lines of which something is left. */
export function matchingCampaigns(index: CampaignIndex, facts: SaleFacts, kept: readonly EarningLine[]): Match[] {
  if (kept.length === 0) return []
  const matches: Match[] = []
  for (const compiled of index.candidates(kept, facts)) {
    const match = matchOf(compiled, facts, kept)
    if (!('because' in match)) matches.push(match)
  }
  return matches
}

/** Whether a sale meets the conditions of a campaign, or the first that it does not. */
export function matchOf(compiled: CompiledCampaign, facts: SaleFacts, kept: readonly EarningLine[]): Match | Shortfall {
  const { selects, condition } = compiled
  const matching = selects ? kept.filter(selects) : kept
  if (matching.length === 0) return { because: 'lines' }
  if (condition) {
    const basket = new SaleBasket(compiled, facts, kept, matching)
    if (!condition.holds(basket, facts)) return { because: 'condition', failed: `/when${condition.failing(basket, facts)}` }
  }
  return isHeldOut(compiled, facts) ? { because: 'held-out' } : { compiled, matching }
}

function offersOf(index: CampaignIndex, rates: Rates, facts: SaleFacts, kept: readonly EarningLine[], roomOf: RoomOf): Offer[] {
  const offers: Offer[] = []
  const { limitRecords: room = mostLimitRecords } = facts
  let limited = 0
  let records = 0
  for (const match of matchingCampaigns(index, facts, kept)) {
    const offer = offerOf(match, rates, roomOf)
    if ('because' in offer) continue
    const { compiled } = match
    if (compiled.limited) limited += 1
    records += compiled.limitRecords
    const isTooMany = compiled.limited && (limited > mostLimitedAwards || records > room)
    offers.push(isTooMany ? shutOut(offer) : offer)
  }
  return offers
}

/** What a campaign that a sale matches would give. */
export function offerOf({ compiled, matching }: Match, rates: Rates, roomOf: RoomOf): Offer | Shortfall {
  const { effect, limits } = compiled.campaign
  const room = roomOf(compiled)
  if (isGift(effect)) {
    const limit = room && room.points <= 0 ? room.limit : undefined
    return { compiled, matching, wanted: 0, given: 0, limit, gift: limit ? undefined : effect }
  }
  const wanted = wantedPoints(effect, rates, matching)
  if (wanted === 0) return { because: 'too-little' }
  let given = wanted
  let limit: LimitName | undefined
  if (limits?.perPurchase !== undefined && limits.perPurchase < given) [given, limit] = [limits.perPurchase, 'per-purchase']
  if (room && room.points < given) [given, limit] = [Math.max(0, room.points), room.limit]
  return { compiled, matching, wanted, given, limit, gift: undefined }
}

/** Lines of which something is left. */
export const isKept = ({ excluded, quantity, amount }: EarningLine): boolean => !excluded && (quantity > 0 || amount > 0)

/** What was bought is looked through only where it is asked for. */
class SaleBasket implements Basket {
  readonly kept: Basket['kept']
  readonly #selects: CompiledCampaign['selects']
  readonly #facts: SaleFacts

  constructor({ selects }: CompiledCampaign, facts: SaleFacts, basket: readonly EarningLine[], matching: readonly EarningLine[]) {
    this.kept = { basket, matching }
    this.#selects = selects
    this.#facts = facts
  }

  get bought(): Basket['bought'] {
    const basket = this.#facts.bought.filter(isKept)
    return { basket, matching: this.#selects ? basket.filter(this.#selects) : basket }
  }
}

/** Always the same members of a campaign, and others of another. */
export function isHeldOut(
  { campaign }: { readonly campaign: Pick<Campaign, 'id' | 'holdOut'> },
  { memberId }: Pick<SaleFacts, 'memberId'>,
): boolean {
  const { id, holdOut } = campaign
  return holdOut !== undefined && fnv1a(`${id} ${memberId}`) % 100 < holdOut.percent
}

/** Points of an effect, rounded down once. The multiplier's are those beyond what the base rule gives. */
function wantedPoints(
  effect: PointsEffect,
  { earn, tier, clubMultiplier = basisPoints }: Rates,
  matching: readonly EarningLine[],
): number {
  if ('multiplier' in effect) {
    const beyond = effect.multiplier - basisPoints
    return ratioOf(
      [amountOf(matching), earn.points, tier.multiplier, clubMultiplier, beyond],
      [earn.per, basisPoints, basisPoints, basisPoints],
    )
  }
  if ('per' in effect) return ratioOf([amountOf(matching), effect.points], [effect.per])
  if ('everyItems' in effect) {
    const items = matching.reduce((sum, line) => sum + line.quantity, 0)
    return points(Math.floor(items / effect.everyItems) * effect.points)
  }
  return effect.points
}

const basisPoints = 10_000

function amountOf(lines: readonly EarningLine[]): number {
  let sum = 0
  for (const line of lines) sum += line.amount
  return sum
}

function bestOfGroups(offers: readonly Offer[]): Map<string, Offer> {
  const best = new Map<string, Offer>()
  for (const offer of offers) {
    const { exclusive } = offer.compiled.campaign
    if (exclusive === undefined) continue
    const known = best.get(exclusive)
    if (!known || isBetter(offer, known)) best.set(exclusive, offer)
  }
  return best
}

/** More points; of equal ones, what is no points rather than nothing at all. */
function isBetter(offer: Offer, known: Offer): boolean {
  if (offer.given !== known.given) return offer.given > known.given
  return offer.gift !== undefined && known.gift === undefined
}

const shutOut = (offer: Offer): Offer => ({ ...offer, given: 0, gift: undefined, limit: 'too-many-limited' })

function awardOf({ compiled, matching, wanted, given, limit, gift }: Offer, revision: number): Award {
  return {
    source: compiled.campaign.id,
    revision,
    points: points(given),
    lines: given > 0 ? allot(given, matching) : [],
    ...(gift && { gift }),
    ...(limit && { cut: { limit, wanted: points(wanted) } }),
  }
}
