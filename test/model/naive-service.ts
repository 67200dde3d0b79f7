import { ok } from 'node:assert/strict'
import type { ServicePolicy } from '../../functions/domain/service-policy.ts'
import { dateOf, startOf } from './naive-dates.ts'

/**
 * Who is asked how satisfied they are, and which complaints are overdue, as a desk with a diary would know: it writes down what happens
 * and looks up at every instant what is to be done by then.
 */

export interface NaiveDesk {
  readonly timezone: string
  readonly service?: ServicePolicy | undefined
}

export interface NaiveComplaint {
  severity: string
  dueAt: number
  isOpen: boolean
  isOverdue: boolean
  /** Of the resolution that stands, or stood last. */
  resolvedAt: number | null
}

const hourMs = 3_600_000
const severities = ['low', 'normal', 'high', 'urgent']

export class NaiveService {
  /** What time brought, as `asked <purchase>` or `overdue <complaint>`, with its instant. */
  readonly brought: (readonly [what: string, at: number])[] = []
  readonly complaints = new Map<string, NaiveComplaint>()
  readonly #documentAt: (at: number) => NaiveDesk
  readonly #left = new Map<string, Map<string, number>>()
  asking: { readonly purchaseId: string; readonly at: number } | null = null
  askedAt: number | null = null

  constructor(documentAt: (at: number) => NaiveDesk) {
    this.#documentAt = documentAt
  }

  pass(now: number): void {
    if (this.asking && this.asking.at <= now) {
      this.brought.push([`asked ${this.asking.purchaseId}`, this.asking.at])
      this.askedAt = this.asking.at
      this.asking = null
    }
    for (const [id, complaint] of this.complaints) {
      if (!complaint.isOpen || complaint.isOverdue || complaint.dueAt > now) continue
      complaint.isOverdue = true
      this.brought.push([`overdue ${id}`, complaint.dueAt])
    }
  }

  sell(
    purchaseId: string,
    at: number,
    now: number,
    lines: readonly { readonly lineId: string; readonly quantity: number; readonly amount: number }[],
  ): void {
    this.#left.set(purchaseId, new Map(lines.map(({ lineId, quantity }) => [lineId, quantity])))
    const survey = this.#documentAt(at).service?.survey
    if (!survey || this.asking) return
    const askAt = at + survey.afterHours * hourMs
    const isQuiet = this.askedAt !== null && askAt - this.askedAt < survey.quietDays * 24 * hourMs
    const isEnough = lines.reduce((sum, { amount }) => sum + amount, 0) >= (survey.minimumAmount ?? 0)
    if (askAt > now && !isQuiet && isEnough) this.asking = { purchaseId, at: askAt }
  }

  /** Nobody is asked about what came back, all of it. */
  bringBack(purchaseId: string, lines: readonly { readonly lineId: string; readonly quantity: number }[]): void {
    const left = this.#left.get(purchaseId)!
    for (const { lineId, quantity } of lines) left.set(lineId, left.get(lineId)! - quantity)
    if ([...left.values()].every((quantity) => quantity === 0)) this.#spare(purchaseId)
  }

  /** Answers the category of the complaint that a low score opens; null: none. */
  say(purchaseId: string, score: number, now: number): string | null {
    this.#spare(purchaseId)
    const low = this.#documentAt(now).service?.survey?.lowScore
    return low && score <= low.atMost ? low.opens : null
  }

  close(): void {
    this.asking = null
  }

  complain(id: string, category: string, now: number): void {
    const { categories } = this.#documentAt(now).service!
    const { severity } = categories.find((one) => one.id === category)!
    ok(!this.complaints.has(id), `${id} is opened twice`)
    const dueAt = this.#due(severity, now, now)
    this.complaints.set(id, { severity, dueAt, isOpen: true, isOverdue: false, resolvedAt: null })
  }

  resolve(id: string, now: number): void {
    const complaint = this.complaints.get(id)!
    ok(complaint.isOpen, `${id} is resolved twice`)
    complaint.isOpen = false
    complaint.resolvedAt = now
  }

  /** By the document of the resolution it may be opened again, more severe, and for so long. */
  reopen(id: string, now: number): void {
    const complaint = this.complaints.get(id)!
    const { resolvedAt, severity, isOpen } = complaint
    ok(!isOpen && resolvedAt !== null, `${id} is opened again, and was open`)
    const { reopenDays } = this.#documentAt(resolvedAt).service!
    ok(reopenDays !== undefined && now < this.#daysAfter(resolvedAt, reopenDays), `${id} is opened again too late`)
    const worse = severities[Math.min(severities.indexOf(severity) + 1, severities.length - 1)]!
    const dueAt = this.#due(worse, now, resolvedAt)
    this.complaints.set(id, { ...complaint, severity: worse, dueAt, isOpen: true, isOverdue: false })
  }

  #spare(purchaseId: string): void {
    if (this.asking?.purchaseId === purchaseId) this.asking = null
  }

  #due(severity: string, now: number, judgedAt: number): number {
    const term = this.#documentAt(judgedAt).service!.deadlines[severity as 'low']
    return 'hours' in term ? now + term.hours * hourMs : this.#daysAfter(now, term.days)
  }

  /** The end of so many whole days after the day of an instant. */
  #daysAfter(at: number, days: number): number {
    const { timezone } = this.#documentAt(at)
    return startOf(timezone, dateOf(timezone, at).add({ days: days + 1 }))
  }
}
