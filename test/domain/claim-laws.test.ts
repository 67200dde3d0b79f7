import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { apply } from '../../functions/domain/apply.ts'
import { afterEntry, type Claim, claimAt, claimReturnId, claimsOf, submittedClaim } from '../../functions/domain/claim.ts'
import { approval, decline, goodsReceived, settlement, undoApproval, withdrawal } from '../../functions/domain/claim-steps.ts'
import { type AskedClaim, judgeClaim, submission } from '../../functions/domain/claiming.ts'
import type { Entry, ReturnedLine } from '../../functions/domain/entry.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import { isConserved } from '../../functions/domain/head.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { isRefusal, type Refusal } from '../../functions/domain/refusal.ts'
import { replay } from '../../functions/domain/replay.ts'
import { bookReturn, type KeptSale, undoReturn } from '../../functions/domain/returns.ts'
import { nextDue, settle } from '../../functions/domain/settle.ts'
import { type Instant, instant } from '../../functions/domain/units.ts'
import { Counter } from './counter.ts'
import { at, documentWith, programmeOf } from './programmes.ts'

const base = { window: { days: 90 }, remedy: { refund: { rate: 10_000 } } } as const
const guarantees: readonly Guarantee[] = [
  { ...base, id: 'at-once', name: 'At once', goodsBack: false, days: { decide: 2, settle: 4 } },
  { ...base, id: 'goods', name: 'Goods back', goodsBack: true, days: { decide: 2, bringBack: 3, settle: 4 } },
]
const oneTier = { metric: 'spend', period: 'calendar-year', levels: [{ id: 'all', threshold: 0, multiplier: 10_000 }] } as const
const documentOf = (points: Partial<ProgrammeDocument['points']>): ProgrammeDocument => ({
  ...documentWith(points, { tiers: oneTier }),
  guarantees,
})
const programmes: readonly [string, ProgrammeDocument][] = [
  ['debt', documentOf({})],
  ['debt forgiven', documentOf({ negative: 'forgive' })],
  ['a hold, points that live a month', documentOf({ holdDays: 20, expiry: { months: 1 } })],
  ['inactivity', documentOf({ expiry: { inactivity: 1 } })],
]

/** A member at a desk where claims are handled, with memory for a store. Of refused steps nothing is kept. */
class Desk {
  readonly counter: Counter
  readonly claims = new Map<string, Claim>()
  /** What of each line came back by returns, as a child would keep it: amounts and quantities, by `purchase line`. */
  readonly returned = new Map<string, { quantity: number; amount: number }>()

  constructor(document: ProgrammeDocument) {
    this.counter = new Counter(programmeOf(document), '2026-01-10T12:00:00Z')
  }

  book(...entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.counter.entries.push(entry)
      this.counter.account = apply(this.counter.account, entry)
      for (const claim of this.claims.values()) this.claims.set(claim.claimId, afterEntry(claim, entry))
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
  }

  step(claimId: string, decide: (claim: Claim, now: Instant) => Entry | Refusal): void {
    const claim = this.claims.get(claimId)
    const entry = claim && decide(claim, this.counter.now)
    if (!entry || isRefusal(entry)) return
    const { counter } = this
    const next = afterEntry(claim, entry)
    const goods = { returnId: claimReturnId(claimId), claimId, occurredAt: counter.now, lines: claim.lines }
    const kept = this.kept(claim.purchaseId, claimId)
    if (next.awaits === 'remedy') {
      const booked = bookReturn(counter.programme, counter.account, kept, goods, counter.now)
      if (isRefusal(booked)) throw new Error(`what a claim holds is there: ${booked.refused}`)
      counter.receipts.set(claim.purchaseId, booked.kept)
      this.book(entry, booked.entry)
    } else if (entry.fact.kind === 'claim-undone' && claim.effect) {
      const booked = undoReturn(counter.programme, counter.account, kept, goods, claim.effect.forgiven, counter.now)
      if (isRefusal(booked)) return
      counter.receipts.set(claim.purchaseId, booked.kept)
      this.book(entry, booked.entry)
    } else this.book(entry)
  }

