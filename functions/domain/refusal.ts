/** Why the rules of a programme refuse what a client asks. A closed union; `problem.ts` gives each its status and words. */
export type RefusalCode =
  | 'member-closed'
  | 'insufficient-points'
  | 'adjustment-cap'
  | 'basket-missing'
  | 'basket-below-minimum'
  | 'reward-exceeds-basket'
  | 'price-differs'
  | 'points-missing'
  | 'too-few-points'
  | 'too-many-points'
  | 'reward-unknown'
  | 'reward-not-on-sale'
  | 'reward-locked'
  | 'reward-not-here'
  | 'reward-needs-till'
  | 'reward-limit'
  | 'out-of-stock'
  | 'too-many-reservations'
  | 'too-many-buckets'
  | 'too-many-returns'
  | 'too-many-waiting-returns'
  | 'line-unknown'
  | 'return-exceeds-purchase'
  | 'line-claimed'
  | 'line-returned'
  | 'guarantee-unknown'
  | 'not-covered'
  | 'guarantee-over'
  | 'evidence-missing'
  | 'claim-exceeds-purchase'
  | 'claim-limit'
  | 'guarantee-spent'
  | 'too-many-claims'
  | 'claim-not-open'
  | 'claim-not-approved'
  | 'claim-lapsed'
  | 'claim-settled'
  | 'goods-missing'
  | 'settlement-differs'
  | 'campaign-spent'
  | 'points-restored'
  | 'tier-unknown'
  | 'grant-over'
  | 'too-many-grants'
  | 'club-unknown'
  | 'club-requirement'
  | 'club-fee-due'
  | 'club-fee-differs'
  | 'club-without-fee'
  | 'too-many-clubs'
  | 'too-many-paid-terms'
  | 'not-in-club'
  | 'invitation-invalid'
  | 'event-over'
  | 'event-not-now'
  | 'event-full'
  | 'event-begun'
  | 'event-called-off'
  | 'capacity-taken'
  | 'category-unknown'
  | 'too-many-complaints'
  | 'too-many-messages'
  | 'complaint-resolved'
  | 'complaint-not-resolved'
  | 'resolution-not-standing'
  | 'resolution-rated'
  | 'reopening-too-late'
  | 'survey-unknown'
  | 'consent-missing'
  | 'too-many-notes'
  | 'gift-undo-over'
  | 'gift-used'
  | 'voucher-cap'
  | 'voucher-unknown'
  | 'voucher-over'
  | 'voucher-void'
  | 'voucher-used-up'
  | 'voucher-expired'
  | 'voucher-used'
  | 'voucher-not-here'
  | 'voucher-not-theirs'
  | 'voucher-minimum'
  | 'voucher-locked'
  | 'pool-empty'

export interface Refusal {
  readonly refused: RefusalCode
  /** JSON pointer into the body, where one field is at fault. */
  readonly pointer?: string
  /** What more there is to say of it than its code does. */
  readonly detail?: string
}

export const refusal = (refused: RefusalCode, pointer?: string, detail?: string): Refusal => ({
  refused,
  ...(pointer !== undefined && { pointer }),
  ...(detail !== undefined && { detail }),
})

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value
}
