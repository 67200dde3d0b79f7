import { addDays } from 'temporal-polyfill/fns/PlainDate'
import type { Revision } from './programme.ts'
import { type Instant, instant } from './units.ts'

/** How much a complaint matters, from the least; a reopened one matters more. */
export const severities = ['low', 'normal', 'high', 'urgent'] as const
export type Severity = (typeof severities)[number]

/** How long staff have: so many hours, or whole local days after the day on which it began. */
export type Term = { readonly hours: number } | { readonly days: number }

/** What members complain of. */
export interface ComplaintCategory {
  readonly id: string
  readonly name: string
  readonly severity: Severity
}

/** Whether and when members are asked how satisfied they are with a purchase. */
export interface SurveyPolicy {
  /** How long after the sale they are asked. */
  readonly afterHours: number
  /** Hours times 24 in which a member who was asked is not asked again. */
  readonly quietDays: number
  /** Of a purchase, minor units: smaller ones are not asked about. */
  readonly minimumAmount?: number | undefined
  /** Which scores open a complaint, and of what category. */
  readonly lowScore?: { readonly atMost: number; readonly opens: string } | undefined
}

/** How the programme deals with complaints, and asks for satisfaction. */
export interface ServicePolicy {
  readonly categories: readonly ComplaintCategory[]
  /** By severity: until when a complaint is to be resolved. */
  readonly deadlines: { readonly [severity in Severity]: Term }
  /** Whole local days after the day of its resolution in which the member may reopen a complaint; never, where it is left out. */
  readonly reopenDays?: number | undefined
  readonly survey?: SurveyPolicy | undefined
}

const hourMs = 3_600_000

/** When a term that begins at an instant is over; one of days at local midnight after the last of them. */
export function endOfTerm({ calendar }: Revision, term: Term, from: Instant): Instant {
  if ('hours' in term) return instant(from + term.hours * hourMs)
  return calendar.startOfDay(addDays(calendar.dayOf(from).date, term.days + 1))
}

/** The next severity above one; there is none above the highest. */
export const escalated = (severity: Severity): Severity => severities[severities.indexOf(severity) + 1] ?? severity
