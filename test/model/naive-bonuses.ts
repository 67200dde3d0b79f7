import type { Campaign } from '../../functions/domain/campaign.ts'
import { applies, judgeCampaigns, type NaiveGoods, type NaiveSale } from './naive-campaigns.ts'
import type { NaiveDocument } from './naive-dates.ts'
import { type NaiveRooms, roomIn } from './naive-sales.ts'

/** Bonuses in the model: what the campaigns of another trigger than a purchase give, all of the document asked one after another. */

/** What one campaign gave for an occasion. */
export interface NaiveAward {
  readonly campaign: string
  readonly points: number
  readonly tierCredit: number
  /** `badge <id>` or `reward <id>`. */
  readonly gift: string | null
}

type Gift = Exclude<NonNullable<Campaign['referrer']>['effect'], { points: number }>

/** What the campaigns of a trigger give who did not buy, or as much of it as the limits left. */
export function awardsOf(
  document: NaiveDocument,
  asked: Omit<NaiveSale, 'bought'>,
  rooms: NaiveRooms,
  bought: readonly NaiveGoods[] = nothingBought,
): NaiveAward[] {
  const verdicts = judgeCampaigns(document, { ...asked, bought }, bought, (campaign) => roomIn(rooms, campaign))
  return verdicts
    .filter(applies)
    .map(({ campaign, offered, offeredGift }) => awardOf(campaign.id, offeredGift === null ? { points: offered } : offeredGift))
}

/** Conditions on goods find that there is something, of nothing in particular. */
const nothingBought: readonly NaiveGoods[] = [{ lineId: '', sku: '', quantity: 1, amount: 0 }]

/** What some campaigns give whoever recommended a friend. */
export function awardsOfReferrer({ campaigns = [] }: NaiveDocument, rooms: NaiveRooms): NaiveAward[] {
  return [...rooms].flatMap(([id, room]) => {
    const effect = campaigns.find((campaign) => campaign.id === id)?.referrer?.effect
    if (!effect) throw new Error(`${id} gives nothing to who recommended somebody`)
    if (!('points' in effect)) return [awardOf(id, effect)]
    const points = Math.min(effect.points, room.points)
    return points > 0 ? [awardOf(id, { points })] : []
  })
}

function awardOf(campaign: string, effect: Gift | { readonly points: number }): NaiveAward {
  const nothing = { campaign, points: 0, tierCredit: 0, gift: null }
  if ('points' in effect) return { ...nothing, points: effect.points }
  if ('tierCredit' in effect) return { ...nothing, tierCredit: effect.tierCredit }
  return { ...nothing, gift: 'badge' in effect ? `badge ${effect.badge}` : `reward ${effect.reward}` }
}

/** Tags as they came, in the order in which they were booked. */
export class NaiveTags {
  readonly #tags: { readonly tags: readonly string[]; readonly at: number }[] = []

  tag(tags: readonly string[], at: number): void {
    this.#tags.push({ tags, at })
  }

  tagsAt(at: number, isLate: boolean): readonly string[] {
    return (isLate ? this.#tags.findLast((tagged) => tagged.at <= at) : this.#tags.at(-1))?.tags ?? []
  }
}
