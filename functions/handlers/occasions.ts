import { nextOccasion, occasionRevision, occasionsAt } from '../domain/occasions.ts'
import { type Programme, revisionAt } from '../domain/programme.ts'
import { isRefusal } from '../domain/refusal.ts'
import { type Instant, instant, later, type MemberId, memberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { versionAttribute } from '../store/head-item.ts'
import { eachItem } from '../store/paging.ts'
import { type Profile, profileItem, profileOf } from '../store/profile-item.ts'
import type { Item, Write } from '../store/store.ts'
import { rosterShard, table } from '../store/table.ts'
import { bookingWrites, type Ledger, openAccount } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { type Booking, bookingOf, giveBonus } from './bonuses.ts'

/**
 * Birthdays and anniversaries: time makes them due, and never gives anything. When the next one counts stands on the profile,
 * in the due index; the sweep finds it there and books the bonus by an id that has the year in it. So it is booked once, however
 * often and late that runs, and whatever becomes of the birthday meanwhile. One that is told on its day, or later, counts from
 * the next year on.
 */

/** A profile with the next occasion after an instant; as it is where no revision has ever asked for one. */
export function withOccasion(programme: Programme, profile: Profile, after: Instant): Profile {
  const revision = occasionRevision(programme)
  if (revision === 0) return profile
  return { ...profile, occasion: { revision, dueAt: nextOccasion(programme, datesOf(profile), after) } }
}

const datesOf = ({ data, enrolledAt }: Profile) => ({ birthday: data.birthday, enrolledAt })

/** Whether an occasion is still to be booked: before the birthday that it hangs on is changed. */
export const isOccasionDue = ({ occasion }: Profile, now: Instant): boolean =>
  occasion !== undefined && occasion.dueAt !== null && occasion.dueAt <= now

/** Books what the campaigns of a member's due occasions give. False where there is nothing due. */
export async function settleOccasions(arrived: Ledger, member: MemberId): Promise<boolean> {
  const { runtime, programme } = arrived
  let booked = false
  const one = () => runtime.turns.take(`${programme.id} ${member}`, () => bookOccasion(arrived, member))
  while (await attempt(runtime, one)) booked = true
  return booked
}

/** Books the earliest due occasion and makes the next one due, in one transaction. False where there is none. */
export async function bookOccasion(arrived: Ledger, member: MemberId): Promise<boolean | Again> {
  const { runtime, programme } = arrived
  const { open, ledger, others } = await openAccount(arrived, member, { others: [table.profile(programme.id, member)] })
  const profile = others[0] && profileOf(others[0])
  const dueAt = profile?.occasion?.dueAt
  if (!open || !profile || dueAt === undefined || dueAt === null || dueAt > ledger.now) return false
  const year = String(revisionAt(programme, dueAt).calendar.yearOf(dueAt))
  let booking: Booking = bookingOf(open)
  for (const trigger of occasionsAt(programme, datesOf(profile), dueAt)) {
    const given = await giveBonus(ledger, booking, { trigger, at: dueAt }, { of: year })
    if (isRefusal(given)) throw new Error(`the ${trigger} of a member cannot be booked: ${given.refused}`)
    booking = given
  }
  const { account, entries, writes } = booking
  const isChanged = entries.length > 0 || open.settling.length > 0
  const result = await runtime.store.commit([
    replaceProfile(programme, profile, withOccasion(programme, profile, dueAt)),
    ...(isChanged ? await bookingWrites(ledger, booking.open, account, entries) : []),
    ...writes,
  ])
  return result.outcome === 'committed' ? true : again
}

function replaceProfile(programme: Programme, before: Profile, after: Profile): Write {
  return {
    kind: 'put',
    item: profileItem(programme.id, { ...after, version: before.version + 1 }),
    condition: { is: 'equal', attribute: versionAttribute, value: before.version },
    replaces: profileItem(programme.id, before),
  }
}

/** A revision by which the members of a shard are still to become due. */
export interface UnknownOccasions {
  readonly programme: Programme
  readonly revision: number
  /** Nothing becomes due before it. */
  readonly from: Instant
  /** How far the shard is, as it is stored. */
  readonly stored: Item | undefined
}

/**
 * Whether the members of a shard who enrolled before a revision asked for birthdays or anniversaries must become due by it. Only
 * once it is in force: by then every function knows it, so that whoever enrols from then on is due by it already.
 */
export async function unknownOccasions(
  { store }: Runtime,
  programme: Programme,
  shard: number,
  now: Instant,
): Promise<UnknownOccasions | undefined> {
  const revision = occasionRevision(programme, now)
  // Nobody enrolled before the first.
  if (revision <= 1) return undefined
  const { items } = await store.read([table.occasions(programme.id, shard)], { consistent: true })
  if (Number(items[0]?.r ?? 0) >= revision) return undefined
  const { inForceFrom } = programme.revisions.find(({ number }) => number === revision)!
  return { programme, revision, from: inForceFrom, stored: items[0] }
}

/** Walks the roster of a shard and makes its members due, once for a revision. Cut off, it begins again and finds less to do. */
export async function makeDue(runtime: Runtime, shard: number, unknown: UnknownOccasions): Promise<void> {
  const { programme, revision, from, stored } = unknown
  for await (const { sk } of eachItem(runtime.store, { pk: rosterShard(programme.id, shard) })) {
    await attempt(runtime, () => makeMemberDue(runtime, unknown, memberId(sk)))
  }
  const version = Number(stored?.[versionAttribute] ?? 0)
  const item = { ...table.occasions(programme.id, shard), [versionAttribute]: version + 1, r: revision, at: from }
  // Where another was as far meanwhile, its word stands.
  const condition = stored ? ({ is: 'equal', attribute: versionAttribute, value: version } as const) : ({ is: 'absent' } as const)
  await runtime.store.commit([{ kind: 'put', item, condition, replaces: stored }])
}

async function makeMemberDue(runtime: Runtime, { programme, revision, from }: UnknownOccasions, member: MemberId) {
  const { items } = await runtime.store.read([table.profile(programme.id, member)], { consistent: true })
  const profile = items[0] && profileOf(items[0])
  if (!profile || (profile.occasion?.revision ?? 0) >= revision || isOccasionDue(profile, from)) return true
  // What falls between the revision and this walk counts; what was before it, or before the enrolment, does not.
  const due = withOccasion(programme, profile, later(instant(from - 1), profile.enrolledAt))
  const result = await runtime.store.commit([replaceProfile(programme, profile, due)])
  return result.outcome === 'committed' ? true : again
}
