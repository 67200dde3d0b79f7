import type { Campaign, Condition, Gift, LimitName, LineSelector } from '../../functions/domain/campaign.ts'
import { isInHours, isOnDates, isOnWeekdays, type NaiveDocument } from './naive-dates.ts'

/**
 * Campaigns worked out the slow and obvious way: all of the document, one after another, each asked of the whole basket. It shares
 * with functions/domain the types of the document and no code.
 */

export interface NaiveGoods {
  readonly lineId: string
  readonly sku: string
  readonly quantity: number
  readonly amount: number
  readonly categories?: readonly string[] | undefined
  readonly excluded?: boolean | undefined
}

/** What is asked of a sale. */
export interface NaiveSale {
  readonly at: number
  readonly memberId: string
  readonly storeId: string
  readonly channel?: string | undefined
  readonly tenders?: readonly { readonly type: string }[] | undefined
  readonly tier: { readonly id: string; readonly multiplier: number }
  readonly clubs?: readonly string[]
  readonly segments?: readonly string[]
  readonly purchaseNumber: number
  readonly daysSinceLastPurchase: number | null
  readonly birthdayMonth: boolean
  readonly bought: readonly NaiveGoods[]
  /** Which campaigns are asked: those that a purchase sets off, where nothing is said. */
  readonly trigger?: string | undefined
}

export interface NaiveRoom {
  readonly points: number
  readonly limit: LimitName
}

/** What became of one campaign that was on at the sale. */
export interface NaiveVerdict {
  readonly campaign: Campaign
  /** What it gives, its limits minded, before others of its group are looked at. */
  readonly offered: number
  readonly offeredGift: Gift | null
  readonly wanted: number
  readonly limit: LimitName | null
  /** Points by line, of those it is about. */
  readonly lines: readonly { readonly lineId: string; readonly points: number }[]
  /** Null where it was not stopped on the way: it applies, or a limit left nothing. */
  readonly because: 'lines' | 'condition' | 'held-out' | 'too-little' | 'exclusive' | null
  readonly failed: string | null
  /** The campaign of its group that was better. */
  readonly than: string | null
}

const mostLimited = 20
const mostRecords = 40

export class TooLargeError extends Error {
  override readonly name = 'TooLargeError'
}

/** All campaigns that were on at a sale, in the order of evaluation. Throws where a number is too large to be held exactly. */
export function judgeCampaigns(
  document: NaiveDocument,
  sale: NaiveSale,
  kept: readonly NaiveGoods[],
  roomOf: (campaign: Campaign) => NaiveRoom | undefined,
): NaiveVerdict[] {
  const campaigns = (document.campaigns ?? []).filter(({ schedule, trigger }) => {
    if (nameOf(trigger) !== (sale.trigger ?? 'purchase')) return false
    const from = schedule?.from === undefined ? null : Date.parse(schedule.from)
    const until = schedule?.until === undefined ? null : Date.parse(schedule.until)
    return (from === null || from <= sale.at) && (until === null || sale.at < until)
  })
  // Place by place, because nothing says that a sort leaves equals as they are but the language.
  const placed = campaigns.map((campaign, place) => ({ campaign, place }))
  placed.sort((a, b) => (b.campaign.priority ?? 0) - (a.campaign.priority ?? 0) || a.place - b.place)
  let limited = 0
  let records = 0
  const verdicts = placed.map(({ campaign }) => {
    const verdict = judge(document, campaign, sale, kept.filter(isThere), roomOf(campaign))
    if (verdict.because !== null || !isLimitedCampaign(campaign)) return verdict
    limited += 1
    const windows = campaign.limits?.perMember?.map(({ window }) => window) ?? []
    records += windows.filter((window, index) => windows.indexOf(window) === index).length
    if ('points' in campaign.effect || 'multiplier' in campaign.effect) {
      records += Number(campaign.limits?.perStore !== undefined) + Number(campaign.limits?.budget !== undefined)
    }
    if (limited <= mostLimited && records <= mostRecords) return verdict
    return { ...verdict, offered: 0, offeredGift: null, lines: [], limit: 'too-many-limited' as const }
  })
  return verdicts.map((verdict) => {
    const winner = winnerOf(verdicts, verdict.campaign.exclusive)
    if (verdict.because !== null || winner === null || winner === verdict) return verdict
    return { ...verdict, because: 'exclusive' as const, than: winner.campaign.id }
  })
}

const nameOf = (trigger: Campaign['trigger']) =>
  typeof trigger === 'string' ? trigger : Object.entries(trigger).flat().join(' ')

/** What the best of a member's clubs multiplies by, basis points. */
export const clubFactor = ({ clubs = [] }: NaiveDocument, held: readonly string[] = []): number =>
  Math.max(10_000, ...clubs.flatMap(({ id, multiplier }) => (held.includes(id) && multiplier !== undefined ? [multiplier] : [])))

