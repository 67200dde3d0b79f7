import { Presets, SingleBar } from 'cli-progress'

/** Progress on standard error, so that standard output stays a result. */
export interface Progress {
  show(done: number, total: number): void
  stop(): void
}

/** A bar that also writes plain lines where there is no terminal. */
export function progressBar(what: string): Progress {
  const bar = new SingleBar(
    {
      format: `${what} {bar} {percentage}% in {duration_formatted}`,
      noTTYOutput: true,
      notTTYSchedule: 5000,
      stream: process.stderr,
      hideCursor: true,
    },
    Presets.shades_classic,
  )
  let started = false
  return {
    show(done, total) {
      if (!started) {
        bar.start(total, 0)
        started = true
      }
      bar.setTotal(total)
      bar.update(Math.min(done, total))
    },
    stop() {
      bar.stop()
    },
  }
}
