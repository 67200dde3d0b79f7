import { type Instant, instant } from '../../functions/domain/units.ts'

/** Numbers from 0 to below 1 that follow from a seed alone (mulberry32), so that a history can be run again. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/**
 * Time as the tests make it. It moves only when nobody has anything left to do but wait, and then to whoever wakes first:
 * hours pass in no time, and how clients interleave follows from how long they wait.
 */
export class Timeline {
  now: Instant
  #sleepers: Sleeper[] = []
  #underWay = 0
  #landed = () => {}

  constructor(begin: Instant) {
    this.now = begin
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ at: this.now + Math.round(ms), wake })
    })
  }

  /** Work that takes real time, as a store's: the clock stands still until it is done. */
  async real<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#underWay += 1
    try {
      return await work()
    } finally {
      this.#underWay -= 1
      this.#landed()
    }
  }

  /** Lets time pass until a piece of work is done. */
  async run<Result>(work: Promise<Result>): Promise<Result> {
    let done = false
    const end = () => {
      done = true
    }
    work.then(end, end)
    for (;;) {
      await new Promise(setImmediate)
      if (done) return work
      if (this.#underWay > 0) {
        await new Promise<void>((landed) => {
          this.#landed = landed
        })
      } else this.#wakeNext()
    }
  }

  #wakeNext(): void {
    if (this.#sleepers.length === 0) throw new Error('everybody waits for something that will never happen')
    const next = Math.min(...this.#sleepers.map(({ at }) => at))
    this.now = instant(Math.max(this.now, next))
    const awake = this.#sleepers.filter(({ at }) => at === next)
    this.#sleepers = this.#sleepers.filter(({ at }) => at !== next)
    for (const { wake } of awake) wake()
  }
}
