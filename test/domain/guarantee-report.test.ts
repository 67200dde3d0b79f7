import { describe, expect, it } from 'vitest'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import { addFigures, emptyGuaranteeSums, guaranteeFigures, reportOfSums } from '../../functions/domain/guarantee-report.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import type { VoucherSeries } from '../../functions/domain/voucher-series.ts'
import { ClaimDesk } from './claim-desk.ts'
import { goods } from './counter.ts'
import { at, demoDocument, programmeOf } from './programmes.ts'

/** A report on one member, who claims every line of what they bought and is given what the guarantee says. */
function reportOnClaim(
  given: Pick<Guarantee, 'remedy' | 'goodwill'>,
  amounts: readonly number[],
  more: Partial<ProgrammeDocument> = {},
) {
  const guarantee: Guarantee = {
    ...{ id: 'all', name: 'All', window: { days: 90 }, goodsBack: false, days: { decide: 2, settle: 4 } },
    ...given,
  }
  const desk = new ClaimDesk(programmeOf({ ...demoDocument, ...more, guarantees: [guarantee] }), '2026-01-10T12:00:00Z')
  desk.counter.buy('leeds:1', '2026-03-01T10:00:00Z', goods(...amounts))
  const lines = amounts.map((_, index) => ({ lineId: String(index + 1), quantity: 1 }))
  desk.submit('c-1', 'leeds:1', 'all', lines)
  desk.step('c-1', 'approve')
  desk.step('c-1', 'settle')
  const { programme, account, entries } = desk.counter
  const sums = emptyGuaranteeSums()
  const [from, until] = [at('2026-01-01T00:00:00Z'), at('2027-01-01T00:00:00Z')]
  addFigures(sums, guaranteeFigures(programme, account.head.memberId, entries, from, until)!)
  return reportOfSums(sums)
}

describe('what a claim gives is given to its articles in proportion to what was paid, by largest remainder', () => {
  it.each([
    ['two halves', [1_000, 1_000], 40, [20, 20]],
    ['a quarter and the rest', [1_000, 3_000], 40, [10, 30]],
    ['a half point, to the earlier one', [1_000, 1_000], 5, [3, 2]],
    ['a third and two thirds', [1_000, 2_000], 10, [3, 7]],
    ['a point that is the larger part of the later one', [999, 1_001], 1, [0, 1]],
    ['three thirds', [700, 700, 700], 11, [4, 4, 3]],
    ['one that cost nothing', [0, 500], 7, [0, 7]],
    ['nothing but what cost nothing, by pieces', [0, 0], 3, [2, 1]],
    ['one alone', [1_000], 9, [9]],
  ])('points: %s', (_, amounts, goodwill, shares) => {
    const { all, by } = reportOnClaim({ remedy: { refund: { rate: 10_000 } }, goodwill }, amounts)
    expect(by.sku.map(({ points }) => points)).toEqual(shares)
    for (const figures of [all, ...by.guarantee, ...by.store]) expect(figures.points).toBe(goodwill)
    // A claim counts once, but of each article in it.
    expect([all.approved.claims, ...by.sku.map(({ approved }) => approved.claims)]).toEqual([1, ...shares.map(() => 1)])
  })

  it.each([
    ['all that was paid', [1_000, 3_000], 10_000, [1_000, 3_000]],
    ['a penny of two halves', [333, 333], 5_000, [167, 166]],
    ['a penny that is the larger part of the later one', [100, 102], 5_050, [50, 52]],
    ['three of a penny each', [1, 1, 1], 5_000, [1, 0, 0]],
  ])('money: %s', (_, amounts, rate, shares) => {
    const { all, by } = reportOnClaim({ remedy: { refund: { rate } } }, amounts)
    expect(by.sku.map(({ refunded }) => refunded.amount)).toEqual(shares)
    expect(all.refunded).toEqual({ claims: 1, amount: shares.reduce((sum, share) => sum + share, 0) })
  })

  it('points instead of money', () => {
    const { all, by } = reportOnClaim({ remedy: { points: 1, per: 100 }, goodwill: 5 }, [1_000, 3_000])
    expect(by.sku.map(({ points }) => points)).toEqual([11, 34])
    expect(all).toMatchObject({ points: 45, refunded: { claims: 1, amount: 0 } })
  })

  it.each<[string, VoucherSeries['value'], number, number | undefined]>([
    ['money off in each of its uses', { kind: 'money-off', amount: 250 }, 500, undefined],
    ['a part of a basket, as far as it goes', { kind: 'percentage-off', percentage: 1_000, atMost: 300 }, 600, undefined],
    ['a part of a basket however large', { kind: 'percentage-off', percentage: 1_000 }, 0, 1],
    ['goods', { kind: 'product', sku: 'cinema' }, 0, 1],
  ])('a voucher: %s', (_, value, amount, unpriced) => {
    const vouchers: VoucherSeries[] = [{ id: 'tea', codes: { generated: { length: 10 } }, value, uses: 2 }]
    const programme = { vouchers, rewards: [{ id: 'gift', kind: 'voucher', voucher: 'tea' } as const] }
    const { all, by } = reportOnClaim({ remedy: { voucher: { reward: 'gift' } } }, [1_000, 1_000], programme)
    expect([all.refunded, all.unpriced]).toEqual([{ claims: 1, amount }, unpriced])
    expect(by.sku.map(({ refunded }) => refunded.amount)).toEqual([amount / 2, amount / 2])
  })

  it('a reward that people hand over', () => {
    const fiver = { id: 'fiver', kind: 'money-off', amount: 500 } as const
    const given = { remedy: { voucher: { reward: 'fiver' } } }
    expect(reportOnClaim(given, [1_000], { rewards: [fiver] }).all).toMatchObject({ refunded: { claims: 1, amount: 500 } })
    expect(reportOnClaim(given, [1_000], { rewards: [{ ...fiver, kind: 'product' }] }).all).toMatchObject({ unpriced: 1 })
  })
})
