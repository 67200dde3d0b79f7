import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { Audience, Scope } from '../contract/operation.ts'
import { instant, memberId } from '../domain/units.ts'
import { settleMembers } from '../settle-members.ts'
import { createProgramme } from '../store/programmes.ts'
import { addClient } from './clients.ts'
import { type Deployment, type Opened, openPlace } from './deployment.ts'
import { developmentIssuerName, putIdentity, signToken } from './development-issuer.ts'
import { requireLookups } from './dynamodb.ts'
import { exportItems } from './export-data.ts'
import { importFile, isExport } from './import-file.ts'
import { addDocumentCommands } from './programme-commands.ts'
import { readWholeProgramme } from './programme-file.ts'
import { progressBar } from './progress.ts'
import { rotateSecret } from './rotate-secret.ts'
import { demoProgrammeId, seed } from './seed.ts'
import { setSegmentsByFile } from './segments-file.ts'
import { type Place, settingsOf } from './settings.ts'
import { adminScopes } from './tokens.ts'
import { verify } from './verify.ts'

/** `npm run laurel -- COMMAND`: what an operator does to a data file or a table, also while the server runs. */
const program = new Command('laurel').description(
  'Laurel on this machine. LAUREL_DATA names the data file (.laurel/laurel.db); with LAUREL_STORE=dynamodb, LAUREL_TABLE a table.',
)

const inProgramme = () => new Option('--programme <id>', 'the programme').default(demoProgrammeId)
const onlyProgramme = () => new Option('--programme <id>', 'only this programme; all of them where none is named')

program
  .command('import')
  .description(
    'post the operations of an NDJSON file, one a line, as if one after another; or put back an export; may be run again',
  )
  .argument('<file>')
  .addOption(inProgramme())
  .action(async (file: string, { programme }: { programme: string }) => {
    // An export brings its programmes along; seeding first would stand in the place of its demo member.
    await withPlace((await isExport(file)) ? 'any' : 'seeded', async ({ runtime }, place) => {
      requireLookups(place, process.env)
      const bar = progressBar('Importing')
      const imported = await importFile(runtime, programme, file, bar.show).finally(bar.stop)
      for (const { line, reason } of imported.failures) console.error(`line ${line}: ${reason}`)
      console.log(JSON.stringify({ lines: imported.lines, outcomes: imported.outcomes, restored: imported.restored }))
      return imported.failures.length === 0 && imported.restored.different === 0
    })
  })

program
  .command('segments')
  .description('set the segment tags of members by a file: CSV of memberId (or card) and segments, or NDJSON; may be run again')
  .argument('<file>')
  .addOption(inProgramme())
  .action(async (file: string, { programme }: { programme: string }) => {
    await withPlace('seeded', async ({ runtime }, place) => {
      requireLookups(place, process.env)
      const bar = progressBar('Setting segments')
      const wrong = (line: number, reason: string) => console.error(`line ${line}: ${reason}`)
      const read = await setSegmentsByFile(runtime, programme, file, wrong, bar.show).finally(bar.stop)
      console.log(JSON.stringify(read))
      return read.unknown === 0 && read.failed === 0
    })
  })

program
  .command('export')
  .description('write all records of all programmes as NDJSON, for `import` elsewhere; post nothing meanwhile')
  .argument('[file]', 'standard output where none is named')
  .addOption(onlyProgramme())
  .action(async (file: string | undefined, { programme }: { programme?: string }) => {
    await withPlace('there', async ({ runtime }) => {
      // It holds personal data.
      const out = file === undefined ? process.stdout : createWriteStream(file, { mode: 0o600 })
      let items = 0
      for await (const item of exportItems(runtime, programme)) {
        items += 1
        if (!out.write(`${JSON.stringify({ op: 'item', item })}\n`)) await once(out, 'drain')
      }
      if (out !== process.stdout) {
        out.end()
        await once(out, 'finish')
      }
      console.error(`${items} records`)
      return true
    })
  })

program
  .command('verify')
  .description('recompute every head from its entries and compare; exit 1 where anything differs')
  .option('--json', 'print the sums as one JSON line, last')
  .addOption(onlyProgramme())
  .action(async ({ json, programme }: { json?: boolean; programme?: string }) => {
    await withPlace('there', async ({ runtime }) => {
      const verified = await verify(runtime, programme, ({ programme: id, member, what }) =>
        console.error(`${id} ${member}: ${what}`),
      )
      if (json) console.log(JSON.stringify(verified))
      else {
        for (const [name, value] of Object.entries(verified)) console.log(`${name.padEnd(12)}${value}`)
      }
      return verified.ok
    })
  })

program
  .command('settle')
  .description('book what time has brought about: what matured, expired, and tiers that ran out')
  .action(async () => {
    await withPlace('seeded', async ({ runtime }) => {
      const swept = await settleMembers(runtime)
      console.log(JSON.stringify(swept))
      return swept.failed === 0
    })
  })

program
  .command('rotate-secret')
  .description('put a new key in the place of the one by which cards, addresses and numbers are looked up; may be run again')
  .action(async () => {
    await withPlace('seeded', async ({ runtime }, place) => {
      if (place.kind === 'aws') throw new Error('the secret of a table on AWS is rotated by Secrets Manager: see the README')
      // The bundles that serve it have the key from their environment, and would find nobody under another.
      if (place.kind === 'emulator') throw new Error('an emulator’s table keeps its key: only a data file’s is rotated here')
      const bar = progressBar('Re-keying')
      console.log(JSON.stringify(await rotateSecret(runtime, bar.show).finally(bar.stop)))
      return true
    })
  })

