import { describe, expect, it } from 'vitest'
import { judgeClaim } from '../../functions/domain/claiming.ts'
import type { ClaimCap, Guarantee } from '../../functions/domain/guarantee.ts'
import { ClaimDesk, type claimSteps } from './claim-desk.ts'
import { at, demoDocument, programmeOf } from './programmes.ts'

/** What one member may claim in a window, in goods. Days, weeks, months and years are London's. */
const promise = (id: string, perMember?: readonly ClaimCap[]): Guarantee => ({
  ...{ id, name: id, window: { days: 800 }, remedy: { refund: { rate: 10_000 } }, goodsBack: false },
  ...{ days: { decide: 3, settle: 7 }, ...(perMember && { limits: { perMember } }) },
})
const documentWith = (...guarantees: readonly Guarantee[]) => ({ ...demoDocument, guarantees })
const deskWith = (...caps: readonly ClaimCap[]) =>
  new ClaimDesk(programmeOf(documentWith(promise('g', caps), promise('other'))), '2026-01-05T12:00:00Z')

const goTo = (desk: ClaimDesk, then: string) => desk.pass(at(then) - desk.counter.now)
const lines = [{ lineId: '1', quantity: 1 }]

/** A sale for so much, all of it claimed at once. */
function claim(desk: ClaimDesk, id: string, amount: number, guaranteeId = 'g') {
  const { counter } = desk
  counter.purchase({
    ...{ kind: 'purchase', id, occurredAt: counter.now, arrivedAt: counter.now },
    lines: [{ lineId: '1', quantity: 1, amount }],
  })
  desk.submit(id, id, guaranteeId, lines)
  return desk.claims.has(id)
}

describe('goods for so much in a window', () => {
  const month: ClaimCap = { window: 'month', amount: 3_000 }

  it.each([
    ['all of it with one', [], 3_000, true],
    ['more with one alone', [], 3_001, false],
    ['all of it with the third', [1_000, 1_000], 1_000, true],
    ['a penny more', [1_000, 1_000], 1_001, false],
    ['nothing is left', [3_000], 1, false],
    ['what is worth nothing, always', [3_000], 0, true],
  ])('%s', (_name, before, amount, expected) => {
    const desk = deskWith(month)
    for (const [index, one] of before.entries()) expect(claim(desk, `b-${index}`, one)).toBe(true)
    expect(claim(desk, 'last', amount)).toBe(expected)
  })

  it('is refused as beyond the limit', () => {
    const desk = deskWith(month)
    claim(desk, '1', 3_001)
    const { programme, account, entries, now } = desk.counter
    const asked = { claimId: '1', by: { member: true }, guaranteeId: 'g', lines } as const
    expect(judgeClaim(programme, account, desk.kept('1'), asked, entries, now)).toEqual({ refused: 'claim-limit' })
  })

  it.each<[string, readonly (keyof typeof claimSteps)[], boolean]>([
    ['waits', [], false],
    ['was approved', ['approve'], false],
    ['was settled', ['approve', 'settle'], false],
    ['was declined', ['decline'], true],
    ['was withdrawn', ['withdraw'], true],
    ['was approved, and that undone', ['approve', 'undo'], true],
  ])('another claim for all of it, where the first %s', (_name, steps, expected) => {
    const desk = deskWith(month)
    claim(desk, 'first', 3_000)
    for (const step of steps) desk.step('first', step)
    expect(claim(desk, 'second', 3_000)).toBe(expected)
  })

  it('counts what is claimed of this guarantee alone', () => {
    const desk = deskWith(month)
    expect(claim(desk, 'first', 100_000, 'other')).toBe(true)
    expect(claim(desk, 'second', 3_000)).toBe(true)
    expect(claim(desk, 'third', 1, 'other')).toBe(true)
  })

  it.each<[ClaimCap['window'], string, string, boolean]>([
    ['day', '2026-04-01T00:30:00Z', '2026-04-01T22:59:59Z', false],
    ['day', '2026-04-01T00:30:00Z', '2026-04-01T23:00:00Z', true],
    ['week', '2026-03-30T12:00:00Z', '2026-04-05T22:59:59Z', false],
    ['week', '2026-03-30T12:00:00Z', '2026-04-05T23:00:00Z', true],
    ['month', '2026-03-01T00:00:00Z', '2026-03-31T22:59:59Z', false],
    ['month', '2026-03-01T00:00:00Z', '2026-03-31T23:00:00Z', true],
    ['year', '2026-02-01T12:00:00Z', '2026-12-31T23:59:59Z', false],
    ['year', '2026-02-01T12:00:00Z', '2027-01-01T00:00:00Z', true],
    ['ever', '2026-02-01T12:00:00Z', '2027-12-31T12:00:00Z', false],
  ])('of one %s: on %s and on %s', (window, first, second, expected) => {
    const desk = deskWith({ window, amount: 3_000 })
    goTo(desk, first)
    expect(claim(desk, 'first', 2_000)).toBe(true)
    goTo(desk, second)
    expect(claim(desk, 'second', 1_001)).toBe(expected)
    expect(claim(desk, 'third', 1_000)).toBe(true)
  })

  it.each<[string, readonly ClaimCap[], readonly boolean[]]>([
    ['so often, and so much', [{ window: 'month', times: 2, amount: 3_000 }], [true, true, false]],
    ['so much, and so often', [{ window: 'month', times: 3, amount: 1_999 }], [true, false, false]],
    ['the narrower of two', [month, { window: 'ever', amount: 2_500 }], [true, true, false]],
  ])('%s: 10.00 each time', (_name, caps, expected) => {
    const desk = deskWith(...caps)
    expect(expected.map((_, index) => claim(desk, String(index), 1_000))).toEqual(expected)
  })

  it('is as the programme says now, whatever it said at the sale', () => {
    const [before, after] = [3_000, 3_500].map((amount) => documentWith(promise('g', [{ window: 'ever', amount }])))
    const desk = new ClaimDesk(programmeOf(before!, [at('2026-02-01T00:00:00Z'), after!]), '2026-01-05T12:00:00Z')
    expect(claim(desk, 'first', 3_500)).toBe(false)
    goTo(desk, '2026-02-01T00:00:00Z')
    desk.submit('first', 'first', 'g', lines)
    expect(desk.claims.has('first')).toBe(true)
  })
})
