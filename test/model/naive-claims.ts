import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { ClaimCap, Guarantee } from '../../functions/domain/guarantee.ts'
import { isSameWindow } from './naive-dates.ts'
import {
  covers,
  endOf,
  isFor,
  lineOf,
  moneyFor,
  type NaiveGoodsBack,
  type NaiveHolder,
  type NaiveSheet,
  type NaiveSoldLine,
  promisedUntil,
} from './naive-promises.ts'

/**
 * Claims as a shop keeps them on paper: for each receipt a sheet on which is struck off what came back and what was paid for it, and for
 * each claim a form. What is left, held or given is added up from them each time anew. It shares with functions/domain the types of
 * the document and no code.
 */

/** What is asked, and the rules by which it is judged. */
export interface NaiveAsked {
  readonly purchaseId: string
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[]
  readonly reason?: string | undefined
  readonly text?: string | undefined
  readonly photos?: readonly string[] | undefined
  /** As it was promised at the sale. */
  readonly guarantee: Guarantee
  /** As it is in force now: it limits. */
  readonly current: Guarantee
  readonly timezone: string
  readonly holder: NaiveHolder
}

export interface NaiveForm {
  readonly claimId: string
  readonly sheet: NaiveSheet
  readonly guarantee: Guarantee
  readonly timezone: string
  readonly lines: readonly NaiveGoodsBack[]
  /** What was paid for the goods, and what of it is to be given, minor units. */
  readonly value: number
  readonly money: number
  readonly madeAt: number
  /** Whether the guarantee's own rule may approve it. */
  readonly isAutomatic: boolean
  state: 'submitted' | 'approved' | 'declined' | 'withdrawn' | 'lapsed' | 'settled'
  awaits: 'decision' | 'goods' | 'remedy' | null
  dueAt: number | null
  isOverdue: boolean
  /** Whoever pays was told to. */
  isTold: boolean
  isRecalled: boolean
  /** Whether it holds a part of the guarantee's budgets. */
  isCharged: boolean
  /** Goods that the last step counts as brought back, or below 0 as kept after all: a return has to say so. */
  moved: readonly NaiveGoodsBack[] | null
}

/** All that one member claims. */
export class NaiveClaims {
  readonly sheets = new Map<string, NaiveSheet>()
  readonly forms = new Map<string, NaiveForm>()

  sell(sheet: Pick<NaiveSheet, 'purchaseId' | 'at' | 'storeId' | 'tier'>, lines: readonly NaiveSoldLine[]): void {
    const blank = lines.map((line) => ({ ...line, back: { quantity: 0, amount: 0 }, paidBack: 0 }))
    this.sheets.set(sheet.purchaseId, { ...sheet, lines: blank, isDisputed: false })
  }

  /** A till takes goods back and pays for them. */
  bringBack(purchaseId: string, goods: readonly NaiveGoodsBack[]): void {
    const sheet = this.sheets.get(purchaseId)!
    this.#strike(sheet, goods)
    for (const { lineId, amount } of goods) this.#pay(sheet, lineId, amount)
  }

  /** What a claim moved is told as a return of its own. */
  moves(claimId: string, goods: readonly NaiveGoodsBack[]): void {
    const form = this.#form(claimId)
    ok(form.moved, `${claimId} moves goods, and nothing was done about it`)
    deepStrictEqual(
      goods.map(({ lineId, quantity, amount }) => ({ lineId, quantity, amount })),
      form.moved,
      `goods of ${claimId}`,
    )
    form.moved = null
  }

