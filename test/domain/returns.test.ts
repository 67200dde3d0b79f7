import { describe, expect, it } from 'vitest'
import type { Programme } from '../../functions/domain/programme.ts'
import { bookReturn, type KeptSale } from '../../functions/domain/returns.ts'
import { instant } from '../../functions/domain/units.ts'
import { Counter, goods } from './counter.ts'
import { at, demo, demoDocument, documentWith, programmeOf } from './programmes.ts'

const newcomer = (programme: Programme = demo) => new Counter(programme, '2026-01-01T00:00:00Z')
const forgiving = programmeOf(documentWith({ negative: 'forgive' }))

/** Totals and balance in one line, for reading. */
const books = (counter: Counter) => {
  const { available, pending, debt } = counter.balance
  const { issued, adjusted, expired, clawedBack } = counter.account.head.totals
  return { available, pending, debt, issued, adjusted, expired, clawedBack }
}

const piece = (lineId: string, quantity: number, amount: number) => ({ lineId, quantity, amount })

describe('earning is evaluated again on what is kept', () => {
  it('frappe/erpnext#32951, Zenoti: a whole return claws back all that the sale earned', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(1_530))
    expect(counter.bringBack('p-1', 'r-1', '2026-03-11T12:00:00Z', goods(1_530))).toBe(15)
    expect(books(counter)).toEqual({ available: 0, pending: 0, debt: 0, issued: 15, adjusted: 0, expired: 0, clawedBack: 15 })
  })

  it('the example of the contract: 2 of 6 pieces', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-11-21T10:15:00Z', [piece('1', 6, 1_530)])
    expect(counter.bringBack('p-1', 'r-1', '2026-11-22T10:15:00Z', [piece('1', 2, 510)])).toBe(5)
    expect(counter.balance.available).toBe(10)
  })

  it('Smile.io, older FAQ: by line and by piece, not all or none', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-10T12:00:00Z', [piece('1', 3, 900), piece('2', 1, 450)])
    expect(counter.bringBack('p-1', 'r-1', '2026-03-11T12:00:00Z', [piece('1', 1, 300)])).toBe(3)
    expect(counter.bringBack('p-1', 'r-2', '2026-03-11T12:00:00Z', [piece('2', 1, 450)])).toBe(4)
    expect(counter.bringBack('p-1', 'r-3', '2026-03-11T12:00:00Z', [piece('1', 2, 600)])).toBe(6)
    expect(counter.receipts.get('p-1')?.points).toBe(0)
  })

  it.each([
    { each: 100, times: 10 },
    { each: 99, times: 10 },
    { each: 50, times: 20 },
    { each: 1, times: 100 },
    { each: 33, times: 30 },
  ])('Square, by its rules: $times refunds of $each pence claw back what one of all would', ({ each, times }) => {
    const amount = each * times
    const inParts = newcomer()
    inParts.buy('p-1', '2026-03-10T12:00:00Z', [piece('1', times, amount)])
    for (let time = 1; time <= times; time += 1) {
      inParts.bringBack('p-1', `r-${time}`, '2026-03-11T12:00:00Z', [piece('1', 1, each)])
    }
    const atOnce = newcomer()
    atOnce.buy('p-1', '2026-03-10T12:00:00Z', [piece('1', times, amount)])
    expect(atOnce.bringBack('p-1', 'r', '2026-03-11T12:00:00Z', [piece('1', times, amount)])).toBe(Math.floor(amount / 100))
    expect(books(inParts)).toEqual(books(atOnce))
    expect(inParts.balance.available).toBe(0)
  })

  it('with the tier and the revision of the sale', () => {
    const richer = documentWith({ earn: { points: 3, per: 100 } })
    const counter = newcomer(programmeOf(demoDocument, [at('2026-04-01T00:00:00Z'), richer]))
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(50_000))
    expect(counter.buy('p-2', '2026-03-11T12:00:00Z', goods(1_000, 1_000))).toBe(25)
    counter.bringBack('p-1', 'r-1', '2026-05-01T12:00:00Z', goods(50_000))
    expect(counter.tier).toBe('bronze')
    expect(counter.bringBack('p-2', 'r-1', '2026-05-01T12:00:00Z', goods(1_000))).toBe(13)
    expect(counter.bringBack('p-2', 'r-2', '2026-05-01T12:00:00Z', [piece('2', 1, 1_000)])).toBe(12)
  })

  it('an excluded line takes nothing back with it', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-10T12:00:00Z', [piece('1', 1, 1_000), { ...piece('2', 1, 5_000), excluded: true }])
    expect(counter.bringBack('p-1', 'r-1', '2026-03-11T12:00:00Z', [piece('2', 1, 5_000)])).toBe(0)
    expect(counter.account.head.sums).toEqual([{ period: 2026, revision: 1, amount: 1_000 }])
  })

  it('a line given twice in one return is added up', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-10T12:00:00Z', [piece('1', 2, 1_000)])
    expect(counter.bringBack('p-1', 'r-1', '2026-03-11T12:00:00Z', [piece('1', 1, 500), piece('1', 1, 500)])).toBe(10)
  })
})

