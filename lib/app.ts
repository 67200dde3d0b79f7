import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildBundles } from './bundles.ts'
import { laurelApp } from './laurel-app.ts'

/** What `cdk` runs: bundles the functions and writes one stage's templates. It needs no network and no credentials. */
const directory = mkdtempSync(join(tmpdir(), 'laurel-bundles-'))
try {
  laurelApp(await buildBundles(directory)).app.synth()
} finally {
  rmSync(directory, { recursive: true, force: true })
}
