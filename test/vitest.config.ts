import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    // Loaded machines and DynamoDB Local are slow; a test that hangs ends all the same.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
