import { takeSpendable } from './adjustment.ts'
import { apply } from './apply.ts'
import { mostBuckets } from './bounds.ts'
import type { Account, BucketChange, Entry, TransferFact } from './entry.ts'
import type { Bucket, Head } from './head.ts'
import { isRefusal, type Refusal, refusal } from './refusal.ts'
import { heldBuckets } from './reservation.ts'
import { type BucketId, type Instant, type Points, points } from './units.ts'

/** Points that members give to members. They keep the expiry that they have: no point lives longer by being given. */

/** What of a gift was in one of the giver's buckets. */
export interface GivenPart {
  readonly bucket: BucketId
  readonly expiresAt: Instant | null
  readonly points: Points
}

/** One side of a gift: the entry and the account after it. */
export interface Side {
  readonly entry: Entry & { readonly fact: TransferFact }
  readonly account: Account
}

export interface Transfer {
  readonly giver: Side
  readonly receiver: Side
  readonly parts: readonly GivenPart[]
  /** What of it paid the receiver's debt: such a gift stays. */
  readonly paidDebt: Points
}

/**
 * Books a gift on two accounts that are settled to the same instant: spendable points, earliest expiry first, go over with their
 * expiry. They pay the receiver's debt first. Points that inactivity expires go over with the expiry that they have then: what the
 * receiver does keeps them alive no longer.
 */
export function bookTransfer(
  giver: Account,
  receiver: Account,
  gift: { readonly giftId: string; readonly points: Points },
  now: Instant,
): Transfer | Refusal {
  const { giftId } = gift
  const [from, to] = [giver.head, receiver.head]
  if (from.status === 'closed') return refusal('member-closed')
  const taken = takeSpendable(giver, gift.points)
  if (isRefusal(taken)) return taken
  const parts = taken.taken.map(({ id, expiresAt, points: change }) => ({ bucket: id, expiresAt, points: points(-change) }))
  const credited = creditParts(to, parts.map(receivedPart))
  if (isRefusal(credited)) return credited
  const { paidDebt, effect } = credited
  return {
    giver: sideOf(giver, { giftId, way: 'given', other: to.memberId }, now, {
      totals: { adjusted: points(-gift.points) },
      buckets: taken.taken,
    }),
    receiver: sideOf(receiver, { giftId, way: 'received', other: from.memberId }, now, {
      totals: { adjusted: gift.points },
      ...effect,
    }),
    parts,
    paidDebt,
  }
}

/** A gift as its record says. */
export interface BookedGift {
  readonly giftId: string
  readonly parts: readonly GivenPart[]
  readonly paidDebt: Points
  readonly undoUntil: Instant
}

/**
 * Takes a gift back, whole or not at all: as long as the receiver still has, of every expiry that it came with, as many spendable
 * points as it had, and it paid no debt. They go back to the very buckets where those are still there, else to ones of the same
 * expiry, and pay the giver's debt first.
 */
export function undoTransfer(
  giver: Account,
  receiver: Account,
  { giftId, parts, paidDebt, undoUntil }: BookedGift,
  now: Instant,
): Pick<Transfer, 'giver' | 'receiver'> | Refusal {
  if (giver.head.status === 'closed') return refusal('member-closed')
  if (now >= undoUntil) return refusal('gift-undo-over')
  const taken = paidDebt > 0 ? undefined : takenBack(receiver.head, parts)
  if (!taken) return refusal('gift-used')
  const credited = creditParts(
    giver.head,
    parts.map((part) => returnedPart(giver.head, part)),
  )
  if (isRefusal(credited)) return credited
  const amount = sumOf(parts)
  return {
    giver: sideOf(giver, { giftId, way: 'given-undone', other: receiver.head.memberId }, now, {
      totals: { adjusted: amount },
      ...credited.effect,
    }),
    receiver: sideOf(receiver, { giftId, way: 'received-undone', other: giver.head.memberId }, now, {
      totals: { adjusted: points(-amount) },
      buckets: taken,
    }),
  }
}

function sideOf(account: Account, named: Omit<TransferFact, 'kind'>, at: Instant, effect: Entry['effect']): Side {
  const entry = { at, fact: { kind: 'transfer' as const, ...named }, effect }
  return { entry, account: apply(account, entry) }
}

const datedId = (expiresAt: Instant | null): BucketId => (expiresAt === null ? 'never' : String(expiresAt)) as BucketId

const receivedPart = ({ expiresAt, points: amount }: GivenPart): Bucket => ({
  id: datedId(expiresAt),
  spendableAt: null,
  expiresAt,
  points: amount,
})

/** Where a part goes back to; a bucket that activity kept alive meanwhile has the later expiry. */
function returnedPart({ buckets }: Head, part: GivenPart): Bucket {
  const known = buckets.find(({ id }) => id === part.bucket)
  return known ? { ...known, spendableAt: null, points: part.points } : receivedPart(part)
}

/** The buckets that a gift is taken out of again; undefined where not all of it is there. */
function takenBack(head: Head, parts: readonly GivenPart[]): BucketChange[] | undefined {
  const taken: BucketChange[] = []
  for (const wanted of merged(parts.map(receivedPart))) {
    const found = head.buckets.find((bucket) => isSame(bucket, wanted))
    if (!found || found.points < wanted.points) return undefined
    taken.push({ ...found, points: points(-wanted.points) })
  }
  return taken
}

/** Credits points of several expiries, those that expire first paying debt. Refuses more buckets than a head may hold. */
function creditParts(
  head: Head,
  parts: readonly Bucket[],
): { readonly paidDebt: Points; readonly effect: Pick<Entry['effect'], 'debt' | 'buckets'> } | Refusal {
  const { buckets, debt } = head
  const paidDebt = points(Math.min(debt, sumOf(parts)))
  let paying: number = paidDebt
  const kept = merged(parts).flatMap((part) => {
    const paid = Math.min(paying, part.points)
    paying -= paid
    return paid < part.points ? [{ ...part, points: points(part.points - paid) }] : []
  })
  const added = kept.filter((part) => !buckets.some((bucket) => isSame(bucket, part)))
  if (added.length > 0 && buckets.length + added.length + heldBuckets(head) > mostBuckets) return refusal('too-many-buckets')
  return {
    paidDebt,
    effect: { ...(paidDebt > 0 && { debt: points(-paidDebt) }), ...(kept.length > 0 && { buckets: kept }) },
  }
}

const isSame = (a: Bucket, b: Bucket) => a.id === b.id && a.spendableAt === b.spendableAt

/** Parts of one bucket as one: a dated bucket and one that inactivity expires may have come to the same instant. */
function merged(parts: readonly Bucket[]): Bucket[] {
  const found: Bucket[] = []
  for (const part of parts) {
    const index = found.findIndex((bucket) => isSame(bucket, part))
    const known = found[index]
    if (known) found[index] = { ...known, points: points(known.points + part.points) }
    else found.push(part)
  }
  return found
}

const sumOf = (parts: readonly { readonly points: Points }[]): Points => points(parts.reduce((sum, part) => sum + part.points, 0))