const scopesOf: { readonly [audience in Audience]: readonly Scope[] } = {
  pos: ['laurel/pos'],
  member: ['laurel/member'],
  admin: adminScopes,
}

program
  .command('token')
  .description('print a bearer token of the development issuer')
  .addOption(new Option('--audience <audience>', 'who it is for').choices(Object.keys(scopesOf)).default('pos'))
  .addOption(inProgramme())
  .option('--store <id...>', 'stores that a till may post for; all where none is named')
  .option('--member <id>', 'the member that it belongs to; without one, somebody who has yet to enrol')
  .option('--subject <name>', 'who it names')
  .option('--scope <scope...>', 'scopes, in place of all that the audience has')
  .option('--email <address>', 'an e-mail address that it vouches for')
  .option('--hours <n>', 'how long it is good', '24')
  .action(async (options: TokenOptions) => {
    await withPlace('seeded', async ({ runtime, secrets }) => {
      if (!secrets) throw new Error('a table on AWS has no development issuer: its user pool issues tokens')
      console.log(await issueToken({ runtime, secrets }, options))
      return true
    })
  })

interface TokenOptions {
  readonly audience: Audience
  readonly programme: string
  readonly store?: string[]
  readonly member?: string
  readonly subject?: string
  readonly scope?: Scope[]
  readonly email?: string
  readonly hours: string
}

/** Signs a token, and says beside the records what its subject stands for. Throws where the programme does not exist. */
async function issueToken({ runtime, secrets }: Deployment, options: TokenOptions): Promise<string> {
  const { audience, programme, store, member, email } = options
  if (!(await runtime.programmes.get(programme))) throw new Error(`there is no programme ${programme}`)
  const hours = Number(options.hours)
  if (!(hours > 0)) throw new Error(`${options.hours} is no number of hours`)
  const stores = store ?? '*'
  const subject = options.subject ?? [audience, programme, ...(store ?? []), ...(member === undefined ? [] : [member])].join('/')
  const client = `${audience}-app/${programme}`
  const scopes = options.scope ?? scopesOf[audience]
  if (audience === 'pos') await putIdentity(runtime.store, { subject, programme, stores })
  else if (member !== undefined) await putIdentity(runtime.store, { subject, programme, member: memberId(member) })
  else await putIdentity(runtime.store, { subject: client, programme })
  const issuedAt = Math.floor(runtime.now() / 1000)
  const expiresAt = issuedAt + Math.floor(hours * 3600)
  return signToken(secrets.issuerKey, {
    subject,
    client: audience === 'pos' ? subject : client,
    scopes,
    issuedAt,
    expiresAt,
    ...(email !== undefined && { verifiedEmail: email }),
  })
}

const programme = program.command('programme').description('programmes and their documents')

programme
  .command('create')
  .description('make a programme of a document; its id is the file’s name where none is given')
  .argument('<file>')
  .option('--id <id>', 'the programme’s id')
  .action(async (file: string, { id: givenId }: { id?: string }) => {
    await withPlace('seeded', async ({ runtime: { store } }) => {
      const { id, document } = await readWholeProgramme(file, givenId)
      const created = await createProgramme(store, id, document, instant(Date.now()))
      if (created) console.log(JSON.stringify({ programme: id, revision: 1 }))
      else console.error(`there is a programme ${id} already`)
      return created
    })
  })

addDocumentCommands(programme, (work) => withPlace('seeded', ({ runtime }) => work(runtime)))

program
  .command('client')
  .description('clients of the issuer of tokens')
  .command('add')
  .description('say which programme a client of the issuer belongs to, and which stores it may post for')
  .argument('<client>', 'its id at the issuer')
  .addOption(inProgramme())
  .option('--store <id...>', 'stores that a shop’s client may post for; `*` for all. None for an app by which people sign in')
  .option('--issuer <url>', 'the issuer', developmentIssuerName)
  .addOption(new Option('--role <role>', 'of staff: whose caps of adjustments hold for them').choices(['supervisor']))
  .action(async (client: string, { programme, store: stores, issuer, role }: ClientOptions) => {
    await withPlace('seeded', async ({ runtime: { store } }) => {
      const may = stores && { stores: stores.includes('*') ? ('*' as const) : stores }
      await addClient(store, { issuer, subject: client, programme, ...may, ...(role && { role }) })
      console.log(JSON.stringify({ client, programme, stores: may?.stores ?? [], ...(role && { role }) }))
      return true
    })
  })

interface ClientOptions {
  readonly programme: string
  readonly store?: string[]
  readonly issuer: string
  readonly role?: 'supervisor'
}

/** Which data files a command works on: any, made where there is none; any, seeded; or only one that is there already. */
type Wanted = 'any' | 'seeded' | 'there'

/**
 * Opens the data file, or the table that stands for it, does the work, and closes it; exit 1 where the work says that not all
 * is well. What is on AWS is never seeded.
 */
async function withPlace(wanted: Wanted, work: (opened: Opened, place: Place) => Promise<boolean>): Promise<void> {
  const settings = settingsOf(process.env)
  const { place } = settings
  if (wanted === 'there' && place.kind === 'file' && !existsSync(place.path))
    throw new Error(`there is no data file ${place.path}`)
  const opened = await openPlace(place)
  try {
    if (wanted === 'seeded' && settings.seeds) await seed(opened.runtime)
    if (!(await work(opened, place))) process.exitCode = 1
  } finally {
    await opened.runtime.store.close()
  }
}

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
