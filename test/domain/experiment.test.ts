import { describe, expect, test } from 'vitest'
import type { Entry } from '../../functions/domain/entry.ts'
import { behaviourOf, compare, isSmall, observe, type Sample, studentQuantile } from '../../functions/domain/experiment.ts'
import { compileRevision, type Programme } from '../../functions/domain/programme.ts'
import { type Instant, instant } from '../../functions/domain/units.ts'
import { demoProgramme } from '../../functions/local/seed.ts'

function sampleOf(values: readonly number[]): Sample {
  const sample = { n: 0, mean: 0, squares: 0 }
  for (const value of values) observe(sample, value)
  return sample
}

// What every table of Student's distribution prints for 5 %, two-sided.
test.each([
  [1, 12.706205],
  [2, 4.302653],
  [3, 3.182446],
  [4, 2.776445],
  [5, 2.570582],
  [7, 2.364624],
  [10, 2.228139],
  [16, 2.119905],
  [30, 2.042272],
  [120, 1.97993],
  [1_000_000, 1.959966],
])('with %d degrees of freedom t is %d', (freedom, t) => {
  expect(Math.abs(studentQuantile(freedom) / t - 1)).toBeLessThan(2e-6)
})

test('between whole degrees of freedom t falls all the way', () => {
  for (let freedom = 1; freedom < 40; freedom += 0.25) {
    expect(studentQuantile(freedom + 0.25)).toBeLessThan(studentQuantile(freedom))
  }
})

describe('two groups', () => {
  test('are compared as by hand', () => {
    // Means 5 and 3, variances 10 and 1 of 5 each: standard error √2.2, degrees of freedom 2.2² ÷ (2² ÷ 4 + 0.2² ÷ 4) = 4.79.
    const [a, b] = [sampleOf([1, 3, 5, 7, 9]), sampleOf([2, 2, 3, 4, 4])]
    expect([a.mean, a.squares, b.mean]).toEqual([5, 40, 3])
    expect(b.squares).toBeCloseTo(4, 12)
    const { difference, low, high } = compare(a, b)!
    expect(difference).toBe(2)
    expect(high - difference).toBeCloseTo(studentQuantile(4.84 / 1.01) * Math.sqrt(2.2), 9)
    expect(difference - low).toBeCloseTo(high - difference, 9)
    expect(studentQuantile(4.84 / 1.01)).toBeCloseTo(2.604, 3)
  })

  test('that are all alike differ by nothing, or exactly', () => {
    expect(compare(sampleOf([4, 4, 4]), sampleOf([3, 3]))).toEqual({ difference: 1, low: 1, high: 1 })
  })

  test('of which one has a single member cannot be compared', () => {
    expect(compare(sampleOf([1, 2, 3]), sampleOf([2]))).toBeUndefined()
    expect(compare(sampleOf([]), sampleOf([2, 3]))).toBeUndefined()
  })

  test('of fewer than 30 are small', () => {
    const many = sampleOf(Array.from({ length: 30 }, (_, index) => index))
    expect([isSmall(many, many), isSmall(many, sampleOf([1, 2]))]).toEqual([false, true])
  })
})

describe('what a member did', () => {
  const programme: Programme = { id: 'demo', revisions: [compileRevision(1, instant(0), demoProgramme)] }
  const on = (text: string) => instant(Date.parse(text))
  const enrolled = (at: Instant) => ({ at, fact: { kind: 'enrol' }, effect: {} }) as Entry
  const sold = (purchaseId: string, text: string, amount: number, excluded = false): Entry =>
    ({
      at: on(text),
      fact: { kind: 'earn', purchaseId, lines: [{ lineId: '1', sku: 's', quantity: 2, amount, excluded }] },
      effect: {},
    }) as unknown as Entry
  const back = (purchaseId: string, quantity: number, amount: number): Entry =>
    ({
      at: on('2026-05-01T12:00:00Z'),
      fact: { kind: 'return', purchaseId, lines: [{ lineId: '1', quantity, amount }] },
      effect: {},
    }) as unknown as Entry
  const [from, until] = [on('2026-03-01T00:00:00Z'), on('2026-04-01T00:00:00Z')]

  test('is what is kept of the purchases of the period, and the local days of them', () => {
    const entries = [
      enrolled(on('2026-01-01T00:00:00Z')),
      sold('before', '2026-02-28T23:59:59Z', 100),
      sold('kept', '2026-03-01T10:00:00Z', 1000),
      sold('same-day', '2026-03-01T22:00:00Z', 300),
      sold('excluded', '2026-03-02T10:00:00Z', 500, true),
      sold('partly', '2026-03-03T10:00:00Z', 800),
      sold('wholly', '2026-03-04T10:00:00Z', 900),
      // After the clocks went forward this is 1 April in London.
      sold('after', '2026-04-01T00:00:00Z', 700),
      back('partly', 1, 350),
      back('wholly', 1, 450),
      back('wholly', 1, 450),
    ]
    expect(behaviourOf(programme, entries, from, until)).toEqual({ spend: 1750, visits: 3 })
  })

  test('is nothing, where they bought nothing, and is not counted before they were there', () => {
    expect(behaviourOf(programme, [enrolled(on('2026-03-31T00:00:00Z'))], from, until)).toEqual({ spend: 0, visits: 0 })
    expect(behaviourOf(programme, [enrolled(until)], from, until)).toBeUndefined()
  })
})
