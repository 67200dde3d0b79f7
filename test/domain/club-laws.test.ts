import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { Club } from '../../functions/domain/club.ts'
import { replay } from '../../functions/domain/replay.ts'
import { nextDue, settle } from '../../functions/domain/settle.ts'
import { type Instant, instant } from '../../functions/domain/units.ts'
import { entryItem, entryOf } from '../../functions/store/entry-item.ts'
import { headItem, headOf } from '../../functions/store/head-item.ts'
import { ClubCounter, lounge, open, table, yearly } from './club-counter.ts'
import { at, demoDocument, programmeOf } from './programmes.ts'

const monthly = {
  ...lounge,
  id: 'monthly',
  term: { months: 1 },
  paid: { fee: { amount: 999 }, graceDays: 0, refund: 'none' },
} as const satisfies Club
const season: Club = {
  ...{ id: 'season', name: 'For a season', kind: 'open', term: { months: 3, renews: true }, requires: { clubs: ['friends'] } },
}
const cheaper = { ...monthly, paid: { fee: { amount: 500 }, graceDays: 3, refund: 'pro-rata' } } as const satisfies Club
const clubs: readonly Club[] = [open, yearly, table, lounge, monthly, season]
const programme = programmeOf({ ...demoDocument, clubs }, [
  at('2024-08-17T12:00:00Z'),
  { ...demoDocument, timezone: 'Africa/Cairo', clubs: [open, lounge, cheaper, season] },
])

type Step = readonly [days: number, hours: number, act: 'join' | 'pay' | 'leave' | 'wait', club: number, late: number]
const steps = fc.array(
  fc.tuple(
    fc.oneof(fc.nat(3), fc.nat(40), fc.nat(400)),
    fc.nat(23),
    fc.constantFrom<Step[2]>('join', 'join', 'pay', 'pay', 'pay', 'leave', 'wait'),
    fc.nat(clubs.length - 1),
    fc.oneof(fc.constant(0), fc.nat(60)),
  ),
  { maxLength: 25, size: 'max' },
)
const dayMs = 86_400_000
const later = (from: Instant, days: number) => instant(from + days * dayMs)

/** Lets a history of one guest happen; tells what was paid and what came back of it. */
function tell(history: readonly Step[], afterStep: (guest: ClubCounter) => void = () => {}) {
  const guest = new ClubCounter(programme, '2023-12-31T23:30:00Z')
  const paid = new Map<string, number>()
  const back = new Map<string, number>()
  for (const [number, [days, hours, act, place, late]] of history.entries()) {
    const now = instant(guest.now + days * dayMs + hours * 3_600_000)
    const clubId = clubs[place]!.id
    if (act === 'join') guest.join(clubId, now, 'i-1')
    else if (act === 'pay') {
      const fee = clubId === 'lounge' ? 36_500 : now - late * dayMs < at('2024-08-17T12:00:00Z') ? 999 : 500
      const outcome = guest.pay(clubId, `p-${number}`, fee, instant(now - late * dayMs), now)
      if (outcome === 'club-joined' || outcome === 'club-renewed') paid.set(`p-${number}`, fee)
    } else if (act === 'leave') {
      const refund = guest.leave(clubId, now)
      if (refund !== 'none') {
        for (const [paymentId, amount] of Object.entries(refund)) {
          ok(!back.has(paymentId), 'no payment comes back twice')
          back.set(paymentId, amount)
        }
      }
    } else guest.settle(now)
    afterStep(guest)
  }
  return { guest, paid, back }
}

const law = (property: (history: readonly Step[], days: [number, number]) => void) =>
  fc.assert(fc.property(steps, fc.tuple(fc.nat(500), fc.nat(500)), property), { numRuns: Number(process.env.RUNS ?? 300) })

describe('any history of memberships', () => {
  it('replays to the very head, also from what is stored', () => {
    law((history) => {
      tell(history, ({ account, entries, now }) => {
        const { head } = account
        deepStrictEqual(replay(head.memberId, entries), account)
        const stored = entries.map((entry, n) => {
          return entryOf(JSON.parse(JSON.stringify(entryItem('demo', head.memberId, 1, n, entry, now))))
        })
        deepStrictEqual(replay(head.memberId, stored), account)
        deepStrictEqual(headOf(JSON.parse(JSON.stringify(headItem('demo', head, nextDue(programme, head), now)))), head)
      })
    })
  })

  it('is the same settled at once or in steps, or an entry at a time; settling twice changes nothing', () => {
    law((memberships, [first, second]) => {
      tell(memberships, ({ account, now, entries: history }) => {
        const [t1, t2] = [later(now, first), later(now, first + second)]
        const once = settle(programme, account, t2, undefined, history)
        const half = settle(programme, account, t1, undefined, history)
        const rest = settle(programme, half.account, t2, undefined, history)
        deepStrictEqual([[...half.entries, ...rest.entries], rest.account], [once.entries, once.account])
        deepStrictEqual(settle(programme, once.account, t2, undefined, history).entries, [])
        let part = settle(programme, account, t2, 1, history)
        const parts = [...part.entries]
        while (!part.complete) {
          part = settle(programme, part.account, t2, 1, history)
          parts.push(...part.entries)
        }
        deepStrictEqual([parts, part.account], [once.entries, once.account])
      })
    })
  })

  it('changes at the instant that is due and at no other, in the order of time, and holds nothing that is over', () => {
    law((history, [days]) => {
      tell(history, ({ account, now, entries }) => {
        const due = nextDue(programme, account.head)
        ok(due === null || due > now, 'a settled head has nothing due')
        for (const { state, since, until, graceUntil, payments } of account.head.clubs) {
          ok(since <= now)
          ok(state === 'member' ? until === null || until > now : graceUntil !== null && graceUntil > now && until! <= now)
          for (const term of payments) ok(term.from < term.until && term.until <= until!)
          for (const [n, term] of payments.entries()) ok(n === 0 || payments[n - 1]!.until === term.from, 'terms join')
        }
        const times = settle(programme, account, later(now, days), undefined, entries).entries.map((entry) => entry.at)
        deepStrictEqual(
          times,
          times.toSorted((a, b) => a - b),
        )
      })
    })
  })

  it('renews and lapses by what is required at the end of a term', () => {
    const seen = new Set<string>()
    law((history) => {
      const { guest } = tell(history)
      for (const { fact } of guest.entries) if ('clubId' in fact) seen.add(`${fact.clubId} ${fact.kind}`)
    })
    ok(seen.has('season club-renewed') && seen.has('season club-lapsed'), 'both happen')
  })

  it('pays no more back than was paid, by payment', () => {
    law((history) => {
      const { paid, back } = tell(history)
      for (const [paymentId, amount] of back) ok(amount > 0 && amount <= (paid.get(paymentId) ?? 0))
    })
  })
})
