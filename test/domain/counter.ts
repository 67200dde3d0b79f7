import { ok } from 'node:assert/strict'
import { bookAdjustment } from '../../functions/domain/adjustment.ts'
import { apply } from '../../functions/domain/apply.ts'
import { mostWaitingReturns } from '../../functions/domain/bounds.ts'
import type { Account, Entry } from '../../functions/domain/entry.ts'
import { type Balance, balanceOf } from '../../functions/domain/head.ts'
import { enrolment, statusChange } from '../../functions/domain/membership.ts'
import type { Programme } from '../../functions/domain/programme.ts'
import { revisionAt } from '../../functions/domain/programme.ts'
import { bookPurchase, judgePurchase, type Sale } from '../../functions/domain/purchase.ts'
import { isRefusal, type RefusalCode } from '../../functions/domain/refusal.ts'
import { replay } from '../../functions/domain/replay.ts'
import { bookReturn, type GoodsReturn, type KeptSale } from '../../functions/domain/returns.ts'
import { settle } from '../../functions/domain/settle.ts'
import { bookGrant, endGrant } from '../../functions/domain/tier-grants.ts'
import { type Instant, instant, memberId, type Points, points } from '../../functions/domain/units.ts'
import type { NaiveFact } from '../model/naive-facts.ts'
import { LimitCounters } from './limit-counters.ts'
import { at } from './programmes.ts'

/** A line of goods as the tests write it. */
export interface Goods {
  readonly lineId: string
  readonly quantity: number
  readonly amount: number
  readonly excluded?: boolean | undefined
  /** `sku-<lineId>` where nothing is said. */
  readonly sku?: string | undefined
  readonly categories?: readonly string[] | undefined
}

/** What became of a return. */
export type Outcome = { readonly clawedBack: Points } | { readonly refused: RefusalCode } | 'waiting'

/** Lines of the amounts given, one piece each, numbered from 1. */
export const goods = (...amounts: readonly number[]): Goods[] =>
  amounts.map((amount, index) => ({ lineId: String(index + 1), quantity: 1, amount }))

/**
 * Drives the domain as the handlers do, with memory for a store: settle to the arrival, decide, keep. One member; what arrives
 * must come in the order of its arrival.
 */
export class Counter {
  readonly programme: Programme
  readonly entries: Entry[] = []
  readonly receipts = new Map<string, KeptSale>()
  readonly purchases = new Map<string, { readonly earned: number; readonly pending: number; readonly tier: string }>()
  readonly limits = new LimitCounters()
  /** By `<purchaseId>/<returnId>`. */
  readonly returns = new Map<string, Outcome>()
  readonly adjustments = new Map<string, 'booked' | RefusalCode>()
  readonly #waiting = new Map<string, GoodsReturn[]>()
  account: Account
  now: Instant

  constructor(programme: Programme, enrolledAt: string | number) {
    this.programme = programme
    this.now = typeof enrolledAt === 'string' ? at(enrolledAt) : instant(enrolledAt)
    this.account = replay(memberId('m-1'), [])
    this.#book(enrolment(programme, this.now))
    this.settle(this.now)
  }

  get balance(): Balance {
    return balanceOf(this.account.head, this.now)
  }

  get tier(): string {
    return this.account.head.tier.id
  }

  /** Brings the account up to an instant. */
  settle(now: string | number): readonly Entry[] {
    this.now = typeof now === 'string' ? at(now) : instant(now)
    const settled = settle(this.programme, this.account, this.now, undefined, this.entries)
    this.entries.push(...settled.entries)
    this.account = settled.account
    return settled.entries
  }

  /** A purchase that arrives when it happens, or later. Answers the points earned, or why it is refused. */
  buy(id: string, occurredAt: string, lines: readonly Goods[], arrivedAt: string = occurredAt): number | RefusalCode {
    return this.purchase({ kind: 'purchase', id, occurredAt: at(occurredAt), arrivedAt: at(arrivedAt), lines })
  }

  /** Goods brought back: answers the points clawed back, why it is refused, or that it waits. */
  bringBack(purchaseId: string, id: string, occurredAt: string, lines: readonly Goods[], arrivedAt: string = occurredAt) {
    this.goodsReturn({ kind: 'return', purchaseId, id, occurredAt: at(occurredAt), arrivedAt: at(arrivedAt), lines })
    const outcome = this.returns.get(`${purchaseId}/${id}`)
    if (outcome === undefined || outcome === 'waiting') return 'waiting'
    return 'refused' in outcome ? outcome.refused : outcome.clawedBack
  }

  adjust(amount: number, now: string): 'booked' | RefusalCode {
    return this.adjustment({ kind: 'adjust', id: `a-${this.adjustments.size + 1}`, points: amount, arrivedAt: at(now) })
  }

  changeStatus(status: 'active' | 'closed', now: string) {
    this.settle(now)
    this.#book(statusChange(status, this.now))
  }

  post(fact: NaiveFact): void {
    if (fact.kind === 'purchase') this.purchase(fact)
    else if (fact.kind === 'return') this.goodsReturn(fact)
    else if (fact.kind === 'adjust') this.adjustment(fact)
    else if (fact.kind === 'grant') this.grant(fact.id, fact.tier, fact.until, fact.arrivedAt)
    else if (fact.kind === 'end grant') this.endGrant(fact.id, fact.arrivedAt)
    else throw new Error(`no till and no office posts a ${fact.kind}`)
  }

