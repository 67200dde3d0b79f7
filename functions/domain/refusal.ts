/** Why the rules of a programme refuse what a client asks. A closed union; `problem.ts` gives each its status and words. */
export type RefusalCode =
  | 'member-closed'
  | 'insufficient-points'
  | 'adjustment-cap'
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
  | 'consent-missing'
  | 'too-many-notes'
  | 'gift-undo-over'
  | 'gift-used'

export interface Refusal {
  readonly refused: RefusalCode
  /** JSON pointer into the body, where one field is at fault. */
  readonly pointer?: string
}

export const refusal = (refused: RefusalCode, pointer?: string): Refusal =>
  pointer === undefined ? { refused } : { refused, pointer }

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value
}