  /** Why it is refused by what its member has; null: it is not. */
  faultOf(asked: NaiveAsked, now: number): string | null {
    const { guarantee, holder, timezone, current } = asked
    const sheet = this.sheets.get(asked.purchaseId)!
    for (const { lineId, quantity } of asked.lines) {
      const line = lineOf(sheet, lineId)
      const left = line.quantity - line.back.quantity
      if (left === 0) return 'line-returned'
      if (quantity > left) return 'claim-exceeds-purchase'
      if (quantity > left - this.#held(sheet, lineId).quantity) return 'line-claimed'
    }
    const lines = asked.lines.map(({ lineId }) => lineOf(sheet, lineId))
    if (lines.some((line) => !covers(guarantee, line))) return 'not-covered'
    if (now >= promisedUntil(guarantee, timezone, sheet, holder)) return 'guarantee-over'
    const { reasons, text, photos = 0 } = guarantee.evidence ?? {}
    if (reasons && !reasons.some((reason) => reason === asked.reason)) return 'evidence-missing'
    if ((text && asked.text === undefined) || (asked.photos ?? []).length < photos) return 'evidence-missing'
    const value = this.#priced(sheet, asked.lines).reduce((sum, { amount }) => sum + amount, 0)
    const caps = current.limits?.perMember ?? []
    return caps.some((cap) => this.#isBeyond(cap, timezone, guarantee.id, value, now)) ? 'claim-limit' : null
  }

  submit(claimId: string, asked: NaiveAsked, now: number): NaiveForm {
    strictEqual(this.faultOf(asked, now), null, `${claimId} is claimed`)
    ok(!this.forms.has(claimId), `${claimId} is claimed twice`)
    const { guarantee, timezone } = asked
    const sheet = this.sheets.get(asked.purchaseId)!
    const lines = this.#priced(sheet, asked.lines)
    const value = lines.reduce((sum, { amount }) => sum + amount, 0)
    const before = this.#counting(guarantee.id).filter((form) => form.sheet === sheet)
    const worth = before.reduce((sum, form) => sum + form.value, value)
    const { automatic } = guarantee
    const upTo = automatic?.upTo
    const form: NaiveForm = {
      ...{ claimId, sheet, guarantee, timezone, lines, value, money: moneyFor(guarantee, value), madeAt: now },
      isAutomatic: (upTo !== undefined && worth <= upTo) || (!!automatic && isFor(automatic, sheet, asked.holder)),
      ...{ state: 'submitted', awaits: 'decision', dueAt: endOf(timezone, now, guarantee.days.decide) },
      ...{ isOverdue: false, isTold: false, isRecalled: false, isCharged: true, moved: null },
    }
    this.forms.set(claimId, form)
    return form
  }

  approve(claimId: string, isByRule: boolean, now: number): void {
    const form = this.#form(claimId, 'decision')
    ok(!isByRule || form.isAutomatic, `${claimId} needs somebody to decide it`)
    const { guarantee, timezone } = form
    if (!guarantee.goodsBack) this.#owe(form, now)
    else this.#await(form, 'approved', 'goods', endOf(timezone, now, guarantee.days.bringBack ?? 0))
  }

  receive(claimId: string, now: number): void {
    const form = this.#form(claimId, 'goods')
    ok(now < form.dueAt!, `goods of ${claimId} come in after their time`)
    this.#owe(form, now)
  }

  /** It comes to nothing: staff decline it, the member takes it back, or the goods did not come in time. */
  end(claimId: string, state: 'declined' | 'withdrawn' | 'lapsed', now: number): void {
    const form = this.#form(claimId)
    const { awaits, dueAt } = form
    ok(awaits === 'decision' || (awaits === 'goods' && state !== 'declined'), `${claimId} is ${form.state}, and now ${state}`)
    if (state === 'lapsed') ok(awaits === 'goods' && dueAt === now, `${claimId} lapses, and its time is ${dueAt}`)
    form.isCharged = false
    this.#await(form, state, null, null)
  }

  undo(claimId: string): void {
    const form = this.#form(claimId)
    strictEqual(form.state, 'approved', `${claimId} is undone`)
    form.isCharged = false
    form.isRecalled = form.isTold
    if (form.isTold) {
      this.#strike(form.sheet, negative(form.lines))
      form.moved = negative(form.lines)
    }
    this.#await(form, 'declined', null, null)
  }

  overdue(claimId: string, awaits: string, at: number): void {
    const form = this.#form(claimId)
    ok(form.awaits === awaits && awaits !== 'goods', `${claimId} is overdue with a ${awaits}, and waits for a ${form.awaits}`)
    ok(form.dueAt === at && !form.isOverdue, `${claimId} is overdue, and its time is ${form.dueAt}`)
    form.isOverdue = true
  }

  /** It is given: once, what was owed. Of what should not have been given, what has not come back by then. */
  settle(claimId: string, amount: number): void {
    const form = this.#form(claimId)
    ok(form.awaits === 'remedy' || (form.isRecalled && form.state === 'declined'), `${claimId} is ${form.state}, and is given`)
    strictEqual(amount, form.money, `what is given for ${claimId}`)
    const { sheet } = form
    let goods = form.lines
    if (form.isRecalled) {
      goods = form.lines.flatMap(({ lineId, ...claimed }) => {
        const { back, ...sold } = lineOf(sheet, lineId)
        const quantity = Math.min(claimed.quantity, sold.quantity - back.quantity)
        return quantity === 0 ? [] : [{ lineId, quantity, amount: Math.min(claimed.amount, sold.amount - back.amount) }]
      })
      sheet.isDisputed = true
      this.#strike(sheet, goods)
      form.moved = goods.length > 0 ? goods : null
    }
    for (const { lineId, amount: price } of goods) if (form.money > 0) this.#pay(sheet, lineId, price)
    this.#await(form, 'settled', null, null)
  }

  /** Of no line more came back and is held than was sold, unless something was given for what others held by then. */
  isWithinSold(): void {
    for (const sheet of this.sheets.values()) {
      for (const { lineId, quantity, amount, back } of sheet.isDisputed ? [] : sheet.lines) {
        const held = this.#held(sheet, lineId)
        const isWithin = back.quantity + held.quantity <= quantity && back.amount + held.amount <= amount
        ok(isWithin, `more of ${sheet.purchaseId} came back and is claimed than was sold`)
      }
    }
  }

  /** Of a time, nothing is left that it should have moved. */
  isUpTo(now: number): void {
    for (const { claimId, awaits, dueAt, isOverdue, moved } of this.forms.values()) {
      ok(awaits === null || isOverdue || dueAt! > now, `nobody was told that the time of ${claimId} is over`)
      strictEqual(moved, null, `${claimId} was to move goods`)
    }
  }

  #owe(form: NaiveForm, now: number): void {
    this.#strike(form.sheet, form.lines)
    form.moved = form.lines
    form.isTold = true
    this.#await(form, 'approved', 'remedy', endOf(form.timezone, now, form.guarantee.days.settle))
  }

  #await(form: NaiveForm, state: NaiveForm['state'], awaits: NaiveForm['awaits'], dueAt: number | null): void {
    Object.assign(form, { state, awaits, dueAt, isOverdue: false })
  }

