import type { Functions } from './functions.ts'

/** A client that asks how far its backtest has come hardly ever finds it not begun. */
const lookEveryMs = 1000
/** So that whoever asks to stop need not wait long: what is left goes on with the next start. */
const atOnceMs = 2000

/** The Scheduler's part on one machine. */
export interface Jobs {
  /** Ends with the part of a job that is under way. */
  stop(): Promise<void>
}

/** Works on jobs as soon as there are any. A run that fails does not keep the next from being tried. */
export function scheduleJobs(run: Functions['runJobs']): Jobs {
  let stopped = false
  let waiting: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  const look = () => {
    running = run({ forMs: atOnceMs })
      .then(({ unfinished }) => unfinished > 0)
      .catch((error: unknown) => console.error('A job failed:', error))
      .then((isMore) => {
        if (!stopped) waiting = setTimeout(look, isMore ? 0 : lookEveryMs)
      })
  }
  look()
  return {
    async stop() {
      stopped = true
      clearTimeout(waiting)
      await running
    },
  }
}
