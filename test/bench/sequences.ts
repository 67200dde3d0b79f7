import { type Happened, runSequence, summed } from '../domain/sequence.ts'
import { atMost, type Figure, rounded } from './figure.ts'

const sequences = 100_000
/** Violations that are told in full. */
const mostTold = 3

/**
 * Random sequences of purchases, returns, redemptions, claims and time, over the domain alone: how many break a law of the design's
 * section 8. A violation is told with its seed and number: `SEED=… SEQUENCE=… npm run bench -- sequences` tells that one step by step.
 */
export async function sequenceLaws(): Promise<Figure[]> {
  const { SEED, SEQUENCE } = process.env
  const seed = SEED === undefined ? Date.now() % 2 ** 31 : Number(SEED)
  const numbers = SEQUENCE === undefined ? { from: 0, until: sequences } : { from: Number(SEQUENCE), until: Number(SEQUENCE) + 1 }
  const tell = SEQUENCE === undefined ? undefined : (told: string) => console.error(told)
  const violations: { readonly sequence: number; readonly because: string }[] = []
  let happened: Happened | undefined
  const began = performance.now()
  for (let number = numbers.from; number < numbers.until; number += 1) {
    try {
      const once = runSequence(seed, number, tell)
      happened = happened ? summed(happened, once) : once
    } catch (error) {
      violations.push({ sequence: number, because: error instanceof Error ? error.message : String(error) })
      if (tell || violations.length <= mostTold) console.error(`SEED=${seed} SEQUENCE=${number}:`, error)
    }
  }
  const seconds = rounded((performance.now() - began) / 1000)
  const detail = {
    ...{ seed, sequences: numbers.until - numbers.from, ...happened, seconds },
    ...(violations.length > 0 && { violations: violations.slice(0, mostTold) }),
  }
  return [atMost('sequence-violations', violations.length, 'violations', 0, detail)]
}
