import type { Campaign } from '../../functions/domain/campaign.ts'
import type { RoomOf } from '../../functions/domain/campaign-awards.ts'
import { type EarningLine, earn, type MemberFacts } from '../../functions/domain/earning.ts'
import { explainCampaigns } from '../../functions/domain/explanation.ts'
import { compileRevision } from '../../functions/domain/programme.ts'
import { instant, memberId } from '../../functions/domain/units.ts'
import { at, demoDocument } from './programmes.ts'

/** One basket and one sale of it, for the tables of what campaigns give. */

const stores = [
  { id: 'leeds', groups: ['north'] },
  { id: 'bath', groups: ['south'] },
]
const rewards = [{ id: 'tea' }]

/** £12 of candles in three pieces, £8 of tea in two, and a gift card, which earns nothing. */
export const basket: EarningLine[] = [
  { lineId: '1', sku: 'wick', quantity: 3, amount: 1200, categories: ['candles'], excluded: false },
  { lineId: '2', sku: 'assam', quantity: 2, amount: 800, categories: ['tea', 'gifts'], excluded: false },
  { lineId: '3', sku: 'card', quantity: 1, amount: 5000, categories: ['gifts'], excluded: true },
]

export interface Asked {
  readonly lines?: readonly EarningLine[]
  readonly when?: string
  readonly tier?: number
  readonly room?: RoomOf
  readonly timezone?: string
  readonly sale?: Partial<NonNullable<MemberFacts['sale']>>
}

export const campaign = (id: string, rest: Partial<Omit<Campaign, 'id'>>): Campaign => ({
  ...{ id, trigger: 'purchase', effect: { points: 10 } },
  ...rest,
})

/** A Tuesday noon at Leeds, by a bronze member, whose third purchase it is, five days after the one before. */
function stand(
  campaigns: readonly Campaign[],
  { lines = basket, when = '2026-11-24T12:00:00Z', tier: level = 0, ...more }: Asked,
) {
  const document = { ...demoDocument, stores, rewards, campaigns, timezone: more.timezone ?? demoDocument.timezone }
  const revision = compileRevision(1, instant(0), document)
  const tier = revision.tiers[level]!
  const sale = {
    ...{ at: at(when), memberId: memberId('ada'), storeId: 'leeds', channel: 'shop', tenders: [{ type: 'cash' }] },
    ...{ bought: basket, tier: tier.id, clubs: ['walkers'], segments: ['staff'], purchaseNumber: 3 },
    ...{ daysSinceLastPurchase: 5, birthdayMonth: true },
    ...more.sale,
  }
  return { revision, facts: { tier, sale }, lines }
}

export function awardsOf(campaigns: readonly Campaign[], asked: Asked = {}) {
  const { revision, facts, lines } = stand(campaigns, asked)
  return earn(revision, facts, lines, asked.room).filter(({ source }) => source !== 'base')
}

export const given = (campaigns: readonly Campaign[], asked: Asked = {}) =>
  Object.fromEntries(awardsOf(campaigns, asked).map(({ source, points }) => [source, points as number]))

export const explained = (campaigns: readonly Campaign[], asked: Asked = {}) => {
  const { revision, facts, lines } = stand(campaigns, asked)
  return explainCampaigns(revision, facts, lines, earn(revision, facts, lines, asked.room))
}
