import { strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Instant, instant, memberId } from '../../functions/domain/units.ts'
import {
  freeUses,
  useVoucher,
  type Voucher,
  voidUnused,
  voucherFault,
  withHeld,
  withoutHeld,
} from '../../functions/domain/voucher.ts'
import {
  discountOf,
  expiryOf,
  generatedCode,
  mostWorth,
  readPoolCode,
  readVoucherCode,
  type VoucherSeries,
} from '../../functions/domain/voucher-series.ts'
import { isWritten, withCheck } from '../../functions/domain/written-code.ts'
import { at, demo, demoDocument, programmeOf, written } from './programmes.ts'

const alphabet = [...'346789ACDEFHJKMNPRTVWXY']
const chanceOf = (n: bigint) => n.toString(16).padStart(64, '0')
const anyChance = fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }).map(chanceOf)
const generated = (length: number, prefix?: string): VoucherSeries => ({
  ...{ id: 'tea', codes: { generated: { length, ...(prefix && { prefix }) } } },
  value: { kind: 'money-off', amount: 500 },
})
const bare = (code: string) => code.replaceAll('-', '')

describe('the check character', () => {
  it.each([
    // 3 counts 0 and Y 22, times the place: 4H is 1 + 2 × 11, TEAX is 18 + 2 × 9 + 3 × 6 + 4 × 21, multiples of 23.
    ['3', '33'],
    ['4', '4H'],
    ['TEA', 'TEAX'],
  ])('of %s', (code, whole) => {
    strictEqual(withCheck(code), whole)
    strictEqual(isWritten(whole), true)
  })

  const code = fc.record({
    length: fc.integer({ min: 10, max: 15 }),
    prefix: fc.constantFrom('', 'T', 'TEA', 'MARCH'),
    chance: anyChance,
  })

  it('tells every single wrong character and every two that changed places', () => {
    fc.assert(
      fc.property(code, fc.nat(), fc.nat(), fc.constantFrom(...alphabet), ({ length, prefix, chance }, a, b, other) => {
        const whole = bare(generatedCode({ length, prefix }, chance))
        const [place, second] = [a % whole.length, b % whole.length]
        const wrong = whole.slice(0, place) + other + whole.slice(place + 1)
        strictEqual(isWritten(wrong), wrong === whole)
        const letters = [...whole]
        ;[letters[place], letters[second]] = [letters[second]!, letters[place]!]
        strictEqual(isWritten(letters.join('')), letters.join('') === whole)
      }),
    )
  })

  it('is read however a code is written, and of its own series alone', () => {
    fc.assert(
      fc.property(code, ({ length, prefix, chance }) => {
        const own = programmeOf({ ...demoDocument, vouchers: [generated(length, prefix)] })
        const told = generatedCode({ length, prefix }, chance)
        for (const spelling of [told, bare(told), told.toLowerCase(), ` ${told.replaceAll('-', ' ')} `]) {
          strictEqual(readVoucherCode(own, spelling), bare(told))
        }
        strictEqual(readVoucherCode(demo, told), undefined)
        strictEqual(readVoucherCode(programmeOf({ ...demoDocument, vouchers: [generated(length, 'Y')] }), told), undefined)
        strictEqual(readVoucherCode(own, `${bare(told)}3`), undefined)
      }),
    )
  })
})

it.each([
  ['PARTNER-0001', 'PARTNER0001'],
  ['partner 0001', 'PARTNER0001'],
  ['1234567', undefined],
  ['A'.repeat(32), 'A'.repeat(32)],
  ['A'.repeat(33), undefined],
  ['PARTNER_0001', undefined],
])('a code of a pool: %s', (code, expected) => {
  strictEqual(readPoolCode(code), expected)
  const pool: VoucherSeries = { id: 'p', codes: { pool: {} }, value: { kind: 'product', sku: 'tea' } }
  strictEqual(readVoucherCode(programmeOf({ ...demoDocument, vouchers: [pool] }), code), expected)
})

it('a code of a series that the programme no longer has is still one', () => {
  const programme = programmeOf({ ...demoDocument, vouchers: [generated(10)] }, [at('2026-05-01T00:00:00Z'), demoDocument])
  const code = generatedCode({ length: 10 }, chanceOf(12345678901234567890n))
  strictEqual(readVoucherCode(programme, code), bare(code))
})

