/** Branded numbers and strings: a value of one meaning cannot be passed where another is wanted. */

declare const meaning: unique symbol
type Branded<Base, Meaning extends string> = Base & { readonly [meaning]: Meaning }

/** Whole loyalty points; signed where a change is meant. */
export type Points = Branded<number, 'points'>
/** An amount in the programme currency's minor unit (pence). */
export type Money = Branded<number, 'money'>
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = Branded<number, 'instant'>
/** A member's id, unique in its programme. */
export type MemberId = Branded<string, 'member id'>
/** Names points of one expiry: the expiry instant, `never`, or `i<n>` for the n-th run of points that inactivity expires. */
export type BucketId = Branded<string, 'bucket id'>

/** Thrown where a sum leaves the integers that a double holds exactly; handlers answer `limit-exceeded`. */
export class LimitExceededError extends Error {
  override readonly name = 'LimitExceededError'
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new LimitExceededError(`${value} is not a safe integer`)
  return value
}

/** Marks a whole number as points. Throws LimitExceededError where it is not a safe integer. */
export const points = (value: number): Points => whole(value) as Points
/** Marks a whole number as money in minor units. Throws LimitExceededError where it is not a safe integer. */
export const money = (value: number): Money => whole(value) as Money
/** Marks epoch milliseconds as an instant. */
export const instant = (epochMs: number): Instant => whole(epochMs) as Instant
export const memberId = (value: string): MemberId => value as MemberId

/** The earlier of two instants. */
export const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b)
/** The later of two instants. */
export const later = (a: Instant, b: Instant): Instant => (a > b ? a : b)

/**
 * floor(a × b ÷ divisor) for non-negative safe integers, exact even where a × b is not a safe integer.
 * Throws LimitExceededError where the result is not one.
 */
export function multiplyDivide(a: number, b: number, divisor: number): number {
  const product = a * b
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor((product - (product % divisor)) / divisor)
  return whole(Number((BigInt(a) * BigInt(b)) / BigInt(divisor)))
}

/** a × b mod divisor for non-negative safe integers, exact. */
export function multiplyRemainder(a: number, b: number, divisor: number): number {
  const product = a * b
  return product <= Number.MAX_SAFE_INTEGER ? product % divisor : Number((BigInt(a) * BigInt(b)) % BigInt(divisor))
}

/**
 * floor(product of factors ÷ product of divisors) for non-negative safe integers, exact however large the products are.
 * Throws LimitExceededError where the result is not a safe integer.
 */
export function ratioOf(factors: readonly number[], divisors: readonly number[]): number {
  const [product, divisor] = [productOf(factors), productOf(divisors)]
  if (product <= Number.MAX_SAFE_INTEGER && divisor <= Number.MAX_SAFE_INTEGER) return (product - (product % divisor)) / divisor
  return whole(Number(bigProductOf(factors) / bigProductOf(divisors)))
}

/** An integer divided by a positive one, to the nearest integer, halves away from 0. Exact as long as 2 × value is a safe integer. */
export function rounded(value: number, divisor: number): number {
  const nearest = multiplyDivide(2 * Math.abs(value) + divisor, 1, 2 * divisor)
  return value < 0 ? 0 - nearest : nearest
}

function productOf(numbers: readonly number[]): number {
  let product = 1
  for (const number of numbers) product *= number
  return product
}

const bigProductOf = (numbers: readonly number[]): bigint => numbers.reduce((product, number) => product * BigInt(number), 1n)
