import type { Programme } from './programme.ts'
import type { Instant } from './units.ts'

/** In what a history is tried. */
export interface TriedIn {
  readonly under: Programme
  /** The period, by when sales and occasions are dated: [from, until). */
  readonly from: Instant
  readonly until: Instant
  /** By when all is known: what time brings later has not come. */
  readonly asOf: Instant
}

/** Whether what is dated at an instant is judged anew. */
export const isTried = ({ from, until, asOf }: TriedIn, at: Instant): boolean => at >= from && at < until && at <= asOf
