import { never } from './naive-dates.ts'

/** Points as they lie in the model: in lots that are never removed. */

/** An expiry that points have in common; activity moves that of a run until it has come. */
export interface Term {
  expiresAt: number
}

export interface Lot {
  readonly credited: number
  /** What is left of it; once it is expired, what of it expired. */
  points: number
  readonly spendableAt: number
  readonly term: Term
}

export const sumOf = (lots: readonly Lot[]) => lots.reduce((sum, lot) => sum + lot.points, 0)

/** What was taken of a lot. */
export interface Part {
  readonly lot: Lot
  readonly points: number
}

/** Earliest expiry first; of one expiry, what is spendable before what is not yet: as much as there is. */
export function takeParts(lots: readonly Lot[], amount: number): Part[] {
  let missing = amount
  // Compared, not subtracted: never less never is not a number.
  const order = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0)
  const inOrder = [...lots].sort((a, b) => order(a.term.expiresAt, b.term.expiresAt) || order(a.spendableAt, b.spendableAt))
  return inOrder.flatMap((lot) => {
    const points = Math.min(lot.points, missing)
    lot.points -= points
    missing -= points
    return points > 0 ? [{ lot, points }] : []
  })
}

/** What could not be taken is the answer. */
export const takeInOrder = (lots: readonly Lot[], amount: number): number =>
  takeParts(lots, amount).reduce((missing, { points }) => missing - points, amount)

/** From the bucket of the sale, expired or not; then from all others that are not expired. What is missing is the answer. */
export function takeBack(lots: readonly Lot[], own: Lot, amount: number, at: number): number {
  const isExpired = own.term.expiresAt <= at
  // Lots of one term are one bucket as soon as both are spendable, and when both are expired.
  const spendable = (lot: Lot) => Math.max(lot.spendableAt, at)
  const isOwn = (lot: Lot) => lot.term === own.term && (isExpired || spendable(lot) === spendable(own))
  const others = lots.filter((lot) => !isOwn(lot) && lot.term.expiresAt > at)
  return takeInOrder(others, takeInOrder(lots.filter(isOwn), amount))
}

/** Parts by their expiry, the earliest first; null: none. */
export const rowsOfParts = (parts: readonly Part[]): { points: number; expiresAt: number | null }[] =>
  expiringRows(parts.map(({ lot, points }) => ({ ...lot, points })))

export function expiringRows(available: readonly Lot[]): { points: number; expiresAt: number | null }[] {
  const instants = [...new Set(available.filter((lot) => lot.points > 0).map((lot) => lot.term.expiresAt))].sort((a, b) => a - b)
  return instants.map((expiresAt) => ({
    points: sumOf(available.filter((lot) => lot.term.expiresAt === expiresAt)),
    expiresAt: expiresAt === never ? null : expiresAt,
  }))
}

/** Points that are pending, by when they may be spent. */
export function maturingRows(pending: readonly Lot[]): { points: number; spendableAt: number }[] {
  const instants = [...new Set(pending.filter((lot) => lot.points > 0).map((lot) => lot.spendableAt))].sort((a, b) => a - b)
  return instants.map((spendableAt) => ({
    points: sumOf(pending.filter((lot) => lot.spendableAt === spendableAt)),
    spendableAt,
  }))
}
