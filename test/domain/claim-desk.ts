import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { apply } from '../../functions/domain/apply.ts'
import { afterEntry, type Claim, claimGoodwillId, claimReturnId, claimsOf, submittedClaim } from '../../functions/domain/claim.ts'
import {
  approval,
  decline,
  goodsReceived,
  guaranteeOfClaim,
  isRecalled,
  settlement,
  undoApproval,
  withdrawal,
} from '../../functions/domain/claim-steps.ts'
import { type AskedClaim, judgeClaim, submission } from '../../functions/domain/claiming.ts'
import type { Entry, ReturnedLine } from '../../functions/domain/entry.ts'
import { bookGoodwill, takeGoodwillBack } from '../../functions/domain/goodwill.ts'
import { type Programme, revisionAt } from '../../functions/domain/programme.ts'
import { isRefusal, type Refusal, refusal } from '../../functions/domain/refusal.ts'
import { type BookedReturn, bookReturn, type KeptSale, undoReturn } from '../../functions/domain/returns.ts'
import { type Instant, points } from '../../functions/domain/units.ts'
import { Spender } from './spender.ts'

const by = { actor: 'staff' }

/** What staff, members and whoever pays do about a claim that was made. */
export const claimSteps = {
  approve: (programme: Programme, claim: Claim, now: Instant) => approval(programme, claim, by, { why: 'yes' }, now),
  decline: (_: Programme, claim: Claim, now: Instant) => decline(claim, by, 'no', now),
  withdraw: (_: Programme, claim: Claim, now: Instant) => withdrawal(claim, by, now),
  goods: (programme: Programme, claim: Claim, now: Instant) => goodsReceived(programme, claim, by, now),
  // Whoever said that nothing was given, and will not be, gives nothing: what comes of it else is the journeys' to show.
  settle: (_: Programme, claim: Claim, now: Instant) =>
    isRecalled(claim)
      ? refusal('claim-not-approved')
      : settlement(claim, { by, amount: claim.instruction.amount, occurredAt: now }, now),
  undo: (_: Programme, claim: Claim, now: Instant) => undoApproval(claim, by, { why: 'a mistake', notGiven: true }, now),
} as const

/** A member at a desk where claims are handled, with memory for a store. Of refused steps nothing is kept. */
export class ClaimDesk {
  readonly counter: Spender
  readonly claims = new Map<string, Claim>()
  /** What of each line came back by returns, as a child would keep it: amounts and quantities, by `purchase line`. */
  readonly returned = new Map<string, { quantity: number; amount: number }>()

  constructor(programme: Programme, enrolledAt: string | number) {
    this.counter = new Spender(programme, enrolledAt)
  }

  book(...entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.counter.entries.push(entry)
      this.counter.account = apply(this.counter.account, entry)
      this.#told(entry)
    }
    for (const entry of this.counter.settle(this.counter.now)) this.#told(entry)
  }

  pass(ms: number): void {
    for (const entry of this.counter.settle(this.counter.now + ms)) this.#told(entry)
  }

  #told(entry: Entry): void {
    for (const claim of this.claims.values()) this.claims.set(claim.claimId, afterEntry(claim, entry))
  }

  kept(purchaseId: string, without?: string): KeptSale {
    const held = new Map<string, ReturnedLine>()
    for (const claim of this.claims.values()) {
      if (claim.purchaseId !== purchaseId || claim.claimId === without || claim.awaits === null || claim.effect) continue
      for (const { lineId, quantity, amount } of claim.lines) {
        const sum = held.get(lineId) ?? { quantity: 0, amount: 0 }
        held.set(lineId, { lineId, quantity: sum.quantity + quantity, amount: sum.amount + amount })
      }
    }
    return { ...this.counter.receipts.get(purchaseId)!, claimed: [...held.values()] }
  }

  submit(claimId: string, purchaseId: string, guaranteeId: string, lines: AskedClaim['lines']): void {
    const { counter } = this
    if (this.claims.has(claimId) || !counter.receipts.has(purchaseId)) return
    const asked: AskedClaim = { claimId, by: { member: true }, guaranteeId, lines }
    const judged = judgeClaim(counter.programme, counter.account, this.kept(purchaseId), asked, counter.entries, counter.now)
    if (isRefusal(judged)) return
    const entry = submission(asked, judged, counter.now)
    this.claims.set(claimId, submittedClaim(counter.account.head.memberId, entry))
    this.book(entry)
    if (judged.isAutomatic) this.step(claimId, 'approve')
  }

  step(claimId: string, kind: keyof typeof claimSteps): void {
    const { counter } = this
    const claim = this.claims.get(claimId)
    if (!claim) return
    const entry: Entry | Refusal = claimSteps[kind](counter.programme, claim, counter.now)
    if (isRefusal(entry)) return
    if (afterEntry(claim, entry).awaits === 'remedy') this.#takeEffect(claim, entry)
    else if (entry.fact.kind === 'claim-undone' && claim.effect) this.#undo(claim, entry)
    else this.book(entry)
  }

  #takeEffect(claim: Claim, entry: Entry): void {
    const { counter } = this
    const kept = this.kept(claim.purchaseId, claim.claimId)
    const booked = bookReturn(counter.programme, counter.account, kept, this.#goodsOf(claim), counter.now)
    if (isRefusal(booked)) throw new Error(`what a claim holds is there: ${booked.refused}`)
    this.#count(booked)
    this.book(entry, booked.entry)
    counter.givePointsBack(claim.purchaseId)
    this.#giveBeside(this.claims.get(claim.claimId)!)
  }

  /** Goodwill and points that a guarantee gives; what is given in points alone is given at once. */
  #giveBeside(claim: Claim): void {
    const { programme, account, now } = this.counter
    const { remedy, points: owed = 0 } = claim.instruction
    const given = owed + (guaranteeOfClaim(programme, claim).goodwill ?? 0)
    if (given > 0) {
      const goodwill = { id: claimGoodwillId(claim.claimId), reason: 'yes', points: points(given) }
      const booked = bookGoodwill(programme, account, goodwill, now)
      if (isRefusal(booked)) throw new Error(booked.refused)
      this.book(booked.entry)
    }
    if (remedy === 'points') this.step(claim.claimId, 'settle')
  }

  #undo(claim: Claim, entry: Entry): void {
    const { counter } = this
    const { programme, account, now } = counter
    const effect = claim.effect!
    const kept = this.kept(claim.purchaseId, claim.claimId)
    const booked = undoReturn(programme, account, kept, this.#goodsOf(claim), effect.forgiven, now)
    if (isRefusal(booked) || counter.isPaidBack(claim.purchaseId, booked.kept) || !this.#fits(booked)) return
    this.#count(booked)
    this.book(entry, booked.entry)
    if (effect.goodwill === 0) return
    const goodwill = { id: claimGoodwillId(claim.claimId), reason: 'a mistake', points: points(effect.goodwill) }
    this.book(takeGoodwillBack(programme, counter.account, goodwill, now).entry)
  }

  #goodsOf({ claimId, lines }: Claim) {
    return { returnId: claimReturnId(claimId), claimId, occurredAt: this.counter.now, lines }
  }

  bring(purchaseId: string, returnId: string, lines: readonly ReturnedLine[]): void {
    const { counter } = this
    if (!counter.receipts.has(purchaseId)) return
    const goods = { returnId, occurredAt: counter.now, lines }
    const booked = bookReturn(counter.programme, counter.account, this.kept(purchaseId), goods, counter.now)
    if (isRefusal(booked)) return
    this.#count(booked)
    for (const { lineId, quantity, amount } of lines) {
      const name = `${purchaseId} ${lineId}`
      const sum = this.returned.get(name) ?? { quantity: 0, amount: 0 }
      this.returned.set(name, { quantity: sum.quantity + quantity, amount: sum.amount + amount })
    }
    this.book(booked.entry)
    counter.givePointsBack(purchaseId)
  }

  /** What is left of a sale, and what limited campaigns get back. */
  #count({ kept, uses }: BookedReturn): void {
    this.counter.receipts.set(kept.sale.fact.purchaseId, kept)
    this.counter.limits.book(uses, this.#limitedSale(kept))
  }

  /** Whether limited campaigns still have room for what an undone claim takes of them again. */
  #fits({ kept, uses }: BookedReturn): boolean {
    return this.counter.limits.hasRoom(uses, this.#limitedSale(kept))
  }

  #limitedSale({ sale }: KeptSale) {
    const revision = revisionAt(this.counter.programme, sale.at)
    return { at: sale.at, revision, storeId: sale.fact.details.storeId }
  }
}

