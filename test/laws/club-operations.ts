import fc from 'fast-check'
import { makeInvitation } from '../../functions/contract/club-office.ts'
import { joinClubFor, leaveClubFor, payForClub } from '../../functions/contract/clubs.ts'
import type { NaiveFact } from '../model/naive-facts.ts'
import { define, type EntryOf, lateMs, member, who } from './operation.ts'
import { clubFee } from './whole-programme.ts'

/** Memberships in clubs: whom time takes in or lets go of, the model is not told. */

const noted =
  (kind: 'join' | 'leave' | 'fee') =>
  ({ fact, at, bookedAt: arrivedAt }: EntryOf<'club-joined' | 'club-renewed' | 'club-left'>): NaiveFact[] => [
    { kind: 'paymentId' in fact ? 'fee' : kind, club: fact.clubId, at, arrivedAt },
  ]

const join = define({
  weight: 3,
  plan: fc.record({ who, club: fc.constantFrom('walkers', 'readers', 'best') }),
  call: ({ who: place, club: clubId }) => {
    return { operation: joinClubFor, params: { memberId: member(place), clubId }, body: {} }
  },
  steps: { 'club-joined': noted('join') },
})

const invite = define({
  weight: 2,
  plan: fc.record({ uses: fc.constantFrom(1, 2) }),
  call: ({ uses, number }) => ({
    operation: makeInvitation,
    params: { clubId: 'circle', invitationId: `i-${number}` },
    body: { uses },
  }),
  isOnce: true,
})

const joinByInvitation = define({
  weight: 3,
  plan: fc.record({ who, which: fc.nat(10) }),
  call: ({ who: place, which, other }) => {
    const { code } = (other(invite, which)?.answer ?? {}) as { code?: string | null }
    return code ? { operation: joinClubFor, params: { memberId: member(place), clubId: 'circle' }, body: { code } } : undefined
  },
})

const leave = define({
  weight: 2,
  plan: fc.record({ who, club: fc.constantFrom('walkers', 'readers', 'best', 'lounge', 'circle') }),
  call: ({ who: place, club: clubId }) => ({ operation: leaveClubFor, params: { memberId: member(place), clubId } }),
  steps: { 'club-left': noted('leave') },
})

const pay = define({
  weight: 5,
  plan: fc.record({ who, lateMs }),
  call: ({ who: place, number, occurredAt }) => ({
    operation: payForClub,
    params: { memberId: member(place), clubId: 'lounge', paymentId: `p-${number}` },
    body: { occurredAt, amount: clubFee, currency: 'GBP' },
  }),
  isOnce: true,
  steps: { 'club-renewed': noted('fee') },
})

export const clubDeeds = { join, invite, 'join by invitation': joinByInvitation, leave, pay } as const
