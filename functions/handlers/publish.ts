import { type Problem, problem } from '../contract/problem.ts'
import { noticeMs, publishDraft, rollBack } from '../contract/programme-revisions.ts'
import { isSame, type Json } from '../domain/difference.ts'
import type { ProgrammeDocument } from '../domain/programme.ts'
import { type Instant, instant, later } from '../domain/units.ts'
import { draftWrite } from '../store/draft-item.ts'
import { type PublishedRevision, revisionItem, revisionOf } from '../store/revision-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { type Context, type Implementation, implement } from './context.ts'
import { openWorkshop, type Workshop } from './draft.ts'
import { isSeen } from './entity-tag.ts'
import { validated } from './programme-draft.ts'
import { instantOf, revisionView } from './views.ts'

/** Publishes the draft, once. Of two who publish at the same time one wins, and the other is told that the draft has changed. */
export const publishDraftImplementation: Implementation = implement(publishDraft, ({ body: { note, at }, ifMatch }, context) =>
  attempt(context.runtime, async (uncertain) => {
    const workshop = await openWorkshop(context)
    const { draft, latest } = workshop
    if (!draft.edit) {
      // Published already: by this very request, whose answer was lost, or by another that said the same.
      const isThis = latest.draftVersion !== undefined && isSeen(ifMatch, `"${latest.draftVersion}"`) && latest.note === note
      if (isThis) return publishedAnswer(workshop, latest, !uncertain)
      return problem(isSeen(ifMatch, workshop.etag) ? 'nothing-to-publish' : 'precondition-failed')
    }
    if (!isSeen(ifMatch, workshop.etag)) return problem('precondition-failed')
    const { document } = draft.edit
    if (isSame(document as unknown as Json, latest.document as unknown as Json)) return problem('nothing-to-publish')
    return putInForce(context, workshop, { action: publishDraft.name, document, note, at, draftVersion: draft.version })
  }),
)

/** Makes a revision of an earlier one's document. Doing that again changes nothing. */
export const rollBackImplementation: Implementation = implement(rollBack, ({ body: { revision, note, at } }, context) =>
  attempt(context.runtime, async (uncertain) => {
    const { runtime, programme } = context
    const workshop = await openWorkshop(context)
    const { latest } = workshop
    if (revision > latest.number) return problem('revision-unknown', '/revision')
    if (latest.number === revision || latest.restores === revision) return publishedAnswer(workshop, latest, !uncertain)
    const { items } = await runtime.store.read([table.revision(programme.id, revision)], { consistent: true })
    if (!items[0]) return problem('revision-unknown', '/revision')
    const { document } = revisionOf(items[0])
    return putInForce(context, workshop, { action: rollBack.name, document, note, at, restores: revision })
  }),
)

interface Publication {
  readonly action: string
  readonly document: ProgrammeDocument
  readonly note: string
  readonly at: string | undefined
  readonly draftVersion?: number
  readonly restores?: number
}

/** Commits a document as the next revision, if it contradicts nothing and nobody else published meanwhile. */
async function putInForce(context: Context, workshop: Workshop, { action, at, ...published }: Publication) {
  const { runtime, programme, caller, now } = context
  const { current, latest, draft } = workshop
  const { errors } = await validated(context, published.document, latest.document)
  if (errors.length > 0) {
    const contradictions = errors.map(({ pointer, detail }) => ({ pointer, detail }))
    return { problem: 'draft-contradictory', errors: contradictions } satisfies Problem
  }
  const inForceFrom = inForceAt(now, at, latest.inForceFrom)
  if (typeof inForceFrom !== 'number') return inForceFrom
  const revision: PublishedRevision = {
    ...{ ...published, number: latest.number + 1, inForceFrom },
    ...{ publishedAt: now, author: caller.subject },
  }
  const target = `revisions/${revision.number}`
  const writes: Write[] = [
    {
      kind: 'put',
      item: { ...current, n: revision.number },
      condition: { is: 'equal', attribute: 'n', value: latest.number },
      replaces: current,
    },
    { kind: 'put', item: revisionItem(programme.id, revision), condition: { is: 'absent' } },
    auditWrite(context, { action, target, before: latest.document, after: revision.document }),
  ]
  // What stands for the draft becomes another. One that is open stays as it is when an earlier revision comes back.
  const closes = published.restores === undefined || !draft.edit
  if (closes) writes.push(draftWrite(programme.id, draft, undefined))
  if ((await runtime.store.commit(writes)).outcome !== 'committed') return again
  const etag = closes ? `"${draft.version + 1}"` : workshop.etag
  return { status: 201 as const, body: revisionView(revision), etag }
}

/** When a revision takes effect; never before one that was published earlier does. */
function inForceAt(now: Instant, at: string | undefined, latest: Instant): Instant | Problem {
  const soonest = instant(now + noticeMs)
  if (at === undefined) return latest > soonest ? problem('revision-scheduled') : later(soonest, instant(latest + 1))
  const wanted = instantOf(at)
  if (wanted < soonest) return problem('too-soon', '/at')
  return wanted > latest ? wanted : problem('revision-scheduled', '/at')
}

function publishedAnswer({ etag }: Workshop, revision: PublishedRevision, replayed: boolean) {
  const body = revisionView(revision)
  return replayed ? { status: 200 as const, body, etag, replayed } : { status: 201 as const, body, etag }
}
