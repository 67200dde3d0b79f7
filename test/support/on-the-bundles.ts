import { beforeEach } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** What the functions under test were made of, where it is not their sources. */
    functions?: string
  }
}

/** Says of each test in the run's report what it ran on: the names are those of the journeys on the sources. */
beforeEach(({ task }) => {
  task.meta.functions = 'on the bundles'
})
