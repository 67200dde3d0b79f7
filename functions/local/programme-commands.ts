import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { isProblem, problemDocument } from '../contract/problem.ts'
import { programmeDocument } from '../contract/programme-document.ts'
import { type Change, differences, isSame, type Json } from '../domain/difference.ts'
import type { ProgrammeDocument } from '../domain/programme.ts'
import type { Context, Implementation } from '../handlers/context.ts'
import { openWorkshop } from '../handlers/draft.ts'
import { type Performed, perform } from '../handlers/perform.ts'
import { programmeDraftImplementations, validated } from '../handlers/programme-draft.ts'
import { publishDraftImplementation } from '../handlers/publish.ts'
import type { Runtime } from '../runtime.ts'
import { programmeIn, readProgrammeFile } from './programme-file.ts'
import { adminScopes } from './tokens.ts'

/** Does something on the data file or table, as the other commands do; exit 1 where it says that not all is well. */
type WithRuntime = (work: (runtime: Runtime) => Promise<boolean>) => Promise<void>

/** `programme pull|push|diff`: the document as a JSON file, for those who keep it in version control. */
export function addDocumentCommands(programme: Command, withRuntime: WithRuntime): void {
  programme
    .command('pull')
    .description('write the latest revision’s document, or the draft, into a file')
    .argument('<file>', 'its name is the programme’s id where none is given')
    .option('--id <id>', 'the programme’s id')
    .option('--draft', 'the draft, if there is one')
    .action((file: string, { id, draft }: { id?: string; draft?: boolean }) =>
      withRuntime(async (runtime) => {
        const context = await contextOf(runtime, programmeIn(file, id))
        const { document, latest } = await openWorkshop(context)
        // In the order of the contract, whichever parts were edited first.
        const written = programmeDocument.parse(draft ? document : latest.document)
        await writeFile(file, `${JSON.stringify(written, null, 2)}\n`)
        console.log(JSON.stringify({ programme: context.programme.id, latestRevision: latest.number, file }))
        return true
      }),
    )

  programme
    .command('push')
    .description('make the document in a file the draft, and say what it contradicts')
    .argument('<file>', 'its name is the programme’s id where none is given')
    .option('--id <id>', 'the programme’s id')
    .option('--force', 'also in the place of a draft that somebody else has edited last')
    .option('--publish', 'publish it, if it contradicts nothing')
    .option('--note <text>', 'why: what the revision says of itself')
    .option('--at <instant>', 'when it takes effect; in a minute where nothing is said')
    .action((file: string, options: PushOptions) => withRuntime((runtime) => push(runtime, file, options)))

  programme
    .command('diff')
    .description('say what a file changes of the latest revision; exit 1 where it changes anything')
    .argument('<file>', 'its name is the programme’s id where none is given')
    .option('--id <id>', 'the programme’s id')
    .action((file: string, { id }: { id?: string }) =>
      withRuntime(async (runtime) => {
        const read = await readProgrammeFile(file, id)
        const { latest } = await openWorkshop(await contextOf(runtime, read.id))
        const changes = differences(jsonOf(latest.document), jsonOf(read.document))
        for (const change of changes) console.log(lineOf(change))
        return changes.length === 0
      }),
    )
}

interface PushOptions {
  readonly id?: string
  readonly force?: boolean
  readonly publish?: boolean
  readonly note?: string
  readonly at?: string
}

async function push(runtime: Runtime, file: string, { id: givenId, force, publish, note, at }: PushOptions): Promise<boolean> {
  if (publish && !note) throw new Error('--publish needs a --note that says why')
  const { id, document } = await readProgrammeFile(file, givenId)
  const context = await contextOf(runtime, id)
  const { draft, etag, latest } = await openWorkshop(context)
  const editor = draft.edit?.editor
  if (!force && editor !== undefined && editor !== context.caller.subject) {
    throw new Error(`there is a draft that ${editor} has edited; pull it with --draft, or push with --force`)
  }
  const [, putDraft] = programmeDraftImplementations
  const put = await done(putDraft!, { ifMatch: etag, body: document }, context)
  const { errors, warnings } = await validated(context, document, latest.document)
  for (const { pointer, detail, code } of errors) console.error(`${pointer}: ${detail} (${code})`)
  for (const { pointer, detail, code } of warnings) console.error(`warning: ${pointer}: ${detail} (${code})`)
  if (!publish || errors.length > 0) {
    console.log(JSON.stringify({ programme: id, draft: put.replayed ? 'unchanged' : 'written', errors: errors.length }))
    return errors.length === 0
  }
  if (isSame(jsonOf(document), jsonOf(latest.document))) {
    console.log(JSON.stringify({ programme: id, unchanged: true, number: latest.number }))
    return true
  }
  const body = { note, ...(at !== undefined && { at }) }
  const published = await done(publishDraftImplementation, { ifMatch: put.etag, body }, context)
  console.log(JSON.stringify({ programme: id, ...(published.body as object) }))
  return true
}

/** Does an operation as its audience does it. Throws with the problem where it is refused. */
async function done(implementation: Implementation, sent: { ifMatch: string | undefined; body: unknown }, context: Context) {
  const outcome = await perform(implementation, { params: {}, query: {}, ...sent }, context)
  if (!isProblem(outcome)) return outcome satisfies Performed
  const { title, code, errors = [] } = problemDocument(outcome)
  throw new Error([`${title} (${code})`, ...errors.map(({ pointer, detail }) => `  ${pointer}: ${detail}`)].join('\n'))
}

/** The programme as whoever is at this machine sees it. Throws where there is none of that id. */
async function contextOf(runtime: Runtime, id: string): Promise<Context> {
  const programme = await runtime.programmes.get(id)
  if (!programme) throw new Error(`there is no programme ${id}`)
  const caller = {
    programme: id,
    scopes: adminScopes,
    stores: [],
    issuer: 'urn:laurel:cli',
    subject: `cli/${userInfo().username}`,
  }
  return { runtime, programme, caller, now: runtime.now() }
}

const jsonOf = (document: ProgrammeDocument) => document as unknown as Json

const marks = { added: '+', removed: '-', changed: '~', reordered: '~' } as const

/** A change in a line: `~ /campaigns/spring/effect/points: 50 → 60`. */
function lineOf(change: Change): string {
  const before = 'before' in change ? JSON.stringify(change.before) : ''
  const after = 'after' in change ? JSON.stringify(change.after) : ''
  return `${marks[change.kind]} ${change.pointer}: ${[before, after].filter(Boolean).join(' → ')}`
}
