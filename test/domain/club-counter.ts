import type { Club } from '../../functions/domain/club.ts'
import { joinClub, leaveClub, payForClub } from '../../functions/domain/club-membership.ts'
import type { Account, Entry } from '../../functions/domain/entry.ts'
import { enrolment } from '../../functions/domain/membership.ts'
import type { Programme } from '../../functions/domain/programme.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import { replay } from '../../functions/domain/replay.ts'
import { settle } from '../../functions/domain/settle.ts'
import { type Instant, memberId } from '../../functions/domain/units.ts'
import { at, demoDocument, programmeOf, written } from './programmes.ts'

export const open: Club = { id: 'friends', name: 'Friends', kind: 'open' }
export const yearly: Club = { id: 'yearly', name: 'For a year', kind: 'open', term: { months: 12 } }
export const table: Club = { id: 'table', name: 'The table', kind: 'invitation', term: { months: 6 } }
export const lounge = {
  id: 'lounge',
  name: 'The lounge',
  kind: 'paid',
  term: { months: 12 },
  paid: { fee: { amount: 36_500 }, graceDays: 14, refund: 'pro-rata' },
} as const satisfies Club

export const programmeWith = (...clubs: readonly Club[]): Programme => programmeOf({ ...demoDocument, clubs })

/** Drives what the domain decides on clubs as the handlers do: settle, decide, keep. One member. */
export class ClubCounter {
  readonly programme: Programme
  readonly entries: Entry[] = []
  account: Account
  now: Instant

  constructor(programme: Programme, enrolledAt: string) {
    this.programme = programme
    this.now = at(enrolledAt)
    this.account = replay(memberId('m-1'), [])
    this.entries.push(enrolment(programme, this.now))
    this.account = replay(memberId('m-1'), this.entries)
  }

  settle(now: string | Instant): readonly Entry[] {
    this.now = typeof now === 'string' ? at(now) : now
    const settled = settle(this.programme, this.account, this.now, undefined, this.entries)
    this.entries.push(...settled.entries)
    this.account = settled.account
    return settled.entries
  }

  join(clubId: string, now: string | Instant = this.now, invitationId?: string): string {
    this.settle(now)
    return this.#keep(joinClub(this.programme, this.account, clubId, invitationId, this.now))
  }

  pay(
    clubId: string,
    paymentId: string,
    amount: number,
    occurredAt: string | Instant,
    now: string | Instant = occurredAt,
  ): string {
    this.settle(now)
    const paidAt = typeof occurredAt === 'string' ? at(occurredAt) : occurredAt
    const outcome = this.#keep(
      payForClub(this.programme, this.account, clubId, { paymentId, occurredAt: paidAt, amount }, this.now),
    )
    this.settle(this.now)
    return outcome
  }

  /** What comes back of the fees, by payment; `none` where the member does not belong to the club. */
  leave(clubId: string, now: string | Instant = this.now): { readonly [paymentId: string]: number } | 'none' {
    this.settle(now)
    const left = leaveClub(this.programme, this.account, clubId, this.now)
    if (!left) return 'none'
    this.#keep(left)
    return Object.fromEntries((left.refund?.payments ?? []).map(({ paymentId, amount }) => [paymentId, amount]))
  }

  /** A membership as a person writes it. */
  held(clubId: string): string {
    const found = this.account.head.clubs.find((membership) => membership.clubId === clubId)
    if (!found) return 'none'
    const { since, until, graceUntil, state } = found
    const grace = graceUntil === null ? '' : `, grace until ${written(graceUntil)}`
    return `${state} since ${written(since)} until ${written(until)}${grace}`
  }

  #keep(booked: ReturnType<typeof joinClub>): string {
    if (isRefusal(booked)) return booked.refused
    this.entries.push(booked.entry)
    this.account = booked.account
    return booked.entry.fact.kind
  }
}
