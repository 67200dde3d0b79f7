import type * as z from 'zod'
import { isProblem, type Problem, problem } from '../contract/problem.ts'
import { type draftState, mostDocumentBytes } from '../contract/programme-draft.ts'
import { isSame, type Json } from '../domain/difference.ts'
import type { ProgrammeDocument } from '../domain/programme.ts'
import { type Draft, draftOf, draftWrite } from '../store/draft-item.ts'
import { type PublishedRevision, revisionOf } from '../store/revision-item.ts'
import type { Item } from '../store/store.ts'
import { table } from '../store/table.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import type { Context } from './context.ts'
import { etagOf, isSeen } from './entity-tag.ts'
import { rfc3339 } from './views.ts'

/** What marketing works on: the draft and what is published, as they are now and not as a warm function remembers them. */
export interface Workshop {
  /** Which revision is the latest, as it is stored. */
  readonly current: Item
  readonly latest: PublishedRevision
  readonly draft: Draft
  /** The draft's, or the latest revision's where there is none. */
  readonly document: ProgrammeDocument
  readonly etag: string
}

/** Reads the draft and the latest revision. Throws where the programme is not there. */
export async function openWorkshop({ runtime: { store }, programme: { id } }: Context): Promise<Workshop> {
  const { items } = await store.read([table.draft(id), table.current(id)], { consistent: true })
  const [drafted, current] = items
  const published = current && (await store.read([table.revision(id, current.n as number)], { consistent: true })).items[0]
  if (!current || !published) throw new Error(`the programme ${id} has no revision`)
  const [draft, latest] = [draftOf(drafted), revisionOf(published)]
  return { current, latest, draft, document: draft.edit?.document ?? latest.document, etag: etagOf(draft.version) }
}

/** An edit, as its operation is audited. */
interface Edited {
  readonly action: string
  readonly target: string
  readonly ifMatch: string | undefined
  /** The document with the edit. */
  readonly change: (document: ProgrammeDocument) => ProgrammeDocument | Problem
  /** What of a document the audit compares; all of it where nothing is said. */
  readonly audited?: (document: ProgrammeDocument) => unknown
}

/**
 * Edits the draft, or makes one of the latest revision's document. What is so already is success, whatever the client has
 * seen (RFC 9110, 13.1.1). Without `If-Match` an edit goes on top of whatever others wrote meanwhile.
 */
export async function editDraft(context: Context, { action, target, ifMatch, change, audited = (document) => document }: Edited) {
  const { runtime, programme, caller, now } = context
  return attempt(runtime, async (uncertain) => {
    const workshop = await openWorkshop(context)
    const document = change(workshop.document)
    if (isProblem(document)) return document
    if (isSame(document as unknown as Json, workshop.document as unknown as Json)) return answerOf(workshop, !uncertain)
    if (!isSeen(ifMatch, workshop.etag)) return problem('precondition-failed')
    if (Buffer.byteLength(JSON.stringify(document)) > mostDocumentBytes) return problem('record-too-large')
    const edit = { document, editor: caller.subject, editedAt: now }
    const result = await runtime.store.commit([
      draftWrite(programme.id, workshop.draft, edit),
      auditWrite(context, { action, target, before: audited(workshop.document), after: audited(document) }),
    ])
    if (result.outcome !== 'committed') return again
    const version = workshop.draft.version + 1
    return answerOf({ ...workshop, draft: { version, edit }, etag: etagOf(version) }, false)
  })
}

function answerOf({ draft: { edit }, latest, etag }: Workshop, replayed: boolean) {
  const body: z.input<ReturnType<typeof draftState>> = {
    isOpen: edit !== undefined,
    latestRevision: latest.number,
    editor: edit?.editor ?? null,
    editedAt: edit ? rfc3339(edit.editedAt) : null,
  }
  return { status: 200 as const, body, etag, ...(replayed && { replayed }) }
}
