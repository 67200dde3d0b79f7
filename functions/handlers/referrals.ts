import { type Problem, problem } from '../contract/problem.ts'
import { apply } from '../domain/apply.ts'
import { type AskedRevision, askedBy, type KnownBonus, undoBonus } from '../domain/bonus.ts'
import type { Award } from '../domain/earning.ts'
import type { BonusFact, EarnFact, Entry } from '../domain/entry.ts'
import type { Use } from '../domain/limits.ts'
import { revisionAt } from '../domain/programme.ts'
import {
  givenBack,
  limitsOfReferral,
  lostReferrals,
  type ReferralAwards,
  type ReferredSale,
  referralAwards,
  referredSale,
} from '../domain/referral.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import { type KeptSale, keptLines } from '../domain/returns.ts'
import { followed } from '../domain/settle.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { type BonusRecord, bonusOf, undoneWrite } from '../store/bonus-item.ts'
import { entryOf } from '../store/entry-item.ts'
import { headOf, versionAttribute } from '../store/head-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, type OpenAccount, openAccount, openTried, withClosed } from './account.ts'
import { addBonus, autoName, type Booking, bookingOf, giveSetOff, isFull } from './bonuses.ts'
import { usesOfUnused } from './granted-rewards.ts'
import { type Limits, noLimits, openGivenBack, openLimits } from './limits.ts'

/**
 * A friend's bonus and that of the member who recommended them are booked in one transaction, on both heads: nothing is ever
 * half given or half taken back, whatever is cut off. Who comes to one of the heads meanwhile makes the other try again.
 */

export const referralTrigger = 'referral'
/** So many members one after another may have recommended each other. */
const mostAncestors = 30

/**
 * The entry that says who recommended a member, and checks that what was read of those still stands when it is committed. They
 * must be there and active, and the member must not be among those who recommended them: no ring. What is wrong with them is
 * not told. `isNew` says that nobody can have been recommended by the member yet.
 */
export async function referredBy(
  { runtime, programme, now }: Ledger,
  memberId: MemberId,
  referrer: MemberId,
  isNew: boolean,
): Promise<{ readonly entry: Entry; readonly checks: readonly Write[] } | Problem> {
  const unknown = problem('referrer-unknown', '/referredBy')
  const checks: Write[] = []
  for (let ancestor: MemberId | undefined = referrer; ancestor !== undefined; ) {
    if (ancestor === memberId || checks.length === mostAncestors) return unknown
    const key = table.head(programme.id, ancestor)
    const { items } = await runtime.store.read([key], { consistent: true })
    if (!items[0]) return unknown
    const head = headOf(items[0])
    if (ancestor === referrer && head.status === 'closed') return unknown
    checks.push({ kind: 'check', key, condition: { is: 'equal', attribute: versionAttribute, value: head.version } })
    ancestor = isNew ? undefined : head.referral?.by
  }
  const entry: Entry = { at: now, fact: { kind: 'referred' }, effect: { referral: { by: referrer, rewarded: false } } }
  // Of a new member nobody's head can come to hang on another's: there is nothing to guard.
  return { entry, checks: isNew ? [] : checks }
}

/** The writes that say of a member who is there already who recommended them; only before they buy, and once. */
export async function referralWrites(
  context: Ledger,
  memberId: MemberId,
  referrer: MemberId,
): Promise<readonly Write[] | Problem> {
  const { open, ledger } = await openAccount(context, memberId)
  if (!open) return problem('member-unknown')
  const { head } = open.account
  if (head.referral?.by === referrer) return []
  if (head.referral || head.purchases > 0) return problem('referral-too-late', '/referredBy')
  const referred = await referredBy(ledger, memberId, referrer, false)
  if ('problem' in referred) return referred
  const { entry, checks } = referred
  return [...(await bookingWrites(ledger, open, apply(open.account, entry), [entry])), ...checks]
}

/** A sale as it is booked: what referrals are judged by. */
export interface BookedSale {
  readonly at: Instant
  readonly fact: EarnFact
}

/**
 * Rewards a referral, where a friend's purchase is the first that qualifies: at what is kept of it, so that one which is brought
 * back before it arrives is none. To be committed together with the friend's booking; where that has no room for it, the next purchase tries again.
 */
