import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { memberName } from './purchases.ts'
import { severity } from './service-policy.ts'
import { answeredInstant, id, listQuery, mostAmount, nextCursor, points, storeId, text } from './values.ts'

/** Complaints: of members or by a store for them, to staff, and back. */

const none = z.strictObject({})
/** What people write. It is kept with the complaint and nowhere else. */
export const writtenText = text(2000)

const posted = {
  category: id.meta({ description: 'Of the programme document.', example: 'damaged' }),
  text: writtenText.meta({ example: 'The candle was broken.' }),
  purchaseId: id.optional().meta({ description: 'One of the member’s purchases.' }),
}

const status = lazily(() => z.enum(['open', 'answered', 'resolved']))

const summary = () => ({
  id: id.meta({ description: 'Unique in the programme: by this tills and staff name it.' }),
  memberId: id,
  category: id,
  severity,
  status: status(),
  openedAt: answeredInstant(),
  dueAt: answeredInstant().nullable().meta({ description: 'When it is to be resolved; null: it is.' }),
  overdue: z.boolean(),
  storeId: storeId.optional().meta({ description: 'The store that posted it.' }),
})

const message = lazily(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('reply'), id, at: answeredInstant(), text: z.string() }),
    z.object({
      kind: z.literal('resolution'),
      id,
      at: answeredInstant(),
      text: z.string(),
      points: points().optional().meta({ description: 'What was given as goodwill.' }),
      rating: z.int().optional().meta({ description: 'How good it is to the member, 1 to 5.' }),
    }),
    z.object({ kind: z.literal('reopening'), id, at: answeredInstant(), text: z.string().optional() }),
  ]),
)

export const complaint = lazily(() =>
  z
    .object({
      ...summary(),
      purchaseId: id.optional(),
      text: z.string().optional().meta({ description: 'Not there where a low score opened it and said no more.' }),
      messages: z.array(message()).meta({ description: 'What was written since, in order.' }),
      reopenableUntil: answeredInstant()
        .nullable()
        .meta({ description: 'Until when the member may reopen it; null: they may not.' }),
    })
    .meta({ id: 'Complaint' }),
)

const made = () => ({ 201: complaint(), 200: complaint() })

export const openComplaintFor = operation({
  name: 'openComplaintFor',
  summary: 'Take down a complaint of a member',
  description:
    'Its id begins with the store’s and a colon. Its category says how severe it is and until when it is to be resolved.',
  audience: 'pos',
  office: 'care',
  method: 'PUT',
  path: '/pos/complaints/{complaintId}',
  scope: 'laurel/pos',
  params: z.strictObject({ complaintId: id }),
  query: none,
  body: canonicalObject({ ...posted, member: memberName, storeId }).meta({ id: 'PostedComplaint' }),
  answers: made,
  problems: [
    'store-forbidden',
    'store-mismatch',
    'store-unknown',
    'member-unknown',
    'card-replaced',
    'member-closed',
    'purchase-unknown',
    'category-unknown',
    'too-many-complaints',
    'id-reused',
  ],
  example: {
    params: { complaintId: 'leeds:c-1' },
    body: { member: { id: 'm-1001' }, storeId: 'leeds', category: 'damaged', text: 'The candle was broken.' },
  },
})

export const openMyComplaint = operation({
  name: 'openMyComplaint',
  summary: 'Complain',
  description: 'The answer says the id by which the whole programme knows the complaint.',
  audience: 'member',
  office: 'care',
  method: 'PUT',
  path: '/me/complaints/{id}',
  scope: 'laurel/member',
  params: z.strictObject({ id }),
  query: none,
  body: canonicalObject(posted).meta({ id: 'MyComplaint' }),
  answers: made,
  problems: ['member-unknown', 'member-closed', 'purchase-unknown', 'category-unknown', 'too-many-complaints', 'id-reused'],
  example: { params: { id: 'c-1' }, body: { category: 'damaged', text: 'The candle was broken.' } },
})

export const listMyComplaints = operation({
  name: 'listMyComplaints',
  summary: 'My complaints',
  description: 'The newest of a page first.',
  audience: 'member',
  office: 'care',
  method: 'GET',
  path: '/me/complaints',
  scope: 'laurel/member',
  params: none,
  query: listQuery,
  body: undefined,
  answers: () => ({ 200: z.object({ items: z.array(complaint()), nextCursor: nextCursor() }) }),
  problems: ['member-unknown', 'invalid-cursor'],
  example: { params: {} },
})

export const readMyComplaint = operation({
  name: 'readMyComplaint',
  summary: 'One of my complaints',
  description: 'By the id that I gave it, or the one by which the programme knows it.',
  audience: 'member',
  office: 'care',
  method: 'GET',
  path: '/me/complaints/{id}',
  scope: 'laurel/member',
  params: z.strictObject({ id }),
  query: none,
  body: undefined,
  answers: () => ({ 200: complaint() }),
  problems: ['member-unknown', 'complaint-unknown'],
  example: { params: { id: 'leeds:c-1' } },
})

