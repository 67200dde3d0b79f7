import fc from 'fast-check'
import { revisionAt } from '../../functions/domain/programme.ts'
import { nextDue } from '../../functions/domain/settle.ts'
import type { NaiveFact } from '../model/naive-facts.ts'
import type { Counter, Goods } from './counter.ts'

/** Random histories of one member: what happens, how long after the last thing, and when it says it happened. */

const hourMs = 3_600_000
const dayMs = 24 * hourMs

type Gap = { readonly by: 'length'; readonly ms: number } | { readonly by: 'due'; readonly offsetMs: number }

type Act =
  | { readonly kind: 'buy'; readonly lines: readonly Goods[]; readonly when: When; readonly where: Where }
  | {
      readonly kind: 'return'
      readonly sale: number
      readonly tenths: readonly number[]
      readonly ms: number
      readonly wrong: boolean
    }
  | { readonly kind: 'adjust'; readonly points: number | 'all' }
  | { readonly kind: 'grant'; readonly tier: string; readonly hours: number }
  | { readonly kind: 'end grant'; readonly which: number }
  | { readonly kind: 'look' }

/** How a purchase is dated: so long before (or after) its arrival, or as another one was. */
type When = { readonly lateMs: number } | { readonly tieWith: number }

/** What of a sale only campaigns ask for. */
export interface Where {
  readonly storeId: string
  readonly channel?: string
  readonly tenders?: readonly { readonly type: string; readonly amount: number }[]
}

/** The birthday of the one whose histories these are. */
const birthday = '1992-02-29'

export interface Step {
  readonly gap: Gap
  readonly act: Act
}

const gap: fc.Arbitrary<Gap> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ by: 'length' as const, ms: 0 }) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 48 * hourMs }).map((ms) => ({ by: 'length' as const, ms })) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }).map((days) => ({ by: 'length' as const, ms: days * dayMs })) },
  { weight: 2, arbitrary: fc.integer({ min: 41, max: 800 }).map((days) => ({ by: 'length' as const, ms: days * dayMs })) },
  { weight: 3, arbitrary: fc.integer({ min: -1, max: 1 }).map((offsetMs) => ({ by: 'due' as const, offsetMs })) },
)

const when: fc.Arbitrary<When> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ lateMs: 0 }) },
  { weight: 1, arbitrary: fc.integer({ min: -24 * hourMs, max: -1 }).map((lateMs) => ({ lateMs })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 60 * 24 }).map((hours) => ({ lateMs: hours * hourMs })) },
  { weight: 2, arbitrary: fc.integer({ min: 61, max: 900 }).map((days) => ({ lateMs: days * dayMs })) },
  { weight: 1, arbitrary: fc.nat(20).map((tieWith) => ({ tieWith })) },
)

