import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { buildBundles } from '../../lib/bundles.ts'
import { atMost, type Figure, median, rounded } from './figure.ts'
import { eventOf, withDirectory } from './world.ts'

const rounds = 15
const run = promisify(execFile)

/**
 * Loading `pos` until it can serve, against loading the plain SDK, lib-dynamodb, `{ z }` and middy, bundled and minified as
 * well. Each in a new process, interleaved, median of fifteen.
 */
export function loadingRatio(): Promise<Figure[]> {
  return withDirectory(async (directory) => {
    await buildBundles(directory, ['pos'])
    const plain = join(directory, 'plain.mjs')
    await bundlePlainly('test/bench/plain-function.ts', plain)
    // Nobody's request: it is refused when the function is put together and has found its route.
    const { requestContext, ...event } = eventOf('GET /pos/members/{memberId}', { memberId: 'm-1001' })
    const nobodys = { ...event, requestContext: { ...requestContext, authorizer: { lambda: {} } } }
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await loadMs(join(directory, 'pos/index.mjs'), nobodys, 401))
      theirs.push(await loadMs(plain, { body: '{"id":"m-1001"}' }, 200))
    }
    return [
      atMost('loading-pos', median(ours.map((ms, round) => ms / theirs[round]!)), 'of loading it plainly', 0.65, {
        'ms, ours': rounded(median(ours)),
        'ms, plainly': rounded(median(theirs)),
      }),
    ]
  })
}

/** With nothing but what everybody does: one ES module, minified. */
async function bundlePlainly(entryPoint: string, outfile: string): Promise<void> {
  await build({
    absWorkingDir: join(import.meta.dirname, '../..'),
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    // Parts of the SDK are CommonJS and ask for Node's modules by `require`.
    banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  })
}

async function loadMs(bundle: string, event: object, wanted: number): Promise<number> {
  const env = {
    PATH: process.env.PATH,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    LAUREL_TABLE: 'bench',
    LAUREL_LOOKUP_SECRET: 'bench',
  }
  const loader = join(import.meta.dirname, 'load-bundle.ts')
  const { stdout } = await run(process.execPath, [loader, bundle, JSON.stringify(event)], { env })
  const { loadedMs, statusCode } = JSON.parse(stdout) as { loadedMs: number; statusCode: number }
  if (statusCode !== wanted) throw new Error(`${bundle} answered ${statusCode}`)
  return loadedMs
}
