import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { Club, QualifyingClub } from '../../functions/domain/club.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { replay } from '../../functions/domain/replay.ts'
import { nextDue, settle } from '../../functions/domain/settle.ts'
import { instant } from '../../functions/domain/units.ts'
import { entryItem, entryOf } from '../../functions/store/entry-item.ts'
import { headItem, headOf } from '../../functions/store/head-item.ts'
import type { NaiveFact } from '../model/naive-facts.ts'
import { type NaiveKept, tierOf } from '../model/naive-tiers.ts'
import { Counter } from './counter.ts'
import { arrivalOf, factOf, history, type Step } from './history.ts'
import { at, demoDocument, programmeOf } from './programmes.ts'

const qualifying = (id: string, qualifies: QualifyingClub['qualifies']): Club => ({ id, name: id, kind: 'qualifying', qualifies })

/** The clubs of one revision after another; a club may come, change and go. */
const rules: readonly { readonly [id: string]: QualifyingClub['qualifies'] }[] = [
  {
    stays: { metric: 'visits', atLeast: 3, period: { rollingMonths: 3 }, keep: 'while-met' },
    spenders: { metric: 'spend', atLeast: 60_000, period: 'calendar-year' },
    items: { metric: 'items', category: ['spa', 'sauna'], atLeast: 12, period: 'anniversary', keep: { months: 2 } },
    best: { tier: ['silver', 'gold'] },
  },
  {
    stays: { metric: 'visits', atLeast: 2, period: { rollingMonths: 3 }, keep: 'while-met' },
    spenders: { metric: 'points', atLeast: 300, period: 'anniversary' },
    items: { metric: 'items', category: ['bar'], atLeast: 5, period: 'lifetime' },
    best: { tier: ['gold'] },
    late: { metric: 'purchases', atLeast: 4, period: { rollingMonths: 12 } },
  },
  {
    stays: { metric: 'visits', atLeast: 6, period: { rollingMonths: 3 }, keep: 'while-met' },
    items: { metric: 'items', category: ['bar'], atLeast: 9, period: 'lifetime' },
    best: { metric: 'visits', atLeast: 2, period: 'calendar-year' },
  },
]
const starts = [0, at('2024-06-15T12:00:00Z'), at('2025-03-31T23:30:00Z')]
const documents = rules.map((clubs): ProgrammeDocument => {
  return { ...demoDocument, clubs: Object.entries(clubs).map(([id, rule]) => qualifying(id, rule)) }
})
const programme = programmeOf(documents[0]!, [starts[1]!, documents[1]!], [starts[2]!, documents[2]!])
const ids = ['best', 'items', 'late', 'spenders', 'stays']

const categoriesOf = (lineId: string) => (Number(lineId) % 2 ? ['spa', 'drinks'] : ['bar'])

/** What is kept of each purchase, by what the till knows of it; items of categories stand for spend. */
function keptOf(counter: Counter, category: readonly string[] | undefined): NaiveKept[] {
  return [...counter.receipts.values()].map(({ sale, returned, points }) => {
    const lines = sale.fact.lines.map((line) => {
      const back = returned.filter(({ lineId }) => lineId === line.lineId)[0]
      return { ...line, quantity: line.quantity - (back?.quantity ?? 0), amount: line.amount - (back?.amount ?? 0) }
    })
    const counted = lines.filter(({ excluded }) => !excluded)
    const items = counted.filter(({ categories }) => category?.some((each) => categories?.includes(each)))
    const spend = category
      ? items.reduce((sum, { quantity }) => sum + quantity, 0)
      : counted.reduce((sum, { amount }) => sum + amount, 0)
    return { at: sale.at, spend, points, tierCredit: 0, isKept: lines.some(({ quantity }) => quantity > 0) }
  })
}

