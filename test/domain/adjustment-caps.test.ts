import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AgentDay, withAdjustment } from '../../functions/domain/adjustment-caps.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'

const caps = { perAdjustment: { credit: 100, debit: 50 }, perAgentDay: { credit: 250 } }
const nothing: AgentDay = { credit: 0, debit: 0 }

test.each([
  ['a credit', 100, nothing, { credit: 100, debit: 0 }],
  ['a credit too large at once', 101, nothing, null],
  ['a credit up to the day’s', 50, { credit: 200, debit: 0 }, { credit: 250, debit: 0 }],
  ['a credit beyond the day’s', 51, { credit: 200, debit: 0 }, null],
  ['a debit', -50, { credit: 250, debit: 0 }, { credit: 250, debit: 50 }],
  ['a debit too large at once', -51, nothing, null],
  ['a debit without a cap of the day', -50, { credit: 0, debit: 10_000 }, { credit: 0, debit: 10_050 }],
])('%s', (_what, points, day, expected) => {
  const after = withAdjustment(caps, day, points)
  expect(isRefusal(after) ? null : after).toEqual(expected)
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
