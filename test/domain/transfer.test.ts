import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bookAdjustment } from '../../functions/domain/adjustment.ts'
import { apply } from '../../functions/domain/apply.ts'
import { mostBuckets } from '../../functions/domain/bounds.ts'
import type { Account, Entry } from '../../functions/domain/entry.ts'
import { hasRoom } from '../../functions/domain/gift-policy.ts'
import { isConserved } from '../../functions/domain/head.ts'
import { enrolment, statusChange } from '../../functions/domain/membership.ts'
import type { Programme } from '../../functions/domain/programme.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import { replay } from '../../functions/domain/replay.ts'
import { settle } from '../../functions/domain/settle.ts'
import { type BookedGift, bookTransfer, undoTransfer } from '../../functions/domain/transfer.ts'
import { type BucketId, type Instant, instant, memberId, type Points, points } from '../../functions/domain/units.ts'
import { at, demo, documentWith, programmeOf } from './programmes.ts'

const names = ['ada', 'bert', 'cleo'] as const
type Name = (typeof names)[number]
const dayMs = 86_400_000

/** Members who give each other points, in memory. */
class Friends {
  readonly programme: Programme
  now: Instant
  readonly accounts = new Map<Name, Account>()
  readonly entries = new Map<Name, Entry[]>()
  readonly gifts: (BookedGift & { readonly giver: Name; readonly receiver: Name })[] = []
  #made = 0

  constructor(programme: Programme, now: Instant) {
    this.programme = programme
    this.now = now
    for (const name of names) {
      this.accounts.set(name, replay(memberId(name), []))
      this.entries.set(name, [])
      this.#keep(name, enrolment(programme, now))
    }
  }

  of(name: Name): Account {
    const { account, entries } = settle(this.programme, this.accounts.get(name)!, this.now, undefined, this.entries.get(name))
    this.entries.get(name)!.push(...entries)
    this.accounts.set(name, account)
    return account
  }

  adjust(name: Name, amount: number): boolean {
    this.#made += 1
    const adjustment = { adjustmentId: `a-${this.#made}`, points: points(amount), reason: 'test', actor: 'staff' }
    const booked = bookAdjustment(this.programme, this.of(name), adjustment, this.now)
    if (isRefusal(booked)) return false
    this.#keep(name, booked.entry)
    return true
  }

  give(giver: Name, receiver: Name, amount: number, hours = 24): string {
    this.#made += 1
    const giftId = `g-${this.#made}`
    const booked = bookTransfer(this.of(giver), this.of(receiver), { giftId, points: points(amount) }, this.now)
    if (isRefusal(booked)) return booked.refused
    this.#keep(giver, booked.giver.entry)
    this.#keep(receiver, booked.receiver.entry)
    const { parts, paidDebt } = booked
    this.gifts.push({ giftId, parts, paidDebt, giver, receiver, undoUntil: instant(this.now + hours * 3_600_000) })
    return 'given'
  }

  undo(index: number): string {
    const gift = this.gifts[index]
    if (!gift) return 'none'
    const undone = undoTransfer(this.of(gift.giver), this.of(gift.receiver), gift, this.now)
    if (isRefusal(undone)) return undone.refused
    this.gifts.splice(index, 1)
    this.#keep(gift.giver, undone.giver.entry)
    this.#keep(gift.receiver, undone.receiver.entry)
    return 'undone'
  }

  wait(ms: number): void {
    this.now = instant(this.now + ms)
  }

  close(name: Name): void {
    this.of(name)
    this.#keep(name, statusChange('closed', this.now))
  }

  owe(name: Name, amount: number): void {
    this.of(name)
    const effect = { totals: { adjusted: points(-amount) }, debt: points(amount) }
    this.#keep(name, { at: this.now, fact: { kind: 'adjust', adjustmentId: 'owed', reason: 'test', actor: 'staff' }, effect })
  }

