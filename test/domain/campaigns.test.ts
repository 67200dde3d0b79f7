import { describe, expect, it, test } from 'vitest'
import type { Campaign, Condition } from '../../functions/domain/campaign.ts'
import type { RoomOf } from '../../functions/domain/campaign-awards.ts'
import { type EarningLine, earn, type MemberFacts } from '../../functions/domain/earning.ts'
import { explainCampaigns } from '../../functions/domain/explanation.ts'
import { roomIn, windowOf } from '../../functions/domain/limits.ts'
import { compileRevision } from '../../functions/domain/programme.ts'
import { instant, memberId } from '../../functions/domain/units.ts'
import { Counter, goods as goodsOf } from './counter.ts'
import { at, demoDocument, programmeOf } from './programmes.ts'

/** What campaigns give, as a shop manager could reckon it. The base rule gives a point for every pound, and the tier more. */

const stores = [
  { id: 'leeds', groups: ['north'] },
  { id: 'bath', groups: ['south'] },
]
const rewards = [{ id: 'tea' }]

/** £12 of candles in three pieces, £8 of tea in two, and a gift card, which earns nothing. */
const basket: EarningLine[] = [
  { lineId: '1', sku: 'wick', quantity: 3, amount: 1200, categories: ['candles'], excluded: false },
  { lineId: '2', sku: 'assam', quantity: 2, amount: 800, categories: ['tea', 'gifts'], excluded: false },
  { lineId: '3', sku: 'card', quantity: 1, amount: 5000, categories: ['gifts'], excluded: true },
]

interface Asked {
  readonly lines?: readonly EarningLine[]
  readonly when?: string
  readonly tier?: number
  readonly room?: RoomOf
  readonly timezone?: string
  readonly sale?: Partial<NonNullable<MemberFacts['sale']>>
}

