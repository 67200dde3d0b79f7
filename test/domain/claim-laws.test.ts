import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { claimAt, claimsOf } from '../../functions/domain/claim.ts'
import type { Entry } from '../../functions/domain/entry.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import { isConserved } from '../../functions/domain/head.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { replay } from '../../functions/domain/replay.ts'
import { nextDue, settle } from '../../functions/domain/settle.ts'
import { instant } from '../../functions/domain/units.ts'
import { ClaimDesk, judgeClaims, judgeGoods } from './claim-desk.ts'
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

const deskOf = (document: ProgrammeDocument) => new ClaimDesk(programmeOf(document), '2026-01-10T12:00:00Z')

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

function run(desk: ClaimDesk, commands: readonly Command[]): void {
  const { counter } = desk
  for (const [number, each] of commands.entries()) {
    const claimId = 'claim' in each ? `c-${each.claim}` : ''
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
      case 'goods':
      case 'decline':
      case 'withdraw':
      case 'settle':
      case 'undo':
        desk.step(claimId, each.do)
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

/** Of what is kept there is a point for every 100. */
function examine(desk: ClaimDesk): void {
  ok(isConserved(desk.counter.account.head))
  judgeGoods(desk, (_, kept) => Math.floor(kept.reduce((sum, { amount }) => sum + amount, 0) / 100))
}

describe.each(programmes)('claims, returns and time in any order: %s', (_name, document) => {
  it('refund once, keep what is bought, and points as of what is kept; replaying and settling in steps change nothing', () => {
    fc.assert(
      fc.property(
        fc.array(command, { minLength: 5, maxLength: 40, size: 'max' }),
        fc.array(fc.nat(1_500), { maxLength: 4 }),
        (commands, hours) => {
          const desk = deskOf(document)
          const { counter } = desk
          run(desk, [{ do: 'buy', amounts: [2_050, 999], quantity: 2 }, ...commands])
          const { memberId } = counter.account.head
          deepStrictEqual(replay(memberId, counter.entries), counter.account)
          judgeClaims(desk)
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
    const desk = deskOf(document)
    const { counter } = desk
    const goods = [{ lineId: '0', quantity: 2, amount: 5_000 }]
    counter.purchase({ kind: 'purchase', id: 'p-0', occurredAt: counter.now, arrivedAt: counter.now, lines: goods })
    if (counter.balance.available > 0) counter.adjust(-20, '2026-01-10T12:00:00Z')
    const { head } = counter.account
    desk.submit('c-0', 'p-0', 'at-once', [{ lineId: '0', quantity: 2 }])
    desk.step('c-0', 'approve')
    desk.step('c-0', 'undo')
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
