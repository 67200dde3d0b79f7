import { ok } from 'node:assert/strict'
import type { Guarantee, Standing } from '../../functions/domain/guarantee.ts'
import { dateOf, monthsAfter, startOf } from './naive-dates.ts'

/** What a guarantee promises for a receipt: for which goods, whom and how long, and what is given. */

export interface NaiveGoodsBack {
  readonly lineId: string
  readonly quantity: number
  /** Minor units. */
  readonly amount: number
}

export interface NaiveSoldLine extends NaiveGoodsBack {
  readonly sku: string
  readonly categories?: readonly string[] | undefined
}

/** A line of a receipt: what of it came back, and what of its price tills and whoever pays gave for it. */
export interface SheetLine extends NaiveSoldLine {
  back: { quantity: number; amount: number }
  paidBack: number
}

export interface NaiveSheet {
  readonly purchaseId: string
  readonly at: number
  readonly storeId: string
  readonly tier: string
  readonly lines: readonly SheetLine[]
  /** Something was given for goods that it was not to be given for: others may hold them by now. */
  isDisputed: boolean
}

/** Whoever claims: the tier that they hold, and since when they belong to clubs. */
export interface NaiveHolder {
  readonly tier: string
  readonly clubs: ReadonlyMap<string, number>
}

export function lineOf({ lines, purchaseId }: NaiveSheet, lineId: string): SheetLine {
  const line = lines.find((one) => one.lineId === lineId)
  ok(line, `there is no line ${lineId} of ${purchaseId}`)
  return line
}

/** The local midnight after so many whole days. */
export const endOf = (timezone: string, at: number, days: number) =>
  startOf(timezone, dateOf(timezone, at).add({ days: days + 1 }))

export function moneyFor({ remedy }: Guarantee, value: number): number {
  if ('refund' in remedy) return Number((BigInt(value) * BigInt(remedy.refund.rate)) / 10_000n)
  return 'exchange' in remedy ? value : 0
}

export function covers({ covers }: Guarantee, { sku, categories = [] }: NaiveSoldLine): boolean {
  if (covers === undefined) return true
  return covers.skus?.some((one) => one === sku) === true || categories.some((one) => covers.categories?.includes(one) === true)
}

/** A tier counts that was held at the sale or is held now; a club to which they belonged at the sale and do now. */
export function isFor({ tiers = [], clubs = [] }: Standing, sheet: NaiveSheet, holder: NaiveHolder): boolean {
  if (tiers.includes(sheet.tier) || tiers.includes(holder.tier)) return true
  return clubs.some((club) => holder.clubs.has(club) && holder.clubs.get(club)! <= sheet.at)
}

export function promisedUntil(
  { window, longer = [] }: Guarantee,
  timezone: string,
  sheet: NaiveSheet,
  holder: NaiveHolder,
): number {
  const sold = dateOf(timezone, sheet.at)
  const ends = [window, ...longer.filter((one) => isFor(one, sheet, holder)).map((one) => one.window)].map((one) => {
    const last = 'days' in one ? sold.add({ days: one.days }) : monthsAfter(sold, one.months)
    return startOf(timezone, last.add({ days: 1 }))
  })
  return ends.sort((a, b) => b - a)[0]!
}
