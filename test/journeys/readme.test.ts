import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { validate } from '../../functions/domain/validation.ts'
import { readProgrammeFile } from '../../functions/local/programme-file.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { issueDemoTokens, type Tokens } from '../../functions/local/tokens.ts'
import { Laurel } from '../support/laurel.ts'

/** The README is run: its commands by a shell, its answers compared with what really comes. */
const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8')

interface Step {
  readonly command: string
  readonly answer: string
}

/** Each command of a page that is followed by an answer. */
function steps(page: string): Step[] {
  const begins = readme.indexOf(`## ${page}`)
  const section = readme.slice(begins, readme.indexOf('\n## ', begins))
  const blocks = [...section.matchAll(/```(sh|json|text)\n([\s\S]*?)```/g)].map(([, kind, text]) => ({ kind, text: text! }))
  return blocks.flatMap(({ kind, text }, index) => {
    const next = blocks[index + 1]
    return kind === 'sh' && next && next.kind !== 'sh' ? [{ command: text, answer: next.text }] : []
  })
}

describe('the README', () => {
  let laurel: Laurel
  let tokens: Tokens

  beforeAll(async () => {
    laurel = await Laurel.start('2026-11-22T09:00:00Z')
    tokens = await issueDemoTokens(laurel)
  })

  afterAll(() => laurel.close())

  const run = async (command: string) => {
    const env = { ...process.env, LAUREL: laurel.address, TILL: tokens.pos, MEMBER: tokens.member, STAFF: tokens.admin }
    const now = new Date(laurel.now).toISOString().replace('.000', '')
    return (await promisify(execFile)('bash', ['-c', `now() { echo ${now}; }\n${command}`], { env })).stdout.trim()
  }

  it('has a purchase, a replay, a return and a balance', () => {
    expect(steps('Walk-through')).toHaveLength(4)
  })

  it('shows the answers as they come', async () => {
    for (const { command, answer } of steps('Walk-through')) expect(await run(command)).toBe(answer.trim())
  })

  it('runs a campaign, a club and a reward for friends by requests alone', async () => {
    const [ask] = /^ask\(\) \{.*\}$/m.exec(readme) ?? []
    const page = steps('Run a campaign')
    expect(page).toHaveLength(12)
    for (const { command, answer } of page) {
      if (command.includes('/admin/backtests/')) await laurel.runJobs()
      expect(await run(`${ask}\n${command}`)).toBe(answer.trim())
      if (command.includes('/publish')) laurel.travel('2026-11-22T09:05:00Z')
    }
  })

  it('redeems at the till by requests alone', async () => {
    const [call] = /^call\(\) \{.*\}$/m.exec(readme) ?? []
    const page = steps('Redeem at the till')
    expect(page).toHaveLength(11)
    // The reward that the other tests of the contract want is none of the demo's.
    await run(`${call}\ncall $STAFF DELETE /admin/rewards/tea-for-two`)
    for (const { command, answer } of page) {
      expect(await run(`${call}\n${command}`)).toBe(answer.trim())
      if (command.includes('/publish')) laurel.travel('2026-11-22T09:10:00Z')
    }
  })

  it('takes a guarantee claim from submit to refund by requests alone', async () => {
    const [ask] = /^ask\(\) \{.*\}$/m.exec(readme) ?? []
    const page = steps('Claim a guarantee')
    expect(page).toHaveLength(9)
    for (const { command, answer } of page) {
      expect(await run(`${ask}\n${command}`)).toBe(answer.trim())
      if (command.includes('/publish')) laurel.travel('2026-11-22T09:15:00Z')
    }
  })

  it('shows a programme document that is one', async () => {
    const [, document] = /## A programme document\n\n```json\n([\s\S]*?)```/.exec(readme) ?? []
    const directory = await mkdtemp(join(tmpdir(), 'laurel-readme-'))
    await writeFile(`${directory}/bakery.json`, document!)
    await expect(readProgrammeFile(`${directory}/bakery.json`)).resolves.toMatchObject({ id: 'bakery' })
    await rm(directory, { recursive: true })
  })

  it('shows how a programme may deal with complaints', () => {
    const [, service] = /## Complaints and satisfaction\n\n```json\n([\s\S]*?)```/.exec(readme) ?? []
    const document = { ...demoProgramme, service: JSON.parse(service!) }
    expect(programmeDocument.parse(document).service?.categories).toHaveLength(3)
    const circumstances = { published: demoProgramme, spent: new Map(), now: laurel.now }
    expect(validate(document, circumstances)).toEqual({ errors: [], warnings: [] })
  })

  it('shows clubs that a programme may have', () => {
    const [, clubs] = /## Clubs\n\n```json\n([\s\S]*?)```/.exec(readme) ?? []
    expect(programmeDocument.parse({ ...demoProgramme, clubs: JSON.parse(clubs!) }).clubs).toHaveLength(4)
  })
})
