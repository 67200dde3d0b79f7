import {
  answerComplaint,
  type Complaint,
  type ComplaintStep,
  openComplaint,
  rateResolution,
  reopenComplaint,
  resolveComplaint,
} from '../../functions/domain/complaint.ts'
import type { Account, Entry } from '../../functions/domain/entry.ts'
import { bookGoodwill } from '../../functions/domain/goodwill.ts'
import type { Programme } from '../../functions/domain/programme.ts'
import { isRefusal, type Refusal, type RefusalCode } from '../../functions/domain/refusal.ts'
import { bookSatisfaction } from '../../functions/domain/satisfaction.ts'
import { points } from '../../functions/domain/units.ts'
import { Counter } from './counter.ts'

/** What the tests' complaints are of, where nothing else is said. */
const hash = 'of a body'

/** Drives what the domain decides on complaints and satisfaction as the handlers do: settle, decide, keep. One member. */
export class ServiceDesk extends Counter {
  readonly complaints = new Map<string, Complaint>()
  /** By purchase. */
  readonly scores = new Map<string, number>()
  #steps = 0

  open(id: string, category: string, now: string | number): string {
    this.settle(now)
    return this.#take(openComplaint(this.programme, this.account, { id, category, text: 'Broken.', hash }, this.now))
  }

  reply(id: string, now: string | number): string {
    this.settle(now)
    const reply = { id: this.#stepId(), hash, text: 'We look into it.' }
    return this.#take(answerComplaint(this.account, this.complaint(id), reply, 'ada', this.now))
  }

  resolve(id: string, now: string | number, given?: number, resolutionId = this.#stepId()): string {
    this.settle(now)
    const resolution = { id: resolutionId, hash, text: 'Another one.', ...(given !== undefined && { points: points(given) }) }
    const step = resolveComplaint(this.account, this.complaint(id), resolution, 'ada', this.now)
    if (isRefusal(step) || given === undefined) return this.#take(step)
    const goodwill = { id: `${id}#${resolutionId}`, reason: 'damaged', points: points(given) }
    const booked = bookGoodwill(this.programme, step.account, goodwill, this.now)
    if (isRefusal(booked)) return booked.refused
    this.complaints.set(id, step.complaint)
    this.#book([step.entry, booked.entry], booked.account)
    return 'resolved'
  }

  rate(id: string, resolutionId: string, score: number, now: string | number): string {
    this.settle(now)
    return this.#take(rateResolution(this.account, this.complaint(id), resolutionId, score, this.now))
  }

  reopen(id: string, now: string | number): string {
    this.settle(now)
    const reopening = { id: this.#stepId(), hash }
    return this.#take(reopenComplaint(this.programme, this.account, this.complaint(id), reopening, this.now))
  }

  say(purchaseId: string, score: number, now: string | number): string | RefusalCode {
    this.settle(now)
    const said = { purchaseId, score, text: 'So so.', hash }
    const booked = bookSatisfaction(this.programme, this.account, said, `s-${purchaseId}`, this.now)
    if (isRefusal(booked)) return booked.refused
    this.scores.set(purchaseId, score)
    if (booked.complaint) this.complaints.set(booked.complaint.id, booked.complaint)
    this.#book(booked.entries, booked.account)
    return booked.complaint?.id ?? 'kept'
  }

  complaint(id: string): Complaint {
    const found = this.complaints.get(id)
    if (!found) throw new Error(`nobody opened ${id}`)
    return found
  }

  /** The instants at which something of a kind was booked, and what it was about. */
  booked(kind: Entry['fact']['kind']): { readonly at: number; readonly of: string }[] {
    return this.entries.flatMap(({ at, fact }) => {
      if (fact.kind !== kind) return []
      return [{ at, of: 'complaintId' in fact ? fact.complaintId : 'purchaseId' in fact ? (fact.purchaseId ?? '') : '' }]
    })
  }

  #stepId(): string {
    this.#steps += 1
    return `step-${this.#steps}`
  }

  #take(step: ComplaintStep | Refusal): string {
    if (isRefusal(step)) return step.refused
    this.complaints.set(step.complaint.id, step.complaint)
    this.#book([step.entry], step.account)
    return step.complaint.status
  }

  #book(entries: readonly Entry[], account: Account): void {
    this.entries.push(...entries)
    this.account = account
    this.settle(this.now)
  }
}

export const deskOf = (programme: Programme) => new ServiceDesk(programme, '2026-01-01T00:00:00Z')
