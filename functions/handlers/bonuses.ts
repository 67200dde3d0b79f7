import {
  autoBonusId,
  bookBonus,
  type JudgedOccasion,
  judgeOccasion,
  limitsOfOccasion,
  type Occasion,
  occasionAwards,
} from '../domain/bonus.ts'
import { fullOfWrites } from '../domain/bounds.ts'
import type { Award } from '../domain/earning.ts'
import type { Account, BonusFact, Entry } from '../domain/entry.ts'
import { emptyHead, isBefore, type Referral } from '../domain/head.ts'
import { isApplied, usesBetween } from '../domain/limits.ts'
import { revisionAt } from '../domain/programme.ts'
import type { ReferralAwards, ReferredSale } from '../domain/referral.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import { setOffByBooking } from '../domain/set-off.ts'
import { settle } from '../domain/settle.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { newBonusWrite } from '../store/bonus-item.ts'
import { profileOf } from '../store/profile-item.ts'
import type { Key, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { type Ledger, lastEntryOf, type OpenAccount } from './account.ts'
import { type Limits, noLimits, openLimits, peekLimits } from './limits.ts'
import { readEntries } from './read-entries.ts'

/** What is being booked on an opened account: what was decided so far, and what is written beside head and entries. */
export interface Booking {
  readonly open: OpenAccount
  readonly account: Account
  readonly entries: readonly Entry[]
  readonly writes: readonly Write[]
  /** Where nothing of it will be committed. */
  readonly trial?: Trial
}

/** How a booking is tried: limits are looked at, and no part of a budget is moved. */
export interface Trial {
  readonly limits: typeof peekLimits
  /** Is told what campaigns of another trigger than a purchase were asked for on the way. */
  readonly tell?: (asked: Asked) => void
}

/** What campaigns of another trigger than a purchase were asked for, and what they gave. */
export type Asked =
  | { readonly kind: 'given-before'; readonly occasion: Pick<Occasion, 'trigger' | 'at'> }
  | { readonly kind: 'occasion'; readonly judged: JudgedOccasion; readonly awards: readonly Award[]; readonly limits: Limits }
  | {
      readonly kind: 'referral'
      readonly referred: ReferredSale
      readonly sides: ReferralAwards
      readonly by: MemberId
      readonly limits: Limits
    }

export const bookingOf = (
  open: OpenAccount,
  account: Account = open.account,
  entries: readonly Entry[] = [],
  writes: readonly Write[] = [],
): Booking => ({ open, account, entries, writes })

/** Whether a booking leaves no room in its commit for what may as well be given by another. */
export const isFull = ({ entries, writes }: Booking): boolean => entries.length + writes.length > fullOfWrites

/** The record that says a bonus was given: what makes it count once. */
interface Named {
  readonly id: string
  readonly key: Key
  readonly hash?: string
}

/** The record of a bonus whose id follows from what happened. */
export function autoName({ programme }: Ledger, { memberId }: OpenAccount, trigger: string, of?: string): Named {
  return { id: autoBonusId(trigger, memberId, of), key: table.auto(programme.id, memberId, trigger, of) }
}

/**
 * Gives a member what the campaigns of an occasion give, once for its id; then what those of a tier or a club give that the
 * bonus brought them to. Nothing where no campaign gives anything, and nothing to a closed member. All of it is to be committed
 * together with the head. Refuses where the points do not fit in.
 */
export async function giveBonus(
  ledger: Ledger,
  booking: Booking,
  occasion: Occasion,
  { of, birthday }: { readonly of?: string | undefined; readonly birthday?: string | undefined } = {},
): Promise<Booking | Refusal> {
  const { programme, runtime } = ledger
  const { trigger } = occasion
  const { asked = [] } = booking.open
  const isAsked = revisionAt(programme, occasion.at).bonuses.has(trigger) && !asked.includes(trigger)
  if (!isAsked || booking.account.head.status === 'closed') return booking
  const asking = { ...booking, open: { ...booking.open, asked: [...asked, trigger] } }
  const named = autoName(ledger, booking.open, trigger, of)
  const { items } = await runtime.store.read([named.key], { consistent: true })
  if (items[0]) {
    booking.trial?.tell?.({ kind: 'given-before', occasion })
    return asking
  }
  const judged = await judge(ledger, asking, occasion, birthday)
  if (!judged) return asking
  const offer = await award(ledger, asking, judged)
  booking.trial?.tell?.({ kind: 'occasion', judged, ...offer })
  return offer.awards.some(isApplied) ? bookOffer(ledger, asking, named, judged, offer) : asking
}

/**
 * Gives what the campaigns give of a tier that a booking has brought a member up to, once a year, and of the clubs that it has
 * brought them into, once for each, for ever: whatever they lose or leave. What the commit has no room for is owed.
 */
export async function giveSetOff(ledger: Ledger, booking: Booking, before: Account): Promise<Booking | Refusal> {
  let given = booking
  for (const { trigger, at, of } of setOffByBooking(ledger.programme, before, booking.account, ledger.now)) {
    if (isFull(given)) break
    const next = await giveBonus(ledger, given, { trigger, at }, { of })
    if (isRefusal(next)) return next
    given = next
  }
  return given
}

/** A new member's account with what the campaigns of the enrolment give booked on it, and what is written beside it. */
export async function welcome(
  ledger: Ledger,
  open: OpenAccount,
  birthday?: string,
): Promise<{ open: OpenAccount; writes: readonly Write[] }> {
  const { open: opened, account, entries, writes } = await greeted(ledger, bookingOf(open), birthday)
  return { open: { ...opened, account, settling: [...open.settling, ...entries] }, writes }
}

/** What a new member's account would be with what the campaigns of the enrolment give, and what that is. */
export async function tryWelcome(
  ledger: Ledger,
  open: OpenAccount,
): Promise<{ readonly account: Account; readonly awards: readonly Award[] }> {
  const { account, entries } = await greeted(ledger, { ...bookingOf(open), trial: { limits: peekLimits } })
  return { account, awards: entries.flatMap(({ fact }) => (fact.kind === 'bonus' ? fact.awards : [])) }
}

async function greeted(ledger: Ledger, booking: Booking, birthday?: string): Promise<Booking> {
  const enrolled = await giveBonus(ledger, booking, { trigger: 'enrolment', at: ledger.now }, { birthday })
  const nobody = { head: emptyHead(booking.open.memberId), closed: new Map() }
  const given = isRefusal(enrolled) ? enrolled : await giveSetOff(ledger, enrolled, nobody)
  if (isRefusal(given)) throw new Error(`a new member cannot have a bonus: ${given.refused}`)
  return given
}

/** Books what was posted under an id of its own, though no campaign gives anything for it. */
export async function bookEvent(
  ledger: Ledger,
  booking: Booking,
  occasion: Occasion,
  named: Named,
): Promise<{ readonly booking: Booking; readonly fact: BonusFact } | Refusal> {
  const judged = await judge(ledger, booking, occasion)
  const offer = judged ? await award(ledger, booking, judged) : { awards: [], limits: noLimits }
  const booked = await bookOffer(ledger, booking, named, judged ?? { occasion }, offer)
  if (isRefusal(booked)) return booked
  const entry = booked.entries[booking.entries.length]!
  return { booking: booked, fact: entry.fact as BonusFact }
}

async function judge(
  ledger: Ledger,
  { open, account }: Booking,
  occasion: Occasion,
  birthday?: string,
): Promise<JudgedOccasion | undefined> {
  const { programme } = ledger
  const asked = revisionAt(programme, occasion.at).bonuses.get(occasion.trigger)
  if (!asked) return undefined
  const isLate = isBefore(account.head, occasion.at)
  const history = isLate ? await readEntries(ledger, open.memberId) : undefined
  const isRead = asked.needs.birthdayMonth && open.stored !== undefined
  const known = isRead ? await readBirthday(ledger, open) : birthday
  return judgeOccasion(programme, account, occasion, history, known)
}

async function readBirthday({ runtime, programme }: Ledger, { memberId }: OpenAccount): Promise<string | undefined> {
  const { items } = await runtime.store.read([table.profile(programme.id, memberId)], { consistent: true })
  return items[0] && profileOf(items[0]).data.birthday
}

interface Offer {
  readonly awards: readonly Award[]
  readonly limits: Limits
}

async function award(ledger: Ledger, { open, trial }: Booking, judged: JudgedOccasion): Promise<Offer> {
  const { occasion, revision, facts } = judged
  const limited = { memberId: open.memberId, at: occasion.at, revision, storeId: facts.storeId }
  const limits = await (trial?.limits ?? openLimits)(ledger, limited, limitsOfOccasion(judged))
  return { awards: occasionAwards(judged, limits.roomOf), limits }
}

async function bookOffer(
  ledger: Ledger,
  booking: Booking,
  named: Named,
  { occasion, ...known }: Pick<JudgedOccasion, 'occasion'> & Partial<JudgedOccasion>,
  { awards, limits }: Offer,
): Promise<Booking | Refusal> {
  const uses = usesBetween(known.revision?.campaigns, [], awards)
  const fact: BonusFact = {
    kind: 'bonus',
    trigger: occasion.trigger,
    id: named.id,
    ...(occasion.event && { event: occasion.event }),
    tier: known.tier?.id ?? booking.account.head.tier.id,
    ...(known.judged && { judged: known.judged }),
    awards,
    ...(uses.length > 0 && { uses }),
  }
  const booked = addBonus(ledger, booking, occasion.at, fact, named)
  if (isRefusal(booked)) return booked
  const limited = { ...booked, writes: [...booked.writes, ...limits.writes(uses)] }
  return giveSetOff(ledger, limited, booking.account)
}

/** Adds a bonus to what is being booked: its entry, what settling makes of it, and its record. */
export function addBonus(
  { programme, now }: Ledger,
  booking: Booking,
  at: Instant,
  fact: BonusFact,
  { key, hash }: Named,
  referral?: Referral,
): Booking | Refusal {
  const { open, account, entries, writes } = booking
  const booked = bookBonus(programme, account, at, fact, now, referral)
  if (isRefusal(booked)) return booked
  const settled = settle(programme, booked.account, now)
  const record = newBonusWrite({
    key,
    hash,
    memberId: hash === undefined ? undefined : open.memberId,
    purchaseId: fact.purchaseId,
    entry: lastEntryOf(open, [...entries, booked.entry]),
    bucket: booked.bucket,
  })
  return {
    ...booking,
    account: settled.account,
    entries: [...entries, booked.entry, ...settled.entries],
    writes: [...writes, record],
  }
}
