import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it, vi } from 'vitest'
import type { Entry } from '../../functions/domain/entry.ts'
import { isConserved } from '../../functions/domain/head.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { replay } from '../../functions/domain/replay.ts'
import type { RedemptionPolicy } from '../../functions/domain/reward.ts'
import { nextDue, settle } from '../../functions/domain/settle.ts'
import { type Instant, instant, type MemberId } from '../../functions/domain/units.ts'
import { entryItem, entryOf } from '../../functions/store/entry-item.ts'
import { headItem, headOf } from '../../functions/store/head-item.ts'
import type { NaiveFact } from '../model/naive-facts.ts'
import { begin } from './cases.ts'
import { arrivalOf, factOf, history, type Step } from './history.ts'
import { documentWith, programmeOf } from './programmes.ts'
import { cash, judgeSpending, type Spend, Spender } from './spender.ts'

/** Enough to have met each rule many times over. How many sequences of all that bears on points hold is a figure (`npm run bench -- sequences`). */
const runs = 150

vi.setConfig({ testTimeout: 60_000 })

const spending: fc.Arbitrary<Spend> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('reserve' as const, 'redeem' as const),
      points: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constant('all' as const)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('capture' as const, 'release' as const, 'reverse' as const), which: fc.nat(9) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('bring' as const), which: fc.nat(9), share: fc.integer({ min: 0, max: 10 }) }),
  },
)

interface Planned {
  readonly step: Step
  readonly spend: Spend | null
}
const plans: fc.Arbitrary<Planned[]> = history.chain((steps) =>
  fc.tuple(...steps.map((step) => fc.record({ step: fc.constant(step), spend: fc.option(spending) }))),
)

const withPolicy = (document: ProgrammeDocument, redemptions: RedemptionPolicy): ProgrammeDocument => ({
  ...document,
  rewards: [cash],
  redemptions,
})
const grace = { expiredMeanwhile: { graceDays: 7 } } as const
const cases: readonly [string, ProgrammeDocument][] = [
  ['months rounded, expired again', withPolicy(documentWith({}), {})],
  ['a month to the day, days of grace', withPolicy(documentWith({ expiry: { months: 1 }, holdDays: 2 }), grace)],
  ['inactivity, expired again', withPolicy(documentWith({ expiry: { inactivity: 1 } }), {})],
  ['inactivity, days of grace, forgiving', withPolicy(documentWith({ expiry: { inactivity: 2 }, negative: 'forgive' }), grace)],
  ['no expiry', withPolicy(documentWith({ expiry: 'none' }), {})],
]

/** Lets a plan happen and hands over what is there after each step. */
function tell(document: ProgrammeDocument, plan: readonly Planned[], afterStep: (spender: Spender) => void): Spender {
  const spender = new Spender(programmeOf(document), begin)
  const facts: NaiveFact[] = []
  const steps = plan.map(({ step }) => step)
  for (const [number, { step, spend }] of plan.entries()) {
    spender.settle(arrivalOf(step, spender))
    const fact = factOf(step, number, spender, steps, facts)
    if (fact) {
      spender.post(fact)
      facts.push(fact)
    }
    if (spend) spender.spend(spend)
    afterStep(spender)
  }
  return spender
}

describe.each(cases.map(([name, document]) => ({ name, document })))(
  'whoever spends points of a programme of $name',
  ({ document }) => {
    const law = (property: (plan: Planned[], days: [number, number]) => void) =>
      fc.assert(fc.property(plans, fc.tuple(fc.nat(400), fc.nat(400)), property), { numRuns: runs })

    it('loses, doubles and invents no point, and holds and has spent what was told', () => {
      law((plan) => {
        tell(document, plan, (spender) => {
          ok(isConserved(spender.account.head))
          judgeSpending(spender)
        })
      })
    })

    it('is what the entries say, also as they are stored', () => {
      law((plan) => {
        const { account, entries, now, programme } = tell(document, plan, () => {})
        const member = 'm-1' as MemberId
        deepStrictEqual(replay(member, entries), account)
        const items = entries.map((entry, n) => entryItem('demo', member, 1, n, entry, now))
        const stored = items.map((item): Entry => {
          const { at, fact, effect } = entryOf(JSON.parse(JSON.stringify(item)))
          return { at, fact, effect }
        })
        deepStrictEqual(replay(member, stored), account)
        const item = headItem('demo', account.head, nextDue(programme, account.head), now)
        deepStrictEqual(headOf(JSON.parse(JSON.stringify(item))), account.head)
      })
    })

    it('is the same settled at once, in steps, or a few entries at a time', () => {
      law((plan, [first, second]) => {
        const { programme, account, now } = tell(document, plan, () => {})
        const [between, end] = [now + first * 86_400_000, now + (first + second) * 86_400_000].map((at) => instant(at)) as [
          Instant,
          Instant,
        ]
        const atOnce = settle(programme, account, end)
        const half = settle(programme, account, between)
        const rest = settle(programme, half.account, end)
        deepStrictEqual([...half.entries, ...rest.entries], atOnce.entries)
        deepStrictEqual(rest.account, atOnce.account)
        let [pieces, some] = [[] as Entry[], settle(programme, account, end, 1)]
        while (!some.complete) {
          pieces = [...pieces, ...some.entries]
          some = settle(programme, some.account, end, 1)
        }
        deepStrictEqual([...pieces, ...some.entries], atOnce.entries)
        ok(atOnce.account.head.reservations.every(({ lapsesAt }) => lapsesAt > end))
      })
    })
  },
)
