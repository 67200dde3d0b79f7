import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it, vi } from 'vitest'
import { awardedPoints, earn } from '../../functions/domain/earning.ts'
import type { Account, Entry } from '../../functions/domain/entry.ts'
import { type Head, isConserved } from '../../functions/domain/head.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { revisionAt } from '../../functions/domain/programme.ts'
import { bookPurchase, judgePurchase } from '../../functions/domain/purchase.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import { replay } from '../../functions/domain/replay.ts'
import { keptLines } from '../../functions/domain/returns.ts'
import { factsOfSale, roomAtSale } from '../../functions/domain/sale-facts.ts'
import { nextDue, settle } from '../../functions/domain/settle.ts'
import { tierProgress } from '../../functions/domain/tier-progress.ts'
import { tierAt, tierFactsBefore, tierOfId } from '../../functions/domain/tiers.ts'
import { type Instant, instant, memberId } from '../../functions/domain/units.ts'
import { recompute } from '../model/naive-model.ts'
import { begin, cases } from './cases.ts'
import { Counter, type Goods, goods } from './counter.ts'
import { goodsLines, history, type Step } from './history.ts'
import { programmeOf } from './programmes.ts'
import { stateOf, tell } from './telling.ts'

/** Enough to have met each rule many times over; 1500 of each law were run when this was written. */
const runs = 120

vi.setConfig({ testTimeout: 60_000 })

const law = (property: (steps: Step[], days: [number, number]) => void) =>
  fc.assert(fc.property(history, fc.tuple(fc.nat(900), fc.nat(900)), property), { numRuns: runs })

const later = (from: Instant, days: number) => instant(from + days * 86_400_000)

describe.each(cases.map((of) => ({ name: of[0], of })))('any history of a member of $name', ({ of }) => {
  it('is what a naive recomputation says, after every step and at a later instant', () => {
    law((steps, [days]) => {
      const { counter, facts, naive } = tell(of, steps, (told) => {
        deepStrictEqual(stateOf(told.counter), recompute(told.naive, told.facts, told.counter.now, begin))
      })
      counter.settle(later(counter.now, days))
      deepStrictEqual(stateOf(counter), recompute(naive, facts, counter.now, begin))
    })
  })

  it('loses, doubles and invents no point, and replays to the very head, also from stored entries', () => {
    law((steps) => {
      tell(of, steps, ({ counter }) => {
        const { head } = counter.account
        ok(isConserved(head))
        ok(counter.limits.isSound)
        ok(head.debt === 0 || head.buckets.length === 0, 'credits pay debt first, so there is never both')
        deepStrictEqual(replay(head.memberId, counter.entries), counter.account)
        const stored: Entry[] = JSON.parse(JSON.stringify(counter.entries))
        deepStrictEqual(replay(head.memberId, stored), counter.account)
      })
    })
  })

  it('is the same settled at once or in steps, or a few entries at a time', () => {
    law((steps, [first, second]) => {
      tell(of, steps, ({ counter: { programme, account, now, entries } }) => {
        const [t1, t2] = [later(now, first), later(now, first + second)]
        const settled = (from: Account, to: Instant, most?: number) => settle(programme, from, to, most, entries)
        const once = settled(account, t2)
        const half = settled(account, t1)
        const rest = settled(half.account, t2)
        deepStrictEqual([...half.entries, ...rest.entries], once.entries)
        deepStrictEqual(rest.account, once.account)
        deepStrictEqual(settled(once.account, t2).entries, [])
        let part = settled(account, t2, 1)
        const parts = [...part.entries]
        while (!part.complete) {
          ok(part.entries.length > 0, 'some of it is always booked')
          part = settled(part.account, t2, 1)
          parts.push(...part.entries)
        }
        deepStrictEqual([parts, part.account], [once.entries, once.account])
      })
    })
  })

  it('changes at no instant but the one that is due, and has nothing that is past its instant', () => {
    law((steps) => {
      tell(of, steps, ({ counter: { programme, account, now, entries } }) => {
        for (const { expiresAt, spendableAt } of account.head.buckets) {
          ok(expiresAt === null || expiresAt > now, 'expired')
          ok(spendableAt === null || spendableAt > now, 'mature')
        }
        for (const { at, fact, effect } of entries) {
          if (fact.kind === 'expire') ok(effect.buckets?.every((bucket) => bucket.expiresAt === at))
          if (fact.kind === 'mature')
            ok(effect.buckets?.every((bucket) => bucket.spendableAt === (bucket.points < 0 ? at : null)))
        }
        const due = nextDue(programme, account.head)
        if (due === null) {
          deepStrictEqual(settle(programme, account, later(now, 36_500), undefined, entries).entries, [])
          return
        }
        ok(due > now)
        deepStrictEqual(settle(programme, account, instant(due - 1)).account, account)
        const [next] = settle(programme, account, due, undefined, entries).entries
        strictEqual(next?.at, due)
      })
    })
  })

  it('keeps of each purchase what its kept lines earn, and claws back no more than was awarded', () => {
    law((steps) => {
      tell(of, steps, ({ counter }) => {
        for (const [id, { sale, returned, points }] of counter.receipts) {
          const revision = revisionAt(counter.programme, sale.at)
          const earned = awardedPoints(sale.fact.awards)
          const facts = factsOfSale(revision, memberId('m-1'), sale)
          strictEqual(facts.tier.id, tierOfId(revision, sale.fact.tier).id)
          strictEqual(
            points,
            awardedPoints(earn(revision, facts, keptLines(sale.fact, returned), roomAtSale(revision, sale.fact))),
          )
          let clawedBack = 0
          for (const [name, outcome] of counter.returns) {
            if (name.startsWith(`${id}/`) && typeof outcome === 'object' && 'clawedBack' in outcome)
              clawedBack += outcome.clawedBack
          }
          strictEqual(clawedBack, earned - points)
          ok(clawedBack >= 0 && clawedBack <= earned)
          for (const award of sale.fact.awards) {
            strictEqual(
              award.lines.reduce((sum, line) => sum + line.points, 0),
              award.points,
            )
          }
        }
      })
    })
  })

  it('keeps the tier until it says so, and beyond that for what it says is missing', () => {
    law((steps) => {
      const [, , ...revisions] = of
      tell(of, steps, ({ counter: { programme, account, entries, now } }) => {
        const { id, keeping } = tierProgress(programme, account.head, now)
        const until = keeping?.until ?? null
        if (!keeping || until === null || revisions.length > 0) return
        const rank = (head: Head) => programme.revisions[0].tiers.findIndex((tier) => tier.id === head.tier.id)
        const at = (from: Account, then: Instant) => settle(programme, from, then, undefined, entries).account.head
        strictEqual(at(account, instant(until - 1)).tier.id, id)
        ok(rank(at(account, until)) < rank(account.head))
        if (keeping.needed === 0 || programme.revisions[0].document.tiers.metric !== 'spend') return
        ok(keeping.by !== null && keeping.by > now)
        const lines = goods(keeping.needed).map((line) => ({ ...line, sku: 'sku' }))
        const sale = { purchaseId: 'more', occurredAt: now, details: { storeId: 'leeds' }, lines }
        const booked = bookPurchase(programme, account, sale, judgePurchase(programme, account, sale, entries, now), now)
        ok(!isRefusal(booked))
        ok(rank(at(booked.account, until)) >= rank(account.head))
      })
    })
  })

  it('holds the tier that all of the entries give', () => {
    law((steps, [days]) => {
      const { counter } = tell(of, steps, () => {})
      for (const now of [counter.now, later(counter.now, days)]) {
        counter.settle(now)
        strictEqual(counter.tier, tierAt(counter.programme, tierFactsBefore(counter.programme, counter.entries, now), now).id)
      }
    })
  })
})