const [revision] = demo.revisions
describe('a voucher is good', () => {
  it.each([
    ['for a day: to the end of the day after', { days: 1 }, '2026-03-10T10:00:00Z', '2026-03-12T00:00:00Z'],
    ['across the clock change', { days: 30 }, '2026-03-10T10:00:00Z', '2026-04-09T23:00:00Z'],
    ['until an instant', { until: '2026-12-31T23:59:59Z' }, '2026-03-10T10:00:00Z', '2026-12-31T23:59:59Z'],
    ['for ever', undefined, '2026-03-10T10:00:00Z', 'never'],
  ] as const)('%s', (_how, valid, now, expected) => {
    strictEqual(written(expiryOf({ ...generated(10), valid }, revision, at(now))), expected)
  })
})

const line = (amount: number, category?: string) => ({
  sku: 's',
  quantity: 1,
  amount,
  ...(category && { categories: [category] }),
})
describe('what a voucher takes off', () => {
  const basket = [line(1000, 'tea'), line(501)]
  it.each([
    ['money', { value: { kind: 'money-off', amount: 500 } }, 500],
    ['money, no more than there is', { value: { kind: 'money-off', amount: 2000 } }, 1501],
    ['a tenth, rounded down', { value: { kind: 'percentage-off', percentage: 1000 } }, 150],
    ['a tenth up to a ceiling', { value: { kind: 'percentage-off', percentage: 1000, atMost: 120 } }, 120],
    [
      'half of the lines that it is about',
      { value: { kind: 'percentage-off', percentage: 5000 }, lines: { category: ['tea'] } },
      500,
    ],
    ['money of lines that are not there', { value: { kind: 'money-off', amount: 500 }, lines: { sku: ['cake'] } }, 0],
    ['a product', { value: { kind: 'product', sku: 'tea' } }, null],
  ] as const)('%s', (_what, terms, expected) => {
    strictEqual(discountOf({ ...generated(10), ...terms } as VoucherSeries, basket), expected)
  })
})

it.each([
  ['money', { value: { kind: 'money-off', amount: 500 } }, 500],
  ['money, as often as it may be used', { value: { kind: 'money-off', amount: 500 }, uses: 3 }, 1500],
  ['a tenth up to a ceiling', { value: { kind: 'percentage-off', percentage: 1000, atMost: 120 }, uses: 2 }, 240],
  ['a tenth without one', { value: { kind: 'percentage-off', percentage: 1000 } }, 0],
  ['a product', { value: { kind: 'product', sku: 'tea' } }, 0],
] as const)('is worth at most: %s', (_what, terms, expected) => {
  strictEqual(mostWorth(terms), expected)
})

const now = at('2026-03-10T10:00:00Z')
const ada = memberId('ada')
const voucher: Voucher = {
  ...{ seriesId: 'tea', revision: 1, code: 'X', memberId: ada, source: 'issue:i', issuedAt: now, expiresAt: instant(now + 1000) },
  ...{ uses: 2, used: 0, held: [], voidAt: null },
}
const held = (lockId: string, until: Instant) => ({ held: [{ lockId, until }] })
const wanted = { storeId: 'leeds', memberId: ada, basket: [line(1000)] }

