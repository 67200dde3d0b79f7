import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { isConserved } from '../../functions/domain/head.ts'
import { replay } from '../../functions/domain/replay.ts'
import {
  addSatisfaction,
  emptySatisfactionSums,
  reportOfSatisfaction,
  satisfactionFigures,
} from '../../functions/domain/satisfaction-report.ts'
import { nextDue, settle } from '../../functions/domain/settle.ts'
import { instant } from '../../functions/domain/units.ts'
import { complaintItem, complaintOf } from '../../functions/store/complaint-item.ts'
import { entryItem, entryOf } from '../../functions/store/entry-item.ts'
import { headItem, headOf } from '../../functions/store/head-item.ts'
import { exampleService } from '../support/service.ts'
import { at, demoDocument, programmeOf } from './programmes.ts'
import { deskOf, type ServiceDesk } from './service-desk.ts'

const quietDays = 10
const survey = { afterHours: 30, quietDays, minimumAmount: 500, lowScore: { atMost: 6, opens: 'unhappy' } }
const asking = { ...demoDocument, service: { ...exampleService, survey, reopenDays: 5 } }
const programme = programmeOf(
  asking,
  [at('2026-02-15T12:00:00Z'), demoDocument],
  [at('2026-03-27T00:00:00Z'), { ...asking, timezone: 'Africa/Cairo' }],
)

type Act = 'open' | 'reply' | 'resolve' | 'rate' | 'reopen' | 'buy' | 'return' | 'say' | 'close' | 'wait'
type Step = readonly [hours: number, act: Act, of: number, more: number]
const steps = fc.array(
  fc.tuple(
    fc.oneof(fc.nat(5), fc.nat(60), fc.nat(900)),
    fc.constantFrom<Act[]>(
      'open',
      'open',
      'reply',
      'resolve',
      'resolve',
      'rate',
      'reopen',
      'reopen',
      'buy',
      'buy',
      'buy',
      'return',
      'say',
      'close',
      'wait',
    ),
    fc.nat(5),
    fc.nat(12),
  ),
  { maxLength: 40, size: 'max' },
)
const categories = exampleService.categories.map(({ id }) => id)

/** Lets a history of one member happen. What is refused changes nothing. */
function tell(history: readonly Step[], afterStep: (desk: ServiceDesk) => void = () => {}): { desk: ServiceDesk; given: number } {
  const desk = deskOf(programme)
  let given = 0
  for (const [number, [hours, act, of, more]] of history.entries()) {
    const now = instant(desk.now + hours * 3_600_000)
    desk.settle(now)
    const ids = [...desk.complaints.keys()]
    const id = ids[of % Math.max(1, ids.length)]
    const purchases = [...desk.receipts.keys()]
    const purchase = purchases[of % Math.max(1, purchases.length)]
    const entries = desk.entries.length
    if (act === 'open') desk.open(`c-${number}`, categories[of % categories.length]!, now)
    else if (act === 'buy') {
      const lines = [{ lineId: '1', quantity: 2, amount: more * 100 }]
      desk.purchase({ kind: 'purchase', id: `p-${number}`, occurredAt: now - (of % 2) * more * 3_600_000, arrivedAt: now, lines })
    } else if (act === 'return' && purchase) {
      const lines = [{ lineId: '1', quantity: 1 + (more % 2), amount: 0 }]
      desk.goodsReturn({ kind: 'return', id: `r-${number}`, purchaseId: purchase, occurredAt: now, arrivedAt: now, lines })
    } else if (act === 'say' && purchase && !desk.scores.has(purchase)) desk.say(purchase, more % 11, now)
    else if (act === 'close')
      desk.changeStatus(desk.account.head.status === 'closed' ? 'active' : 'closed', new Date(now).toISOString())
    else if (id && act === 'reply') desk.reply(id, now)
    else if (id && act === 'resolve') {
      if (desk.resolve(id, now, more > 6 ? more : undefined) === 'resolved' && desk.entries.length > entries && more > 6)
        given += more
    } else if (id && act === 'rate') desk.rate(id, desk.complaint(id).messages.at(-1)?.id ?? '-', 1 + (more % 5), now)
    else if (id && act === 'reopen') desk.reopen(id, now)
    afterStep(desk)
  }
  return { desk, given }
}