  #keep(name: Name, entry: Entry): void {
    this.entries.get(name)!.push(entry)
    this.accounts.set(name, apply(this.accounts.get(name)!, entry))
    this.of(name)
  }

  /** Points by expiry, of everybody together. */
  get byExpiry(): Map<Instant | null, number> {
    const sums = new Map<Instant | null, number>()
    for (const name of names) {
      for (const bucket of this.of(name).head.buckets) {
        sums.set(bucket.expiresAt, (sums.get(bucket.expiresAt) ?? 0) + bucket.points)
      }
    }
    return new Map([...sums].sort(([a], [b]) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY)))
  }

  get debts(): number {
    return names.reduce((sum, name) => sum + this.of(name).head.debt, 0)
  }

  check(): void {
    for (const name of names) {
      const account = this.of(name)
      ok(isConserved(account.head))
      deepStrictEqual(replay(memberId(name), this.entries.get(name)!), account)
    }
  }
}

const march = at('2026-03-10T10:00:00Z')
const friends = (programme = demo) => new Friends(programme, march)
const rows = (account: Account) => account.head.buckets.map((bucket) => [bucket.id, bucket.points])
const [marchEnds, mayEnds] = [String(at('2027-03-31T23:00:00Z')), String(at('2027-05-31T23:00:00Z'))]

describe('a gift', () => {
  it('takes the giver’s points in the order in which they expire, into buckets of the same expiry', () => {
    const all = friends()
    all.adjust('ada', 30)
    all.now = at('2026-05-10T10:00:00Z')
    all.adjust('ada', 20)
    all.adjust('bert', 5)
    strictEqual(all.give('ada', 'bert', 40), 'given')
    expect(rows(all.of('ada'))).toEqual([[mayEnds, 10]])
    expect(rows(all.of('bert'))).toEqual([
      [marchEnds, 30],
      [mayEnds, 15],
    ])
    expect([all.of('ada').head.totals.adjusted, all.of('bert').head.totals.adjusted]).toEqual([10, 45])
  })

  it.each([
    [30, { debt: 10, rows: [] }],
    [40, { debt: 0, rows: [] }],
    [45, { debt: 0, rows: [[mayEnds, 5]] }],
  ])('of %i pays a debt of 40, what expires first before the rest', (amount, expected) => {
    const all = friends()
    all.adjust('ada', 30)
    all.now = at('2026-05-10T10:00:00Z')
    all.adjust('ada', 20)
    all.owe('bert', 40)
    all.give('ada', 'bert', amount)
    const bert = all.of('bert')
    expect({ debt: bert.head.debt, rows: rows(bert) }).toEqual(expected)
  })

  it('of points that inactivity expires gets a bucket that nothing prolongs, and goes back to its run while that lasts', () => {
    const all = friends(programmeOf(documentWith({ expiry: { inactivity: 3 } })))
    all.adjust('ada', 30)
    all.adjust('bert', 5)
    all.give('ada', 'bert', 20)
    const expiry = String(at('2026-06-10T23:00:00Z'))
    expect(rows(all.of('bert')).sort()).toEqual([
      [expiry, 20],
      ['i0', 5],
    ])
    all.undo(0)
    expect(rows(all.of('ada'))).toEqual([['i0', 30]])
    // All of a run given: it is over, and what comes back has its expiry.
    all.give('ada', 'bert', 30)
    all.undo(0)
    expect(rows(all.of('ada'))).toEqual([[expiry, 30]])
  })

  it('is refused to a giver who is closed, and where the receiver has no room for another expiry', () => {
    const all = friends()
    all.adjust('ada', 30)
    const bert = all.of('bert')
    const buckets = Array.from({ length: mostBuckets }, (_, n) => {
      const expiresAt = instant(march + (n + 400) * dayMs)
      return { id: String(expiresAt) as BucketId, spendableAt: null, expiresAt, points: 1 as Points }
    })
    const full = { ...bert, head: { ...bert.head, buckets } }
    const gift = { giftId: 'g-1', points: points(1) }
    expect(bookTransfer(all.of('ada'), full, gift, march)).toMatchObject({ refused: 'too-many-buckets' })
    // What is held for rewards comes back if nothing more is spent.
    const held = { redemptionId: 'r-1', rewardId: 'tea', held: buckets.slice(1), at: march, lapsesAt: instant(march + dayMs) }
    const reserved = { ...bert, head: { ...bert.head, buckets: buckets.slice(0, 1), reservations: [held] } }
    expect(bookTransfer(all.of('ada'), reserved, gift, march)).toMatchObject({ refused: 'too-many-buckets' })
    all.close('ada')
    strictEqual(all.give('ada', 'bert', 1), 'member-closed')
  })
})