describe('a voucher is not taken', () => {
  it.each([
    ['good', {}, {}, {}, undefined],
    ['void', { voidAt: now }, {}, {}, 'voucher-void'],
    ['void, before all else', { voidAt: now, used: 2 }, { stores: ['york'] }, {}, 'voucher-void'],
    ['used up', { used: 2 }, {}, {}, 'voucher-used-up'],
    ['expired to the millisecond', { expiresAt: now }, {}, {}, 'voucher-expired'],
    ['a millisecond before', { expiresAt: instant(now + 1) }, {}, {}, undefined],
    ['elsewhere', {}, { stores: ['york'] }, {}, 'voucher-not-here'],
    ['here', {}, { stores: ['york', 'leeds'] }, {}, undefined],
    ['of another member', {}, {}, { memberId: memberId('bert') }, 'voucher-not-theirs'],
    ['of nobody', {}, {}, { memberId: undefined }, 'voucher-not-theirs'],
    ['of nobody, of a kind that is a bearer’s', {}, { bearer: true }, { memberId: undefined }, undefined],
    ['below the minimum', {}, { minimumBasket: 1001 }, {}, 'voucher-minimum'],
    ['at the minimum', {}, { minimumBasket: 1000 }, {}, undefined],
    ['for what is not in the basket', {}, { lines: { sku: ['cake'] } }, {}, 'voucher-minimum'],
    ['when all uses are held', { used: 1, ...held('l', instant(now + 1)) }, {}, {}, 'voucher-locked'],
    ['when a lock is over', { used: 1, ...held('l', now) }, {}, {}, undefined],
    ['when a use is free', held('l', instant(now + 1)), {}, {}, undefined],
  ] as const)('%s', (_why, state, terms, asked, expected) => {
    const fault = voucherFault(
      { ...voucher, ...state },
      { ...generated(10), ...terms } as VoucherSeries,
      { ...wanted, ...asked },
      now,
    )
    strictEqual(fault?.refused, expected)
  })
})

describe('a use', () => {
  it.each([
    ['of what is held', held('l', instant(now + 1)), 'used'],
    ['of what was held, as long as one is free', { used: 1, ...held('l', now) }, 'used'],
    [
      'of what was held, when another has it',
      { used: 1, held: [{ lockId: 'other', until: instant(now + 1) }] },
      'voucher-locked',
    ],
    ['of what was held, when all are used', { used: 2, ...held('l', now) }, 'voucher-used-up'],
    ['though it expired since', { expiresAt: now, ...held('l', instant(now + 1)) }, 'used'],
    ['not when it was voided', { voidAt: now, ...held('l', instant(now + 1)) }, 'voucher-void'],
  ] as const)('%s', (_what, state, expected) => {
    const after = useVoucher({ ...voucher, ...state }, 'l', now)
    strictEqual('refused' in after ? after.refused : 'used', expected)
    if (!('refused' in after)) strictEqual(after.used, (('used' in state && state.used) || 0) + 1)
  })
})

it.each([
  ['unused', {}, 'void'],
  ['void already', { voidAt: now }, 'as it was'],
  ['used', { used: 1 }, 'voucher-used'],
  ['used, and void since', { used: 1, voidAt: now }, 'voucher-used'],
  ['locked', held('l', instant(now + 1)), 'voucher-locked'],
  ['locked once', held('l', now), 'void'],
  ['expired', { expiresAt: now }, 'void'],
] as const)('a voucher whose points come back: %s', (_what, state, expected) => {
  const after = voidUnused({ ...voucher, ...state }, now)
  strictEqual(!after ? 'as it was' : 'refused' in after ? after.refused : 'void', expected)
})

describe('whatever tills do', () => {
  const step = fc.record({
    kind: fc.constantFrom('lock', 'use', 'release', 'wait'),
    lock: fc.constantFrom('a', 'b', 'c', 'd'),
    ms: fc.constantFrom(1, 400, 900),
  })
  it('no more uses are used and held than there are, and no lock holds one for ever', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), (steps, uses) => {
        let known: Voucher = { ...voucher, uses, expiresAt: null }
        let clock = now
        for (const { kind, lock, ms } of steps) {
          if (kind === 'wait') clock = instant(clock + ms)
          else if (kind === 'release') known = withoutHeld(known, lock)
          else if (kind === 'lock') {
            const isOpen = !voucherFault(known, generated(10), wanted, clock) && !known.held.some(({ lockId }) => lockId === lock)
            if (isOpen) known = withHeld(known, { lockId: lock, until: instant(clock + 900) }, clock)
          } else {
            const after = useVoucher(known, lock, clock)
            if (!('refused' in after)) known = after
          }
          expect(known.used).toBeLessThanOrEqual(uses)
          expect(freeUses(known, clock)).toBeGreaterThanOrEqual(0)
        }
        strictEqual(freeUses(known, instant(clock + 900)), uses - known.used)
      }),
    )
  })
})
