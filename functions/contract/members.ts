import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { memberships } from './memberships.ts'
import { preferenceNotes } from './notes.ts'
import { operation } from './operation.ts'
import { answeredInstant, balance, day, heldGifts, id, text, tier } from './values.ts'

const card = z
  .string()
  .regex(/^[A-Za-z0-9._:/+-]{1,64}$/)
  .meta({ description: 'A card number.', example: '6335550001' })
const email = z.email().max(254).meta({ example: 'ada@example.org' })
const phone = z
  .string()
  .max(32)
  .regex(/^\+?[0-9][0-9 ()./-]*$/)
  .refine((number) => /^\d{5,15}$/.test(number.replace(/\D/g, '')), 'must have 5 to 15 digits')
  .meta({ description: 'A phone number, best with its country code.', example: '+447700900123' })

const personalData = {
  card,
  email,
  phone,
  name: text(256),
  birthday: day,
  language: z
    .string()
    .max(35)
    .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/)
    .meta({ example: 'en-GB' }),
}

/** What a member tells of themselves, and by whom they were recommended; all of it optional. */
export const profileBody = canonicalObject({
  ...personalData,
  referredBy: id.meta({ description: 'The id of the member who recommended this one: said once, before anything is bought.' }),
})
  .partial()
  .meta({ id: 'Profile' })

const changeBody = z
  .strictObject({
    card: card.nullable(),
    email: email.nullable(),
    phone: phone.nullable(),
    name: text(256).nullable(),
    birthday: day.nullable(),
    language: personalData.language.nullable(),
    status: z.enum(['active', 'closed']),
  })
  .partial()
  .meta({ id: 'ProfileChange', description: 'What is left out stays, null removes. A new card replaces the old one.' })

const status = z.enum(['active', 'closed'])
const preferences = lazily(() =>
  preferenceNotes().optional().meta({ description: 'What the guest likes; only where they consented to its being kept.' }),
)

export const memberAnswer = lazily(() =>
  z
    .object({
      memberId: id,
      status,
      profile: z.object({ ...z.object(personalData).partial().shape, enrolledAt: answeredInstant() }),
      balance: balance(),
      tier: tier(),
      clubs: memberships(),
      preferences: preferences(),
      gifts: heldGifts().optional(),
    })
    .meta({ id: 'Member' }),
)

const foundMember = lazily(() =>
  z.object({
    memberId: id,
    status,
    balance: balance(),
    tier: tier(),
    clubs: memberships(),
    preferences: preferences(),
  }),
)

const memberParams = z.strictObject({ memberId: id })
const none = z.strictObject({})

export const enrolMember = operation({
  name: 'enrolMember',
  summary: 'Enrol a member, or complete one that a card alone made',
  audience: 'pos',
  method: 'PUT',
  path: '/pos/members/{memberId}',
  scope: 'laurel/pos',
  params: memberParams,
  query: none,
  body: profileBody,
  answers: () => ({ 201: memberAnswer(), 200: memberAnswer() }),
  problems: ['id-reused', 'card-taken', 'email-taken', 'phone-taken', 'referrer-unknown', 'referral-too-late'],
  example: { params: { memberId: 'm-1001' }, body: { card: '6335550001', email: 'ada@example.org', name: 'Ada' } },
})

export const changeMember = operation({
  name: 'changeMember',
  summary: 'Change a member: personal data, a new card, close or open again',
  audience: 'pos',
  method: 'PATCH',
  path: '/pos/members/{memberId}',
  scope: 'laurel/pos',
  params: memberParams,
  query: none,
  body: changeBody,
  answers: () => ({ 200: memberAnswer() }),
  problems: ['member-unknown', 'card-taken', 'email-taken', 'phone-taken'],
  example: { params: { memberId: 'm-1001' }, body: { card: '6335550002' } },
})

export const readMember = operation({
  name: 'readMember',
  summary: 'Read a member',
  audience: 'pos',
  method: 'GET',
  path: '/pos/members/{memberId}',
  scope: 'laurel/pos',
  params: memberParams,
  query: none,
  body: undefined,
  answers: () => ({ 200: memberAnswer() }),
  problems: ['member-unknown'],
  example: { params: { memberId: 'm-1001' } },
})

export const searchMembers = operation({
  name: 'searchMembers',
  summary: 'Find a member by card, e-mail address or phone number',
  description: 'In the body, because no personal data belongs in a URL.',
  audience: 'pos',
  method: 'POST',
  path: '/pos/members/search',
  scope: 'laurel/pos',
  params: none,
  query: none,
  body: z.union([z.strictObject({ card }), z.strictObject({ email }), z.strictObject({ phone })]),
  answers: () => ({ 200: z.object({ items: z.array(foundMember()) }) }),
  problems: [],
  example: { params: {}, body: { card: '6335550001' } },
})