describe('a gift is taken back', () => {
  const given = (hours?: number) => {
    const all = friends()
    all.adjust('ada', 30)
    all.give('ada', 'bert', 20, hours)
    return all
  }
  it.each([
    ['at once', (_: Friends) => {}, 'undone'],
    ['a millisecond before its hours are over', (all: Friends) => all.wait(dayMs - 1), 'undone'],
    ['when they are', (all: Friends) => all.wait(dayMs), 'gift-undo-over'],
    ['when a point of it is spent', (all: Friends) => void all.adjust('bert', -1), 'gift-used'],
    ['when a point of it is given on', (all: Friends) => void all.give('bert', 'cleo', 1), 'gift-used'],
    ['when the receiver is closed', (all: Friends) => all.close('bert'), 'undone'],
    ['when the giver is', (all: Friends) => all.close('ada'), 'member-closed'],
  ])('%s', (_when, change, expected) => {
    const all = given()
    change(all)
    strictEqual(all.undo(0), expected)
    all.check()
  })

  it('not once it has expired with the receiver', () => {
    const all = given(24 * 400)
    all.now = at('2027-03-31T23:00:00Z')
    strictEqual(all.undo(0), 'gift-used')
  })
})

it.each([
  [{ points: 10, times: 3 }, { points: 9, times: 2 }, 1, true],
  [{ points: 10, times: 3 }, { points: 9, times: 2 }, 2, false],
  [{ points: 10, times: 3 }, { points: 0, times: 3 }, 1, false],
])('of %o a day, after %o, %i more: %s', (most, soFar, more, expected) => {
  strictEqual(hasRoom(most, soFar, more), expected)
})

const name = fc.constantFrom(...names)
const step = fc.oneof(
  fc.record({ kind: fc.constant('adjust' as const), name, amount: fc.integer({ min: -50, max: 100 }).filter((n) => n !== 0) }),
  fc.record({ kind: fc.constant('give' as const), name, to: name, amount: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('give' as const), name, to: name, amount: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('undo' as const), index: fc.nat(1) }),
  fc.record({ kind: fc.constant('owe' as const), name, amount: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('wait' as const), days: fc.constantFrom(0, 0, 30, 90) }),
)

describe.each([
  ['months', demo],
  ['inactivity', programmeOf(documentWith({ expiry: { inactivity: 4 } }))],
  [
    'none, later months',
    programmeOf(documentWith({ expiry: 'none' }), [march + 100 * dayMs, documentWith({ expiry: { months: 2 } })]),
  ],
] as const)('whatever is given and taken back under expiry by %s', (_name, programme) => {
  it('no point is lost, invented, or lives longer', () => {
    let done = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const all = friends(programme)
        for (const each of names) all.adjust(each, 60)
        for (const each of steps) {
          if (each.kind === 'adjust') all.adjust(each.name, each.amount)
          else if (each.kind === 'owe') {
            // Only who has nothing owes anything.
            if (all.of(each.name).head.buckets.length === 0) all.owe(each.name, each.amount)
          } else if (each.kind === 'wait') all.wait(each.days * dayMs)
          else {
            const [before, debts] = [all.byExpiry, all.debts]
            const outcome =
              each.kind === 'undo'
                ? all.undo(each.index)
                : each.name === each.to
                  ? 'self'
                  : all.give(each.name, each.to, each.amount)
            const paid = debts - all.debts
            // What paid debts is gone from both; all else expires when it did. What comes back to a run has its expiry.
            if (paid === 0 && each.kind === 'give') deepStrictEqual(all.byExpiry, before)
            strictEqual(sumOf(all.byExpiry), sumOf(before) - paid)
            if (outcome === 'given' || outcome === 'undone') done += 1
          }
          all.check()
        }
      }),
      { numRuns: 300 },
    )
    ok(done > 300)
  })
})

const sumOf = (sums: ReadonlyMap<unknown, number>) => [...sums.values()].reduce((sum, each) => sum + each, 0)
