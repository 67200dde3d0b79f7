import type { Instruction } from './domain/claim.ts'
import type { Refund } from './domain/club.ts'

/** A ledger entry as the world outside hears of it: what happened, and nobody's name. */
export interface LedgerEvent {
  /** The same for an entry however often it is published: who consumes it applies it once. */
  readonly id: string
  readonly programme: string
  readonly kind: string
  /** When it became true, and when it was booked. */
  readonly at: string
  readonly bookedAt: string
  /** Signed changes, in points. */
  readonly totals: { readonly [name: string]: number }
  readonly debt: number
  /** That a higher tier was reached, that one lapsed to a lower, or that its place has another name in a new revision; by their ids. */
  readonly tier?: { readonly change: 'reached' | 'lapsed' | 'renamed'; readonly from: string; readonly to: string }
  /** That the tier will lapse if nothing more happens: when, and what is left then. */
  readonly tierLapsing?: { readonly at: string; readonly to: string }
  /** The claim that it is about and, where something is to be given for it from now on, what: so it is told once. */
  readonly claim?: { readonly id: string; readonly instruction?: Instruction }
  /**
   * The club that it is about; where it is about one of its events, which; where a member left it, what of their fees is to be paid
   * back (minor units).
   */
  readonly club?: { readonly id: string; readonly event?: string; readonly refund?: Refund }
  /** The complaint that it is about; nothing of what anybody wrote. */
  readonly complaint?: { readonly id: string; readonly category?: string; readonly severity?: string; readonly score?: number }
  /** The purchase that a member is asked about, or said how satisfied they are with, 0 to 10. */
  readonly satisfaction?: { readonly purchaseId: string; readonly score?: number }
  /** The redemption that it is about. */
  readonly redemption?: { readonly id: string; readonly rewardId: string }
  /** That fewer of a reward are left, or codes for vouchers, than the mark says. */
  readonly lowStock?: { readonly rewardId?: string; readonly voucherId?: string; readonly left: number; readonly mark: number }
}
