import { describe, expect, it, test } from 'vitest'
import type { Campaign, Condition } from '../../functions/domain/campaign.ts'
import type { RoomOf } from '../../functions/domain/campaign-awards.ts'
import { awardsOf, basket, campaign, given } from './campaign-sale.ts'

/** What campaigns give, as a shop manager could reckon it. The base rule gives a point for every pound, and the tier more. */

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