/** Parts of a sale's lines that come back: which line, and how many tenths of it. */
const parts = fc.array(fc.record({ line: fc.nat(3), tenths: fc.integer({ min: 1, max: 10 }) }), { minLength: 1, maxLength: 8 })

/** Goods for the parts that fit, each line no more than it was bought for. */
function fitting(lines: readonly Goods[], wanted: readonly { readonly line: number; readonly tenths: number }[]): Goods[] {
  const left = new Map(lines.map((line) => [line.lineId, { ...line }]))
  return wanted.flatMap(({ line, tenths }) => {
    const rest = left.get(String(line + 1))
    if (!rest) return []
    const quantity = Math.floor((rest.quantity * tenths) / 10)
    const amount = Math.floor((rest.amount * tenths) / 10)
    left.set(rest.lineId, { ...rest, quantity: rest.quantity - quantity, amount: rest.amount - amount })
    return [{ lineId: rest.lineId, quantity, amount }]
  })
}

/** What returns leave of one sale, that others came before and after. */
function broughtBack(
  document: ProgrammeDocument,
  sold: readonly Goods[],
  around: readonly number[],
  returns: readonly Goods[][],
) {
  const counter = new Counter(programmeOf(document), '2025-01-01T00:00:00Z')
  counter.adjust(40, '2025-01-02T09:00:00Z')
  counter.buy('before', '2025-02-01T10:00:00Z', goods(...around))
  counter.buy('sale', '2025-03-01T10:00:00Z', sold)
  counter.buy('after', '2025-04-01T10:00:00Z', goods(...around))
  counter.adjust(-Math.floor(counter.balance.available / 2) || 1, '2025-04-02T09:00:00Z')
  counter.settle('2025-07-01T10:00:00Z')
  for (const [number, lines] of returns.entries()) counter.bringBack('sale', `r-${number}`, '2025-07-01T10:00:00Z', lines)
  for (const outcome of counter.returns.values()) ok(typeof outcome === 'object' && 'clawedBack' in outcome)
  const { totals, debt, buckets, sums, tier } = counter.account.head
  return {
    totals,
    debt,
    buckets,
    sums,
    tier: tier.id,
    closed: counter.account.closed,
    points: counter.receipts.get('sale')?.points,
    gifts: counter.account.head.gifts,
    limits: counter.limits.state,
  }
}

describe.each(cases.map(([name, document]) => ({ name, document })))('returns of one sale under $name', ({ document }) => {
  it('come to the same, many or one, in whatever order', () => {
    const around = fc.array(fc.nat(60_000), { maxLength: 2 })
    const shuffled = parts.chain((wanted) =>
      fc.tuple(fc.constant(wanted), fc.shuffledSubarray([...wanted.keys()], { minLength: wanted.length })),
    )
    fc.assert(
      fc.property(goodsLines, around, shuffled, (sold, others, [wanted, order]) => {
        const pieces = fitting(sold, wanted)
        const inOrder = broughtBack(
          document,
          sold,
          others,
          pieces.map((piece) => [piece]),
        )
        const atOnce = broughtBack(document, sold, others, [pieces])
        const reordered = order.flatMap((index) => pieces[index] ?? []).map((piece) => [piece])
        deepStrictEqual(inOrder, atOnce)
        deepStrictEqual(broughtBack(document, sold, others, reordered), atOnce)
      }),
      { numRuns: runs },
    )
  })
})
