import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { operations } from '../../functions/contract/index.ts'
import { serverOf } from '../../functions/contract/operation.ts'
import { type ProblemCode, problems } from '../../functions/contract/problem.ts'
import { buildBundles, functionNames } from '../../lib/bundles.ts'

const mostBytes = 400_000

const directory = mkdtempSync(join(tmpdir(), 'laurel-bundles-'))
const { metafile } = await buildBundles(directory)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const fileOf = (name: string) => join(directory, name, 'index.mjs')
/** The sources and packages of which something is in a bundle. */
const inputsOf = (name: string) => {
  const [, output] = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${name}/index.mjs`))!
  return Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []))
}

describe.each(functionNames)('the bundle of %s', (name) => {
  it('is one small file', () => {
    expect(readdirSync(join(directory, name))).toEqual(['index.mjs'])
    expect(readFileSync(fileOf(name)).length).toBeLessThanOrEqual(mostBytes)
  })

  it('knows the problems that its operations may answer, and none that only others may', () => {
    const text = readFileSync(fileOf(name), 'utf8')
    if (!inputsOf(name).includes('functions/contract/problem.ts')) return
    const knows = (code: ProblemCode) => text.includes(problems[code][1])
    const served = operations.filter((operation) => serverOf(operation) === name).flatMap((operation) => operation.problems)
    expect(served.filter((code) => !knows(code))).toEqual([])
    expect(Object.keys(problems).every((code) => knows(code as ProblemCode))).toBe(false)
  })

  it('loads as an ES module without an environment, and exports the handler', async () => {
    const loaded = (await import(fileOf(name))) as { handler?: unknown }
    expect(loaded.handler).toBeTypeOf('function')
  })

  it('has nothing of the embedded server, of the CDK, or of credentials but the environment’s', () => {
    const strays = inputsOf(name).filter((path) =>
      /^(lib|test|functions\/local)\/|sqlite|aws-cdk|credential-provider-(?!env)|token-providers|nested-clients|bowser/.test(
        path,
      ),
    )
    expect(strays).toEqual([])
    expect(readFileSync(fileOf(name), 'utf8')).not.toContain('Dynamic require of')
  })
})

describe('bundling', () => {
  it('gives the same bytes again', async () => {
    const again = mkdtempSync(join(tmpdir(), 'laurel-bundles-'))
    await buildBundles(again, ['publish-events', 'unrouted'])
    for (const name of ['publish-events', 'unrouted']) {
      expect(readFileSync(join(again, name, 'index.mjs')).equals(readFileSync(fileOf(name)))).toBe(true)
    }
    rmSync(again, { recursive: true, force: true })
  })

  it('keeps what a stranger reaches free of the store', () => {
    expect(inputsOf('unrouted').filter((path) => /@aws-sdk|@smithy|dynamo/.test(path))).toEqual([])
  })
})
