import type { TestProject } from 'vitest/node'
import { buildFunctions } from '../functions/local/bundled-functions.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the functions are as they are deployed, for the project `bundles` alone. */
    bundlesDirectory: string
  }
}

/** Builds the bundles once, for a run that has journeys on them. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide('bundlesDirectory', await buildFunctions())
}
