import { instant } from '../../functions/domain/units.ts'
import { createRuntime, type Runtime, type RuntimeParts } from '../../functions/runtime.ts'
import { secretsAmong } from '../../functions/store/key-ring.ts'
import type { Store } from '../../functions/store/store.ts'

let made = 0

/** One process of a deployment, of which others may be on the same store: its world in memory, but for what a test says. */
export const processOn = (
  store: Store,
  now: () => number,
  parts: Partial<Pick<RuntimeParts, 'random' | 'pause' | 'lookupSecrets'>> = {},
): Runtime =>
  createRuntime({
    store,
    now: () => instant(now()),
    random: Math.random,
    newId: () => `made-${made++}`,
    pause: async () => {},
    lookupSecrets: secretsAmong(async () => ['secret']),
    ...parts,
  })

/** Lets other work go on for as long as it says. */
export const reallyPause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
