import { diffDays } from 'temporal-polyfill/fns/PlainDate'
import { apply } from './apply.ts'
import { mostClubs, mostPaidTerms } from './bounds.ts'
import {
  type Club,
  clubOf,
  dateOf,
  endOf,
  graceEnd,
  type Lacking,
  lackingFor,
  type Membership,
  membershipIn,
  type PaidTerm,
  type Refund,
  termEnd,
} from './club.ts'
import type { Account, ClubFact, Entry } from './entry.ts'
import type { Head } from './head.ts'
import { type Programme, type Revision, revisionAt } from './programme.ts'
import { judgedClubs } from './qualifying.ts'
import { takenIn } from './qualifying-membership.ts'
import { isRefusal, type Refusal, refusal } from './refusal.ts'
import { earlier, type Instant, later, multiplyDivide } from './units.ts'

interface BookedMembership {
  readonly entry: Entry & { readonly fact: ClubFact }
  readonly account: Account
}

/** A fee that was paid for a club. */
export interface ClubPayment {
  readonly paymentId: string
  readonly occurredAt: Instant
  /** Minor units. */
  readonly amount: number
}

/**
 * Makes a member of a settled account, who does not belong to a club yet, belong to it, until the end of its term where it has
 * one; a club that takes in whoever qualifies only takes back who left it. `invitationId` is of the good code that they have, where they have one: a club by invitation uses it.
 */
export function joinClub(
  programme: Programme,
  account: Account,
  clubId: string,
  invitationId: string | undefined,
  now: Instant,
): BookedMembership | Refusal {
  const revision = revisionAt(programme, now)
  const club = mayEnter(revision, account.head, clubId)
  if (isRefusal(club)) return club
  if (club.kind === 'paid') return refusal('club-fee-due')
  if (club.kind === 'qualifying') {
    const joined = takenIn(programme, account.head, clubId, now)
    return joined ? { entry: joined, account: apply(account, joined) } : refusal('club-requirement')
  }
  const wantsCode = club.kind === 'invitation'
  if (wantsCode && invitationId === undefined) return refusal('invitation-invalid')
  const months = club.term?.months ?? 0
  const membership: Membership = {
    clubId,
    since: now,
    until: months > 0 ? termEnd(revision, now, months) : null,
    graceUntil: null,
    state: 'member',
    months,
    payments: [],
  }
  return book(
    account,
    now,
    { kind: 'club-joined', clubId, ...(wantsCode && invitationId !== undefined && { invitationId }) },
    membership,
  )
}

/**
 * Books a fee on a settled account: it starts a membership at the earlier of the payment and its arrival or, paid within the
 * term or its grace, renews it from the end of the term. Settling afterwards books what of it is over already.
 */
export function payForClub(
  programme: Programme,
  account: Account,
  clubId: string,
  { paymentId, occurredAt, amount }: ClubPayment,
  now: Instant,
): BookedMembership | Refusal {
  const at = earlier(occurredAt, now)
  const revision = revisionAt(programme, at)
  const { head } = account
  const held = membershipIn(head, clubId)
  const club = held ? (clubOf(revision, clubId) ?? refusal('club-unknown')) : mayEnter(revision, head, clubId)
  if (isRefusal(club)) return club
  if (head.status === 'closed') return refusal('member-closed')
  if (club.kind !== 'paid') return refusal('club-without-fee')
  if (amount !== club.paid.fee.amount) return refusal('club-fee-differs', '/amount')
  // Whoever belongs to it without a term, from when it had none, begins their first.
  const renewed = held !== undefined && held.until !== null ? { ...held, until: held.until } : undefined
  const payments = (renewed?.payments ?? []).filter(({ until }) => until > now)
  if (payments.length >= mostPaidTerms) return refusal('too-many-paid-terms')
  const since = renewed?.since ?? at
  const months = (renewed?.months ?? 0) + club.term.months
  const until = termEnd(revision, since, months)
  const { graceDays, refund } = club.paid
  const membership: Membership = {
    clubId,
    since,
    until,
    graceUntil: graceDays > 0 ? graceEnd(revision, until, graceDays) : null,
    state: 'member',
    months,
    payments: [...payments, { paymentId, amount, from: renewed?.until ?? at, until, refund }],
  }
  return book(account, at, { kind: renewed ? 'club-renewed' : 'club-joined', clubId, paymentId, amount, occurredAt }, membership)
}

