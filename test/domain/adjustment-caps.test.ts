import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AgentDay, withAdjustment, withVoucher } from '../../functions/domain/adjustment-caps.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'

const caps = { perAdjustment: { credit: 100, debit: 50 }, perAgentDay: { credit: 250 } }
const nothing: AgentDay = { credit: 0, debit: 0, vouchers: 0, voucherValue: 0 }

test.each([
  ['a credit', 100, nothing, { credit: 100, debit: 0 }],
  ['a credit too large at once', 101, nothing, null],
  ['a credit up to the day’s', 50, { credit: 200, debit: 0 }, { credit: 250, debit: 0 }],
  ['a credit beyond the day’s', 51, { credit: 200, debit: 0 }, null],
  ['a debit', -50, { credit: 250, debit: 0 }, { credit: 250, debit: 50 }],
  ['a debit too large at once', -51, nothing, null],
  ['a debit without a cap of the day', -50, { credit: 0, debit: 10_000 }, { credit: 0, debit: 10_050 }],
])('%s', (_what, points, day, expected) => {
  const after = withAdjustment(caps, { ...nothing, ...day }, points)
  expect(isRefusal(after) ? null : after).toEqual(expected && { ...nothing, ...expected })
})

test('whatever is asked for, no day comes to be beyond its cap', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -200, max: 200 })), fc.nat(500), fc.nat(500), (asked, credit, debit) => {
      let day = nothing
      for (const points of asked) {
        const after = withAdjustment({ perAgentDay: { credit, debit } }, day, points)
        if (isRefusal(after)) expect(points > 0 ? day.credit + points > credit : day.debit - points > debit).toBe(true)
        else day = after
      }
      expect(day.credit).toBeLessThanOrEqual(credit)
      expect(day.debit).toBeLessThanOrEqual(debit)
    }),
  )
})

test.each([
  ['the last that is allowed', 500, { vouchers: 2, voucherValue: 500 }, { vouchers: 3, voucherValue: 1000 }],
  ['one more than are allowed', 0, { vouchers: 3, voucherValue: 0 }, null],
  ['one that is worth too much', 501, { vouchers: 1, voucherValue: 500 }, null],
  // A revision may have lowered the cap: what takes off no money is beyond none.
  ['one that takes off no money', 0, { vouchers: 1, voucherValue: 2000 }, { vouchers: 2, voucherValue: 2000 }],
  ['one too many that takes off no money', 0, { vouchers: 3, voucherValue: 2000 }, null],
])('of vouchers, %s', (_what, worth, day, expected) => {
  const after = withVoucher({ vouchersPerAgentDay: { count: 3, value: 1000 } }, { ...nothing, credit: 7, ...day }, worth)
  expect(isRefusal(after) ? null : after).toEqual(expected && { ...nothing, credit: 7, ...expected })
})

test('vouchers without a cap are counted all the same, as far as numbers go', () => {
  const day = { ...nothing, vouchers: 99, voucherValue: Number.MAX_SAFE_INTEGER - 1 }
  expect(withVoucher(caps, day, 10)).toEqual({ ...day, vouchers: 100, voucherValue: Number.MAX_SAFE_INTEGER })
})

test('whichever vouchers are given out, no day comes to be beyond its caps', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200)), fc.nat(10), fc.nat(500), (asked, count, value) => {
      let day = nothing
      for (const worth of asked) {
        const after = withVoucher({ vouchersPerAgentDay: { count, value } }, day, worth)
        if (isRefusal(after)) expect(day.vouchers >= count || day.voucherValue + worth > value).toBe(true)
        else day = after
      }
      expect(day.vouchers).toBeLessThanOrEqual(count)
      expect(day.voucherValue).toBeLessThanOrEqual(value)
    }),
  )
})
