import type { Campaign } from '../../functions/domain/campaign.ts'
import {
  applies,
  clubFactor,
  isLimitedCampaign,
  judgeCampaigns,
  type NaiveGoods,
  type NaiveRoom,
  type NaiveSale,
  type NaiveVerdict,
} from './naive-campaigns.ts'
import { isSameWindow, type NaiveDocument } from './naive-dates.ts'
import type { Returned } from './naive-returns.ts'

/** What a sale earns and holds in the model: by the base rule and by campaigns, of all its lines or of those that are kept. */

/** What limited campaigns gave a sale, where others than this member's purchases had a part in it: taken as facts. */
export type NaiveRooms = ReadonlyMap<string, NaiveRoom>

export interface ValuedSale {
  readonly sale: NaiveSale
  readonly document: NaiveDocument
  /** The place of the document among the programme's. */
  readonly revision: number
  readonly granted: readonly NaiveVerdict[]
}

/** What a sale comes to by the lines that are kept of it. */
export interface Worth {
  readonly points: number
  /** Eligible spend. */
  readonly spend: number
  /** What campaigns give for tiers alone: spend or points, whichever they count. */
  readonly tierCredit: number
  /** By `badge <id>` or `reward <id>`. */
  readonly gifts: ReadonlyMap<string, number>
  /** Points that campaigns give, of each that gives something. */
  readonly campaigns: ReadonlyMap<string, number>
  /** What it has of limited campaigns, or may have again after other returns. */
  readonly held: ReadonlyMap<string, number>
}

/** Judges a sale; `before` are the member's other sales, at what they are worth now. */
export function valueSale(
  at: { readonly document: NaiveDocument; readonly revision: number },
  sale: NaiveSale,
  before: readonly { readonly valued: ValuedSale; readonly worth: Worth }[],
  rooms: NaiveRooms | undefined,
): ValuedSale {
  const { document, revision } = at
  const matched = judgeCampaigns(document, sale, sale.bought, () => undefined)
  const offered = (campaign: Campaign) => matched.find((verdict) => verdict.campaign === campaign)
  const roomOf = (campaign: Campaign): NaiveRoom | undefined => {
    if (!isLimitedCampaign(campaign)) return undefined
    if (rooms) return roomIn(rooms, campaign)
    return roomFor(campaign, sale, { document, revision }, before, offered(campaign))
  }
  return { sale, document, revision, granted: judgeCampaigns(document, sale, sale.bought, roomOf) }
}

/** What limited campaigns may give, where it is known: those that are not told of nothing. */
export const roomIn = (rooms: NaiveRooms, campaign: Campaign): NaiveRoom | undefined =>
  isLimitedCampaign(campaign) ? (rooms.get(campaign.id) ?? { points: 0, limit: 'per-member' }) : undefined

/** What is left for a campaign, counted from all sales that are known. */
function roomFor(
  { id, limits, effect }: Campaign,
  sale: NaiveSale,
  { document, revision }: { readonly document: NaiveDocument; readonly revision: number },
  before: readonly { readonly valued: ValuedSale; readonly worth: Worth }[],
  offered: NaiveVerdict | undefined,
): NaiveRoom | undefined {
  const isAsked = (verdict: NaiveVerdict | undefined) => verdict?.because === null || verdict?.because === 'exclusive'
  if (!isAsked(offered)) return undefined
  const rooms: NaiveRoom[] = []
  const uses = before.map(({ valued, worth }) => {
    const campaign = valued.document.campaigns?.find((one) => one.id === id)
    return { ...valued, limits: campaign?.limits, held: worth.held.get(id) }
  })
  const sumOf = (some: typeof uses) => some.reduce((sum, { held = 0 }) => sum + held, 0)
  for (const { window, times, points } of limits?.perMember ?? []) {
    const inWindow = uses.filter(
      (use) =>
        use.held !== undefined &&
        use.limits?.perMember?.some((cap) => cap.window === window) &&
        isSameWindow(document.timezone, window, use.sale.at, sale.at),
    )
    if (times !== undefined && inWindow.length >= times) rooms.push({ points: 0, limit: 'per-member' })
    if (points !== undefined) rooms.push({ points: points - sumOf(inWindow), limit: 'per-member' })
  }
  if ('points' in effect || 'multiplier' in effect) {
    // The budget is that of the latest revision by which any sale asked for it.
    const asking = [
      ...uses.flatMap((use) => (isAsked(use.granted.find((verdict) => verdict.campaign.id === id)) ? [use] : [])),
      { sale, limits, revision },
    ]
    const latest = (of: 'budget' | 'perStore', some: readonly (typeof asking)[number][]) =>
      some.filter((one) => one.limits?.[of] !== undefined).sort((a, b) => b.revision - a.revision)[0]!.limits![of]!
    if (limits?.perStore !== undefined) {
      const atStore = (use: { readonly sale: NaiveSale }) => use.sale.storeId === sale.storeId
      const spent = sumOf(uses.filter((use) => use.limits?.perStore !== undefined && atStore(use)))
      rooms.push({ points: latest('perStore', asking.filter(atStore)) - spent, limit: 'per-store' })
    }
    if (limits?.budget !== undefined) {
      const spent = sumOf(uses.filter((use) => use.limits?.budget !== undefined))
      rooms.push({ points: latest('budget', asking) - spent, limit: 'budget' })
    }
  }
  const least = Math.min(...rooms.map(({ points }) => points))
  return rooms.find(({ points }) => points === least)
}

