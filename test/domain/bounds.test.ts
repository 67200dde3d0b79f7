import { beforeAll, describe, expect, it } from 'vitest'
import {
  fullOfWrites,
  mostBonusLimitRecords,
  mostBuckets,
  mostLimitRecords,
  mostPurchaseRedemptions,
  mostPurchaseVouchers,
  mostReferralLimitRecords,
  mostWaitingReturns,
  recordsOfRedemption,
} from '../../functions/domain/bounds.ts'
import type { Account } from '../../functions/domain/entry.ts'
import { LimitExceededError } from '../../functions/domain/units.ts'
import { mostWrites } from '../../functions/store/store.ts'
import { Counter, goods } from './counter.ts'
import { at, demo, documentWith, programmeOf } from './programmes.ts'

/** Every local day a bucket of its own, for three years. */
const daily = programmeOf(documentWith({ expiry: { months: 36 } }))
const dayMs = 86_400_000
const noon = (day: number) => new Date(at('2026-01-01T12:00:00Z') + day * dayMs).toISOString()

describe('at most 400 buckets', () => {
  let full: Account
  beforeAll(() => {
    const counter = new Counter(daily, '2026-01-01T00:00:00Z')
    for (let day = 0; day < mostBuckets; day += 1) expect(counter.buy(`p-${day}`, noon(day), goods(100))).toBe(1)
    full = counter.account
  })
  const atTheBound = () => {
    const counter = new Counter(daily, noon(mostBuckets - 1))
    counter.account = full
    return counter
  }

  it('is what the design says', () => {
    expect(mostBuckets).toBe(400)
    expect(full.head.buckets).toHaveLength(400)
  })

  it('refuses points that need another, and changes nothing', () => {
    const counter = atTheBound()
    expect(counter.buy('p-new', noon(mostBuckets), goods(100))).toBe('too-many-buckets')
    expect(counter.adjust(1, noon(mostBuckets))).toBe('too-many-buckets')
    expect(counter.account).toBe(full)
  })

  it('takes points for a bucket that is there, and a purchase that earns none', () => {
    const counter = atTheBound()
    expect(counter.buy('p-same-day', noon(mostBuckets - 1), goods(500))).toBe(5)
    expect(counter.buy('p-small', noon(mostBuckets), goods(99))).toBe(0)
    expect(counter.account.head.buckets).toHaveLength(mostBuckets)
  })

  it('takes a sale that comes after its points have expired: it keeps no bucket', () => {
    const counter = atTheBound()
    expect(counter.buy('p-late', noon(-3 * 366), goods(300), noon(mostBuckets - 1))).toBe(3)
    expect(counter.account.head.totals.expired).toBe(3)
    expect(counter.account.head.buckets).toHaveLength(mostBuckets)
  })

  it('takes them again as soon as one has gone', () => {
    const counter = atTheBound()
    counter.adjust(-1, noon(mostBuckets))
    expect(counter.buy('p-new', noon(mostBuckets), goods(100))).toBe(1)
    expect(counter.account.head.buckets).toHaveLength(mostBuckets)
  })
})

/** What operations write at the most at once, by what of it there is. That they do no more is in `full-commits.test.ts`. */
describe('every commit fits', () => {
  const sumOf = (parts: { readonly [name: string]: number }) => Object.values(parts).reduce((sum, part) => sum + part, 0)
  /** Limited campaigns and redemptions of one purchase share the first; one expired bucket there is a place for always. */
  const ofPurchase = { limitsAndRedemptions: mostLimitRecords, expiredBucket: 2, vouchers: 2 * mostPurchaseVouchers }
  const returned = { receipt: 1, head: 1, entry: 1, expiredOfSale: 1, granted: 1, ...ofPurchase }
  const referrer = { head: 1, entry: 1, expired: 1, granted: 1 }
  const referral = { ...referrer, ownEntry: 1, ownExpired: 1, records: 2, limits: mostReferralLimitRecords }

  it('of redemptions, of which so many pay for a purchase that no limited campaign gives anything for', () => {
    expect(recordsOfRedemption * mostPurchaseRedemptions).toBe(mostLimitRecords)
  })

  it('a return', () => {
    expect(sumOf({ returned: sumOf(returned), referral: sumOf(referral) })).toBe(85)
  })

  it('a claim that is approved as it is made', () => {
    const claim = { claim: 1, listing: 1, line: 1, pots: 2, submitted: 1, approved: 1, goodwill: 1, settled: 1 }
    const voucher = { voucher: 1, listed: 1, pool: 2 }
    const all = [returned, referral, claim, voucher].map(sumOf)
    expect(all.reduce((sum, part) => sum + part)).toBeLessThanOrEqual(mostWrites)
  })

  it('a sale that comes after its returns, with what else it gives while there is room', () => {
    const sale = { receipt: 1, awaited: 1, head: 1, entry: 1, expired: 2, granted: 1, audit: 2, ...ofPurchase }
    expect(sumOf(sale) + mostWaitingReturns).toBeLessThanOrEqual(mostWrites)
    const bonus = { entry: 1, record: 1, expired: 2, granted: 1, limits: mostBonusLimitRecords }
    const beside = { receipt: 1, awaited: 1, head: 1, audit: 2, vouchers: ofPurchase.vouchers }
    expect(fullOfWrites + sumOf(bonus) + sumOf(beside)).toBeLessThanOrEqual(mostWrites)
    expect(fullOfWrites + sumOf(referral) + sumOf(beside)).toBeLessThanOrEqual(mostWrites)
  })
})

describe('sums that no double holds', () => {
  const huge = 9_007_199_254_740_991

  it('of points are refused as a limit, and nothing changes', () => {
    const programme = programmeOf(documentWith({ earn: { points: 1, per: 1 } }))
    const counter = new Counter(programme, '2026-01-01T00:00:00Z')
    counter.buy('p-1', '2026-03-01T12:00:00Z', goods(huge))
    expect(counter.balance.available).toBe(huge)
    const { account } = counter
    expect(() => counter.buy('p-2', '2026-03-01T12:00:01Z', goods(1))).toThrow(LimitExceededError)
    expect(() => counter.adjust(1, '2026-03-01T12:00:01Z')).toThrow(LimitExceededError)
    expect(counter.account).toBe(account)
  })

  it('of a year of spend too', () => {
    const counter = new Counter(demo, '2026-01-01T00:00:00Z')
    counter.buy('p-1', '2026-03-01T12:00:00Z', goods(huge))
    expect(() => counter.buy('p-2', '2026-03-01T12:00:01Z', goods(1))).toThrow(LimitExceededError)
  })
})
