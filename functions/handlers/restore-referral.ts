import { forgivenOf, type KnownBonus, restoreBonus } from '../domain/bonus.ts'
import type { RestoredFact } from '../domain/entry.ts'
import { metAgain } from '../domain/referral.ts'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import type { KeptSale } from '../domain/returns.ts'
import { followed } from '../domain/settle.ts'
import { restoredWrite } from '../store/bonus-item.ts'
import { bookingWrites, type Ledger, type OpenAccount, openAccount } from './account.ts'
import type { Booking } from './bonuses.ts'
import { openTakenAgain } from './limits.ts'
import { readEntries } from './read-entries.ts'
import { awardsOf, type BookedSale, knownBonus, rewardedReferral, usesOfBoth } from './referrals.ts'

/**
 * Gives a referral's bonuses back to both sides, as far as the friend's purchase meets their campaigns again, because what counted as
 * returned does so no longer: the very awards that were taken back, in the limits once more, in one transaction with both heads. Refuses
 * where others have had since what the limits got back (`campaign-spent`), or a head has no place for the points: half of it is never
 * given.
 */
export async function restoreReferral(
  ledger: Ledger,
  booking: Booking,
  sale: BookedSale,
  returned: KeptSale['returned'],
): Promise<Booking | Refusal> {
  const rewarded = await rewardedReferral(ledger, booking, sale, returned)
  const again = rewarded ? metAgain(rewarded.referred, rewarded.own.undone) : []
  if (!rewarded || again.length === 0) return booking
  const { by, revision, own, theirs, bonus } = rewarded
  // Before the counters: they have no condition of their own, because the head that they hang on has one.
  const opened = await openAccount(ledger, by, { alone: true })
  if (!opened.open) throw new Error(`${by}, who recommended ${booking.open.memberId}, is not there`)
  const { open } = opened
  const other = await knownBonus(ledger, by, theirs)
  const taken = (other.fact.uses ?? []).filter(({ campaign }) => again.includes(campaign))
  const uses = await usesOfBoth(ledger, booking.open.memberId, bonus, by, other, taken)
  const limited = { memberId: by, at: sale.at, revision, storeId: sale.fact.details.storeId }
  const limits = await openTakenAgain(ledger, limited, uses)
  if (!limits) return refusal('campaign-spent')
  const theirsAgain = { awards: awardsOf(other, again), ...(uses.length > 0 && { uses }) }
  const given = await restored(opened.ledger, open, open.account, other, theirsAgain)
  if (isRefusal(given)) return given
  const kept = await restored(ledger, booking.open, booking.account, bonus, { awards: awardsOf(bonus, again) })
  if (isRefusal(kept)) return kept
  return {
    ...booking,
    account: kept.account,
    entries: [...booking.entries, ...kept.entries],
    writes: [
      ...booking.writes,
      ...(await bookingWrites(opened.ledger, open, given.account, given.entries)),
      ...limits.writes(uses),
      restoredWrite(own, again),
      restoredWrite(theirs, again),
    ],
  }
}

/** What was forgiven is in the entries, which only a programme that ever forgave has to read: they are as new as the head at least. */
async function restored(
  ledger: Ledger,
  { memberId }: OpenAccount,
  account: Booking['account'],
  bonus: KnownBonus,
  again: Pick<RestoredFact, 'awards' | 'uses'>,
) {
  const { programme, now } = ledger
  const forgives = programme.revisions.some(({ document }) => document.points.negative === 'forgive')
  const forgiven = forgives ? forgivenOf(await readEntries(ledger, memberId), bonus.fact.id, again.awards) : 0
  const booked = restoreBonus(programme, account, bonus, again, forgiven, now)
  return isRefusal(booked) ? booked : followed(programme, booked, now)
}
