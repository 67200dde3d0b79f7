import * as z from 'zod'
import { occasionNames } from '../domain/campaign.ts'
import { lazily } from './lazily.ts'
import { explanation, id } from './values.ts'

const trigger = lazily(() =>
  z
    .union([
      z.enum(['purchase', ...occasionNames]),
      z.object({ event: z.string() }),
      z.object({ tierReached: z.string() }),
      z.object({ clubJoined: z.string() }),
    ])
    .meta({ description: 'The campaign’s trigger, as the programme document has it.' }),
)

/** What a purchase, or a bonus, leads to by campaigns of other triggers, and why others give nothing. */
export const follows = lazily(() =>
  z
    .array(
      explanation()
        .element.omit({ lines: true })
        .extend({
          trigger: trigger(),
          for: z.enum(['member', 'referrer']).meta({ description: 'The member, or who recommended them.' }),
          memberId: id.nullable().meta({ description: 'Whom it is for; null: nobody, because they are made up.' }),
        }),
    )
    .meta({
      id: 'Follows',
      description:
        'What became of the campaigns that reward a referral, a tier that is reached or a club that takes the member in, where it ' +
        'leads to that: of a referral one row for each side. `given-before`: it is given once, and was. `closed`: whom it is for is.',
    }),
)