/**
 * What a child could add up: of no line more than was returned and claimed than was bought, and the points of each purchase those of
 * what is kept of its lines. A function says how many those are.
 */
export function judgeGoods(
  { counter, claims, returned }: ClaimDesk,
  pointsFor: (sale: KeptSale['sale'], kept: readonly ReturnedLine[]) => number,
): void {
  for (const [purchaseId, { sale, points: held }] of counter.receipts) {
    const left: ReturnedLine[] = []
    for (const { lineId, quantity, amount } of sale.fact.lines) {
      const gone = returned.get(`${purchaseId} ${lineId}`) ?? { quantity: 0, amount: 0 }
      const claimed = { quantity: 0, amount: 0 }
      const inEffect = { quantity: 0, amount: 0 }
      for (const claim of claims.values()) {
        if (claim.purchaseId !== purchaseId) continue
        for (const one of claim.lines) {
          if (one.lineId !== lineId) continue
          for (const sum of [
            ...(['submitted', 'approved', 'settled'].includes(claim.state) ? [claimed] : []),
            ...(claim.effect ? [inEffect] : []),
          ]) {
            sum.quantity += one.quantity
            sum.amount += one.amount
          }
        }
      }
      ok(gone.quantity + claimed.quantity <= quantity, 'more is returned and claimed than was bought')
      ok(gone.amount + claimed.amount <= amount, 'more money is returned and claimed than was paid')
      left.push({
        lineId,
        quantity: quantity - gone.quantity - inEffect.quantity,
        amount: amount - gone.amount - inEffect.amount,
      })
    }
    strictEqual(held, pointsFor(sale, left), 'points are those of the lines kept')
  }
}

/** Claims are what the entries say; whoever pays is told once for each, and each is settled once. */
export function judgeClaims({ counter, claims }: ClaimDesk): void {
  const { head } = counter.account
  deepStrictEqual(claimsOf(head.memberId, counter.entries), claims, 'claims are what the entries say')
  const instructed = counter.entries.flatMap(({ fact }) =>
    'instruction' in fact && fact.kind !== 'claim-submitted' ? [fact.claimId] : [],
  )
  strictEqual(new Set(instructed).size, instructed.length, 'whoever pays is told once')
  const settled = counter.entries.flatMap(({ fact }) => (fact.kind === 'claim-settled' ? [fact.claimId] : []))
  strictEqual(new Set(settled).size, settled.length, 'a claim is settled once')
  for (const id of settled) strictEqual(claims.get(id)?.state, 'settled', 'what was given is not claimed again')
  const open = [...claims.values()].filter(({ awaits }) => awaits !== null).map(({ claimId }) => claimId)
  deepStrictEqual(
    head.claims.map(({ claimId }) => claimId),
    open.sort(),
  )
}
