import { expect, it } from 'vitest'
import { forgivenOf } from '../../functions/domain/bonus.ts'
import type { Award } from '../../functions/domain/earning.ts'
import type { Entry } from '../../functions/domain/entry.ts'
import { points } from '../../functions/domain/units.ts'
import { at } from './programmes.ts'

const award = (source: string, given: number): Award => ({ source, revision: 1, points: points(given), lines: [] })
const [mug, walk, late] = [award('mug', 100), award('walk', 50), award('late', 30)]
const now = at('2026-03-01T12:00:00Z')

/** Awards of a bonus that were taken back, of which so much was forgiven; or that were given again, but for so much. */
const undone = (awards: readonly Award[], forgiven: number, id = 'b-1'): Entry => ({
  at: now,
  fact: { kind: 'bonus-undone', id, trigger: 'referral', bonusAt: now, awards },
  effect: { totals: { adjusted: points(forgiven) } },
})
const restored = (awards: readonly Award[], unforgiven: number): Entry => ({
  at: now,
  fact: { kind: 'bonus-restored', id: 'b-1', trigger: 'referral', bonusAt: now, awards },
  effect: { totals: { adjusted: points(-unforgiven) } },
})

it.each<[string, readonly Entry[], readonly Award[], number]>([
  ['nothing of what was never taken', [], [mug], 0],
  ['what was forgiven of it', [undone([mug], 40)], [mug], 40],
  ['nothing of another campaign', [undone([mug], 40)], [walk], 0],
  ['nothing of another bonus', [undone([mug], 40, 'b-2')], [mug], 0],
  ['what was forgiven of both, each by itself', [undone([mug], 40), undone([walk], 10)], [mug, walk], 50],
  ['of two at once what is of the first', [undone([mug, walk], 120)], [mug], 100],
  ['of two at once what is of the second', [undone([mug, walk], 120)], [walk], 20],
  ['nothing once it was given again', [undone([mug], 40), restored([mug], 40)], [mug], 0],
  ['of the others what it was', [undone([mug, walk, late], 160), restored([mug], 100)], [walk, late], 60],
  ['what was forgiven the last time', [undone([mug], 40), restored([mug], 40), undone([mug], 5)], [mug], 5],
])('what was forgiven of a bonus: %s', (_, entries, awards, forgiven) => {
  expect(forgivenOf(entries, 'b-1', awards)).toBe(forgiven)
})