export async function rewardReferral(
  ledger: Ledger,
  booking: Booking,
  sale: BookedSale,
  returned: KeptSale['returned'],
): Promise<Booking | Refusal> {
  const { programme } = ledger
  const { referral, memberId } = booking.account.head
  const { trial } = booking
  const revision = referral ? askedBy(revisionAt(programme, sale.at), referralTrigger) : undefined
  if (!referral || !revision || isFull(booking)) return booking
  if (referral.rewarded) {
    trial?.tell?.({ kind: 'given-before', occasion: { trigger: referralTrigger, at: sale.at } })
    return booking
  }
  const referred = referredSale(revision, memberId, sale, keptLines(sale.fact, returned))
  const tell = (sides: ReferralAwards, limits: Limits) =>
    trial?.tell?.({ kind: 'referral', referred, sides, by: referral.by, limits })
  const unlimited = referralAwards(referred)
  if (unlimited.friend.length === 0) {
    tell(unlimited, noLimits)
    return booking
  }
  const other = trial ? await openTried(ledger, referral.by) : await openAccount(ledger, referral.by, { alone: true })
  if (!other.open) return booking
  const limited = { memberId: referral.by, at: sale.at, revision, storeId: sale.fact.details.storeId }
  const limits = await (trial?.limits ?? openLimits)(ledger, limited, limitsOfReferral(referred))
  // Who is closed earns nothing; that the limits are used is written down with them all the same.
  const earns = other.open.account.head.status === 'active'
  const sides = referralAwards(referred, limits.roomOf, earns)
  tell(sides, limits)
  const { friend, referrer, uses } = sides
  if (friend.length === 0) return booking

  const fact = (open: OpenAccount, id: string, awards: readonly Award[]): BonusFact => {
    const { storeId } = sale.fact.details
    return { kind: 'bonus', trigger: referralTrigger, id, storeId, tier: open.account.head.tier.id, awards }
  }
  const own = autoName(ledger, booking.open, referralTrigger)
  const friends = { ...fact(booking.open, own.id, friend), purchaseId: sale.fact.purchaseId }
  const rewarded = addBonus(ledger, booking, sale.at, friends, own, { ...referral, rewarded: true })
  if (isRefusal(rewarded)) return rewarded

  const theirs = autoName(ledger, other.open, referralTrigger, memberId)
  const referrers = { ...fact(other.open, theirs.id, referrer), ...(uses.length > 0 && { uses }) }
  const given = addBonus(other.ledger, bookingOf(other.open), sale.at, referrers, theirs)
  // What does not fit in with another is no reason to refuse a purchase: the next one tries again.
  if (isRefusal(given)) return booking
  const head = trial ? [] : await bookingWrites(other.ledger, other.open, given.account, given.entries)
  return { ...rewarded, writes: [...rewarded.writes, ...head, ...given.writes, ...limits.writes(uses)] }
}

/** What else a purchase gives, at what is kept of it: to whoever recommended the member, and for a tier or clubs that it brought them to. */
export async function giveAlong(
  ledger: Ledger,
  booking: Booking,
  sale: BookedSale,
  returned: KeptSale['returned'],
): Promise<Booking | Refusal> {
  const rewarded = await rewardReferral(ledger, booking, sale, returned)
  return isRefusal(rewarded) ? rewarded : giveSetOff(ledger, rewarded, booking.open.account)
}

/** A referral that was rewarded for a purchase, as both sides' records know it. */
export interface RewardedReferral {
  readonly by: MemberId
  readonly revision: AskedRevision
  /** The purchase at what is kept of it. */
  readonly referred: ReferredSale
  readonly own: BonusRecord
  readonly theirs: BonusRecord
  /** What the friend was given. */
  readonly bonus: KnownBonus
}

