import { describe, expect, it } from 'vitest'
import { apply } from '../../functions/domain/apply.ts'
import { type Bucket, balanceOf, bucketOrder, emptyHead, type Head, isConserved } from '../../functions/domain/head.ts'
import { type BucketId, type Instant, instant, memberId, points } from '../../functions/domain/units.ts'

const bucket = (id: string, expiresAt: number | null, spendableAt: number | null, amount: number): Bucket => ({
  id: id as BucketId,
  expiresAt: expiresAt as Instant | null,
  spendableAt: spendableAt as Instant | null,
  points: points(amount),
})

const newcomer = emptyHead(memberId('m-1'))
const holding = (...buckets: readonly Bucket[]): Head => ({ ...newcomer, buckets: [...buckets].sort(bucketOrder) })

it('keeps buckets by expiry, never last, and of one expiry the spendable before the pending', () => {
  const inOrder = [
    bucket('20', 20, null, 1),
    bucket('20', 20, 5, 1),
    bucket('20', 20, 9, 1),
    bucket('i0', 30, null, 1),
    bucket('i1', 30, null, 1),
    bucket('never', null, null, 1),
    bucket('never', null, 7, 1),
  ]
  expect(holding(...inOrder.toReversed()).buckets).toEqual(inOrder)
})

describe('a balance', () => {
  it('has a row for each expiry of what is spendable, ascending, and nothing pending in it', () => {
    const head = holding(
      bucket('never', null, null, 4),
      bucket('20', 20, null, 1),
      bucket('20', 20, 5, 16),
      bucket('i0', 20, null, 2),
      bucket('30', 30, null, 8),
    )
    expect(balanceOf(head, instant(1))).toEqual({
      available: 15,
      pending: 16,
      reserved: 0,
      debt: 0,
      expiring: [
        { points: 3, expiresAt: 20 },
        { points: 8, expiresAt: 30 },
        { points: 4, expiresAt: null },
      ],
      asOf: 1,
    })
  })

  it('of a newcomer is nothing', () => {
    expect(balanceOf(newcomer, instant(1))).toEqual({ available: 0, pending: 0, reserved: 0, debt: 0, expiring: [], asOf: 1 })
  })
})

describe('conservation', () => {
  const totals = { issued: points(20), adjusted: points(-3), redeemed: points(2), expired: points(4), clawedBack: points(5) }
  const head: Head = {
    ...holding(bucket('20', 20, null, 5), bucket('20', 20, 9, 1)),
    totals,
    reserved: points(1),
    debt: points(1),
  }

  it('holds where all that came in is somewhere', () => {
    expect(isConserved(newcomer)).toBe(true)
    expect(isConserved(head)).toBe(true)
  })

  it.each([
    ['issued', { totals: { ...totals, issued: points(21) } }],
    ['adjusted', { totals: { ...totals, adjusted: points(-2) } }],
    ['redeemed', { totals: { ...totals, redeemed: points(3) } }],
    ['expired', { totals: { ...totals, expired: points(5) } }],
    ['clawed back', { totals: { ...totals, clawedBack: points(6) } }],
    ['reserved', { reserved: points(2) }],
    ['debt', { debt: points(2) }],
    ['buckets', { buckets: [] }],
  ])('is broken by a point too many or too few in %s', (_where, change) => {
    expect(isConserved({ ...head, ...change })).toBe(false)
  })
})

it('an entry that takes points that are not there is a bug, and throws', () => {
  const account = { head: holding(bucket('20', 20, null, 5)), closed: new Map() }
  const taking = { at: instant(1), fact: { kind: 'expire' as const }, effect: { buckets: [bucket('20', 20, null, -6)] } }
  expect(() => apply(account, taking)).toThrow('not there')
})
