/** What a ladder counts of a member's purchases, each at what is now kept of it. */
export type Metric =
  /** Eligible spend, minor units. */
  | 'spend'
  /** Gross points of the purchases' awards. */
  | 'points'
  /** Local days with a purchase that is not wholly returned. */
  | 'visits'
  /** Purchases that are not wholly returned. */
  | 'purchases'
  /** Quantity of the lines of some categories. */
  | 'items'

/** Over which time it counts. Rolling: the local calendar month of now and the n − 1 before it. Anniversary: years of membership. */
export type Window = 'calendar-year' | { readonly rollingMonths: number } | 'anniversary' | 'lifetime'

/** A rung of a ladder. */
export interface Rung {
  readonly id: string
  /** What must be counted in a window to reach it. */
  readonly threshold: number
}

/** How members climb and fall: tiers, and clubs of one rung. */
export interface LadderPolicy<Level extends Rung = Rung> {
  readonly metric: Metric
  /** Where items are counted: of these categories. */
  readonly category?: readonly string[] | undefined
  readonly period: Window
  /**
   * How long what was reached is kept: to the end of the window after the one that reached it (where windows roll, as many months
   * as a window has), or so many months after the month in which it was last met, or no longer than it is met. `next-period` where it is left out.
   */
  readonly keep?: 'next-period' | 'while-met' | { readonly months: number } | undefined
  /** What is left then: what the later windows meet, or one rung less for each further time of keeping. `to-met` where it is left out. */
  readonly downgrade?: 'to-met' | 'one-step' | undefined
  readonly levels: readonly Level[]
}