/** The referral that a friend's purchase was rewarded by; undefined where it was none, or another purchase was. */
export async function rewardedReferral(
  ledger: Ledger,
  booking: Booking,
  sale: BookedSale,
  returned: KeptSale['returned'],
): Promise<RewardedReferral | undefined> {
  const { programme, runtime } = ledger
  const { referral, memberId } = booking.account.head
  const revision = referral?.rewarded ? askedBy(revisionAt(programme, sale.at), referralTrigger) : undefined
  if (!referral || !revision) return undefined
  const { by } = referral
  const keys = [table.auto(programme.id, memberId, referralTrigger), table.auto(programme.id, by, referralTrigger, memberId)]
  const records = (await runtime.store.read(keys, { consistent: true })).items.map((item) => item && bonusOf(item))
  const [own, theirs] = records
  if (!own || !theirs || own.purchaseId !== sale.fact.purchaseId) return undefined
  const referred = referredSale(revision, memberId, sale, keptLines(sale.fact, returned))
  return { by, revision, referred, own, theirs, bonus: await knownBonus(ledger, memberId, own) }
}

/** Takes a referral's bonuses back from both sides, as far as the friend's purchase does not meet their campaigns any more. */
export async function undoReferral(
  ledger: Ledger,
  booking: Booking,
  sale: BookedSale,
  returned: KeptSale['returned'],
  at: Instant,
): Promise<Booking> {
  const { programme } = ledger
  const rewarded = await rewardedReferral(ledger, booking, sale, returned)
  if (!rewarded) return booking
  const { memberId } = booking.open
  const { by, revision, referred, own, theirs, bonus } = rewarded
  const standing = bonus.fact.awards.map(({ source }) => source).filter((source) => !own.undone.includes(source))
  const lost = lostReferrals(referred, standing)
  if (lost.length === 0) return booking

  const opened = await openAccount(ledger, by, { closed: theirs.bucket, alone: true })
  if (!opened.open) throw new Error(`${by}, who recommended ${booking.open.memberId}, is not there`)
  const other = await knownBonus(ledger, by, theirs)
  const uses = await usesOfBoth(ledger, memberId, bonus, by, other, givenBack(other.fact.uses ?? [], lost))
  const lostByThem = { awards: awardsOf(other, lost), ...(uses.length > 0 && { uses }) }
  const taken = followed(
    programme,
    undoBonus(programme, opened.open.account, other, lostByThem, at, opened.ledger.now),
    opened.ledger.now,
  )
  const limited = { memberId: by, at: sale.at, revision, storeId: sale.fact.details.storeId }
  const limits = await openGivenBack(ledger, limited, uses)

  const { open, account } = await withClosed(ledger, booking.open, booking.account, own.bucket)
  const undone = followed(
    programme,
    undoBonus(programme, account, bonus, { awards: awardsOf(bonus, lost) }, at, ledger.now),
    ledger.now,
  )
  return {
    open,
    account: undone.account,
    entries: [...booking.entries, ...undone.entries],
    writes: [
      ...booking.writes,
      ...(await bookingWrites(opened.ledger, opened.open, taken.account, taken.entries)),
      ...limits.writes(uses),
      undoneWrite(own, lost),
      undoneWrite(theirs, lost),
    ],
  }
}

/** Uses of limits that stand for neither a friend's used reward nor the other's. */
export async function usesOfBoth(
  ledger: Ledger,
  friend: MemberId,
  bonus: KnownBonus,
  by: MemberId,
  other: KnownBonus,
  uses: readonly Use[],
): Promise<readonly Use[]> {
  const sourceOf = ({ at, fact }: KnownBonus) => ({ kind: 'bonus', id: fact.id, at }) as const
  const ofFriend = await usesOfUnused(ledger, friend, sourceOf(bonus), bonus.fact.awards, uses)
  return usesOfUnused(ledger, by, sourceOf(other), other.fact.awards, ofFriend)
}

/** What a bonus gave by some campaigns. */
export const awardsOf = ({ fact }: KnownBonus, campaigns: readonly string[]): Award[] =>
  fact.awards.filter(({ source }) => campaigns.includes(source))

/** A bonus as its record says where it stands. */
export async function knownBonus(
  { runtime, programme }: Ledger,
  memberId: MemberId,
  { entry, bucket }: BonusRecord,
): Promise<KnownBonus> {
  const { items } = await runtime.store.read([table.entry(programme.id, memberId, entry.version, entry.n)], { consistent: true })
  if (!items[0]) throw new Error(`the record of a bonus of ${memberId} names an entry that is not there`)
  const { at, fact } = entryOf(items[0])
  return { at, fact: fact as BonusFact, bucket }
}
