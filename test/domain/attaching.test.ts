import { describe, expect, it } from 'vitest'
import { isAttachWindowOver, keepReturn, localDay, receiptTotal } from '../../functions/domain/attaching.ts'
import type { SaleLine } from '../../functions/domain/entry.ts'
import { compileRevision, type Programme } from '../../functions/domain/programme.ts'
import { datedAt } from '../../functions/domain/purchase.ts'
import type { Instant } from '../../functions/domain/units.ts'
import { at, demoDocument, documentWith } from './programmes.ts'

const under = (attachDays?: number): Programme => {
  const document = attachDays === undefined ? demoDocument : documentWith({ attachDays })
  return { id: 'demo', revisions: [compileRevision(1, 0 as Instant, document)] }
}

describe('isAttachWindowOver: whole days of London after the day of the sale', () => {
  it.each([
    [undefined, '2026-11-21T00:00:00Z', '2026-12-21T23:59:59.999Z', false],
    [undefined, '2026-11-21T23:59:59Z', '2026-12-22T00:00:00Z', true],
    [0, '2026-11-21T09:00:00Z', '2026-11-21T23:59:59Z', false],
    [0, '2026-11-21T09:00:00Z', '2026-11-22T00:00:00Z', true],
    // Across the end of summer time: sold on 24 October, the next day has 25 hours.
    [1, '2026-10-24T12:00:00Z', '2026-10-25T23:59:59Z', false],
    [1, '2026-10-24T12:00:00Z', '2026-10-26T00:00:00Z', true],
    // 23:30 in UTC is the next day in London's summer.
    [1, '2026-07-01T23:30:00Z', '2026-07-03T22:59:59Z', false],
    [1, '2026-07-01T23:30:00Z', '2026-07-03T23:00:00Z', true],
  ])('%s days after a sale at %s, at %s: %s', (days, soldAt, now, over) => {
    expect(isAttachWindowOver(under(days), at(soldAt), at(now))).toBe(over)
  })

  it('is judged by the revision in force at the sale', () => {
    const later = compileRevision(2, at('2026-12-01T00:00:00Z'), documentWith({ attachDays: 1 }))
    const programme: Programme = { ...under(40), revisions: [...under(40).revisions, later] }
    expect(isAttachWindowOver(programme, at('2026-11-21T12:00:00Z'), at('2026-12-31T12:00:00Z'))).toBe(false)
    expect(isAttachWindowOver(programme, at('2026-12-21T12:00:00Z'), at('2026-12-31T12:00:00Z'))).toBe(true)
  })
})

it('localDay is the day of the programme, as a receipt has it', () => {
  expect(localDay(under(), at('2026-07-01T22:59:59Z'))).toBe('2026-07-01')
  expect(localDay(under(), at('2026-07-01T23:00:00Z'))).toBe('2026-07-02')
  expect(localDay(under(), at('2026-01-05T00:00:00Z'))).toBe('2026-01-05')
})

describe('datedAt: the earlier of what the till said and the arrival, its own where it is attached later', () => {
  it.each([
    ['in order', 10, undefined, 10, 10],
    ['late', 5, undefined, 10, 5],
    ['a clock ahead', 15, undefined, 10, 10],
    ['attached later', 5, 6, 100, 5],
    ['attached later, a clock ahead', 15, 6, 100, 6],
  ])('%s', (_what, occurredAt, arrivedAt, now, expected) => {
    const attached = arrivedAt === undefined ? undefined : { arrivedAt: arrivedAt as Instant }
    expect(datedAt({ occurredAt: occurredAt as Instant, attached }, now as Instant)).toBe(expected)
  })
})

describe('a sale that nobody owns', () => {
  const lines: SaleLine[] = [
    { lineId: '1', sku: 'a', quantity: 6, amount: 1530 },
    { lineId: '2', sku: 'b', quantity: 1, amount: 999, excluded: true },
  ]
  const goods = (lineId: string, quantity: number, amount: number) => ({
    ...{ returnId: 'r', occurredAt: 0 as Instant },
    lines: [{ lineId, quantity, amount }],
  })

  it('its total is what the receipt says, excluded lines included', () => expect(receiptTotal(lines)).toBe(2529))

  it('what comes back of it is summed by line, and is no more than was sold', () => {
    const first = keepReturn(lines, [], goods('1', 2, 510))
    expect(first).toEqual([{ lineId: '1', quantity: 2, amount: 510 }])
    if ('refused' in first) throw new Error(first.refused)
    expect(keepReturn(lines, first, goods('1', 4, 1020))).toEqual([{ lineId: '1', quantity: 6, amount: 1530 }])
    expect(keepReturn(lines, first, goods('1', 5, 1))).toMatchObject({ refused: 'return-exceeds-purchase' })
    expect(keepReturn(lines, first, goods('1', 1, 1021))).toMatchObject({ refused: 'return-exceeds-purchase' })
    expect(keepReturn(lines, first, goods('3', 1, 1))).toMatchObject({ refused: 'line-unknown' })
  })
})
