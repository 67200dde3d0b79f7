import { canonicalObject } from './canonical.ts'
import { description, eventAnswer, eventFields, example, params, problems, query, summary } from './events.ts'
import { operation } from './operation.ts'
import { id } from './values.ts'

const staffEventBody = canonicalObject({ member: canonicalObject({ id }), ...eventFields }).meta({ id: 'StaffEvent' })

export const recordStaffEvent = operation({
  name: 'recordStaffEvent',
  summary: `${summary}, from the office`,
  description: `${description} The ids are the same as those of tills.`,
  audience: 'admin',
  method: 'PUT',
  path: '/admin/events/{eventId}',
  scope: 'laurel/admin.service',
  params,
  query,
  body: staffEventBody,
  answers: () => ({ 201: eventAnswer(), 200: eventAnswer() }),
  problems,
  example: { params: { eventId: 'survey-3:m-1001' }, body: { member: { id: 'm-1001' }, ...example, type: 'survey' } },
})
