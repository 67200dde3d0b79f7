import { describe, expect, it } from 'vitest'
import type { RoomOf } from '../../functions/domain/campaign-awards.ts'
import { roomIn, windowOf } from '../../functions/domain/limits.ts'
import { compileRevision } from '../../functions/domain/programme.ts'
import { instant } from '../../functions/domain/units.ts'
import { campaign, explained } from './campaign-sale.ts'
import { Counter, goods as goodsOf } from './counter.ts'
import { at, demoDocument, programmeOf } from './programmes.ts'

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
