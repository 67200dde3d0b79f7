import { problem } from '../contract/problem.ts'
import { listRevisions, readRevision } from '../contract/programme-revisions.ts'
import { revisionOf, revisionSummaryOf } from '../store/revision-item.ts'
import { table } from '../store/table.ts'
import { type Implementation, implement } from './context.ts'
import { differenceOf } from './programme-draft.ts'
import { revisionView } from './views.ts'

/** Revisions, newest first. A page is cut short where their documents are large, and goes on. */
export const listRevisionsImplementation: Implementation = implement(listRevisions, async ({ query }, context) => {
  const { runtime, programme } = context
  const before = query.cursor === undefined ? undefined : Buffer.from(query.cursor, 'base64url').toString()
  if (before !== undefined && !/^[1-9]\d{0,5}$/.test(before)) return problem('invalid-cursor')
  const page = await runtime.store.query({
    pk: table.current(programme.id).pk,
    range: { from: table.revision(programme.id, 0).sk, to: table.revision(programme.id, 999_999).sk },
    descending: true,
    consistent: true,
    limit: Number(query.limit ?? 50),
    after: before === undefined ? undefined : table.revision(programme.id, Number(before)),
  })
  const items = page.items.map((item) => revisionView(revisionSummaryOf(item)))
  const last = items.at(-1)
  const nextCursor = page.next && last && last.number > 1 ? Buffer.from(String(last.number)).toString('base64url') : null
  return { status: 200 as const, body: { items, nextCursor } }
})

/** A revision and what it changed of the one before; the first changed everything. */
export const readRevisionImplementation: Implementation = implement(readRevision, async ({ params }, context) => {
  const { runtime, programme } = context
  const number = Number(params.number)
  const keys = [number, ...(number > 1 ? [number - 1] : [])].map((each) => table.revision(programme.id, each))
  const { items } = await runtime.store.read(keys, { consistent: true })
  if (!items[0]) return problem('revision-unknown')
  const revision = revisionOf(items[0])
  const before = items[1] ? revisionOf(items[1]).document : revision.document
  const body = { ...revisionView(revision), document: revision.document as never, diff: differenceOf(before, revision.document) }
  return { status: 200 as const, body }
})
