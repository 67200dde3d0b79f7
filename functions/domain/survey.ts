import type { Effect, Entry, SaleLine } from './entry.ts'
import type { Head } from './head.ts'
import type { Revision } from './programme.ts'
import { type Instant, instant } from './units.ts'

/** That a member will be asked about a purchase. */
export interface Asking {
  readonly purchaseId: string
  readonly at: Instant
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * Whether a member is going to be asked how satisfied they are with a sale dated `at`: one asking is planned at a time, none
 * within the quiet period after another, and none about what was bought so long ago that it would be due already. Nothing
 * where the programme asks nobody.
 */
export function plannedAsking(
  revision: Revision,
  head: Head,
  sale: { readonly purchaseId: string; readonly lines: readonly SaleLine[] },
  at: Instant,
  now: Instant,
): Pick<Effect, 'asking'> | undefined {
  const survey = revision.document.service?.survey
  if (!survey || head.asking) return undefined
  const askAt = instant(at + survey.afterHours * hourMs)
  if (askAt <= now || (head.askedAt !== null && askAt < head.askedAt + survey.quietDays * dayMs)) return undefined
  const amount = sale.lines.reduce((sum, line) => sum + line.amount, 0)
  if (sale.lines.length === 0 || amount < (survey.minimumAmount ?? 0)) return undefined
  return { asking: { purchaseId: sale.purchaseId, at: askAt } }
}

/** What becomes of the asking about a purchase of which nothing is kept, or about which the member has spoken. */
export function withoutAsking({ asking }: Head, purchaseId: string): Pick<Effect, 'asking'> | undefined {
  return asking?.purchaseId === purchaseId ? { asking: null } : undefined
}

/** Books that the member is asked; null where they are not yet. It is said by an event: nothing is kept of it but when. */
export function surveyAsked({ asking }: Head, at: Instant): Entry | null {
  if (!asking || asking.at > at) return null
  const { purchaseId } = asking
  return { at, fact: { kind: 'survey-asked', purchaseId }, effect: { asking: null, askedAt: at } }
}
