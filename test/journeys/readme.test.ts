import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { instant } from '../../functions/domain/units.ts'
import { type Deployment, deploymentOn } from '../../functions/local/deployment.ts'
import { developmentIssuer } from '../../functions/local/development-issuer.ts'
import { type Embedded, startEmbedded } from '../../functions/local/embedded.ts'
import { readProgrammeFile } from '../../functions/local/programme-file.ts'
import { seed } from '../../functions/local/seed.ts'
import { issueDemoTokens, type Tokens } from '../../functions/local/tokens.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'

/** The README is run: its commands by a shell, its answers compared with what really comes. */
const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8')

interface Step {
  readonly command: string
  readonly answer: string
}

/** Each command of the walk-through that is followed by an answer. */
function steps(): Step[] {
  const section = readme.slice(readme.indexOf('## Walk-through'), readme.indexOf('## What a till'))
  const blocks = [...section.matchAll(/```(sh|json|text)\n([\s\S]*?)```/g)].map(([, kind, text]) => ({ kind, text: text! }))
  return blocks.flatMap(({ kind, text }, index) => {
    const next = blocks[index + 1]
    return kind === 'sh' && next && next.kind !== 'sh' ? [{ command: text, answer: next.text }] : []
  })
}

describe('the README', () => {
  let deployment: Deployment
  let embedded: Embedded
  let tokens: Tokens

  beforeAll(async () => {
    deployment = await deploymentOn(new SqliteStore(':memory:'), { now: () => instant(Date.UTC(2026, 10, 22, 9)) })
    await seed(deployment.runtime)
    tokens = await issueDemoTokens(deployment)
    embedded = await startEmbedded(deployment.runtime, developmentIssuer(deployment.secrets.issuerKey), 0)
  })

  afterAll(async () => {
    await embedded.close()
    await deployment.runtime.store.close()
  })

  it('has a purchase, a replay, a return and a balance', () => {
    expect(steps()).toHaveLength(4)
  })

  it('shows the answers as they come', async () => {
    for (const { command, answer } of steps()) {
      const env = { ...process.env, LAUREL: embedded.address, TILL: tokens.pos, MEMBER: tokens.member }
      const { stdout } = await promisify(execFile)('bash', ['-c', command], { env })
      expect(stdout.trim()).toBe(answer.trim())
    }
  })

  it('shows a programme document that is one', async () => {
    const [, document] = /## A programme document\n\n```json\n([\s\S]*?)```/.exec(readme) ?? []
    const directory = await mkdtemp(join(tmpdir(), 'laurel-readme-'))
    await writeFile(`${directory}/bakery.json`, document!)
    await expect(readProgrammeFile(`${directory}/bakery.json`)).resolves.toMatchObject({ id: 'bakery' })
    await rm(directory, { recursive: true })
  })
})
