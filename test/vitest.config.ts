import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { hasJava } from './dynamodb-local.ts'

/** The journeys once more, on the functions as they are deployed. Without Java they are left out, which global-setup.ts says. */
const bundles: TestProjectInlineConfiguration = {
  extends: true,
  test: {
    name: 'bundles',
    include: ['test/journeys/*.test.ts'],
    setupFiles: ['test/support/on-the-bundles.ts'],
    env: { LAUREL_STORE: 'dynamodb', LAUREL_BUNDLES: '1' },
  },
}

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    // Loaded by Node itself: what is tested is what is deployed, to the byte.
    server: { deps: { external: [/\/laurel-bundles-/] } },
    globalSetup: ['test/global-setup.ts'],
    // Loaded machines and DynamoDB Local are slow; a test that hangs ends all the same.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [{ extends: true, test: { name: 'sources', include: ['test/**/*.test.ts'] } }, ...(hasJava() ? [bundles] : [])],
  },
})