/** Ends a membership of a settled account; null where there is none. The entry holds what comes back of the fees, once. */
export function leaveClub(
  programme: Programme,
  account: Account,
  clubId: string,
  now: Instant,
): (BookedMembership & { readonly refund: Refund | null }) | null {
  const held = membershipIn(account.head, clubId)
  if (!held) return null
  const revision = revisionAt(programme, now)
  const refund = refundOf(revision, held.payments, now)
  const left = changed(now, { kind: 'club-left', clubId, ...(refund && { refund }) }, null)
  const declines = held.isQualified || clubOf(revision, clubId)?.kind === 'qualifying'
  const club = { ...left.effect.club, ...(declines && { declined: true as const }) }
  const entry = { ...left, effect: { club, ...judgedClubs(programme, now) } }
  return { entry, account: apply(account, entry), refund }
}

/** What of the fees comes back on a day: of each the part of its term's whole days that begin later, rounded down. */
function refundOf(revision: Revision, terms: readonly PaidTerm[], now: Instant): Refund | null {
  const days = (from: Instant, until: Instant) => diffDays(dateOf(revision, from), dateOf(revision, until))
  const tomorrow = revision.calendar.dayOf(now).endsAt
  const payments = terms.flatMap(({ paymentId, amount, from, until, refund }) => {
    if (refund === 'none') return []
    const unused = Math.max(0, days(later(tomorrow, from), until))
    const back = unused === 0 ? 0 : multiplyDivide(amount, unused, days(from, until))
    return back > 0 ? [{ paymentId, amount: back }] : []
  })
  return payments.length === 0 ? null : { amount: payments.reduce((sum, { amount }) => sum + amount, 0), payments }
}

/** What ends in a head at an instant, one membership after another: a term, after which another one or grace begins, or all of it. */
export function clubEnded(programme: Programme, head: Head, at: Instant): Entry | null {
  const over = head.clubs.find((membership) => endOf(membership) === at)
  if (!over) return null
  const { clubId, state, graceUntil } = over
  if (state === 'member' && graceUntil !== null)
    return changed(at, { kind: 'club-grace', clubId }, { ...over, state: 'grace', payments: [] })
  const renewed = renewedByItself(revisionAt(programme, at), head, over)
  if (renewed) return changed(at, { kind: 'club-renewed', clubId }, renewed)
  const lapsed = changed(at, { kind: 'club-lapsed', clubId }, null)
  // A term that was over before its fee came ends in the past: who qualifies was judged since.
  const { clubsJudgedAt } = head
  const isPast = clubsJudgedAt !== null && at < clubsJudgedAt
  return isPast ? lapsed : { ...lapsed, effect: { ...lapsed.effect, ...judgedClubs(programme, at) } }
}

/**
 * A membership for another term, where the club's terms renew by themselves and the member has what it requires; null: it lapses. Nobody
 * asks a code again of who once had one.
 */
function renewedByItself(revision: Revision, head: Head, held: Membership): Membership | null {
  const club = clubOf(revision, held.clubId)
  if (!club || club.kind === 'paid' || !club.term?.renews || held.state === 'grace') return null
  if (head.status === 'closed' || lackingFor(revision, head, club)) return null
  const months = held.months + club.term.months
  return { ...held, until: termEnd(revision, held.since, months), months }
}

/** For whoever stands at a till: members see it in the list of clubs. */
function inWords({ tiers, clubs }: Lacking): string {
  return [
    'lacks',
    tiers && `one of the tiers ${tiers.join(', ')}`,
    tiers && clubs && 'and',
    clubs && `the clubs ${clubs.join(', ')}`,
  ]
    .filter(Boolean)
    .join(' ')
}

function mayEnter(revision: Revision, head: Head, clubId: string): Club | Refusal {
  const club = clubOf(revision, clubId)
  if (!club) return refusal('club-unknown')
  if (head.status === 'closed') return refusal('member-closed')
  const lacking = lackingFor(revision, head, club)
  if (lacking) return refusal('club-requirement', '', inWords(lacking))
  return head.clubs.length >= mostClubs ? refusal('too-many-clubs') : club
}

function changed(at: Instant, fact: ClubFact, membership: Membership | null) {
  return { at, fact, effect: { club: { id: fact.clubId, membership } } }
}

function book(account: Account, at: Instant, fact: ClubFact, membership: Membership | null): BookedMembership {
  const entry = changed(at, fact, membership)
  return { entry, account: apply(account, entry) }
}
