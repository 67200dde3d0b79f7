import fc from 'fast-check'
import { announceEvent, callOffEvent } from '../../functions/contract/club-office.ts'
import { checkIn } from '../../functions/contract/clubs.ts'
import { acceptEvent, declineEvent } from '../../functions/contract/my-clubs.ts'
import { define, member, type Numbered, who } from './operation.ts'
import { dayMs, hourMs } from './plans.ts'
import type { Call } from './world.ts'

/** Events of clubs: announced by staff, accepted and declined by members, who come and are let in, or called off. */

interface Announcing {
  readonly club: string
  readonly startsInHours: number
  readonly days: number
  readonly capacity: number
  readonly points: number
}

/** What the model cannot read from the entry is in its id: what coming earns. */
const eventIdOf = ({ number, points }: Announcing & Numbered): string => `ev-${number}:${points}`

const announce = define<Announcing>({
  weight: 2,
  plan: fc.record({
    club: fc.constantFrom('walkers', 'walkers', 'readers', 'lounge'),
    startsInHours: fc.nat(40),
    days: fc.constantFrom(1, 30, 200),
    ...{ capacity: fc.constantFrom(1, 1, 2), points: fc.integer({ min: 1, max: 30 }) },
  }),
  call: (planned) => {
    const { club, capacity, points, startsInHours, days, occurredAt } = planned
    const startsAt = Date.parse(occurredAt) + startsInHours * hourMs
    const times = { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(startsAt + days * dayMs).toISOString() }
    return {
      operation: announceEvent,
      params: { clubId: club, eventId: eventIdOf(planned) },
      body: { name: 'An evening', ...times, capacity, points },
    }
  },
  isOnce: true,
})

const paramsOf = (event: Announcing & Numbered) => ({ clubId: event.club, eventId: eventIdOf(event) })

const reply = (operation: Call['operation'], body: Call['body'], weight: number) =>
  define({
    weight,
    plan: fc.record({ who, which: fc.nat(20) }),
    call: ({ who: place, which, other }) => {
      const event = other(announce, which)
      return event && { operation, params: paramsOf(event), body, member: member(place) }
    },
  })

const callOff = define({
  weight: 1,
  plan: fc.record({ which: fc.nat(20) }),
  call: ({ which, other }) => {
    const event = other(announce, which)
    return event && { operation: callOffEvent, params: paramsOf(event) }
  },
})

const comeIn = define({
  weight: 4,
  plan: fc.record({
    ...{ who, which: fc.nat(20) },
    lateMs: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 9 * dayMs }) }),
  }),
  call: ({ who: place, which, occurredAt, other }) => {
    const event = other(announce, which)
    return event && { operation: checkIn, params: { ...paramsOf(event), memberId: member(place) }, body: { occurredAt } }
  },
  isOnce: true,
  steps: {
    attend: ({ at, bookedAt: arrivedAt, fact: { eventId: id } }) => [
      { kind: 'attend', id, points: Number(id.split(':')[1]), at, arrivedAt },
    ],
  },
})

export const eventDeeds = {
  announce,
  accept: reply(acceptEvent, {}, 5),
  decline: reply(declineEvent, undefined, 2),
  'check in': comeIn,
  'call off': callOff,
} as const
