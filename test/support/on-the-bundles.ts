import { beforeEach } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** What a test is part of, where its name does not say it. */
    suite?: string
  }
}

/** Says so of each test in the run's report, for .ci/judge.ts: the names are those of the journeys on the sources. */
beforeEach(({ task }) => {
  task.meta.suite = 'journeys on the bundles'
})
