import type { Programme } from './programme.ts'
import { revisionAt } from './programme.ts'
import type { Instant } from './units.ts'

/** What one member may give, or be given, in a local day. What was taken back counts like what was not. */
export interface DailyGifts {
  readonly points: number
  readonly times: number
}

/** Whether and how members give points to members; without it they do not. */
export interface GiftPolicy {
  readonly perDay: DailyGifts
  readonly receivedPerDay: DailyGifts
  /** Hours in which the giver may take a gift back; 0: not at all. */
  readonly undoHours: number
}

/** The policy now; undefined where members give nothing. */
export const giftPolicyAt = (programme: Programme, now: Instant): GiftPolicy | undefined =>
  revisionAt(programme, now).document.points.gifts

/** Whether a day has room for one gift more of so many points. */
export const hasRoom = (most: DailyGifts, soFar: DailyGifts, points: number): boolean =>
  soFar.times < most.times && soFar.points + points <= most.points
