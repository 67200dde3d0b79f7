import { describe, expect, test } from 'vitest'
import { batchOperation } from '../../functions/contract/batch.ts'
import { purchaseBody, returnBody } from '../../functions/contract/purchases.ts'
import { convert, type InvoiceLine, ndjson, occurredAt, pence } from './convert.ts'

const line = (changed: Partial<InvoiceLine> = {}): InvoiceLine => ({
  InvoiceNo: '536365',
  StockCode: '85123A',
  Description: ' WHITE HANGING HEART ',
  Quantity: '6',
  InvoiceDate: '2010-12-01 08:26:00',
  UnitPrice: '2.55',
  CustomerID: '17850',
  Country: 'United Kingdom',
  ...changed,
})

const cancelled = (changed: Partial<InvoiceLine> = {}): InvoiceLine =>
  line({ InvoiceNo: 'C536379', Quantity: '-2', InvoiceDate: '2010-12-02 09:41:00', ...changed })

describe('amounts', () => {
  test.each([
    [3, '1.15', 345],
    [7, '0.29', 203],
    [100, '1.1', 11_000],
    [4800, '0.21', 100_800],
    [12, '0', 0],
    [1, '2653.95', 265_395],
    [1, '1.005', 101],
    [3, '0.001', 0],
    [5, '0.001', 1],
    [1000, '0.001', 100],
  ])('%i at £%s are %i pence', (quantity, price, amount) => {
    expect(pence(quantity, price)).toBe(amount)
  })
})

describe('instants, 14 years on', () => {
  test.each([
    ['in winter', '2010-12-01 08:26:00', '2024-12-01T08:26:00Z'],
    ['in summer', '2011-07-01 09:00:00', '2025-07-01T08:00:00Z'],
    ['by the clocks of then, not of now', '2011-03-27 12:00:00', '2025-03-27T12:00:00Z'],
    ['a day that the other year has not', '2012-02-29 10:00:00', '2026-02-28T10:00:00Z'],
    ['a time that is skipped', '2011-03-30 01:30:00', '2025-03-30T01:30:00Z'],
    ['a time that is there twice', '2011-10-26 01:30:00', '2025-10-26T00:30:00Z'],
  ])('%s', (_, local, instant) => {
    expect(occurredAt(local)).toBe(instant)
  })
})

describe('sales', () => {
  test('an invoice is a purchase that the contract takes', () => {
    const { operations, counts } = convert([line(), line({ StockCode: 'POST', Quantity: '1', UnitPrice: '18' })])
    expect(operations).toEqual([
      {
        op: 'purchase',
        id: 'united-kingdom:536365',
        body: {
          member: { card: '17850' },
          storeId: 'united-kingdom',
          occurredAt: '2024-12-01T08:26:00Z',
          currency: 'GBP',
          lines: [
            { lineId: '1', sku: '85123A', quantity: 6, amount: 1530, name: 'WHITE HANGING HEART' },
            { lineId: '2', sku: 'POST', quantity: 1, amount: 1800, name: 'WHITE HANGING HEART' },
          ],
        },
      },
    ])
    expect(counts).toMatchObject({ lines: 2, purchases: 1, sold: 2, leftOut: {} })
    for (const operation of ndjson(operations)
      .trim()
      .split('\n')
      .map((text) => batchOperation.parse(JSON.parse(text)))) {
      expect(purchaseBody.safeParse(operation.body).success).toBe(true)
    }
  })

  test('an article that is there twice is two lines', () => {
    const { operations } = convert([line(), line({ Quantity: '1' })])
    expect(operations[0]?.body.lines.map(({ lineId, quantity }) => [lineId, quantity])).toEqual([
      ['1', 6],
      ['2', 1],
    ])
  })

  test('an invoice over two minutes is of the first, and counted', () => {
    const { operations, counts } = convert([line({ InvoiceDate: '2010-12-01 08:27:00' }), line()])
    expect(operations[0]?.body.occurredAt).toBe('2024-12-01T08:26:00Z')
    expect(counts.invoicesOverMinutes).toBe(1)
  })

  test.each([
    ['cancellation without a customer', cancelled({ CustomerID: 'NA' })],
    ['negative quantity outside of a C invoice', line({ Quantity: '-71' })],
    ['no whole quantity', line({ Quantity: '0' })],
    ['no whole quantity', line({ Quantity: '1.5' })],
    ['negative price', line({ UnitPrice: '-11062.06' })],
    ['cancellation without its sale', cancelled()],
  ] as const)('left out: %s', (reason, odd) => {
    expect(convert([odd])).toMatchObject({ operations: [], counts: { lines: 1, leftOut: { [reason]: 1 } } })
  })

  test.each(['NA', ''])('without a customer ("%s"): a purchase without a member', (CustomerID) => {
    const { operations, counts } = convert([line({ CustomerID })])
    expect(operations).toHaveLength(1)
    expect(operations[0]?.body).not.toHaveProperty('member')
    expect(purchaseBody.safeParse(operations[0]?.body).success).toBe(true)
    expect(counts).toMatchObject({ purchases: 1, withoutMember: 1, sold: 1, leftOut: {} })
  })

  test('a line of another customer is left out of the invoice', () => {
    const { operations, counts } = convert([line(), line({ CustomerID: '13047' })])
    expect(operations).toMatchObject([{ body: { member: { card: '17850' }, lines: [{ lineId: '1' }] } }])
    expect(counts.leftOut).toEqual({ 'another customer than the rest of its invoice': 1 })
  })
})

