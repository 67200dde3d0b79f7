import { describe, expect, it } from 'vitest'
import { bookGoodwill } from '../../functions/domain/goodwill.ts'
import { balanceOf, isConserved } from '../../functions/domain/head.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import { points } from '../../functions/domain/units.ts'
import { Counter, goods } from './counter.ts'
import { at, demo, written } from './programmes.ts'

const newcomer = () => new Counter(demo, '2026-01-01T00:00:00Z')

function give(counter: Counter, amount: number, now: string) {
  counter.settle(now)
  const goodwill = { id: 'c-1', reason: 'A candle that tunnelled', points: points(amount) }
  const booked = bookGoodwill(demo, counter.account, goodwill, at(now))
  if (isRefusal(booked)) return booked.refused
  const { head } = booked.account
  expect(isConserved(head)).toBe(true)
  return { entry: booked.entry, head, balance: balanceOf(head, at(now)) }
}

describe('goodwill', () => {
  it('is adjusted, and expires as if earned at that moment', () => {
    const given = give(newcomer(), 50, '2026-03-10T12:00:00Z')
    if (typeof given === 'string') throw new Error(given)
    expect(given.entry.fact).toEqual({ kind: 'goodwill', id: 'c-1', reason: 'A candle that tunnelled' })
    expect(given.head.totals).toEqual({ issued: 0, adjusted: 50, redeemed: 0, expired: 0, clawedBack: 0 })
    expect(given.balance.expiring.map((row) => [row.points, written(row.expiresAt)])).toEqual([[50, '2027-03-31T23:00:00Z']])
  })

  it.each([
    [5, { available: 0, debt: 5 }],
    [10, { available: 0, debt: 0 }],
    [12, { available: 2, debt: 0 }],
  ])('of %i pays a debt of 10 first', (amount, balance) => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(1_000))
    counter.adjust(-10, '2026-03-10T13:00:00Z')
    counter.bringBack('p-1', 'r-1', '2026-03-11T12:00:00Z', goods(1_000))
    expect(give(counter, amount, '2026-03-12T12:00:00Z')).toMatchObject({ balance })
  })

  it('is not given to who is closed', () => {
    const counter = newcomer()
    counter.changeStatus('closed', '2026-03-10T12:00:00Z')
    expect(give(counter, 5, '2026-03-12T12:00:00Z')).toBe('member-closed')
  })
})