/** Whether somebody belongs to a club now: each revision's rule is a ladder of two tiers, all of the entries counted anew. */
function naivelyIn(id: string, counter: Counter, enrolledAt: number): boolean {
  const now = starts.findLastIndex((start, index) => index === 0 || start <= counter.now)
  const rule = rules[now]?.[id]
  if (rule && 'tier' in rule && rule.tier.includes(counter.tier)) return true
  return rules.some((_, first) => {
    const own = rules[first]?.[id]
    if (first > now || !own || 'tier' in own) return false
    // What one rule gives is judged by itself: the revisions in which another or none is in force have a rung that nobody reaches.
    const revisions = rules.map((_rule, index) => {
      const threshold = index === first ? own.atLeast : Number.POSITIVE_INFINITY
      const levels = [
        { id: 'out', threshold: 0, multiplier: 1 },
        { id: 'in', threshold, multiplier: 1 },
      ]
      const metric = own.metric === 'items' ? ('spend' as const) : own.metric
      const tiers = { metric, period: own.period, keep: own.keep, levels }
      return { inForceFrom: starts[index]!, document: { ...demoDocument, tiers } }
    })
    return tierOf(revisions, { enrolledAt, purchases: keptOf(counter, own.category), grants: [] }, counter.now).id === 'in'
  })
}

/** Lets a history happen to one member, with a look after each step. */
function tell(steps: readonly Step[], look: (counter: Counter, enrolledAt: number) => void): void {
  const enrolledAt = at('2023-11-30T15:00:00Z')
  const counter = new Counter(programme, enrolledAt)
  const facts: NaiveFact[] = []
  for (const [number, step] of steps.entries()) {
    counter.settle(arrivalOf(step, counter))
    const fact = factOf(step, number, counter, steps, facts)
    if (fact) {
      facts.push(fact)
      counter.post(fact)
    }
    look(counter, enrolledAt)
  }
}

const withCategories = history.map((steps) =>
  steps.map(({ gap, act }): Step => {
    if (act.kind !== 'buy') return { gap, act }
    return { gap, act: { ...act, lines: act.lines.map((line) => ({ ...line, categories: categoriesOf(line.lineId) })) } }
  }),
)
const law = (property: (steps: readonly Step[], days: [number, number]) => void) =>
  fc.assert(fc.property(withCategories, fc.tuple(fc.nat(500), fc.nat(500)), property), {
    numRuns: Number(process.env.RUNS ?? 150),
  })
const held = ({ account }: Counter) => account.head.clubs.map(({ clubId }) => clubId)
const dayMs = 86_400_000

describe('clubs that take in whoever qualifies, after any history', () => {
  it('hold whom a naive count of all that is kept gives, whatever came late or back, in whatever order', () => {
    const seen = new Set<string>()
    law((steps) => {
      tell(steps, (counter, enrolledAt) => {
        deepStrictEqual(
          held(counter),
          ids.filter((id) => naivelyIn(id, counter, enrolledAt)),
        )
        for (const { fact } of counter.entries) if ('clubId' in fact) seen.add(`${fact.kind} ${fact.clubId}`)
      })
    })
    for (const id of ids) ok(seen.has(`club-joined ${id}`) && seen.has(`club-lapsed ${id}`), `${id} is joined and lapses`)
  })

  it('are rebuilt by replaying what is stored', () => {
    law((steps) => {
      tell(steps, ({ account, entries, now }) => {
        const { head } = account
        const stored = entries.map((entry, n) =>
          entryOf(JSON.parse(JSON.stringify(entryItem('demo', head.memberId, 1, n, entry, now)))),
        )
        deepStrictEqual(replay(head.memberId, stored), account)
        deepStrictEqual(headOf(JSON.parse(JSON.stringify(headItem('demo', head, nextDue(programme, head), now)))), head)
      })
    })
  })

  it('are the same settled at once or in steps; a settled head has nothing due', () => {
    law((steps, [first, second]) => {
      tell(steps, ({ account, now, entries: before }) => {
        const due = nextDue(programme, account.head)
        ok(due === null || due > now, 'a settled head has nothing due')
        const [t1, t2] = [instant(now + first * dayMs), instant(now + (first + second) * dayMs)]
        const once = settle(programme, account, t2, undefined, before)
        const half = settle(programme, account, t1, undefined, before)
        const rest = settle(programme, half.account, t2, undefined, before)
        deepStrictEqual([[...half.entries, ...rest.entries], rest.account], [once.entries, once.account])
        let part = settle(programme, account, t2, 1, before)
        const parts = [...part.entries]
        while (!part.complete) {
          part = settle(programme, part.account, t2, 1, before)
          parts.push(...part.entries)
        }
        deepStrictEqual([parts, part.account], [once.entries, once.account])
      })
    })
  })
})