describe('where the points are taken from', () => {
  it('first the bucket of the sale, also where another expires earlier', () => {
    const counter = newcomer()
    counter.buy('early', '2026-02-10T12:00:00Z', goods(1_000))
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(2_000))
    counter.bringBack('p-1', 'r-1', '2026-03-11T12:00:00Z', goods(500))
    expect(counter.balance.expiring.map(({ points }) => points)).toEqual([10, 15])
  })

  it('then the others, earliest expiry first', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-02-10T12:00:00Z', goods(3_000))
    counter.adjust(-30, '2026-02-11T12:00:00Z')
    counter.buy('third', '2026-05-10T12:00:00Z', goods(1_000))
    counter.buy('second', '2026-04-10T12:00:00Z', goods(1_000), '2026-05-11T12:00:00Z')
    counter.bringBack('p-1', 'r-1', '2026-05-12T12:00:00Z', goods(1_500))
    expect(counter.balance.expiring.map(({ points }) => points)).toEqual([5])
    expect(counter.balance.expiring[0]?.expiresAt).toBe(at('2027-05-31T23:00:00Z'))
  })

  it('pending points too, their own before what is spendable', () => {
    const counter = newcomer(programmeOf(documentWith({ holdDays: 10 })))
    counter.buy('old', '2026-03-01T12:00:00Z', goods(1_000))
    counter.buy('p-1', '2026-03-20T12:00:00Z', goods(1_000))
    counter.buy('new', '2026-03-21T12:00:00Z', goods(1_000))
    expect(books(counter)).toMatchObject({ available: 10, pending: 20 })
    counter.bringBack('p-1', 'r-1', '2026-03-22T12:00:00Z', goods(1_000))
    expect(books(counter)).toMatchObject({ available: 10, pending: 10 })
    counter.bringBack('old', 'r-1', '2026-03-22T12:00:00Z', goods(1_000))
    expect(books(counter)).toMatchObject({ available: 0, pending: 10, debt: 0 })
  })

  it('another sale still pending is taken before there is debt', () => {
    const counter = newcomer(programmeOf(documentWith({ holdDays: 10 })))
    counter.buy('p-1', '2026-03-01T12:00:00Z', goods(1_000))
    counter.settle('2026-03-20T12:00:00Z')
    counter.adjust(-10, '2026-03-20T12:00:00Z')
    counter.buy('new', '2026-03-21T12:00:00Z', goods(600))
    counter.bringBack('p-1', 'r-1', '2026-03-22T12:00:00Z', goods(1_000))
    expect(books(counter)).toMatchObject({ available: 0, pending: 0, debt: 4 })
  })

  it('of one expiry, what is spendable before what is still on hold', () => {
    const counter = newcomer(programmeOf(documentWith({ holdDays: 10 })))
    counter.buy('old', '2026-02-01T12:00:00Z', goods(1_000))
    counter.settle('2026-02-20T12:00:00Z')
    counter.adjust(-10, '2026-02-20T12:00:00Z')
    counter.buy('p-1', '2026-03-25T12:00:00Z', goods(1_000))
    counter.adjust(6, '2026-03-26T12:00:00Z')
    counter.bringBack('old', 'r-1', '2026-03-27T12:00:00Z', goods(1_000))
    expect(books(counter)).toMatchObject({ available: 0, pending: 6, debt: 0 })
  })

  it('what of the bucket expired moves from expired to clawed back', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-10T12:00:00Z', [piece('1', 10, 1_000)])
    counter.buy('p-2', '2026-06-10T12:00:00Z', goods(1_000))
    counter.settle('2027-05-01T12:00:00Z')
    expect(books(counter)).toMatchObject({ available: 10, expired: 10 })
    counter.bringBack('p-1', 'r-1', '2027-05-01T12:00:00Z', [piece('1', 4, 400)])
    expect(books(counter)).toMatchObject({ available: 10, expired: 6, clawedBack: 4, debt: 0 })
    counter.bringBack('p-1', 'r-2', '2027-05-01T12:00:00Z', [piece('1', 6, 600)])
    expect(books(counter)).toMatchObject({ available: 10, expired: 0, clawedBack: 10, debt: 0 })
  })

  it('what of it was spent before it expired is taken from the others', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(1_000))
    counter.adjust(-7, '2026-03-11T12:00:00Z')
    counter.buy('p-2', '2026-06-10T12:00:00Z', goods(1_000))
    counter.bringBack('p-1', 'r-1', '2027-05-01T12:00:00Z', goods(1_000))
    expect(books(counter)).toMatchObject({ available: 3, expired: 0, clawedBack: 10, debt: 0 })
  })

  it('a sale that arrived past its expiry gives back what expired of it', () => {
    const counter = newcomer()
    counter.buy('p-1', '2024-03-10T12:00:00Z', goods(1_000), '2026-03-10T12:00:00Z')
    expect(books(counter)).toMatchObject({ available: 0, issued: 10, expired: 10 })
    counter.bringBack('p-1', 'r-1', '2026-03-11T12:00:00Z', goods(1_000))
    expect(books(counter)).toMatchObject({ available: 0, issued: 10, expired: 0, clawedBack: 10, debt: 0 })
  })
})