describe('returns', () => {
  const returned = (lines: readonly InvoiceLine[]) => {
    const { operations, counts } = convert(lines)
    const returns = operations.flatMap((operation) => (operation.op === 'return' ? [operation] : []))
    for (const { body } of returns) expect(returnBody.safeParse(body).success).toBe(true)
    return { returns: returns.map(({ purchaseId, id, body }) => ({ purchaseId, id, lines: body.lines })), counts }
  }

  test('goods come back from the latest sale that they can be of', () => {
    const later = line({ InvoiceNo: '536366', InvoiceDate: '2010-12-02 09:00:00' })
    const tooLate = line({ InvoiceNo: '536367', InvoiceDate: '2010-12-03 09:00:00' })
    expect(returned([cancelled(), tooLate, line(), later]).returns).toEqual([
      { purchaseId: 'united-kingdom:536366', id: 'C536379', lines: [{ lineId: '1', quantity: 2, amount: 510 }] },
    ])
  })

  test.each([
    ['another customer’s', cancelled({ CustomerID: '13047' })],
    ['another article', cancelled({ StockCode: '71053' })],
    ['from before the sale', cancelled({ InvoiceDate: '2010-11-30 09:00:00' })],
  ])('not of this sale: %s', (_, other) => {
    expect(returned([line(), other])).toMatchObject({ returns: [], counts: { leftOut: { 'cancellation without its sale': 1 } } })
  })

  test('no more comes back than was sold, over all returns, by quantity or amount', () => {
    const lines = [
      line(),
      cancelled({ Quantity: '-4' }),
      cancelled({ InvoiceNo: 'C536380', Quantity: '-3', InvoiceDate: '2010-12-03 10:00:00' }),
      cancelled({ InvoiceNo: 'C536381', Quantity: '-2', UnitPrice: '2.56', InvoiceDate: '2010-12-04 10:00:00' }),
    ]
    expect(returned(lines)).toMatchObject({
      returns: [{ id: 'C536379', lines: [{ quantity: 4 }] }],
      counts: { returns: 1, returned: 1, leftOut: { 'cancellation of more than is left of its sale': 2 } },
    })
  })

  test('a cancellation of two sales is a return of each, and a sale’s line is in it once', () => {
    const other = line({ InvoiceNo: '536366', StockCode: '71053', Quantity: '3' })
    const lines = [line(), other, cancelled(), cancelled({ Quantity: '-1' }), cancelled({ StockCode: '71053', Quantity: '-3' })]
    expect(returned(lines)).toEqual({
      returns: [
        { purchaseId: 'united-kingdom:536365', id: 'C536379', lines: [{ lineId: '1', quantity: 3, amount: 765 }] },
        { purchaseId: 'united-kingdom:536366', id: 'C536379', lines: [{ lineId: '1', quantity: 3, amount: 765 }] },
      ],
      counts: expect.objectContaining({ purchases: 2, returns: 2, returned: 3, leftOut: {} }),
    })
  })

  test('at one minute the sale comes before its return', () => {
    const { operations } = convert([cancelled({ InvoiceDate: line().InvoiceDate }), line()])
    expect(operations.map(({ op }) => op)).toEqual(['purchase', 'return'])
  })
})
