import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { memberAnswer } from './members.ts'
import { operation } from './operation.ts'
import { id, text } from './values.ts'

/** Tags that marketing gives members, for campaigns to ask for. Members and tills are not shown them. */

const none = z.strictObject({})
const memberParams = z.strictObject({ id })

/** All the tags of a member: none is there twice. */
export const segmentTags = z
  .array(id)
  .max(50)
  .refine((tags) => new Set(tags).size === tags.length, 'a tag is there twice')
  .meta({ description: 'All the tags of the member, at most 50.', example: ['vip', 'lapsed-2025'] })

export const setSegments = operation({
  name: 'setSegments',
  summary: 'Say which segments a member is in',
  description: 'The whole set: what is not named is taken off. Success where it is so already.',
  audience: 'admin',
  method: 'PUT',
  path: '/admin/members/{id}/segments',
  scope: 'laurel/admin.marketing',
  params: memberParams,
  query: none,
  body: canonicalObject({ segments: segmentTags, reason: text(512).optional() }).meta({ id: 'Segments' }),
  answers: () => ({ 200: z.object({ memberId: id, segments: z.array(id) }) }),
  problems: ['member-unknown', 'record-too-large'],
  example: { params: { id: 'm-1001' }, body: { segments: ['lapsed-2025', 'vip'], reason: 'Autumn letter' } },
})

export const readMemberAsStaff = operation({
  name: 'readMemberAsStaff',
  summary: 'Read a member with what staff alone see',
  audience: 'admin',
  method: 'GET',
  path: '/admin/members/{id}',
  scope: 'laurel/admin.read',
  params: memberParams,
  query: none,
  body: undefined,
  answers: () => ({
    200: z.object({ ...memberAnswer().shape, segments: z.array(id) }).meta({ id: 'MemberAsStaffSee' }),
  }),
  problems: ['member-unknown'],
  example: { params: { id: 'm-1001' } },
})