describe('what no points are left for', () => {
  const spentAndReturned = (programme: Programme) => {
    const counter = newcomer(programme)
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(1_000))
    counter.adjust(-8, '2026-03-11T12:00:00Z')
    counter.bringBack('p-1', 'r-1', '2026-03-12T12:00:00Z', goods(1_000))
    return counter
  }

  it('odoo/odoo#257854, Square forum 22747: becomes debt, which later credits pay first', () => {
    const counter = spentAndReturned(demo)
    expect(books(counter)).toEqual({ available: 0, pending: 0, debt: 8, issued: 10, adjusted: -8, expired: 0, clawedBack: 10 })
    counter.buy('p-2', '2026-03-13T12:00:00Z', goods(500))
    expect(books(counter)).toMatchObject({ available: 0, debt: 3 })
    counter.buy('p-3', '2026-03-14T12:00:00Z', goods(500))
    expect(books(counter)).toMatchObject({ available: 2, debt: 0 })
  })

  it('Square forum 22747: or is forgiven', () => {
    const counter = spentAndReturned(forgiving)
    expect(books(counter)).toEqual({ available: 0, pending: 0, debt: 0, issued: 10, adjusted: 0, expired: 0, clawedBack: 10 })
    counter.buy('p-2', '2026-03-13T12:00:00Z', goods(500))
    expect(books(counter)).toMatchObject({ available: 5, debt: 0 })
  })

  it('is judged by the revision in force when the goods came back', () => {
    const counter = spentAndReturned(
      programmeOf(demoDocument, [at('2026-03-12T00:00:00Z'), documentWith({ negative: 'forgive' })]),
    )
    expect(books(counter)).toMatchObject({ debt: 0, adjusted: 0 })
  })

  it('a later return of a sale that paid the debt makes debt again', () => {
    const counter = spentAndReturned(demo)
    counter.buy('p-2', '2026-03-13T12:00:00Z', goods(500))
    counter.bringBack('p-2', 'r-1', '2026-03-14T12:00:00Z', goods(500))
    expect(books(counter)).toMatchObject({ available: 0, debt: 8, clawedBack: 15 })
  })
})