  bring(purchaseId: string, returnId: string, lines: readonly ReturnedLine[]): void {
    const { counter } = this
    if (!counter.receipts.has(purchaseId)) return
    const goods = { returnId, occurredAt: counter.now, lines }
    const booked = bookReturn(counter.programme, counter.account, this.kept(purchaseId), goods, counter.now)
    if (isRefusal(booked)) return
    counter.receipts.set(purchaseId, booked.kept)
    for (const { lineId, quantity, amount } of lines) {
      const name = `${purchaseId} ${lineId}`
      const sum = this.returned.get(name) ?? { quantity: 0, amount: 0 }
      this.returned.set(name, { quantity: sum.quantity + quantity, amount: sum.amount + amount })
    }
    this.book(booked.entry)
  }
}

const hourMs = 3_600_000
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      amounts: fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 2 }),
      quantity: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      sale: fc.nat(3),
      line: fc.nat(1),
      quantity: fc.integer({ min: 1, max: 3 }),
      goods: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'approve' as const,
        'approve' as const,
        'decline' as const,
        'withdraw' as const,
        'goods' as const,
        'settle' as const,
        'undo' as const,
        'undo' as const,
      ),
      claim: fc.nat(5),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('return' as const),
      sale: fc.nat(3),
      line: fc.nat(1),
      quantity: fc.integer({ min: 1, max: 2 }),
      amount: fc.nat(2_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.oneof(fc.nat(30), fc.nat(800)) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'spend' as const }) },
)
type Command = typeof command extends fc.Arbitrary<infer Kind> ? Kind : never

function run(desk: Desk, commands: readonly Command[]): void {
  const { counter } = desk
  for (const [number, each] of commands.entries()) {
    const claimId = 'claim' in each ? `c-${each.claim}` : ''
    const by = { actor: 'staff' }
    switch (each.do) {
      case 'buy': {
        const lines = each.amounts.map((amount, index) => ({ lineId: String(index), amount, quantity: each.quantity }))
        counter.purchase({
          kind: 'purchase',
          id: `p-${counter.receipts.size}`,
          occurredAt: counter.now,
          arrivedAt: counter.now,
          lines,
        })
        break
      }
      case 'claim':
        desk.submit(`c-${desk.claims.size}`, `p-${each.sale}`, each.goods ? 'goods' : 'at-once', [
          { lineId: String(each.line), quantity: each.quantity },
        ])
        break
      case 'return':
        desk.bring(`p-${each.sale}`, `r-${number}`, [{ lineId: String(each.line), quantity: each.quantity, amount: each.amount }])
        break
      case 'approve':
        desk.step(claimId, (claim, now) => approval(counter.programme, claim, by, { why: 'yes' }, now))
        break
      case 'goods':
        desk.step(claimId, (claim, now) => goodsReceived(counter.programme, claim, by, now))
        break
      case 'decline':
        desk.step(claimId, (claim, now) => decline(claim, by, 'no', now))
        break
      case 'withdraw':
        desk.step(claimId, (claim, now) => withdrawal(claim, by, now))
        break
      case 'settle':
        desk.step(claimId, (claim, now) => settlement(claim, { by, amount: claim.instruction.amount, occurredAt: now }, now))
        break
      case 'undo':
        desk.step(claimId, (claim, now) => undoApproval(claim, by, 'a mistake', now))
        break
      case 'wait':
        desk.pass(each.hours * hourMs)
        break
      case 'spend':
        if (counter.balance.available > 0) counter.adjust(-counter.balance.available, new Date(counter.now).toISOString())
    }
    examine(desk)
  }
}

/** What a child could add up: of no line more than was bought, and of what is kept a point for every 100. */
function examine({ counter, claims, returned }: Desk): void {
  ok(isConserved(counter.account.head))
  for (const [purchaseId, { sale, points }] of counter.receipts) {
    let spend = 0
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
      spend += amount - gone.amount - inEffect.amount
    }
    strictEqual(points, Math.floor(spend / 100), 'points are as for a return of the same lines')
  }
}

