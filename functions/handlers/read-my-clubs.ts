import type * as z from 'zod'
import { readMyClubs } from '../contract/my-clubs.ts'
import { problem } from '../contract/problem.ts'
import { type Club, lackingFor, membershipIn } from '../domain/club.ts'
import { placesLeft, replyOf } from '../domain/club-event.ts'
import type { Head } from '../domain/head.ts'
import { revisionAt } from '../domain/programme.ts'
import { takenIn } from '../domain/qualifying-membership.ts'
import { qualifyingProgress } from '../domain/qualifying-progress.ts'
import type { StoredEvent } from '../store/club-event-item.ts'
import { type Ledger, peekAccount } from './account.ts'
import { comingEvents } from './coming-events.ts'
import { implement } from './context.ts'
import { ownMember } from './own-member.ts'
import { membershipView, rfc3339 } from './views.ts'

type OfferedClub = z.input<(typeof readMyClubs.answers)[200]>['items'][number]

/** All clubs of the programme as one member sees them, with the events to come. */
export const readMyClubsImplementation = implement(readMyClubs, async (_request, context) => {
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  const { settled, ledger } = await peekAccount(context, own)
  if (!settled) return problem('member-unknown')
  const { head } = settled.account
  const clubs = revisionAt(ledger.programme, ledger.now).document.clubs ?? []
  const events = clubs.length === 0 ? [] : (await comingEvents(ledger)).map(({ known }) => known)
  return { status: 200 as const, body: { items: clubs.map((club) => offered(ledger, head, club, events)) } }
})

/** Who does not belong to a club that takes in whoever qualifies may join it only if they left it. */
const mayQualify = ({ programme, now }: Ledger, head: Head, { id, kind }: Club) =>
  kind !== 'qualifying' || takenIn(programme, head, id, now) !== null

function offered(ledger: Ledger, head: Head, club: Club, events: readonly StoredEvent[]): OfferedClub {
  const revision = revisionAt(ledger.programme, ledger.now)
  const held = membershipIn(head, club.id)
  const lacking = held ? undefined : lackingFor(revision, head, club)
  const progress = qualifyingProgress(ledger.programme, head, club.id, ledger.now)
  const mayJoin = !lacking && head.status !== 'closed' && mayQualify(ledger, head, club)
  const { currency } = revision.document
  return {
    id: club.id,
    name: club.name,
    ...(club.description !== undefined && { description: club.description }),
    kind: club.kind,
    perks: [...(club.perks ?? [])],
    ...(club.term && { term: { ...club.term } }),
    ...(club.kind === 'paid' && { fee: { amount: club.paid.fee.amount, currency } }),
    status: held ? 'joined' : mayJoin ? 'may-join' : 'may-not-join',
    ...(lacking && {
      lacking: {
        ...(lacking.tiers && { tiers: [...lacking.tiers] }),
        ...(lacking.clubs && { clubs: [...lacking.clubs] }),
      },
    }),
    ...(progress && {
      progress: {
        ...progress,
        by: progress.by === null ? null : rfc3339(progress.by),
        until: progress.until === null ? null : rfc3339(progress.until),
      },
    }),
    ...(held && { membership: membershipView(ledger, held) }),
    events: events.flatMap(({ event, guests }) => {
      if (event.clubId !== club.id) return []
      const { eventId, name, startsAt, endsAt, points, calledOff } = event
      return [
        {
          eventId,
          name,
          startsAt: rfc3339(startsAt),
          endsAt: rfc3339(endsAt),
          placesLeft: placesLeft(event, guests),
          points,
          reply: replyOf(guests, head.memberId) ?? null,
          ...(calledOff && { calledOffAt: rfc3339(calledOff.at) }),
        },
      ]
    }),
  }
}