/** Whether a campaign gives something in the end. */
export const applies = (verdict: NaiveVerdict): boolean =>
  verdict.because === null && (verdict.offered > 0 || verdict.offeredGift !== null)

export const isLimitedCampaign = ({ limits }: Campaign): boolean =>
  limits !== undefined && (limits.perMember !== undefined || limits.perStore !== undefined || limits.budget !== undefined)

/** The best of a group for the member: most points, then something that is no points rather than nothing, then the first. */
function winnerOf(verdicts: readonly NaiveVerdict[], group: string | undefined): NaiveVerdict | null {
  if (group === undefined) return null
  const rivals = verdicts.filter((verdict) => verdict.because === null && verdict.campaign.exclusive === group)
  const most = Math.max(...rivals.map(({ offered }) => offered))
  const best = rivals.filter(({ offered }) => offered === most)
  return best.find(({ offeredGift }) => offeredGift !== null) ?? best[0] ?? null
}

const isThere = (line: NaiveGoods) => line.excluded !== true && (line.quantity > 0 || line.amount > 0)

function judge(
  document: NaiveDocument,
  campaign: Campaign,
  sale: NaiveSale,
  kept: readonly NaiveGoods[],
  room: NaiveRoom | undefined,
): NaiveVerdict {
  const nothing = { campaign, offered: 0, offeredGift: null, wanted: 0, limit: null, lines: [], failed: null, than: null }
  const isMatching = (line: NaiveGoods) => campaign.lines === undefined || selects(campaign.lines, line)
  const matching = kept.filter(isMatching)
  if (matching.length === 0) return { ...nothing, because: 'lines' }
  const asked: Asked = { document, sale, kept, isMatching }
  if (campaign.when) {
    const failed = firstFailing(campaign.when, asked, false)
    if (failed !== null) return { ...nothing, because: 'condition', failed: `/when${failed}` }
  }
  if (campaign.holdOut && hashOf(`${campaign.id} ${sale.memberId}`) % 100n < BigInt(campaign.holdOut.percent)) {
    return { ...nothing, because: 'held-out' }
  }
  const { effect, limits } = campaign
  if (!('points' in effect) && !('multiplier' in effect)) {
    const isUsedUp = room !== undefined && room.points <= 0
    return { ...nothing, because: null, offeredGift: isUsedUp ? null : effect, limit: isUsedUp ? room.limit : null }
  }
  const wanted = exact(pointsOf(document, sale, effect, matching))
  if (wanted === 0) return { ...nothing, because: 'too-little' }
  const bounds: NaiveRoom[] = [{ points: wanted, limit: 'budget' }]
  if (limits?.perPurchase !== undefined) bounds.push({ points: limits.perPurchase, limit: 'per-purchase' })
  if (room) bounds.push({ points: Math.max(0, room.points), limit: room.limit })
  const offered = Math.min(...bounds.map(({ points }) => points))
  const limit = offered < wanted ? bounds.find(({ points }) => points === offered)!.limit : null
  return { ...nothing, because: null, wanted, offered, limit, lines: share(offered, matching) }
}

function pointsOf(
  document: NaiveDocument,
  { tier, clubs }: NaiveSale,
  effect: Extract<Campaign['effect'], { points: number } | { multiplier: number }>,
  matching: readonly NaiveGoods[],
): bigint {
  const amount = matching.reduce((sum, line) => sum + BigInt(line.amount), 0n)
  const items = matching.reduce((sum, line) => sum + BigInt(line.quantity), 0n)
  if ('multiplier' in effect) {
    const { points, per } = document.points.earn
    const extra = BigInt(effect.multiplier) - 10_000n
    const rate = BigInt(tier.multiplier) * BigInt(clubFactor(document, clubs))
    return (amount * BigInt(points) * rate * extra) / (BigInt(per) * 10_000n ** 3n)
  }
  if ('per' in effect) return (amount * BigInt(effect.points)) / BigInt(effect.per)
  if ('everyItems' in effect) return (items / BigInt(effect.everyItems)) * BigInt(effect.points)
  return BigInt(effect.points)
}

function exact(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new TooLargeError(`${value} is not held exactly`)
  return Number(value)
}

/** Largest remainder, by what was paid; where nothing was paid, by pieces. A point at a time goes to whoever is owed most. */
function share(points: number, lines: readonly NaiveGoods[]): NaiveVerdict['lines'] {
  const isPaid = lines.some(({ amount }) => amount > 0)
  const weights = lines.map(({ amount, quantity }) => BigInt(isPaid ? amount : quantity))
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  const floors = weights.map((weight) => (BigInt(points) * weight) / total)
  let left = BigInt(points) - floors.reduce((sum, floor) => sum + floor, 0n)
  const owed = weights.map((weight, line) => ({ line, remainder: (BigInt(points) * weight) % total }))
  owed.sort((a, b) => (a.remainder > b.remainder ? -1 : a.remainder < b.remainder ? 1 : a.line - b.line))
  for (const { line } of owed) {
    if (left === 0n) break
    floors[line]! += 1n
    left -= 1n
  }
  return lines.flatMap(({ lineId }, line) => (floors[line]! > 0n ? [{ lineId, points: Number(floors[line]) }] : []))
}

