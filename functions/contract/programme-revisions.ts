import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { programmeDocument } from './programme-document.ts'
import { differenceAnswer, none } from './programme-draft.ts'
import { answeredInstant, instant, listQuery, nextCursor, text } from './values.ts'

/** From publishing to taking effect, at the least: by then every warm function knows the revision (design, section 4). */
export const noticeMs = 60_000

const revision = lazily(() =>
  z
    .object({
      number: z.int(),
      inForceFrom: answeredInstant().nullable().meta({ description: 'Null for the first: in force from the beginning of time.' }),
      publishedAt: answeredInstant(),
      author: z.string().nullable().meta({ description: 'The subject who published it; null where it came with the programme.' }),
      note: z.string().nullable(),
      restores: z.int().nullable().meta({ description: 'The revision whose document it brought back.' }),
    })
    .meta({ id: 'Revision' }),
)

const note = text(512).meta({ description: 'Why.', example: 'Candles at weekends' })
const at = instant
  .optional()
  .meta({ description: 'When it takes effect: 60 seconds from now or later. The next that is possible where nothing is said.' })

export const publishDraft = operation({
  name: 'publishDraft',
  summary: 'Make the draft a revision that nobody can change',
  description: 'It takes effect 60 seconds later, or at an instant after that. A draft that contradicts itself is refused.',
  audience: 'admin',
  method: 'POST',
  path: '/admin/programme/publish',
  scope: 'laurel/admin.marketing',
  params: none,
  query: none,
  body: canonicalObject({ note, at }).meta({ id: 'Publication' }),
  ifMatch: 'required',
  etag: true,
  answers: () => ({ 201: revision(), 200: revision() }),
  problems: [
    ...(['precondition-required', 'precondition-failed', 'nothing-to-publish', 'draft-contradictory'] as const),
    ...(['too-soon', 'revision-scheduled', 'record-too-large'] as const),
  ],
  example: { params: {}, ifMatch: '*', body: { note: 'Candles at weekends' } },
})

export const listRevisions = operation({
  name: 'listRevisions',
  summary: 'The revisions, the newest first',
  audience: 'admin',
  method: 'GET',
  path: '/admin/programme/revisions',
  scope: 'laurel/admin.read',
  params: none,
  query: listQuery,
  body: undefined,
  answers: () => ({ 200: z.object({ items: z.array(revision()), nextCursor: nextCursor() }) }),
  problems: ['invalid-cursor'],
  example: { params: {} },
})

export const readRevision = operation({
  name: 'readRevision',
  summary: 'A revision with its document, and what it changed of the one before',
  audience: 'admin',
  method: 'GET',
  path: '/admin/programme/revisions/{number}',
  scope: 'laurel/admin.read',
  params: z.strictObject({
    number: z
      .string()
      .regex(/^[1-9]\d{0,5}$/)
      .meta({ example: '1' }),
  }),
  query: none,
  body: undefined,
  answers: () => ({ 200: revision().extend({ document: programmeDocument, diff: differenceAnswer() }) }),
  problems: ['revision-unknown'],
  example: { params: { number: '1' } },
})

export const rollBack = operation({
  name: 'rollBack',
  summary: 'Publish the document of an earlier revision again',
  description: 'An open draft stays as it is. Where the latest revision is that one, or has brought it back, nothing is done.',
  audience: 'admin',
  method: 'POST',
  path: '/admin/programme/rollback',
  scope: 'laurel/admin.marketing',
  params: none,
  query: none,
  body: canonicalObject({
    revision: z.int().min(1).max(999_999).meta({ description: 'The one to bring back.', example: 2 }),
    note,
    at,
  }).meta({ id: 'Rollback' }),
  etag: true,
  answers: () => ({ 201: revision(), 200: revision() }),
  problems: ['revision-unknown', 'draft-contradictory', 'too-soon', 'revision-scheduled', 'record-too-large'],
  example: { params: {}, body: { revision: 2, note: 'Back to candles' } },
})
