import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyTimeline, runningOut, type Timeline, TooManyBudgetsError, take } from '../../functions/domain/timeline.ts'

const at = Date.parse('2026-02-14T12:00:00Z')

function timelineOf(taken: readonly (readonly [budget: string, at: number, points: number])[], mostSlots = 100): Timeline {
  const timeline = emptyTimeline()
  for (const [budget, instant, points] of taken) take(timeline, budget, instant, points, mostSlots)
  return timeline
}

describe('a budget', () => {
  test.each([
    ['is enough', [40, 60], undefined],
    ['is used up to the last point by the second', [60, 40], undefined],
    ['runs out within the second', [60, 41], { from: at + 1, until: at + 2, left: 40 }],
    ['runs out at once', [101, 1], { from: at, until: at + 1, left: 100 }],
    ['lasts because of what came back', [60, -30, 70], undefined],
    ['runs out in spite of what came back', [60, -30, 71], { from: at + 2, until: at + 3, left: 70 }],
  ])('%s', (_, points, out) => {
    const timeline = timelineOf(points.map((one, index) => ['b', at + index, one]))
    expect(runningOut(timeline, () => 100)).toEqual(out ? { b: out } : {})
  })

  test('is taken from in the order of time, whatever the order of the members', () => {
    const timeline = timelineOf([
      ['b', at + 5, 60],
      ['b', at, 60],
    ])
    expect(runningOut(timeline, () => 100)).toEqual({ b: { from: at + 5, until: at + 6, left: 40 } })
  })

  test('that more was taken of before than there is has nothing left', () => {
    const timeline = timelineOf([
      ['b', at, -20],
      ['b', at + 1, 30],
    ])
    expect(runningOut(timeline, () => -50)).toEqual({ b: { from: at, until: at + 1, left: 0 } })
  })
})

describe('slots of time', () => {
  const taken = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 9 })))

  test('are never more than they may be, and lose no point', () => {
    fc.assert(
      fc.property(taken, (all) => {
        const timeline = timelineOf(all, 8)
        const slots = Object.values(timeline.taken).flatMap((budget) => Object.values(budget))
        expect(slots.length).toBe(timeline.slots)
        expect(slots.length).toBeLessThanOrEqual(8)
        expect(slots.reduce((sum, points) => sum + points, 0)).toBe(all.reduce((sum, [, , points]) => sum + points, 0))
      }),
    )
  })

  test('are as fine as their number allows: the instant at which a budget runs out is always within the slot that is told', () => {
    fc.assert(
      fc.property(taken, fc.integer({ min: 1, max: 60 }), (all, budget) => {
        const exact = runningOut(timelineOf(all, 10_000), () => budget)
        const coarse = runningOut(timelineOf(all, 8), () => budget)
        expect(Object.keys(coarse).sort()).toEqual(Object.keys(exact).sort())
        for (const [name, { from, until }] of Object.entries(exact)) {
          expect(coarse[name]!.from).toBeLessThanOrEqual(from)
          expect(coarse[name]!.until).toBeGreaterThanOrEqual(until)
        }
      }),
    )
  })

  test('of more budgets than slots are refused', () => {
    expect(() =>
      timelineOf(
        [...'abc'].map((budget) => [budget, at, 1]),
        2,
      ),
    ).toThrow(TooManyBudgetsError)
  })
})
