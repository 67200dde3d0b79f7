import type { Instant } from './domain/units.ts'
import { KeyRing, type LookupSecrets } from './store/key-ring.ts'
import { Programmes } from './store/programmes.ts'
import type { Store } from './store/store.ts'

/** All that the handlers have of the world. Tests give their own clock, chance and ids. */
export interface Runtime {
  readonly store: Store
  readonly programmes: Programmes
  readonly now: () => Instant
  /** From 0 to below 1. */
  readonly random: () => number
  /** An id for what a client did not name: unguessable, of the ids' alphabet. */
  readonly newId: () => string
  readonly pause: (ms: number) => Promise<void>
  /** Finds members by card, e-mail address and phone number, and knows the keys by which that is done. */
  readonly lookups: KeyRing
  /** Lets those who would write the same record in this process do so one after another, instead of in vain. */
  readonly turns: Turns
}

export interface RuntimeParts extends Omit<Runtime, 'programmes' | 'lookups' | 'turns'> {
  readonly lookupSecrets: LookupSecrets
}

export function createRuntime({ lookupSecrets, ...parts }: RuntimeParts): Runtime {
  const { store, now } = parts
  return { ...parts, programmes: new Programmes(store, now), lookups: new KeyRing(store, lookupSecrets), turns: new Turns() }
}

/** A queue for each key: work on one key goes one after another, different keys side by side. */
export class Turns {
  /** Who waits for each key that is being worked on. */
  readonly #waiting = new Map<string, (() => void)[]>()

  async take<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const others = this.#waiting.get(key)
    const mine = others ?? []
    if (others) await new Promise<void>((resolve) => others.push(resolve))
    else this.#waiting.set(key, mine)
    try {
      return await work()
    } finally {
      const next = mine.shift()
      if (next) next()
      else this.#waiting.delete(key)
    }
  }
}
