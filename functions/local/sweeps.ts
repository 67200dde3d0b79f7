import type { SettleEvent } from '../settle-members.ts'
import type { Functions } from './functions.ts'

const sweepEveryMs = 3_600_000

/** The Scheduler's part on one machine. */
export interface Sweeps {
  /** Ends with the part that is being swept. */
  stop(): Promise<void>
}

/** Sweeps at once and then every hour, one part after another. One that fails does not keep the others from being swept. */
export function scheduleSweeps(settle: Functions['settle'], parts: readonly SettleEvent[]): Sweeps {
  let running: Promise<void> | undefined
  let stopped = false
  const sweepAll = async () => {
    for (const part of parts) {
      if (stopped) return
      await settle(part).catch((error: unknown) => console.error('The scheduled job failed:', error))
    }
  }
  const sweep = () => {
    running ??= sweepAll().finally(() => {
      running = undefined
    })
  }
  sweep()
  const timer = setInterval(sweep, sweepEveryMs)
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
