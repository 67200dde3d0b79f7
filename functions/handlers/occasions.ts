import { nextOccasion, occasionRevision, occasionsAt } from '../domain/occasions.ts'
import { type Programme, revisionAt } from '../domain/programme.ts'
import { isRefusal, type RefusalCode } from '../domain/refusal.ts'
import { type Instant, instant, later, type MemberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { versionAttribute } from '../store/head-item.ts'
import { refusedWrite } from '../store/owed-item.ts'
import { type Profile, profileItem, profileOf } from '../store/profile-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, openAccount } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { type Booking, bookingOf, giveBonus } from './bonuses.ts'
import { logRefused } from './owed.ts'

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
  const refused: { readonly trigger: string; readonly code: RefusalCode }[] = []
  for (const trigger of occasionsAt(programme, datesOf(profile), dueAt)) {
    const given = await giveBonus(ledger, booking, { trigger, at: dueAt }, { of: year })
    if (isRefusal(given)) refused.push({ trigger, code: given.refused })
    else booking = given
  }
  const { account, entries, writes } = booking
  const isChanged = entries.length > 0 || open.settling.length > 0
  const result = await runtime.store.commit([
    replaceProfile(programme, profile, withOccasion(programme, profile, dueAt)),
    ...(isChanged ? await bookingWrites(ledger, booking.open, account, entries) : []),
    ...writes,
    ...refused.map(({ trigger, code }) => refusedWrite(programme.id, member, { trigger, at: dueAt, of: year }, code)),
  ])
  if (result.outcome !== 'committed') return again
  for (const { trigger, code } of refused) logRefused(ledger, trigger, code)
  return true
}

function replaceProfile(programme: Programme, before: Profile, after: Profile): Write {
  return {
    kind: 'put',
    item: profileItem(programme.id, { ...after, version: before.version + 1 }),
    condition: { is: 'equal', attribute: versionAttribute, value: before.version },
    replaces: profileItem(programme.id, before),
  }
}

/** Makes a member due whose profile was written before a revision asked for birthdays or anniversaries. */
export async function makeOccasionDue(
  runtime: Runtime,
  programme: Programme,
  { revision, from }: { readonly revision: number; readonly from: Instant },
  member: MemberId,
): Promise<true | Again> {
  const { items } = await runtime.store.read([table.profile(programme.id, member)], { consistent: true })
  const profile = items[0] && profileOf(items[0])
  if (!profile || (profile.occasion?.revision ?? 0) >= revision || isOccasionDue(profile, from)) return true
  // What falls between the revision and this walk counts; what was before it, or before the enrolment, does not.
  const due = withOccasion(programme, profile, later(instant(from - 1), profile.enrolledAt))
  const result = await runtime.store.commit([replaceProfile(programme, profile, due)])
  return result.outcome === 'committed' ? true : again
}