  purchase(fact: Extract<NaiveFact, { kind: 'purchase' }>): number | RefusalCode {
    this.settle(fact.arrivedAt)
    const sale: Sale = {
      purchaseId: fact.id,
      occurredAt: instant(fact.occurredAt),
      details: { storeId: fact.storeId ?? 'leeds', channel: fact.channel, tenders: fact.tenders },
      lines: fact.lines.map((line) => ({ ...line, sku: line.sku ?? `sku-${line.lineId}` })),
    }
    const judgement = judgePurchase(this.programme, this.account, sale, this.entries, this.now, fact.birthday)
    const room = this.limits.open(judgement, sale.details.storeId)
    const booked = bookPurchase(this.programme, this.account, sale, judgement, this.now, room)
    if (isRefusal(booked)) return booked.refused
    this.limits.book(booked.uses, { ...judgement, storeId: sale.details.storeId })
    const { entry, bucket, earned } = booked
    this.entries.push(entry)
    this.account = booked.account
    this.settle(this.now)
    this.purchases.set(fact.id, { earned, pending: entry.fact.pending, tier: entry.fact.tier })
    this.receipts.set(fact.id, { sale: entry, bucket, returned: [], points: earned })
    const early = this.#waiting.get(fact.id) ?? []
    this.#waiting.delete(fact.id)
    const order = (a: GoodsReturn, b: GoodsReturn) => a.occurredAt - b.occurredAt || (a.returnId < b.returnId ? -1 : 1)
    for (const back of early.sort(order)) this.#bringBack(fact.id, back)
    this.settle(this.now)
    return earned
  }

  goodsReturn(fact: Extract<NaiveFact, { kind: 'return' }>): void {
    this.settle(fact.arrivedAt)
    const back: GoodsReturn = {
      returnId: fact.id,
      occurredAt: instant(fact.occurredAt),
      lines: fact.lines.map(({ lineId, quantity, amount }) => ({ lineId, quantity, amount })),
    }
    if (this.receipts.has(fact.purchaseId)) {
      this.#bringBack(fact.purchaseId, back)
      this.settle(this.now)
    } else this.#await(fact.purchaseId, back)
  }

  adjustment(fact: Extract<NaiveFact, { kind: 'adjust' }>): 'booked' | RefusalCode {
    this.settle(fact.arrivedAt)
    const adjustment = { adjustmentId: fact.id, points: points(fact.points), reason: 'test', actor: 'staff' }
    const booked = bookAdjustment(this.programme, this.account, adjustment, this.now)
    const outcome = isRefusal(booked) ? booked.refused : 'booked'
    if (!isRefusal(booked)) {
      this.entries.push(booked.entry)
      this.account = booked.account
    }
    this.adjustments.set(fact.id, outcome)
    return outcome
  }

  grant(grantId: string, tier: string, until: number, now: number): 'booked' | RefusalCode {
    this.settle(now)
    const grant = { grantId, tier, until: instant(until), reason: 'test', actor: 'staff' }
    const booked = bookGrant(this.programme, this.account, grant, this.now)
    if (isRefusal(booked)) return booked.refused
    this.#keep(booked)
    return 'booked'
  }

  endGrant(grantId: string, now: number): void {
    this.settle(now)
    const booked = endGrant(this.programme, this.account, grantId, 'staff', this.now)
    if (booked) this.#keep(booked)
  }

  #keep({ entry, account }: { readonly entry: Entry; readonly account: Account }): void {
    this.entries.push(entry)
    this.account = account
    this.settle(this.now)
  }

  #await(purchaseId: string, back: GoodsReturn): void {
    const queue = this.#waiting.get(purchaseId) ?? []
    const isFull = queue.length >= mostWaitingReturns
    if (!isFull) this.#waiting.set(purchaseId, [...queue, back])
    this.returns.set(`${purchaseId}/${back.returnId}`, isFull ? { refused: 'too-many-waiting-returns' } : 'waiting')
  }

  #bringBack(purchaseId: string, back: GoodsReturn): void {
    const kept = this.receipts.get(purchaseId)
    if (!kept) throw new Error('a return is applied to a sale that is there')
    const booked = bookReturn(this.programme, this.account, kept, back, this.now)
    const name = `${purchaseId}/${back.returnId}`
    if (isRefusal(booked)) {
      this.returns.set(name, { refused: booked.refused })
      return
    }
    const { sale } = kept
    ok(
      booked.uses.every(({ points: used, times }) => used <= 0 && times <= 0),
      'a return takes nothing of a limited campaign',
    )
    const revision = revisionAt(this.programme, sale.at)
    this.limits.book(booked.uses, { at: sale.at, revision, storeId: sale.fact.details.storeId })
    this.entries.push(booked.entry)
    this.account = booked.account
    this.receipts.set(purchaseId, booked.kept)
    this.returns.set(name, { clawedBack: booked.clawedBack })
  }

  #book(entry: Entry): void {
    this.entries.push(entry)
    this.account = apply(this.account, entry)
  }
}
