import type { Runtime } from '../runtime.ts'
import { UnavailableError } from '../store/store.ts'

/** Says that another was faster: read again and judge. */
export const again = Symbol('again')
export type Again = typeof again

/** Tries of one request before it is answered 503. */
export const mostTries = 12
const longestPauseMs = 250

/**
 * Does a piece of load → decide → commit until it is done, a bounded number of times with full jitter between. `uncertain`
 * is true once a commit timed out: then what the work finds done may be its own doing, and is success. Throws
 * UnavailableError when the tries are used up.
 */
export async function attempt<Result>(runtime: Runtime, work: (uncertain: boolean) => Promise<Result | Again>): Promise<Result> {
  let uncertain = false
  for (let tries = 1; ; tries += 1) {
    try {
      const result = await work(uncertain)
      if (result !== again) return result
      if (tries === mostTries) throw new UnavailableError('none', 'others kept changing the same records')
    } catch (error) {
      if (!(error instanceof UnavailableError) || tries === mostTries) throw error
      if (error.effect === 'unknown') uncertain = true
    }
    await runtime.pause(runtime.random() * Math.min(longestPauseMs, 2 ** tries))
  }
}