/** FNV-1a, 32 bits, of the code units: the hash that the document's hold-outs are promised by. */
function hashOf(text: string): bigint {
  let hash = 2_166_136_261n
  for (const unit of text.split('')) hash = ((hash ^ BigInt(unit.charCodeAt(0))) * 16_777_619n) % 2n ** 32n
  return hash
}

function selects(selector: LineSelector, line: NaiveGoods): boolean {
  if ('sku' in selector) return selector.sku.includes(line.sku)
  if ('category' in selector) return selector.category.some((category) => line.categories?.includes(category))
  if ('all' in selector) return !selector.all.some((part) => !selects(part, line))
  if ('any' in selector) return selector.any.some((part) => selects(part, line))
  return !selector.none.some((part) => selects(part, line))
}

interface Asked {
  readonly document: NaiveDocument
  readonly sale: NaiveSale
  readonly kept: readonly NaiveGoods[]
  readonly isMatching: (line: NaiveGoods) => boolean
}

/** Where the first part that does not hold stands; null where all does. `upset`: under an odd number of `none`s. */
function firstFailing(condition: Condition, asked: Asked, upset: boolean): string | null {
  if ('all' in condition) {
    for (const [index, part] of condition.all.entries()) {
      const failed = firstFailing(part, asked, upset)
      if (failed !== null) return `/all/${index}${failed}`
    }
    return null
  }
  if ('any' in condition) return condition.any.some((part) => firstFailing(part, asked, upset) === null) ? null : '/any'
  if ('none' in condition) {
    const index = condition.none.findIndex((part) => firstFailing(part, asked, !upset) === null)
    return index < 0 ? null : `/none/${index}`
  }
  return holds(condition, asked, upset) ? null : `/${Object.keys(condition)[0]}`
}

type Leaf = Exclude<Condition, { all: unknown } | { any: unknown } | { none: unknown }>

function holds(condition: Leaf, { document, sale, kept, isMatching }: Asked, upset: boolean): boolean {
  const { timezone } = document
  const basket = upset ? sale.bought.filter(isThere) : kept
  const linesOf = (of: 'matching' | 'basket' | undefined) => (of === 'matching' ? basket.filter(isMatching) : basket)
  if ('sku' in condition || 'category' in condition) return basket.some((line) => selects(condition, line))
  if ('store' in condition) return condition.store.includes(sale.storeId)
  if ('storeGroup' in condition) {
    const store = (document.stores ?? []).find(({ id }) => id === sale.storeId)
    return condition.storeGroup.some((group) => store?.groups?.includes(group))
  }
  if ('channel' in condition) return sale.channel !== undefined && condition.channel.includes(sale.channel)
  if ('spendAtLeast' in condition) {
    const { amount, of } = condition.spendAtLeast
    return linesOf(of).reduce((sum, line) => sum + BigInt(line.amount), 0n) >= BigInt(amount)
  }
  if ('quantityAtLeast' in condition) {
    const { quantity, of } = condition.quantityAtLeast
    return linesOf(of).reduce((sum, line) => sum + BigInt(line.quantity), 0n) >= BigInt(quantity)
  }
  if ('distinctSkusAtLeast' in condition) {
    const { count, of } = condition.distinctSkusAtLeast
    const skus = linesOf(of).map(({ sku }) => sku)
    return skus.filter((sku, index) => skus.indexOf(sku) === index).length >= count
  }
  if ('dates' in condition) return isOnDates(timezone, sale.at, condition.dates)
  if ('weekdays' in condition) return isOnWeekdays(timezone, sale.at, condition.weekdays)
  if ('hours' in condition) return isInHours(timezone, sale.at, condition.hours)
  if ('tier' in condition) return condition.tier.includes(sale.tier.id)
  if ('club' in condition) return condition.club.some((club) => sale.clubs?.includes(club))
  if ('segment' in condition) return condition.segment.some((segment) => sale.segments?.includes(segment))
  if ('tender' in condition) return condition.tender.some((name) => sale.tenders?.some(({ type }) => type === name))
  if ('birthdayMonth' in condition) return sale.birthdayMonth
  if ('purchaseNumber' in condition) {
    const { purchaseNumber: number } = condition
    if ('is' in number) return sale.purchaseNumber === number.is
    return 'atMost' in number ? sale.purchaseNumber <= number.atMost : sale.purchaseNumber % number.every === 0
  }
  const { atLeast, atMost } = condition.daysSinceLastPurchase
  const days = sale.daysSinceLastPurchase
  return days !== null && (atLeast === undefined || days >= atLeast) && (atMost === undefined || days <= atMost)
}
