import type * as z from 'zod'
import type { memberAnswer } from '../contract/members.ts'
import { isProblem, type Problem, problem } from '../contract/problem.ts'
import type { Head } from '../domain/head.ts'
import type { MemberId } from '../domain/units.ts'
import { versionAttribute } from '../store/head-item.ts'
import { type PersonalData, type Profile, profileItem, profileOf } from '../store/profile-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, peekAccount } from './account.ts'
import { type Again, again } from './attempt.ts'
import { welcome } from './bonuses.ts'
import type { Context } from './context.ts'
import { byPartition, lookupWrites, readTouched, replacedCards, takenProblem, touchedLookups } from './member-record.ts'
import { newMemberWrites, openNewAccount } from './new-member.ts'
import { bookOccasion, isOccasionDue, withOccasion } from './occasions.ts'
import { referralWrites, referredBy } from './referrals.ts'
import { memberView } from './views.ts'

type MemberAnswer = z.input<ReturnType<typeof memberAnswer>>
export type EnrolmentAnswer = { status: 200 | 201; body: MemberAnswer; replayed?: boolean } | Problem

/** What a client asks for when it enrols somebody. */
export interface Enrolment {
  readonly memberId: MemberId
  readonly data: PersonalData
  /** Of the body. */
  readonly hash: string
  /** Who recommended them. */
  readonly referrer?: MemberId | undefined
  /** The e-mail address is only what somebody says of themselves. */
  readonly emailClaimed?: boolean
  /** From a token's subject to the member, written in the same transaction; it fails where the subject is linked already. */
  readonly link?: Write
}

/**
 * Enrols a member under an id, or completes one that a card alone made. One try: `again` where another was faster.
 * The same body again is a replay; another body on an enrolled member is a reused id. Who comes with a link completes the
 * member whoever enrolled it: the id that they use is their own.
 */
export async function enrol(context: Context, enrolment: Enrolment, uncertain: boolean): Promise<EnrolmentAnswer | Again> {
  const { runtime, programme, now } = context
  const { memberId, data, hash, emailClaimed = false, link, referrer } = enrolment
  const alongside = link ? [link] : []
  const { settled, ledger, others } = await peekAccount(context, memberId, [table.profile(programme.id, memberId)])
  if (!settled) {
    const referred = referrer && (await referredBy(context, memberId, referrer, true))
    if (referred && isProblem(referred)) return referred
    const welcomed = await welcome(context, openNewAccount(context, memberId, referred?.entry), data.birthday)
    const { open } = welcomed
    const told: Profile = { memberId, version: 1, hash, enrolledAt: now, data, emailClaimed, replacedCards: [] }
    const profile = withOccasion(programme, told, now)
    const lookups = await touchedLookups(context, {}, data)
    const booking = await bookingWrites(context, open, open.account, [])
    const made = newMemberWrites(context, profile, lookups)
    const result = await runtime.lookups.commit([...booking, ...made, ...alongside, ...welcomed.writes])
    if (result.outcome === 'committed') return { status: 201, body: memberView(context, open.account.head, profile) }
    // A head, a profile or a place in the roster that is there: somebody else has just enrolled this very member. A subject who is
    // linked by now: that is them, and who has the card is the member that they are.
    const [first, links] = [booking.length + 2, booking.length + made.length]
    if (result.outcome === 'conflict' || result.failed.some(({ index }) => index < first || index >= links)) return again
    return takenProblem(lookups, memberId, byPartition(result.failed.map(({ found }) => found))) ?? again
  }
  const { head } = settled.account
  // Several items read together are no snapshot: the profile may be of before the enrolment that the head is of.
  if (!others[0]) return again
  const profile = profileOf(others[0])
  if (!link && profile.hash === hash) return enrolledAnswer(ledger, head, profile, uncertain)
  if (!link && profile.hash !== undefined) return problem('id-reused')
  if (data.birthday !== undefined && data.birthday !== profile.data.birthday && isOccasionDue(profile, ledger.now)) {
    await bookOccasion(context, memberId)
    return again
  }
  const referral = referrer ? await referralWrites(context, memberId, referrer) : []
  if (isProblem(referral)) return referral
  const completed: Profile = {
    ...profile,
    version: profile.version + 1,
    // The hash is that of the body that was posted under the member's id; who links themselves has an id of their own.
    ...(!link && { hash }),
    data: { ...profile.data, ...data },
    emailClaimed: data.email === undefined ? (profile.emailClaimed ?? false) : emailClaimed,
    replacedCards: replacedCards(context, profile, { ...profile.data, ...data }),
  }
  const writes = await profileWrites(context, profile, completed)
  if (isProblem(writes)) return writes
  const result = await runtime.lookups.commit([...writes, ...alongside, ...referral])
  return result.outcome === 'committed' ? { status: 201, body: memberView(ledger, head, completed) } : again
}

/** What a client is told who enrolled a member before. */
export async function enrolled(context: Context, memberId: MemberId, uncertain: boolean): Promise<EnrolmentAnswer> {
  const { settled, ledger, others } = await peekAccount(context, memberId, [table.profile(context.programme.id, memberId)])
  if (!settled || !others[0]) throw new Error(`a subject is linked to ${memberId}, who is not there`)
  return enrolledAnswer(ledger, settled.account.head, profileOf(others[0]), uncertain)
}

function enrolledAnswer(ledger: Ledger, head: Head, profile: Profile, uncertain: boolean): EnrolmentAnswer {
  const body = memberView(ledger, head, profile)
  return uncertain ? { status: 201, body } : { status: 200, body, replayed: true }
}

/** The writes that put a profile in the place of another, look-ups included; a problem where a look-up belongs to another. */
export async function profileWrites(context: Context, before: Profile, changed: Profile): Promise<Write[] | Problem> {
  const { programme } = context
  const isSame = changed.data.birthday === before.data.birthday
  const after = isSame ? changed : withOccasion(programme, changed, context.now)
  const { memberId } = before
  const lookups = await touchedLookups(context, before.data, after.data)
  const found = await readTouched(context, lookups)
  const taken = takenProblem(lookups, memberId, found)
  if (taken) return taken
  return [
    {
      kind: 'put',
      item: profileItem(programme.id, after),
      condition: { is: 'equal', attribute: versionAttribute, value: before.version },
      replaces: profileItem(programme.id, before),
    },
    ...lookupWrites(context, lookups, memberId, found),
  ]
}
