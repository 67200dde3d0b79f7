import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it, vi } from 'vitest'
import { isConserved } from '../../functions/domain/head.ts'
import { replay } from '../../functions/domain/replay.ts'
import { recompute } from '../model/naive-model.ts'
import { begin, type Case } from './cases.ts'
import { history } from './history.ts'
import { campaigns, documentOf } from './random-campaigns.ts'
import { stateOf, tell } from './telling.ts'

vi.setConfig({ testTimeout: 120_000 })

/** 1500 were run when this was written. */
const runs = Number(process.env.RUNS ?? 300)

const kind = { most: 60, members: false, limited: true }
const changes = fc.option(fc.tuple(fc.integer({ min: 0, max: 500 }), campaigns(14, kind)), { nil: undefined })

describe('any history under any campaigns, and under others later', () => {
  it('is what a naive recomputation says, after every step', () => {
    fc.assert(
      fc.property(campaigns(14, kind), changes, history, (first, change, steps) => {
        const from = Date.parse('2023-11-01T00:00:00Z') + (change?.[0] ?? 0) * 86_400_000
        const of: Case = change ? ['random', documentOf(first), [from, documentOf(change[1])]] : ['random', documentOf(first)]
        tell(of, steps, (told) => {
          deepStrictEqual(stateOf(told.counter), recompute(told.naive, told.facts, told.counter.now, begin))
          ok(isConserved(told.counter.account.head))
          ok(told.counter.limits.isSound)
        })
      }),
      { numRuns: runs },
    )
  })

  it('replays to the very head', () => {
    fc.assert(
      fc.property(campaigns(14, kind), history, (first, steps) => {
        const { counter } = tell(['random', documentOf(first)], steps, () => {})
        deepStrictEqual(replay(counter.account.head.memberId, counter.entries), counter.account)
      }),
      { numRuns: runs },
    )
  })
})