const campaign = (id: string, rest: Partial<Omit<Campaign, 'id'>>): Campaign => ({
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

function awardsOf(campaigns: readonly Campaign[], asked: Asked = {}) {
  const { revision, facts, lines } = stand(campaigns, asked)
  return earn(revision, facts, lines, asked.room).filter(({ source }) => source !== 'base')
}

const given = (campaigns: readonly Campaign[], asked: Asked = {}) =>
  Object.fromEntries(awardsOf(campaigns, asked).map(({ source, points }) => [source, points as number]))

const explained = (campaigns: readonly Campaign[], asked: Asked = {}) => {
  const { revision, facts, lines } = stand(campaigns, asked)
  return explainCampaigns(revision, facts, lines, earn(revision, facts, lines, asked.room))
}

describe('conditions', () => {
  test.each<[holds: boolean, when: Condition]>([
    [true, { sku: ['wick', 'other'] }],
    [false, { sku: ['other'] }],
    // The gift card does not earn, so it is not looked at.
    [false, { sku: ['card'] }],
    [true, { category: ['gifts'] }],
    [false, { category: ['cups'] }],
    [true, { store: ['leeds'] }],
    [false, { store: ['bath'] }],
    [true, { storeGroup: ['north'] }],
    [false, { storeGroup: ['south', 'nowhere'] }],
    [true, { channel: ['shop'] }],
    [false, { channel: ['web'] }],
    [true, { spendAtLeast: { amount: 2000 } }],
    [false, { spendAtLeast: { amount: 2001 } }],
    [true, { quantityAtLeast: { quantity: 5 } }],
    [false, { quantityAtLeast: { quantity: 6 } }],
    [true, { distinctSkusAtLeast: { count: 2 } }],
    [false, { distinctSkusAtLeast: { count: 3 } }],
    [true, { dates: { from: '2026-11-24', until: '2026-11-24' } }],
    [false, { dates: { until: '2026-11-23' } }],
    [false, { dates: { from: '2026-11-25' } }],
    [true, { weekdays: ['tue'] }],
    [false, { weekdays: ['mon', 'wed'] }],
    [true, { hours: { from: '12:00', until: '12:01' } }],
    [false, { hours: { from: '11:00', until: '12:00' } }],
    [true, { tier: ['bronze'] }],
    [false, { tier: ['silver', 'gold'] }],
    [true, { club: ['walkers'] }],
    [false, { club: ['readers'] }],
    [true, { segment: ['staff'] }],
    [false, { segment: ['students'] }],
    [true, { purchaseNumber: { is: 3 } }],
    [false, { purchaseNumber: { is: 2 } }],
    [true, { purchaseNumber: { atMost: 3 } }],
    [false, { purchaseNumber: { atMost: 2 } }],
    [true, { purchaseNumber: { every: 3 } }],
    [false, { purchaseNumber: { every: 2 } }],
    [true, { daysSinceLastPurchase: { atLeast: 5, atMost: 5 } }],
    [false, { daysSinceLastPurchase: { atLeast: 6 } }],
    [false, { daysSinceLastPurchase: { atMost: 4 } }],
    [true, { birthdayMonth: true }],
    [true, { tender: ['cash', 'card'] }],
    [false, { tender: ['card'] }],
    [true, { all: [{ sku: ['wick'] }, { store: ['leeds'] }] }],
    [false, { all: [{ sku: ['wick'] }, { store: ['bath'] }] }],
    [true, { any: [{ sku: ['other'] }, { store: ['leeds'] }] }],
    [false, { any: [{ sku: ['other'] }, { store: ['bath'] }] }],
    [true, { none: [{ sku: ['other'] }, { store: ['bath'] }] }],
    [false, { none: [{ sku: ['other'] }, { store: ['leeds'] }] }],
  ])('%s: %j', (holds, when) => {
    expect(given([campaign('c', { when })])).toEqual(holds ? { c: 10 } : {})
  })

  it('look at the lines that the campaign is about where they say so', () => {
    const of = (when: Condition) => given([campaign('c', { lines: { category: ['tea'] }, when })])
    expect(of({ spendAtLeast: { amount: 800, of: 'matching' } })).toEqual({ c: 10 })
    expect(of({ spendAtLeast: { amount: 801, of: 'matching' } })).toEqual({})
    expect(of({ quantityAtLeast: { quantity: 3, of: 'matching' } })).toEqual({})
    expect(of({ distinctSkusAtLeast: { count: 2, of: 'matching' } })).toEqual({})
  })

  it('that shut a sale out of a campaign still do when what did it comes back', () => {
    const noTea = [campaign('no-tea', { when: { none: [{ category: ['tea'] }] } })]
    const withoutTea = basket.map((line) => (line.sku === 'assam' ? { ...line, quantity: 0, amount: 0 } : line))
    expect(given(noTea, { lines: withoutTea })).toEqual({})
    expect(given(noTea, { lines: withoutTea, sale: { bought: withoutTea } })).toEqual({ 'no-tea': 10 })
  })

  it('a first purchase has no purchase before it, and a sale without channel or tender none of them', () => {
    const when: Condition = { any: [{ daysSinceLastPurchase: { atLeast: 0 } }, { channel: ['shop'] }, { tender: ['cash'] }] }
    const sale = { daysSinceLastPurchase: null, channel: undefined, tenders: undefined }
    expect(given([campaign('c', { when })], { sale })).toEqual({})
  })
})

describe('hours, as the clock on the wall shows them', () => {
  test.each<[holds: boolean, from: string, until: string, when: string, timezone?: string]>([
    // Across midnight.
    [true, '22:00', '02:00', '2026-11-24T23:59:59Z'],
    [true, '22:00', '02:00', '2026-11-24T01:59:59Z'],
    [false, '22:00', '02:00', '2026-11-24T02:00:00Z'],
    [false, '22:00', '02:00', '2026-11-24T21:59:59Z'],
    // Summer time: 12:00 UTC is 13:00 in London.
    [true, '13:00', '14:00', '2026-07-01T12:00:00Z'],
    [false, '12:00', '13:00', '2026-07-01T12:00:00Z'],
    // 29 March 2026 in London: from 00:59:59 GMT to 02:00 BST; no clock shows 01:30.
    [true, '00:00', '01:00', '2026-03-29T00:59:59Z'],
    [false, '01:00', '02:00', '2026-03-29T01:00:00Z'],
    [true, '02:00', '03:00', '2026-03-29T01:00:00Z'],
    [true, '22:00', '23:00', '2026-03-29T21:30:00Z'],
    // 25 October 2026 in London: 01:30 comes twice, and counts twice.
    [true, '01:00', '02:00', '2026-10-25T00:30:00Z'],
    [true, '01:00', '02:00', '2026-10-25T01:30:00Z'],
    [false, '01:00', '02:00', '2026-10-25T02:00:00Z'],
    [true, '22:00', '23:00', '2026-10-25T22:30:00Z'],
    // Cairo begins its summer at midnight: 24 April 2026 begins at 01:00.
    [true, '01:00', '01:30', '2026-04-23T22:00:00Z', 'Africa/Cairo'],
    [false, '00:00', '01:00', '2026-04-23T22:00:00Z', 'Africa/Cairo'],
    [true, '05:30', '05:31', '2026-11-24T00:00:00Z', 'Asia/Kolkata'],
  ])('%s: %s to %s at %s', (holds, from, until, when, timezone) => {
    expect(given([campaign('c', { when: { hours: { from, until } } })], { when, ...(timezone && { timezone }) })).toEqual(
      holds ? { c: 10 } : {},
    )
  })

  it('days and dates are local too', () => {
    const late = { when: '2026-07-31T23:30:00Z' }
    expect(given([campaign('c', { when: { weekdays: ['sat'] } })], late)).toEqual({ c: 10 })
    expect(given([campaign('c', { when: { dates: { from: '2026-08-01' } } })], late)).toEqual({ c: 10 })
  })

  it('a schedule begins at its instant and is over at its end', () => {
    const spring = [campaign('c', { schedule: { from: '2026-03-01T00:00:00Z', until: '2026-04-01T00:00:00+01:00' } })]
    const on = ['2026-02-28T23:59:59Z', '2026-03-01T00:00:00Z', '2026-03-31T22:59:59Z', '2026-03-31T23:00:00Z']
    expect(on.map((when) => given(spring, { when }).c ?? 0)).toEqual([0, 10, 10, 0])
  })
})

describe('effects', () => {
  test.each<[points: number, rest: Partial<Campaign>, tier?: number]>([
    [10, { effect: { points: 10 } }],
    // £20 earns: 3 points for every £7 are 3 × 2000 ÷ 700, rounded down once.
    [8, { effect: { points: 3, per: 700 } }],
    [5, { effect: { points: 3, per: 700 }, lines: { category: ['candles'] } }],
    // Five pieces: two pairs.
    [8, { effect: { points: 4, everyItems: 2 } }],
    [4, { effect: { points: 4, everyItems: 2 }, lines: { sku: ['wick'] } }],
    // Double: 20 points more. For silver 1.25 times as many: 25.
    [20, { effect: { multiplier: 20_000 } }],
    [25, { effect: { multiplier: 20_000 } }, 1],
    [12, { effect: { multiplier: 20_000 }, lines: { category: ['candles'] } }],
    [1, { effect: { multiplier: 11_000 }, lines: { sku: ['wick'] } }],
    [12, { effect: { multiplier: 20_000 }, lines: { none: [{ sku: ['assam'] }] } }],
    [8, { effect: { multiplier: 20_000 }, lines: { all: [{ category: ['gifts'] }, { category: ['tea'] }] } }],
    [7, { effect: { points: 10 }, limits: { perPurchase: 7 } }],
  ])('%i points: %j', (points, rest, tier = 0) => {
    expect(given([campaign('c', rest)], { tier })).toEqual({ c: points })
  })

  it('are allotted to the lines by what they cost, what is left over to the largest remainder', () => {
    expect(awardsOf([campaign('c', { effect: { points: 9 } })])).toMatchObject([
      {
        lines: [
          { lineId: '1', points: 5 },
          { lineId: '2', points: 4 },
        ],
      },
    ])
  })

  it('that are no points are there beside them', () => {
    const gifts = [{ reward: 'tea' }, { badge: 'early' }, { tierCredit: 500 }]
    const campaigns = gifts.map((effect, index) => campaign(`c-${index}`, { effect }))
    expect(awardsOf(campaigns).map(({ points, gift }) => ({ points, gift }))).toEqual(gifts.map((gift) => ({ points: 0, gift })))
  })
})

describe('several campaigns', () => {
  it('add up, the higher priority first, then as the document has them', () => {
    const campaigns = [campaign('a', {}), campaign('b', { priority: 5 }), campaign('c', {}), campaign('d', { priority: -1 })]
    expect(awardsOf(campaigns).map(({ source }) => source)).toEqual(['b', 'a', 'c', 'd'])
  })

  it('of one group give the best for the member, of equal ones the first', () => {
    const rivals = [
      campaign('a', { effect: { points: 5 }, exclusive: 'g' }),
      campaign('b', { effect: { points: 9 }, exclusive: 'g' }),
      campaign('c', { effect: { points: 9 }, exclusive: 'g', priority: -1 }),
      campaign('d', { effect: { points: 1 } }),
    ]
    expect(given(rivals)).toEqual({ b: 9, d: 1 })
  })

  it('of one group are compared after their limits, and one that has nothing left does not beat a badge', () => {
    const rivals = [
      campaign('limited', { effect: { points: 50 }, exclusive: 'g', limits: { budget: 100 } }),
      campaign('small', { effect: { points: 9 }, exclusive: 'g' }),
    ]
    const left =
      (points: number): RoomOf =>
      (one) =>
        one.limited ? { points, limit: 'budget' } : undefined
    expect(given(rivals, { room: left(8) })).toEqual({ small: 9 })
    expect(given(rivals, { room: left(10) })).toEqual({ limited: 10 })
    const badge = [rivals[0]!, campaign('badge', { effect: { badge: 'early' }, exclusive: 'g' })]
    expect(given(badge, { room: left(0) })).toEqual({ badge: 0 })
  })
})

describe('limits', () => {
  it('leave the tightest, and say which it was', () => {
    const cap = (points: number | undefined, times: number | undefined, used: [times: number, points: number]) => ({
      cap: { window: 'day' as const, points, times },
      used: { times: used[0], points: used[1] },
    })
    expect(roomIn([], undefined, undefined)).toBeUndefined()
    expect(roomIn([cap(undefined, 2, [1, 30])], undefined, undefined)).toBeUndefined()
    expect(roomIn([cap(undefined, 2, [2, 30])], 40, 50)).toEqual({ points: 0, limit: 'per-member' })
    expect(roomIn([cap(100, 2, [1, 30])], 40, 50)).toEqual({ points: 40, limit: 'per-store' })
    expect(roomIn([cap(100, undefined, [1, 30])], 90, 50)).toEqual({ points: 50, limit: 'budget' })
    expect(roomIn([cap(100, undefined, [1, 30]), cap(20, undefined, [1, 30])], 90, 50)).toEqual({
      points: 0,
      limit: 'per-member',
    })
    expect(roomIn([], undefined, -5)).toEqual({ points: 0, limit: 'budget' })
  })

  it.each([
    ['day', '2026-03-30'],
    ['week', '2026-03-30'],
    ['month', '2026-03'],
    ['year', '2026'],
    ['campaign', 'all'],
  ] as const)('a %s is local: half past eleven in the evening UTC is the next day of British summer', (window, name) => {
    const { calendar } = compileRevision(1, instant(0), demoDocument)
    expect(windowOf(calendar, window, at('2026-03-29T23:30:00Z'))).toBe(name)
  })

  it('weeks are those that begin on Monday, also across the year', () => {
    const { calendar } = compileRevision(1, instant(0), demoDocument)
    expect(['2026-12-31', '2027-01-03'].map((day) => windowOf(calendar, 'week', at(`${day}T12:00:00Z`)))).toEqual([
      '2026-12-28',
      '2026-12-28',
    ])
  })

  it('of a member are by window, and a return gives back what it took', () => {
    const limits = { perMember: [{ window: 'month' as const, points: 25 }] }
    const counter = new Counter(programmeOf({ ...demoDocument, campaigns: [campaign('c', { limits })] }), '2026-01-01T00:00:00Z')
    const buy = (id: string, when: string) => Number(counter.buy(id, when, goodsOf(99)))
    expect([buy('1', '2026-03-01T10:00:00Z'), buy('2', '2026-03-02T10:00:00Z'), buy('3', '2026-03-31T22:59:00Z')]).toEqual([
      10, 10, 5,
    ])
    // An hour later it is April in London.
    expect([buy('4', '2026-03-31T23:00:00Z'), buy('5', '2026-04-01T10:00:00Z')]).toEqual([10, 10])
    expect(counter.bringBack('1', 'r', '2026-04-02T10:00:00Z', goodsOf(99))).toBe(10)
    expect(counter.buy('6', '2026-03-15T10:00:00Z', goodsOf(99), '2026-04-03T10:00:00Z')).toBe(10)
    expect(counter.buy('7', '2026-03-15T10:00:00Z', goodsOf(99), '2026-04-03T10:00:00Z')).toBe(0)
  })

  it('keep what a campaign may give again: overtaken in its group by one return, it is the best again after the next', () => {
    const document = {
      ...demoDocument,
      campaigns: [
        campaign('free', { lines: { sku: ['sku-1'] }, effect: { points: 1, per: 100 }, exclusive: 'g' }),
        campaign('fund', { lines: { sku: ['sku-2'] }, effect: { points: 1, per: 100 }, exclusive: 'g', limits: { budget: 30 } }),
      ],
    }
    const counter = new Counter(programmeOf(document), '2026-01-01T00:00:00Z')
    const day = '2026-03-01T10:00:00Z'
    const line = (lineId: string, amount: number) => [{ lineId, quantity: 1, amount }]
    const two = (id: string) => counter.buy(id, day, [...line('1', 2000), ...line('2', 3000)])
    expect(two('1')).toBe(50 + 30)
    // £15 of the second line come back: 15 of the fund are less than 20 of the other.
    expect(counter.bringBack('1', 'r-1', day, [{ lineId: '2', quantity: 0, amount: 1500 }])).toBe(15 + 10)
    expect(counter.limits.state.pots.get('fund')!.left).toBe(15)
    // Somebody takes what is free of it, and no more.
    expect(counter.buy('2', day, line('2', 3000))).toBe(30 + 15)
    expect(counter.bringBack('1', 'r-2', day, line('1', 2000))).toBe(20 + 5)
    expect(counter.receipts.get('1')!.points).toBe(15 + 15)
    expect(counter.limits.state.pots.get('fund')!.left).toBe(0)
  })
})

describe('the explanation', () => {
  it('says of each campaign that was on why it gave what it did', () => {
    const campaigns = [
      campaign('over', { schedule: { until: '2026-01-01T00:00:00Z' } }),
      campaign('plain', {}),
      campaign('cups', { lines: { category: ['cups'] } }),
      campaign('web', { when: { all: [{ store: ['leeds'] }, { none: [{ channel: ['web'] }, { tender: ['cash'] }] }] } }),
      campaign('crumbs', { effect: { points: 1, per: 100_000 } }),
      campaign('held', { holdOut: { percent: 99 } }),
      campaign('better', { effect: { points: 20 }, exclusive: 'g' }),
      campaign('worse', { exclusive: 'g' }),
      campaign('part', { limits: { budget: 7 } }),
      campaign('gone', { limits: { budget: 1 } }),
    ]
    const room: RoomOf = ({ campaign: { id, limits } }) =>
      limits ? { points: id === 'part' ? 7 : 0, limit: 'budget' } : undefined
    const verdicts = explained(campaigns, { room })
    expect(verdicts.map(({ campaign: id }) => id)).not.toContain('over')
    expect(Object.fromEntries(verdicts.map(({ campaign: id, revision: _, ...verdict }) => [id, verdict]))).toMatchObject({
      plain: { applied: true, points: 10 },
      cups: { applied: false, because: 'lines' },
      web: { applied: false, because: 'condition', failed: '/when/all/1/none/1' },
      crumbs: { applied: false, because: 'too-little' },
      held: { applied: false, because: 'held-out' },
      better: { applied: true, points: 20 },
      worse: { applied: false, because: 'exclusive', than: 'better' },
      part: { applied: true, points: 7, cut: { limit: 'budget', wanted: 10 } },
      gone: { applied: false, because: 'limit', limit: 'budget' },
    })
  })
})
