import type { Effect, Entry } from './entry.ts'
import type { Bucket, Head } from './head.ts'
import { type BucketId, type Instant, type Points, points } from './units.ts'

/** Points that are held for a reward until they are spent for it, let go, or the time is over. */
export interface Reservation {
  readonly redemptionId: string
  readonly rewardId: string
  /** What is held, by the buckets that it was taken from, earliest expiry first. Held points do not expire. */
  readonly held: readonly Bucket[]
  /** By when the reward was judged: its stock and its limits are those of the revision in force then. */
  readonly at: Instant
  /** From this instant on it holds nothing any more. */
  readonly lapsesAt: Instant
}

/** How held points are let go: at a store that says so, by the member or a till that does not, or by time. */
type LettingGo = { readonly kind: 'release'; readonly storeId?: string } | { readonly kind: 'lapse' }

/** What became of points that were spent or are to be spent. */
export type RedemptionFact = { readonly redemptionId: string; readonly rewardId: string } & (
  | {
      /** `redeem`: they are spent, with or without a reservation before. */
      readonly kind: 'reserve' | 'redeem'
      /** By when the reward was judged. */
      readonly judgedAt: Instant
      /** Where; nowhere in the app. */
      readonly storeId?: string | undefined
      /** The granted reward that it is of; where points are spent that a reservation held, that said it. */
      readonly grantId?: string | undefined
    }
  | LettingGo
  | {
      /** They come back, all or a part of them. */
      readonly kind: 'restore'
      /** The redemption is undone as a whole: its stock and its place in the limits come back too. */
      readonly reversed?: true | undefined
      /** Of which goods came back that were paid with them. */
      readonly purchaseId?: string | undefined
      /** That undid it, where it says so. */
      readonly storeId?: string | undefined
      readonly reason?: string | undefined
      /** Whoever of staff gave them back. */
      readonly actor?: string | undefined
    }
)

export const reservationOf = (head: Head, redemptionId: string): Reservation | undefined =>
  head.reservations.find((reservation) => reservation.redemptionId === redemptionId)

export const sumOf = (buckets: readonly Bucket[]): Points => points(buckets.reduce((sum, bucket) => sum + bucket.points, 0))

/** What some reservations hold in all. */
export const reservedPoints = (reservations: readonly Reservation[]): Points =>
  points(reservations.reduce((sum, { held }) => sum + sumOf(held), 0))

/** Buckets that come back to the head if nothing more is spent: it must have room for them. */
export const heldBuckets = ({ reservations }: Pick<Head, 'reservations'>): number =>
  reservations.length === 0 ? 0 : reservations.reduce((sum, { held }) => sum + held.length, 0)

/** Whether points of a bucket are held. */
export const isHeld = ({ reservations }: Pick<Head, 'reservations'>, id: BucketId): boolean =>
  reservations.length > 0 && reservations.some(({ held }) => held.some((bucket) => bucket.id === id))

/** Open reservations after an entry. Activity keeps held points alive, too. */
export function changedReservations(reservations: Head['reservations'], effect: Effect): Head['reservations'] {
  const { opened, ended, prolong } = effect
  if (opened) return [...reservations, opened]
  if (ended !== undefined) return reservations.filter(({ redemptionId }) => redemptionId !== ended)
  if (!prolong || !isHeld({ reservations }, prolong.id)) return reservations
  const { id, expiresAt } = prolong
  return reservations.map((reservation) => ({
    ...reservation,
    held: reservation.held.map((bucket) => (bucket.id === id ? { ...bucket, expiresAt } : bucket)),
  }))
}

/** The entry of one reservation that is over; settling comes again for another. */
export function lapsed(head: Head, at: Instant): Entry | null {
  const over = head.reservations.find(({ lapsesAt }) => lapsesAt <= at)
  return over ? letGo(head, over, { kind: 'lapse' }, at) : null
}

/** The entry that lets held points go: back to the very buckets, where settling finds what expired meanwhile. */
export function letGo(head: Head, { redemptionId, rewardId, held }: Reservation, how: LettingGo, at: Instant): Entry {
  return { at, fact: { ...how, redemptionId, rewardId }, effect: { ...comingBack(head, held, at), ended: redemptionId } }
}

/** When points expire that come back: activity may have kept alive what is left of their bucket, also where all of that is held. */
export function expiryNow({ buckets, reservations }: Pick<Head, 'buckets' | 'reservations'>, bucket: Bucket): Instant | null {
  const isSame = ({ id }: Bucket) => id === bucket.id
  const known = buckets.find(isSame) ?? reservations.flatMap(({ held }) => held).find(isSame)
  return (known ?? bucket).expiresAt
}

/** Points that come back to a member: debt is paid first, but not by what has expired; the rest goes to the buckets that are said. */
export function comingBack(head: Head, coming: readonly Bucket[], now: Instant): Pick<Effect, 'debt' | 'buckets'> {
  let owed: number = head.debt
  const buckets = coming.flatMap((bucket) => {
    const expiresAt = expiryNow(head, bucket)
    const paid = expiresAt !== null && expiresAt <= now ? 0 : Math.min(owed, bucket.points)
    owed -= paid
    return paid < bucket.points ? [{ ...bucket, expiresAt, points: points(bucket.points - paid) }] : []
  })
  return {
    ...(owed < head.debt && { debt: points(owed - head.debt) }),
    ...(buckets.length > 0 && { buckets }),
  }
}