describe('the spend of a return leaves the year of the sale', () => {
  it('not the year of the return', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-12-20T12:00:00Z', goods(30_000))
    counter.buy('p-2', '2027-01-05T12:00:00Z', goods(20_000))
    counter.bringBack('p-1', 'r-1', '2027-01-10T12:00:00Z', goods(10_000))
    expect(counter.account.head.sums).toEqual([
      { period: 2026, revision: 1, amount: 20_000 },
      { period: 2027, revision: 1, amount: 20_000 },
    ])
  })
})

describe('returns that do not fit', () => {
  const sold = (): { counter: Counter; kept: KeptSale } => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-10T12:00:00Z', [piece('1', 5, 1_000), piece('2', 1, 300)])
    const kept = counter.receipts.get('p-1')
    if (!kept) throw new Error('it was bought')
    return { counter, kept }
  }

  it.each([
    ['a line that was not bought', [piece('9', 1, 100)], 'line-unknown', '/lines/0/lineId'],
    ['one of them was not bought', [piece('1', 1, 100), piece('9', 1, 100)], 'line-unknown', '/lines/1/lineId'],
    ['more pieces than bought', [piece('2', 1, 300), piece('1', 6, 1_000)], 'return-exceeds-purchase', '/lines/1/quantity'],
    ['more money than paid', [piece('1', 5, 1_001)], 'return-exceeds-purchase', '/lines/0/amount'],
    ['more in two rows of one line', [piece('1', 3, 500), piece('1', 3, 500)], 'return-exceeds-purchase', '/lines/1/quantity'],
  ])('%s', (_why, lines, refused, pointer) => {
    const { counter, kept } = sold()
    const goodsBack = { returnId: 'r-1', occurredAt: instant(counter.now), lines }
    expect(bookReturn(demo, counter.account, kept, goodsBack, counter.now)).toEqual({ refused, pointer })
  })

  it('Open Loyalty 3 (RevokePointsOnReturn…): 60 % and 60 %: the second is refused and changes nothing', () => {
    const { counter } = sold()
    expect(counter.bringBack('p-1', 'r-1', '2026-03-11T12:00:00Z', [piece('1', 3, 600)])).toBe(6)
    const { account } = counter
    expect(counter.bringBack('p-1', 'r-2', '2026-03-11T12:00:00Z', [piece('1', 3, 600)])).toBe('return-exceeds-purchase')
    expect(counter.account).toBe(account)
    expect(counter.bringBack('p-1', 'r-3', '2026-03-11T12:00:00Z', [piece('1', 2, 400)])).toBe(4)
    expect(counter.bringBack('p-1', 'r-4', '2026-03-11T12:00:00Z', [piece('1', 0, 1)])).toBe('return-exceeds-purchase')
    expect(counter.bringBack('p-1', 'r-5', '2026-03-11T12:00:00Z', [piece('1', 1, 0)])).toBe('return-exceeds-purchase')
  })
})

it('goods of a member who was closed since still come back', () => {
  const counter = newcomer()
  counter.buy('p-1', '2026-03-10T12:00:00Z', goods(1_000))
  counter.changeStatus('closed', '2026-03-11T12:00:00Z')
  expect(counter.bringBack('p-1', 'r-1', '2026-03-12T12:00:00Z', goods(400))).toBe(4)
})

it('Talon.One guidance: sales and their returns come to the same in any order of arrival', () => {
  const arrive = (order: readonly ('sale' | 'first' | 'second')[]) => {
    const counter = newcomer()
    for (const what of order) {
      const now = '2026-03-12T12:00:00Z'
      if (what === 'sale') counter.buy('p-1', '2026-03-10T12:00:00Z', [piece('1', 10, 990)], now)
      else counter.bringBack('p-1', what, `2026-03-1${what === 'first' ? 0 : 1}T13:00:00Z`, [piece('1', 3, 297)], now)
    }
    return { ...books(counter), sums: counter.account.head.sums, kept: counter.receipts.get('p-1')?.points }
  }
  const inOrder = arrive(['sale', 'first', 'second'])
  expect(inOrder).toMatchObject({ available: 3, issued: 9, clawedBack: 6, kept: 3 })
  expect(arrive(['first', 'second', 'sale'])).toEqual(inOrder)
  expect(arrive(['second', 'sale', 'first'])).toEqual(inOrder)
})
