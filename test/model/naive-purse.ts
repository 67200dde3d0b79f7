import { expiryOf, inForce } from './naive-dates.ts'
import type { NaiveProgramme } from './naive-facts.ts'
import { type Lot, type Part, sumOf, type Term, takeBack, takeInOrder, takeParts } from './naive-lots.ts'

/** What a member's points come to. They lie in lots that are never removed: whether one is pending or expired is asked of the clock. */
export class NaivePurse {
  readonly lots: Lot[] = []
  debt = 0
  issued = 0
  adjusted = 0
  clawedBack = 0
  readonly #programme: NaiveProgramme
  /** When the member bought last, of all purchases that are known. */
  readonly #lastActive: () => number
  readonly #fixedTerms = new Map<number, Term>()
  #run: Term | null = null

  constructor(programme: NaiveProgramme, lastActive: () => number) {
    this.#programme = programme
    this.#lastActive = lastActive
  }

  /** Points are given: debt is paid first, but not by what is expired already. */
  credit(amount: number, at: number, spendableAt: number, arrivedAt: number): Lot {
    const term = this.#termOf(at, arrivedAt)
    const paid = term.expiresAt <= arrivedAt ? 0 : Math.min(this.debt, amount)
    this.debt -= paid
    const lot = { credited: amount - paid, points: amount - paid, spendableAt, term }
    this.lots.push(lot)
    return lot
  }

  /** Points come back: debt is paid first, but not by what has expired. */
  comeBack(parts: readonly Part[], at: number): void {
    for (const { lot, points } of parts) {
      const paid = lot.term.expiresAt <= at ? 0 : Math.min(this.debt, points)
      this.debt -= paid
      lot.points += points - paid
    }
  }

  emptyLot(expiresAt: number, at: number): Lot {
    const lot = { credited: 0, points: 0, spendableAt: at, term: this.#fixedTerm(expiresAt) }
    this.lots.push(lot)
    return lot
  }

  spendableAt(at: number): Lot[] {
    return this.aliveAt(at).filter((lot) => lot.spendableAt <= at)
  }

  aliveAt(at: number): Lot[] {
    return this.lots.filter((lot) => lot.term.expiresAt > at)
  }

  /** Whether any points of a term are left, pending ones among them. */
  isAnyOf(term: Term, at: number): boolean {
    return this.aliveAt(at).some((lot) => lot.term === term && lot.points > 0)
  }

  take(points: number, at: number): Part[] {
    return takeParts(this.spendableAt(at), points)
  }

  /** Takes back of what was given: what is missing becomes debt, or is forgiven. Answers what was forgiven. */
  takeBack(own: Lot, points: number, at: number, judgedAt: number): number {
    this.clawedBack += points
    return this.#miss(takeBack(this.lots, own, points, at), judgedAt)
  }

  /** Takes back what made up for something, from all that there is. */
  takeAmends(points: number, at: number): void {
    this.adjusted -= points
    this.#miss(takeInOrder(this.aliveAt(at), points), at)
  }

  #miss(missing: number, judgedAt: number): number {
    if (inForce(this.#programme, judgedAt).document.points.negative === 'debt') {
      this.debt += missing
      return 0
    }
    this.adjusted += missing
    return missing
  }

  #fixedTerm(expiresAt: number): Term {
    const term = this.#fixedTerms.get(expiresAt) ?? { expiresAt }
    this.#fixedTerms.set(expiresAt, term)
    return term
  }

  #termOf(at: number, arrivedAt: number): Term {
    const { document } = inForce(this.#programme, at)
    const { expiry } = document.points
    if (expiry === 'none' || !('inactivity' in expiry)) return this.#fixedTerm(expiryOf(document, at))
    // A run is over when the last of its points are expired or taken: later activity begins another and brings nothing back.
    const ofRun = this.lots.filter((lot) => lot.term === this.#run && lot.credited > 0)
    const isAlive = this.#run !== null && this.#run.expiresAt > arrivedAt && sumOf(ofRun) > 0
    if (!this.#run || (ofRun.length > 0 && !isAlive)) this.#run = { expiresAt: 0 }
    const run = this.#run
    const lastActive = Math.max(at, this.#lastActive())
    run.expiresAt = Math.max(expiryOf(document, lastActive), isAlive ? run.expiresAt : 0)
    return run
  }
}
