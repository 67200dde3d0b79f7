import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  earlier,
  instant,
  LimitExceededError,
  later,
  money,
  multiplyDivide,
  multiplyRemainder,
  points,
  rounded,
} from '../../functions/domain/units.ts'

describe('whole numbers', () => {
  it.each([0, 1, -1, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER])('takes %d', (value) => {
    expect([points(value), money(value), instant(value)]).toEqual([value, value, value])
  })

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53)])(
    'refuses %d, which a double may have bent',
    (value) => {
      expect(() => points(value)).toThrow(LimitExceededError)
      expect(() => money(value)).toThrow(LimitExceededError)
      expect(() => instant(value)).toThrow(LimitExceededError)
    },
  )
})

it('tells the earlier and the later of two instants', () => {
  const [first, second] = [instant(1), instant(2)]
  expect([earlier(first, second), earlier(second, first)]).toEqual([first, first])
  expect([later(first, second), later(second, first)]).toEqual([second, second])
})

describe('multiplying before dividing', () => {
  it.each([
    { a: 7, b: 3, divisor: 2, quotient: 10, remainder: 1 },
    { a: 0, b: 12_500, divisor: 100, quotient: 0, remainder: 0 },
    { a: 94_906_267, b: 94_906_267, divisor: 1_000, quotient: 9_007_199_515_875, remainder: 289 },
    { a: 2 ** 53 - 1, b: 2 ** 53 - 1, divisor: 2 ** 53 - 1, quotient: 2 ** 53 - 1, remainder: 0 },
  ])('$a × $b ÷ $divisor = $quotient, $remainder over', ({ a, b, divisor, quotient, remainder }) => {
    expect([multiplyDivide(a, b, divisor), multiplyRemainder(a, b, divisor)]).toEqual([quotient, remainder])
  })

  it('throws where the result is beyond the safe integers', () => {
    expect(() => multiplyDivide(2 ** 53 - 1, 2, 1)).toThrow(LimitExceededError)
  })

  it('is exact for any safe integers', () => {
    const safe = fc.maxSafeNat()
    fc.assert(
      fc.property(safe, safe, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (a, b, divisor) => {
        const product = BigInt(a) * BigInt(b)
        const quotient = product / BigInt(divisor)
        if (quotient <= BigInt(Number.MAX_SAFE_INTEGER)) expect(multiplyDivide(a, b, divisor)).toBe(Number(quotient))
        else expect(() => multiplyDivide(a, b, divisor)).toThrow(LimitExceededError)
        expect(multiplyRemainder(a, b, divisor)).toBe(Number(product % BigInt(divisor)))
      }),
      { numRuns: 2_000 },
    )
  })
})

it.each([
  [0, 3, 0],
  [1, 3, 0],
  [1, 2, 1],
  [2, 3, 1],
  [-1, 2, -1],
  [-1, 3, 0],
  [-5, 3, -2],
  [200, 3, 67],
])('rounds %d ÷ %d to %d', (value, divisor, nearest) => {
  expect(rounded(value, divisor)).toBe(nearest)
})
