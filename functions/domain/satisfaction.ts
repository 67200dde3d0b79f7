import { apply } from './apply.ts'
import { type Complaint, openComplaint } from './complaint.ts'
import type { Account, Entry } from './entry.ts'
import { type Programme, revisionAt } from './programme.ts'
import { isRefusal, type Refusal, refusal } from './refusal.ts'
import { withoutAsking } from './survey.ts'
import type { Instant } from './units.ts'

/** How satisfied a member says they are with a purchase. */
export interface Satisfaction {
  readonly purchaseId: string
  /** 0 to 10. */
  readonly score: number
  readonly text?: string | undefined
  /** Of the body that said so. */
  readonly hash: string
  readonly storeId?: string | undefined
}

export interface BookedSatisfaction {
  readonly entries: readonly Entry[]
  readonly account: Account
  /** What a low score opened. */
  readonly complaint: Complaint | undefined
}

/**
 * Books on a settled account how satisfied the member is; they are not asked about the purchase any more. A low score opens a
 * complaint with the id `complaintId`, by the revision in force now, unless the member has as many as one may have.
 */
export function bookSatisfaction(
  programme: Programme,
  account: Account,
  { purchaseId, score, text, hash, storeId }: Satisfaction,
  complaintId: string,
  now: Instant,
): BookedSatisfaction | Refusal {
  if (account.head.status === 'closed') return refusal('member-closed')
  const survey = revisionAt(programme, now).document.service?.survey
  if (!survey) return refusal('survey-unknown')
  const said: Entry = {
    at: now,
    fact: { kind: 'satisfaction', purchaseId, score },
    effect: { ...withoutAsking(account.head, purchaseId) },
  }
  const after = apply(account, said)
  const low = survey.lowScore && score <= survey.lowScore.atMost ? survey.lowScore : undefined
  const made = low && { ...{ id: complaintId, category: low.opens, purchaseId, storeId, text, hash }, byScore: true as const }
  const opened = made && openComplaint(programme, after, made, now)
  if (!opened || isRefusal(opened)) return { entries: [said], account: after, complaint: undefined }
  return { entries: [said, opened.entry], account: opened.account, complaint: opened.complaint }
}
