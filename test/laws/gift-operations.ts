import fc from 'fast-check'
import { givePoints, undoGift } from '../../functions/contract/my-gifts.ts'
import { define, member, type Numbered, who } from './operation.ts'

/** Points that members give to members, and take back. */

interface Giving {
  readonly who: number
  readonly to: number
  readonly points: number
}

/** What the model cannot read from the entry is in its id: how many points. */
const giftIdOf = ({ number, points }: Giving & Numbered): string => `gift-${number}:${points}`

const give = define<Giving>({
  weight: 6,
  plan: fc.record({ who, to: who, points: fc.integer({ min: 1, max: 60 }) }),
  call: (planned) => ({
    operation: givePoints,
    params: { giftId: giftIdOf(planned) },
    body: { to: { id: member(planned.to) }, points: planned.points },
    member: member(planned.who),
  }),
  isOnce: true,
  steps: {
    transfer: ({ fact: { giftId: id, way, other }, bookedAt: arrivedAt }) => [
      { kind: 'gift', id, way, other, points: Number(id.split(':')[1]), arrivedAt },
    ],
  },
})

const takeBack = define({
  weight: 3,
  plan: fc.record({ which: fc.nat(20) }),
  call: ({ which, other }) => {
    const given = other(give, which)
    return given && { operation: undoGift, params: { giftId: giftIdOf(given) }, member: member(given.who) }
  },
})

export const giftDeeds = { give, 'take gift back': takeBack } as const