export const rateMyComplaint = operation({
  name: 'rateMyComplaint',
  summary: 'Rate how my complaint was resolved',
  description: 'From 1 to 5, once: another score is refused. It is the resolution that stands that may be rated.',
  audience: 'member',
  office: 'care',
  method: 'PUT',
  path: '/me/complaints/{id}/resolutions/{resolutionId}/rating',
  scope: 'laurel/member',
  params: z.strictObject({ id, resolutionId: id }),
  query: none,
  body: canonicalObject({ score: z.int().min(1).max(5) }).meta({ id: 'ComplaintRating' }),
  answers: made,
  problems: ['member-unknown', 'complaint-unknown', 'resolution-not-standing', 'resolution-rated'],
  example: { params: { id: 'leeds:c-1', resolutionId: 's-1' }, body: { score: 4 } },
})

export const reopenMyComplaint = operation({
  name: 'reopenMyComplaint',
  summary: 'Open my complaint again',
  description: 'Within the days that the programme gives. It is more severe then, and has a deadline of its own.',
  audience: 'member',
  office: 'care',
  method: 'PUT',
  path: '/me/complaints/{id}/reopenings/{reopeningId}',
  scope: 'laurel/member',
  params: z.strictObject({ id, reopeningId: id }),
  query: none,
  body: canonicalObject({ text: writtenText.optional() }).meta({ id: 'ComplaintReopening' }),
  answers: made,
  problems: [
    'member-unknown',
    'complaint-unknown',
    'complaint-not-resolved',
    'reopening-too-late',
    'too-many-complaints',
    'too-many-messages',
    'id-reused',
  ],
  example: { params: { id: 'leeds:c-1', reopeningId: 'o-1' }, body: { text: 'The new one is broken, too.' } },
})

export const listComplaints = operation({
  name: 'listComplaints',
  summary: 'Complaints that are not resolved, the most pressing first',
  audience: 'admin',
  office: 'care',
  method: 'GET',
  path: '/admin/complaints',
  scope: 'laurel/admin.read',
  params: none,
  query: listQuery,
  body: undefined,
  answers: () => ({
    200: z.object({ items: z.array(z.object(summary()).meta({ id: 'QueuedComplaint' })), nextCursor: nextCursor() }),
  }),
  problems: ['invalid-cursor'],
  example: { params: {} },
})

const staffParams = z.strictObject({ complaintId: id })

export const readComplaint = operation({
  name: 'readComplaint',
  summary: 'A complaint with all that was written',
  audience: 'admin',
  office: 'care',
  method: 'GET',
  path: '/admin/complaints/{complaintId}',
  scope: 'laurel/admin.read',
  params: staffParams,
  query: none,
  body: undefined,
  answers: () => ({ 200: complaint() }),
  problems: ['complaint-unknown'],
  example: { params: { complaintId: 'leeds:c-1' } },
})

export const answerComplaint = operation({
  name: 'answerComplaint',
  summary: 'Reply to a complaint',
  description: 'The member can read it. The deadline stays: it is kept by resolving the complaint.',
  audience: 'admin',
  office: 'care',
  method: 'PUT',
  path: '/admin/complaints/{complaintId}/replies/{replyId}',
  scope: 'laurel/admin.service',
  params: z.strictObject({ complaintId: id, replyId: id }),
  query: none,
  body: canonicalObject({ text: writtenText }).meta({ id: 'ComplaintReply' }),
  answers: made,
  problems: ['complaint-unknown', 'complaint-resolved', 'too-many-messages', 'id-reused'],
  example: { params: { complaintId: 'leeds:c-1', replyId: 'r-1' }, body: { text: 'We send you another one.' } },
})

export const resolveComplaint = operation({
  name: 'resolveComplaint',
  summary: 'Resolve a complaint, perhaps with points as goodwill',
  description: 'The points are within the agent’s caps, together with what they adjust.',
  audience: 'admin',
  office: 'care',
  method: 'PUT',
  path: '/admin/complaints/{complaintId}/resolutions/{resolutionId}',
  scope: 'laurel/admin.service',
  params: z.strictObject({ complaintId: id, resolutionId: id }),
  query: none,
  body: canonicalObject({
    text: writtenText,
    points: z.int().min(1).max(mostAmount).optional().meta({ description: 'Given as goodwill.', example: 50 }),
  }).meta({ id: 'ComplaintResolution' }),
  answers: made,
  problems: [
    'complaint-unknown',
    'complaint-resolved',
    'member-closed',
    'adjustment-cap',
    'too-many-buckets',
    'limit-exceeded',
    'id-reused',
  ],
  example: {
    params: { complaintId: 'leeds:c-1', resolutionId: 's-1' },
    body: { text: 'Another one is on its way.', points: 50 },
  },
})
