import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { ClaimFact, Instruction } from '../../functions/domain/claim.ts'
import type { Fact } from '../../functions/domain/entry.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { claimOf } from '../../functions/store/claim-item.ts'
import type { StoredEntry } from '../../functions/store/entry-item.ts'
import { budgetPartition, guaranteeBudget as nameOfBudget, storeBudgetPrefix, table } from '../../functions/store/table.ts'
import { NaiveClaims, type NaiveForm } from '../model/naive-claims.ts'
import { people } from './operation.ts'
import { entriesOf } from './whole-checks.ts'
import { guaranteeBudget, guaranteePerStore } from './whole-guarantees.ts'
import type { Whole } from './whole-history.ts'
import { programmeId } from './world.ts'

type Submission = Extract<Fact, { kind: 'claim-submitted' }>

const guaranteeIn = ({ guarantees = [] }: ProgrammeDocument, id: string): Guarantee => guarantees.find((one) => one.id === id)!

/** From which score on staff look at a claim, where the guarantee says nothing. */
const reviewFrom = 50

/** One member's claims as their entries tell them, one after another, each judged by the forms that there are by then. */
export class ToldClaims extends NaiveClaims {
  readonly whole: Whole
  tier = ''
  readonly clubs = new Map<string, number>()
  isClosed = false
  /** Points of goodwill that a claim gave, and what is expected of it until that is told. */
  readonly #given = new Map<string, number>()
  readonly #expected = new Map<string, number>()
  /** So many as staff said when they approved it. */
  readonly #goodwill = new Map<string, number>()

  constructor(whole: Whole) {
    super()
    this.whole = whole
  }

  /** What one commit booked. */
  tell(booking: readonly StoredEntry[]): void {
    for (const entry of booking) this.#tell(entry)
    for (const { fact } of booking) if (fact.kind === 'claim-submitted') this.#isApprovedAtOnce(fact, booking)
  }

  #tell({ at, fact, effect }: StoredEntry): void {
    this.tier = effect.tier?.id ?? this.tier
    if (effect.club?.membership) this.clubs.set(effect.club.id, effect.club.membership.since)
    else if (effect.club) this.clubs.delete(effect.club.id)
    if (effect.status) this.isClosed = effect.status === 'closed'
    if (fact.kind === 'earn') this.sell({ ...fact, at, storeId: fact.details.storeId }, fact.lines)
    else if (fact.kind === 'return' && fact.claimId !== undefined) this.moves(fact.claimId, fact.lines)
    else if (fact.kind === 'return') this.bringBack(fact.purchaseId, fact.lines)
    else if (fact.kind === 'goodwill' && fact.id.startsWith('CLAIM#')) this.#give(fact.id.slice(6), effect.totals?.adjusted ?? 0)
    else if (fact.kind.startsWith('claim-')) this.#step(fact as ClaimFact, at)
    this.isWithinSold()
  }

  /** What a guarantee promised at a sale, what it allows now, and to whom. */
  rulesFor(purchaseId: string, guaranteeId: string, now: number) {
    const inForce = (at: number) => this.whole.naive.findLast(({ inForceFrom }, place) => place === 0 || inForceFrom <= at)!
    const promised = inForce(this.sheets.get(purchaseId)!.at).document as ProgrammeDocument
    return {
      guarantee: guaranteeIn(promised, guaranteeId),
      current: guaranteeIn(inForce(now).document as ProgrammeDocument, guaranteeId),
      ...{ timezone: promised.timezone, holder: { tier: this.tier, clubs: this.clubs } },
    }
  }

  isComplete(now: number): void {
    this.isUpTo(now)
    deepStrictEqual([...this.#expected], [], 'what claims were to give and did not')
  }

  #step(fact: ClaimFact, at: number): void {
    const { claimId } = fact
    if (fact.kind === 'claim-submitted') this.#submitted(fact, at)
    else if (fact.kind === 'claim-approved') {
      this.approve(claimId, 'rule' in fact.by, at)
      this.#told(fact, fact.goodwill)
    } else if (fact.kind === 'claim-goods') {
      this.receive(claimId, at)
      this.#told(fact, undefined)
    } else if (fact.kind === 'claim-declined') this.end(claimId, 'declined', at)
    else if (fact.kind === 'claim-withdrawn') this.end(claimId, 'withdrawn', at)
    else if (fact.kind === 'claim-lapsed') this.end(claimId, 'lapsed', at)
    else if (fact.kind === 'claim-overdue') this.overdue(claimId, fact.awaits, at)
    else if (fact.kind === 'claim-settled') this.settle(claimId, fact.amount)
    else {
      this.undo(claimId)
      const given = this.#given.get(claimId) ?? 0
      if (given > 0) this.#expected.set(claimId, -given)
    }
  }

  #submitted(fact: Submission, at: number): void {
    const { claimId, purchaseId, guaranteeId } = fact
    const evidence = evidenceOf(this.whole, claimId)
    const asked = { ...fact, ...evidence, ...this.rulesFor(purchaseId, guaranteeId, at) }
    const { lines, value, guarantee } = this.submit(claimId, asked, at)
    deepStrictEqual({ lines: fact.lines, value: fact.value }, { lines, value }, `${claimId} is worth`)
    strictEqual(fact.goodsBack, guarantee.goodsBack, claimId)
    deepStrictEqual(fact.instruction, this.#owed(claimId), `what is to be given for ${claimId}`)
  }

  /** What needs nobody's decision is not left to somebody, unless its score wants that, or the vouchers are out. */
  #isApprovedAtOnce({ claimId, signals, instruction }: Submission, booking: readonly StoredEntry[]): void {
    const isAtOnce = booking.some(({ fact }) => fact.kind === 'claim-approved' && fact.claimId === claimId)
    const score = signals.reduce((sum, { weight }) => sum + weight, 0)
    ok(!isAtOnce || score < reviewFrom, `${claimId} is approved with a score of ${score}`)
    const mayWait = score >= reviewFrom || instruction.reward === 'ticket'
    ok(isAtOnce || mayWait || !this.forms.get(claimId)!.isAutomatic, `${claimId} waits for staff, and its score is ${score}`)
  }

  /** Whoever pays is told once there is something to be given, and what is given beside it is given then. */
  #told({ claimId, instruction }: Extract<ClaimFact, { instruction?: unknown }>, goodwill: number | undefined): void {
    const form = this.forms.get(claimId)!
    deepStrictEqual(instruction, form.awaits === 'remedy' ? this.#owed(claimId) : undefined, `what is told of ${claimId}`)
    if (goodwill !== undefined) this.#goodwill.set(claimId, goodwill)
    if (form.awaits !== 'remedy') return
    const beside = this.isClosed ? 0 : (this.#goodwill.get(claimId) ?? form.guarantee.goodwill ?? 0)
    const points = beside + (this.#owed(claimId).points ?? 0)
    if (points > 0) this.#expected.set(claimId, points)
  }

  #owed(claimId: string): Instruction {
    const { guarantee, value, money: amount } = this.forms.get(claimId)!
    const { remedy } = guarantee
    const common = { amount, currency: 'GBP' }
    if ('refund' in remedy) return { ...common, remedy: 'refund' }
    if ('exchange' in remedy) return { ...common, remedy: 'exchange' }
    if ('voucher' in remedy) return { ...common, remedy: 'voucher', reward: remedy.voucher.reward }
    return { ...common, remedy: 'points', points: Math.floor((value * remedy.points) / remedy.per) }
  }

  #give(claimId: string, adjusted: number): void {
    const expected = this.#expected.get(claimId)
    ok(expected !== undefined, `${claimId} gives goodwill of ${adjusted}`)
    // What is taken back and was not there is forgiven, where the programme does.
    if (expected > 0) strictEqual(adjusted, expected, `goodwill of ${claimId}`)
    else ok(adjusted >= expected && adjusted <= 0, `goodwill of ${claimId}`)
    this.#given.set(claimId, adjusted)
    this.#expected.delete(claimId)
  }
}