const amount = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 5_000 }) },
  { weight: 3, arbitrary: fc.integer({ min: 5_001, max: 60_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(25_000, 50_000, 100_000, 200_000) },
)

const categories = fc.subarray(['candles', 'tea', 'cups'])

export const goodsLines: fc.Arbitrary<Goods[]> = fc
  .array(fc.record({ quantity: fc.integer({ min: 1, max: 12 }), amount, excluded: fc.boolean(), categories }), {
    maxLength: 4,
  })
  .map((lines) =>
    lines.map((line, index) => ({ ...line, lineId: String(index + 1), excluded: line.excluded && index % 2 === 1 })),
  )

export const where: fc.Arbitrary<Where> = fc.record(
  {
    storeId: fc.constantFrom('leeds', 'leeds', 'york', 'bath', 'hull'),
    channel: fc.constantFrom('shop', 'web'),
    tenders: fc.array(fc.record({ type: fc.constantFrom('cash', 'card', 'gift-card'), amount: fc.nat(100) }), { maxLength: 2 }),
  },
  { requiredKeys: ['storeId'] },
)

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('buy' as const), lines: goodsLines, when, where }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('return' as const),
      sale: fc.nat(30),
      tenths: fc.array(fc.constantFrom(0, 1, 3, 5, 10, 10), { minLength: 4, maxLength: 4 }),
      ms: fc.integer({ min: -20 * dayMs, max: dayMs }),
      wrong: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('adjust' as const), points: fc.integer({ min: -300, max: 300 }) }) },
  // Points spent before the goods come back are what makes debt.
  { weight: 3, arbitrary: fc.constant({ kind: 'adjust' as const, points: 'all' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('look' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      tier: fc.constantFrom('bronze', 'silver', 'gold', 'plus'),
      hours: fc.integer({ min: 1, max: 400 * 24 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end grant' as const), which: fc.nat(9) }) },
)

export const history: fc.Arbitrary<Step[]> = fc.array(fc.record({ gap, act }), { minLength: 4, maxLength: 30, size: 'max' })

/** The instant of a step: so long after the last one, or at (or a millisecond beside) what time brings next. */
export function arrivalOf(step: Step, counter: Counter): number {
  if (step.gap.by === 'length') return counter.now + step.gap.ms
  const due = nextDue(counter.programme, counter.account.head)
  return Math.max(counter.now, due === null ? counter.now + dayMs : due + step.gap.offsetMs)
}

/** Purchases are numbered as they come; a return may name the next one, which then is not there yet. */
export const purchaseName = (number: number) => `p-${number}`

/** What a step posts to a counter that is settled to it, given what was posted before; null where there is nothing to post. */
export function factOf(
  step: Step,
  number: number,
  counter: Counter,
  steps: readonly Step[],
  before: readonly NaiveFact[],
): NaiveFact | null {
  const { act } = step
  const { now: arrivedAt, balance } = counter
  const bought = before.filter((fact) => fact.kind === 'purchase')
  if (act.kind === 'look') return null
  if (act.kind === 'grant') {
    const { tiers } = revisionAt(counter.programme, counter.now)
    if (!tiers.some(({ id }) => id === act.tier)) return null
    return { kind: 'grant', id: `g-${number}`, tier: act.tier, until: arrivedAt + act.hours * hourMs, arrivedAt }
  }
  if (act.kind === 'end grant') {
    const given = before.filter((fact) => fact.kind === 'grant')
    const grant = given[act.which % Math.max(1, given.length)]
    return grant ? { kind: 'end grant', id: grant.id, arrivedAt } : null
  }
  if (act.kind === 'adjust') {
    const points = act.points === 'all' ? 0 - balance.available : act.points
    return points === 0 ? null : { kind: 'adjust', id: `a-${number}`, points, arrivedAt }
  }
  if (act.kind === 'buy') {
    const tie = 'tieWith' in act.when ? bought[act.when.tieWith % Math.max(1, bought.length)]?.occurredAt : undefined
    const occurredAt = 'lateMs' in act.when ? arrivedAt - act.when.lateMs : (tie ?? arrivedAt)
    const id = purchaseName(bought.length)
    return { kind: 'purchase', id, occurredAt, arrivedAt, lines: act.lines, ...act.where, birthday }
  }
  const sales = steps.flatMap((each) => (each.act.kind === 'buy' ? [each.act.lines] : []))
  const sale = act.sale % (bought.length + 2)
  const sold = sales[sale] ?? []
  const lines = sold.map((line, index) => {
    const tenths = act.tenths[index] ?? 10
    return {
      lineId: line.lineId,
      quantity: Math.floor((line.quantity * tenths) / 10),
      amount: Math.floor((line.amount * tenths) / 10),
    }
  })
  const extra = act.wrong ? [{ lineId: act.ms % 2 ? '9' : '1', quantity: 1, amount: 70_000 }] : []
  return {
    kind: 'return',
    purchaseId: purchaseName(sale),
    id: `r-${number}`,
    occurredAt: arrivedAt + act.ms,
    arrivedAt,
    lines: [...lines, ...extra],
  }
}