describe.each(programmes)('claims, returns and time in any order: %s', (_name, document) => {
  it('refund once, keep what is bought, and points as of what is kept; replaying and settling in steps change nothing', () => {
    fc.assert(
      fc.property(
        fc.array(command, { minLength: 5, maxLength: 40, size: 'max' }),
        fc.array(fc.nat(1_500), { maxLength: 4 }),
        (commands, hours) => {
          const desk = new Desk(document)
          const { counter } = desk
          run(desk, [{ do: 'buy', amounts: [2_050, 999], quantity: 2 }, ...commands])
          const { memberId } = counter.account.head
          deepStrictEqual(replay(memberId, counter.entries), counter.account)
          deepStrictEqual(claimsOf(memberId, counter.entries), desk.claims)

          const instructed = counter.entries.flatMap(({ fact }) =>
            'instruction' in fact && fact.kind !== 'claim-submitted' ? [fact.claimId] : [],
          )
          strictEqual(new Set(instructed).size, instructed.length, 'whoever pays is told once')
          const settled = counter.entries.flatMap(({ fact }) => (fact.kind === 'claim-settled' ? [fact.claimId] : []))
          strictEqual(new Set(settled).size, settled.length, 'a claim is settled once')

          const open = [...desk.claims.values()].filter(({ awaits }) => awaits !== null).map(({ claimId }) => claimId)
          deepStrictEqual(
            counter.account.head.claims.map(({ claimId }) => claimId),
            open.sort(),
          )
          const end = instant(counter.now + 2_000 * hourMs)
          const atOnce = settle(counter.programme, counter.account, end, undefined, counter.entries)
          let inSteps = { account: counter.account, entries: [] as readonly Entry[] }
          for (const step of [...hours.sort((a, b) => a - b).map((hour) => instant(counter.now + hour * hourMs)), end]) {
            const next = settle(counter.programme, inSteps.account, step, undefined, [...counter.entries, ...inSteps.entries])
            inSteps = { account: next.account, entries: [...inSteps.entries, ...next.entries] }
          }
          deepStrictEqual(inSteps, { account: atOnce.account, entries: atOnce.entries })
          // What a record of a claim tells by itself is what booking would have made of it.
          for (const [id, claim] of claimsOf(memberId, [...counter.entries, ...atOnce.entries])) {
            deepStrictEqual(claimAt(desk.claims.get(id)!, end), claim)
          }
          ok(atOnce.account.head.claims.every(({ dueAt }) => dueAt === null))
          ok((nextDue(counter.programme, atOnce.account.head) ?? end + 1) > end)
        },
      ),
      { numRuns: Number(process.env.RUNS ?? 400) },
    )
  })
})

describe('what an undone approval leaves', () => {
  it.each(programmes)('is what was before: %s', (_name, document) => {
    const desk = new Desk(document)
    const { counter } = desk
    const goods = [{ lineId: '0', quantity: 2, amount: 5_000 }]
    counter.purchase({ kind: 'purchase', id: 'p-0', occurredAt: counter.now, arrivedAt: counter.now, lines: goods })
    if (counter.balance.available > 0) counter.adjust(-20, '2026-01-10T12:00:00Z')
    const { head } = counter.account
    desk.submit('c-0', 'p-0', 'at-once', [{ lineId: '0', quantity: 2 }])
    const by = { actor: 'staff' }
    desk.step('c-0', (claim, now) => approval(counter.programme, claim, by, { why: 'yes' }, now))
    desk.step('c-0', (claim, now) => undoApproval(claim, by, 'no', now))
    const { totals, debt, buckets, sums, claims } = counter.account.head
    deepStrictEqual(
      { totals, debt, buckets: buckets.map(({ points }) => points), sums, claims },
      {
        ...{
          totals: head.totals,
          debt: head.debt,
          buckets: head.buckets.map(({ points }) => points),
          sums: head.sums,
          claims: [],
        },
      },
    )
    ok(counter.now >= at('2026-01-10T12:00:00Z'))
  })
})
