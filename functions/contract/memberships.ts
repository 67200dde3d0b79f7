import * as z from 'zod'
import { lazily } from './lazily.ts'
import { amount, answeredInstant, currency, id } from './values.ts'

/** How somebody asks to be let in: a club by invitation wants a code. */
export const joinBody = z
  .strictObject({ code: z.string().min(1).max(64) })
  .partial()
  .meta({ id: 'JoinClub' })

/** A club that a member belongs to, as answers about the member show it. */
export const membership = lazily(() =>
  z.object({
    id: z.string(),
    name: z.string().optional().meta({ description: 'Left out where the programme no longer has the club.' }),
    since: answeredInstant(),
    until: answeredInstant().nullable().meta({ description: 'The end of the term; null: it has none.' }),
    inGrace: z.boolean().meta({ description: 'The term is over and can still be renewed; what the club gives goes on.' }),
    graceUntil: answeredInstant()
      .nullable()
      .meta({ description: 'The end of the days of grace after the term, where there are any.' }),
    perks: z.array(z.string()),
  }),
)

export const memberships = lazily(() => z.array(membership()).meta({ description: 'Clubs that the member belongs to.' }))

export const money = lazily(() => z.object({ amount, currency }))

export const joined = lazily(() => z.object({ memberId: id, club: membership() }).meta({ id: 'JoinedClub' }))
export const left = lazily(() =>
  z
    .object({
      memberId: id,
      clubId: id,
      leftAt: answeredInstant().nullable().meta({ description: 'When it was left last; null: never.' }),
      refund: money()
        .extend({ payments: z.array(z.object({ paymentId: id, amount })) })
        .nullable()
        .meta({ description: 'What of the fees came back then, by payment; null: nothing. The same each time it is asked.' }),
    })
    .meta({ id: 'LeftClub' }),
)

/** What may be wrong when somebody joins. */
export const joinProblems = [
  'club-unknown',
  'member-unknown',
  'member-closed',
  'club-requirement',
  'club-fee-due',
  'invitation-invalid',
  'too-many-clubs',
] as const