/** What was shown with a claim stands in no entry. */
function evidenceOf({ world: { trace } }: Whole, claimId: string) {
  const { pk, sk } = table.claim(programmeId, claimId)
  return claimOf(trace.items.get(`${pk} ${sk}`)!).evidence
}

/** All forms of all members, as their entries tell them. */
export function claimsTold(whole: Whole): ReadonlyMap<string, ToldClaims> {
  return new Map(
    people.map((member) => {
      const told = new ToldClaims(whole)
      for (const booking of entriesOf(whole.world.trace, member).bookings) told.tell(booking)
      return [member, told]
    }),
  )
}

/**
 * Every step of every claim is one that a shop would take which keeps a form for each; of a line no more comes back, and no more is
 * given for it, than was sold and paid, by returns and claims together; what time brings came at its time; budgets have what is left
 * of them to the last penny. Answers what became of all claims, by the name of the remedy and the state.
 */
export function areClaimsAsTheModelSays(whole: Whole, all: ReturnType<typeof claimsTold>): readonly string[] {
  for (const told of all.values()) told.isComplete(whole.world.timeline.now)
  const forms = [...all.values()].flatMap((told) => [...told.forms.values()])
  areBudgetsLeft(whole, forms)
  areSettledAsTold(whole, forms)
  return forms.map(({ guarantee, state, isRecalled }) => `${guarantee.id} ${isRecalled ? 'recalled and ' : ''}${state}`)
}

function areBudgetsLeft({ world: { trace } }: Whole, forms: readonly NaiveForm[]): void {
  const charged = (id: string, storeId?: string) =>
    forms
      .filter(
        ({ isCharged, guarantee, sheet }) => isCharged && guarantee.id === id && (storeId ?? sheet.storeId) === sheet.storeId,
      )
      .reduce((sum, { value }) => sum + value, 0)
  const items = [...trace.items.values()]
  const potsOf = (id: string) => items.filter(({ pk }) => pk.startsWith(budgetPartition(programmeId, nameOfBudget(id))))
  const pots = potsOf('capped')
  ok(
    pots.every(({ l }) => Number(l) >= 0),
    'the budget of a guarantee is overspent',
  )
  const left = pots.reduce((sum, { l }) => sum + Number(l), 0)
  strictEqual(left, pots.length === 0 ? 0 : guaranteeBudget - charged('capped'), 'what is left of the budget of a guarantee')
  for (const { sk, l } of potsOf('swap')) {
    ok(Number(l) >= 0, 'a store gives more than it may')
    strictEqual(l, guaranteePerStore - charged('swap', sk.slice(storeBudgetPrefix.length)), `what ${sk} may give`)
  }
}

/** Whoever gave something and was told that it is noted gave what was owed, and it is noted. */
function areSettledAsTold({ done }: Whole, forms: readonly NaiveForm[]): void {
  for (const { name, call, answer } of done) {
    if (name !== 'settle claim' || answer.status >= 300) continue
    const form = forms.find(({ claimId }) => claimId === call.params?.id)!
    deepStrictEqual([form.state, (call.body as { amount: number }).amount], ['settled', form.money], form.claimId)
  }
}
