import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { hasJava } from './dynamodb-local.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * What the laws' random histories begin with: what git calls the tree that is checked out, so that what passes here passes again where
 * the same commit is judged, while each commit is tried by histories of its own. `SEED` says otherwise: a number, or `random`.
 */
function lawsSeed(): string {
  const { SEED } = process.env
  if (SEED) return SEED === 'random' ? '' : SEED
  try {
    const tree = execFileSync('git', ['rev-parse', '--verify', 'HEAD^{tree}'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return String(Number.parseInt(tree.slice(0, 7), 16))
  } catch {
    return ''
  }
}

/** The journeys once more, on the functions as they are deployed. Without Java they are left out, which global-setup.ts says. */
const bundles: TestProjectInlineConfiguration = {
  extends: true,
  test: {
    name: 'bundles',
    include: ['test/journeys/*.test.ts'],
    globalSetup: ['test/global-setup.ts', 'test/bundles-setup.ts'],
    setupFiles: ['test/support/on-the-bundles.ts'],
    env: { LAUREL_STORE: 'dynamodb', LAUREL_BUNDLES: '1' },
  },
}

const sources: TestProjectInlineConfiguration = {
  extends: true,
  test: {
    name: 'sources',
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seeded-laws.ts'],
    env: { LAUREL_LAWS_SEED: lawsSeed() },
  },
}

export default defineConfig({
  root,
  test: {
    // Loaded by Node itself: what is tested is what is deployed, to the byte.
    server: { deps: { external: [/\/laurel-bundles-/] } },
    globalSetup: ['test/global-setup.ts'],
    // Loaded machines and DynamoDB Local are slow; a test that hangs ends all the same.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [sources, ...(hasJava() ? [bundles] : [])],
  },
})
