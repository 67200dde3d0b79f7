import { describe, expect, it } from 'vitest'
import { type Happened, runSequence, summed } from './sequence.ts'

/** A few of those that `npm run bench -- sequences` runs 100,000 of. */
const runs = Number(process.env.RUNS ?? 400)

describe('a sequence of purchases, returns, redemptions, claims and time', () => {
  it('keeps all the promises, and is the same when its seed and number are run again', () => {
    const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
    let happened: Happened | undefined
    for (let number = 0; number < runs; number += 1) {
      try {
        const once = runSequence(seed, number)
        happened = happened ? summed(happened, once) : once
      } catch (error) {
        throw new Error(`SEED=${seed} SEQUENCE=${number} npm run bench -- sequences`, { cause: error })
      }
    }
    for (const [name, times] of Object.entries(happened!)) expect([name, times > 0]).toEqual([name, true])
    const told = [0, 1].map(() => {
      const lines: string[] = []
      runSequence(seed, 0, (line) => lines.push(line))
      return lines
    })
    expect(told[0]).toEqual(told[1])
    expect(told[0]!.length).toBeGreaterThanOrEqual(6)
  })
})