const law = (property: (history: readonly Step[], days: [number, number]) => void) =>
  fc.assert(fc.property(steps, fc.tuple(fc.nat(40), fc.nat(40)), property), { numRuns: Number(process.env.RUNS ?? 300) })

const days = (from: number, count: number) => instant(from + count * 86_400_000)

describe('any history of complaints and surveys', () => {
  it('replays to the very head, and all of it is stored and read as it is', () => {
    law((history) => {
      const { desk } = tell(history)
      const { account, entries, now } = desk
      const { head } = account
      deepStrictEqual(replay(head.memberId, entries), account)
      const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value))
      const stored = entries.map((entry, n) => entryOf(copy(entryItem('demo', head.memberId, 1, n, entry, now))))
      deepStrictEqual(replay(head.memberId, stored), account)
      deepStrictEqual(headOf(copy(headItem('demo', head, nextDue(programme, head), now))), head)
      for (const complaint of desk.complaints.values())
        deepStrictEqual(complaintOf(copy(complaintItem('demo', complaint, 1))), copy(complaint))
    })
  })

  it('is the same settled at once or in steps, or an entry at a time; settling twice changes nothing', () => {
    law((history, [first, second]) => {
      tell(history, ({ account, now, entries }) => {
        const [t1, t2] = [days(now, first), days(now, first + second)]
        const once = settle(programme, account, t2, undefined, entries)
        const half = settle(programme, account, t1, undefined, entries)
        const rest = settle(programme, half.account, t2, undefined, entries)
        deepStrictEqual([[...half.entries, ...rest.entries], rest.account], [once.entries, once.account])
        deepStrictEqual(settle(programme, once.account, t2, undefined, entries).entries, [])
        let part = settle(programme, account, t2, 1, entries)
        const parts = [...part.entries]
        while (!part.complete) {
          part = settle(programme, part.account, t2, 1, entries)
          parts.push(...part.entries)
        }
        deepStrictEqual([parts, part.account], [once.entries, once.account])
      })
    })
  })

  it('has one overdue event for each deadline that passed, at its instant, and none for another', () => {
    law((history, [wait]) => {
      const { desk } = tell(history)
      desk.settle(days(desk.now, wait))
      const deadlines: string[] = []
      for (const { effect, fact } of desk.entries) {
        if (fact.kind === 'complaint-opened' || fact.kind === 'complaint-reopened') {
          deadlines.push(`${fact.complaintId} ${effect.complaint?.open?.dueAt}`)
        }
      }
      const overdue = desk.booked('complaint-overdue').map((booked) => `${booked.of} ${booked.at}`)
      deepStrictEqual(new Set(overdue).size, overdue.length)
      for (const each of overdue) ok(deadlines.includes(each), 'what is overdue had that deadline')
      // Open ones that are due have had theirs; the deadlines of the others are still to come.
      for (const { id, dueAt, overdue: late } of desk.account.head.complaints) {
        deepStrictEqual([late, overdue.includes(`${id} ${dueAt}`)], [dueAt <= desk.now, dueAt <= desk.now])
      }
      const open = [...desk.complaints.values()].filter(({ status }) => status !== 'resolved')
      deepStrictEqual(
        open.map(({ id, severity, dueAt }) => ({ id, severity, dueAt })).sort((a, b) => (a.id < b.id ? -1 : 1)),
        desk.account.head.complaints.map(({ id, severity, dueAt }) => ({ id, severity, dueAt })),
      )
    })
  })

  it('counts goodwill once, and conserves points', () => {
    law((history) => {
      const { desk, given } = tell(history, ({ account }) => ok(isConserved(account.head)))
      deepStrictEqual(Number(desk.account.head.totals.adjusted), given)
      const kept = [...desk.complaints.values()].flatMap(({ messages }) => messages)
      deepStrictEqual(
        kept.reduce((sum, message) => sum + ('points' in message ? Number(message.points) : 0), 0),
        given,
      )
    })
  })

  it('asks about nothing twice, nor within the quiet period, nor about what came back whole or was spoken of before', () => {
    law((history, [wait]) => {
      const { desk } = tell(history)
      desk.settle(days(desk.now, wait))
      const asked = desk.booked('survey-asked')
      deepStrictEqual(new Set(asked.map(({ of }) => of)).size, asked.length)
      for (const [index, { at: when }] of asked.entries()) {
        const before = asked[index - 1]
        ok(!before || when - before.at >= quietDays * 86_400_000, 'the quiet period is kept')
      }
      for (const { at: when, of } of asked) {
        const isBefore = (at: number) => at < when
        const sold = desk.receipts.get(of)!.sale
        ok(sold.at + 30 * 3_600_000 === when)
        ok(sold.fact.lines.reduce((sum, { amount }) => sum + amount, 0) >= 500)
        ok(!desk.booked('satisfaction').some((said) => said.of === of && isBefore(said.at)), 'nobody is asked who has spoken')
        let back = 0
        for (const { at: on, fact } of desk.entries) {
          if (fact.kind === 'return' && fact.purchaseId === of && isBefore(on)) back += fact.lines[0]!.quantity
        }
        ok(back < 2, 'nobody is asked about what came back whole')
      }
    })
  })
  it('is told by a report as the complaints themselves and the scores tell it', () => {
    law((history) => {
      const { desk } = tell(history)
      const sums = emptySatisfactionSums()
      const found = satisfactionFigures(programme, desk.entries, instant(0), instant(desk.now + 1))
      if (found) addSatisfaction(sums, found)
      const { all, by, complaints } = reportOfSatisfaction(sums)
      const scores = [...desk.scores.values()]
      deepStrictEqual(
        all.distribution,
        Array.from({ length: 11 }, (_, score) => scores.filter((said) => said === score).length),
      )
      deepStrictEqual(
        [all.asked, all.promoters + all.passives + all.detractors],
        [desk.booked('survey-asked').length, all.answers],
      )
      for (const rows of Object.values(by)) {
        deepStrictEqual([total(rows, 'answers'), total(rows, 'asked')], [all.answers, all.asked])
      }
      const known = [...desk.complaints.values()]
      const { firstReply, resolution, ...counted } = complaints.all
      const ratings = known.flatMap(({ messages }) => messages.flatMap((one) => ('rating' in one ? [one.rating] : [])))
      deepStrictEqual(counted, {
        opened: known.length,
        byScore: known.filter(({ id }) => id.startsWith('s-')).length,
        reopened: known.filter(({ messages }) => messages.some(({ kind }) => kind === 'reopening')).length,
        overdue: new Set(desk.booked('complaint-overdue').map(({ of }) => of)).size,
        ratings: {
          distribution: [1, 2, 3, 4, 5].map((rating) => ratings.filter((given) => given === rating).length),
          average:
            ratings.length > 0 ? Math.round((ratings.reduce((sum, rating) => sum + rating!, 0) * 100) / ratings.length) : null,
        },
      })
      const replied = known.flatMap(({ openedAt, messages }) => minutes(openedAt, messages[0]?.at))
      const resolved = known.flatMap(({ openedAt, status, messages }) =>
        status === 'resolved' ? minutes(openedAt, messages.at(-1)?.at) : [],
      )
      deepStrictEqual([firstReply, resolution], [timesOf(replied), timesOf(resolved)])
      deepStrictEqual(
        [total(complaints.by.category, 'opened'), total(complaints.by.severity, 'opened')],
        [known.length, known.length],
      )
    })
  })
})

const total = <Name extends string>(rows: readonly { readonly [name in Name]: number }[], name: Name) =>
  rows.reduce((sum, row) => sum + row[name], 0)
const minutes = (from: number, to: number | undefined) => (to === undefined ? [] : [Math.floor((to - from) / 60_000)])
const timesOf = (taken: readonly number[]) => ({
  complaints: taken.length,
  meanMinutes: taken.length > 0 ? Math.round(taken.reduce((sum, each) => sum + each, 0) / taken.length) : null,
  longestMinutes: taken.length > 0 ? Math.max(...taken) : null,
})