/** Lines at what is kept of them. */
export const keptOf = (bought: readonly NaiveGoods[], returned: Returned): NaiveGoods[] =>
  bought.map((line) => {
    const back = returned.get(line.lineId)
    return back ? { ...line, quantity: line.quantity - back.quantity, amount: line.amount - back.amount } : line
  })

/** What a sale is worth by the lines kept: what limited campaigns granted is their ceiling, what is no points can only be lost. */
export function worthOf(valued: ValuedSale, returned: Returned): Worth {
  const { sale, document, granted } = valued
  const kept = keptOf(sale.bought, returned)
  const ceilingOf = (campaign: Campaign): NaiveRoom | undefined => {
    const isGift = !('points' in campaign.effect) && !('multiplier' in campaign.effect)
    if (!isGift && !isLimitedCampaign(campaign)) return undefined
    const was = granted.find((verdict) => verdict.campaign === campaign)
    if (!was || !applies(was)) return { points: 0, limit: 'per-member' }
    return isGift ? undefined : { points: was.offered, limit: 'per-member' }
  }
  const verdicts = returned.size === 0 ? granted : judgeCampaigns(document, sale, kept, ceilingOf)
  const applied = verdicts.filter(applies)
  const gifts = new Map<string, number>()
  let tierCredit = 0
  for (const { offeredGift } of applied) {
    if (offeredGift === null) continue
    if ('tierCredit' in offeredGift) tierCredit += offeredGift.tierCredit
    else {
      const name = 'badge' in offeredGift ? `badge ${offeredGift.badge}` : `reward ${offeredGift.reward}`
      gifts.set(name, (gifts.get(name) ?? 0) + 1)
    }
  }
  const eligible = kept.filter((line) => line.excluded !== true).reduce((sum, line) => sum + line.amount, 0)
  const isHeld = ({ because, offered, offeredGift }: NaiveVerdict) =>
    (because === null || because === 'exclusive') && (offered > 0 || offeredGift !== null)
  const holding = returned.size === 0 ? applied : verdicts.filter(isHeld)
  return {
    points: basePoints(document, sale, eligible) + applied.reduce((sum, { offered }) => sum + offered, 0),
    spend: eligible,
    tierCredit,
    gifts,
    campaigns: new Map(applied.map(({ campaign, offered }) => [campaign.id, offered])),
    held: new Map(
      holding.flatMap(({ campaign, offered }) => (isLimitedCampaign(campaign) ? [[campaign.id, offered] as const] : [])),
    ),
  }
}

function basePoints(document: NaiveDocument, { tier, clubs }: NaiveSale, spend: number): number {
  const { points, per } = document.points.earn
  const rate = BigInt(points) * BigInt(tier.multiplier) * BigInt(clubFactor(document, clubs))
  return Number((BigInt(spend) * rate) / (BigInt(per) * 10_000n ** 2n))
}