  #form(claimId: string, awaits?: NaiveForm['awaits']): NaiveForm {
    const form = this.forms.get(claimId)
    ok(form, `${claimId} was never made`)
    if (awaits) strictEqual(form.awaits, awaits, `what ${claimId} waits for`)
    return form
  }

  /** Strikes goods off, or below 0 puts them on again: never more than there are. */
  #strike(sheet: NaiveSheet, goods: readonly NaiveGoodsBack[]): void {
    for (const { lineId, quantity, amount } of goods) {
      const line = lineOf(sheet, lineId)
      line.back.quantity += quantity
      line.back.amount += amount
      const { back } = line
      ok(back.quantity >= 0 && back.amount >= 0, `more of ${sheet.purchaseId} is kept than came back`)
      ok(back.quantity <= line.quantity && back.amount <= line.amount, `more of ${sheet.purchaseId} comes back than was sold`)
    }
  }

  /** A line is paid back once: by returns and claims together no more than was paid for it. */
  #pay(sheet: NaiveSheet, lineId: string, amount: number): void {
    const line = lineOf(sheet, lineId)
    line.paidBack += amount
    ok(line.paidBack <= line.amount, `more is given for line ${lineId} of ${sheet.purchaseId} than was paid`)
  }

  #held(sheet: NaiveSheet, lineId: string): { quantity: number; amount: number } {
    const held = { quantity: 0, amount: 0 }
    for (const form of this.forms.values()) {
      if (form.sheet !== sheet || (form.awaits !== 'decision' && form.awaits !== 'goods')) continue
      for (const line of form.lines.filter((one) => one.lineId === lineId)) {
        held.quantity += line.quantity
        held.amount += line.amount
      }
    }
    return held
  }

  /** What was paid for pieces, of those that nobody holds: the last piece has what is left. */
  #priced(sheet: NaiveSheet, lines: NaiveAsked['lines']): NaiveGoodsBack[] {
    return lines.map(({ lineId, quantity }) => {
      const { back, ...sold } = lineOf(sheet, lineId)
      const held = this.#held(sheet, lineId)
      const [pieces, price] = [sold.quantity - back.quantity - held.quantity, sold.amount - back.amount - held.amount]
      return { lineId, quantity, amount: Number((BigInt(price) * BigInt(quantity)) / BigInt(pieces)) }
    })
  }

  #counting(guaranteeId: string): NaiveForm[] {
    const isNothing = ({ state }: NaiveForm) => state === 'withdrawn' || state === 'declined'
    return [...this.forms.values()].filter((form) => form.guarantee.id === guaranteeId && !isNothing(form))
  }

  #isBeyond({ window, times, amount }: ClaimCap, timezone: string, guaranteeId: string, value: number, now: number): boolean {
    const inWindow = this.#counting(guaranteeId).filter(({ madeAt }) =>
      isSameWindow(timezone, window === 'ever' ? 'campaign' : window, madeAt, now),
    )
    if (times !== undefined && inWindow.length + 1 > times) return true
    return amount !== undefined && inWindow.reduce((sum, form) => sum + form.value, value) > amount
  }
}

const negative = (goods: readonly NaiveGoodsBack[]) =>
  goods.map(({ lineId, quantity, amount }) => ({ lineId, quantity: -quantity, amount: -amount }))
