import { describe, expect, it } from 'vitest'
import { judgeClaim } from '../../functions/domain/claiming.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import { ClaimDesk, type claimSteps } from './claim-desk.ts'
import { at, demoDocument, programmeOf } from './programmes.ts'

/** A year's promise for which nobody has to decide anything, but for what deserves a look. Days are those of UTC. */
const guarantee: Guarantee = {
  id: 'g',
  name: 'G',
  window: { days: 399 },
  remedy: { refund: { rate: 10_000 } },
  goodsBack: false,
  days: { decide: 3, settle: 7 },
}
const start = '2026-01-01T00:00:00Z'
const deskWith = (more: Partial<Guarantee> = {}) =>
  new ClaimDesk(programmeOf({ ...demoDocument, timezone: 'UTC', guarantees: [{ ...guarantee, ...more }] }), start)

/** One article of its own for so much. */
const buy = ({ counter }: ClaimDesk, id: string, amount: number) =>
  counter.purchase({
    ...{ kind: 'purchase', id, occurredAt: counter.now, arrivedAt: counter.now },
    lines: [{ lineId: '1', quantity: 1, amount, sku: `article-${id}` }],
  })
const goTo = (desk: ClaimDesk, then: string) => desk.pass(at(then) - desk.counter.now)
const lines = [{ lineId: '1', quantity: 1 }]
const claim = (desk: ClaimDesk, purchaseId: string) => desk.submit(`c-${purchaseId}`, purchaseId, 'g', lines)

function judged(desk: ClaimDesk, purchaseId: string) {
  const { programme, account, entries, now } = desk.counter
  const asked = { claimId: 'last', by: { member: true }, lines } as const
  const found = judgeClaim(programme, account, desk.kept(purchaseId), asked, entries, now)
  if (isRefusal(found)) throw new Error(found.refused)
  return found
}
const signals = (desk: ClaimDesk, purchaseId: string) =>
  judged(desk, purchaseId).terms.signals.map(({ code, weight }) => [code, weight])
const weightOf = (code: string, desk: ClaimDesk, purchaseId: string) =>
  judged(desk, purchaseId).terms.signals.find((one) => one.code === code)?.weight

type Step = keyof typeof claimSteps

describe('much: what is claimed of what was spent in a year', () => {
  it.each([
    [2_000, [['much', 50]]],
    [2_001, [['much', 25]]],
    [6_000, [['much', 25]]],
    [6_001, []],
  ])('twice 10.00 are claimed, and goods for %i were bought besides', (besides, expected) => {
    const desk = deskWith()
    for (const [id, amount] of [
      ['1', 1_000],
      ['2', 1_000],
      ['3', besides],
    ] as const)
      buy(desk, id, amount)
    goTo(desk, '2026-02-01T00:00:00Z')
    claim(desk, '1')
    expect(signals(desk, '2')).toEqual(expected)
  })

  it('is not said of a first claim, of whatever is claimed, nor where the one before was withdrawn', () => {
    const desk = deskWith()
    buy(desk, '1', 1_000)
    buy(desk, '2', 1_000)
    goTo(desk, '2026-02-01T00:00:00Z')
    expect(signals(desk, '1')).toEqual([])
    claim(desk, '1')
    desk.step('c-1', 'withdraw')
    expect(signals(desk, '2')).toEqual([])
  })

  it('says of what how much was claimed', () => {
    const desk = deskWith()
    for (const [id, amount] of [
      ['1', 700],
      ['2', 300],
      ['3', 3_000],
    ] as const)
      buy(desk, id, amount)
    goTo(desk, '2026-02-01T00:00:00Z')
    claim(desk, '1')
    expect(judged(desk, '2').terms.signals).toEqual([
      { code: 'much', weight: 25, detail: '1000 claimed of 4000 spent in a year, minor units' },
    ])
  })

  it.each([
    ['the 365th day after', '2027-01-01T23:59:59Z', undefined],
    ['the 366th', '2027-01-02T00:00:00Z', 50],
  ])('forgets what was spent a year ago: on %s', (_name, then, expected) => {
    const desk = deskWith()
    buy(desk, '1', 100_000)
    goTo(desk, '2026-12-01T00:00:00Z')
    buy(desk, '2', 1_000)
    buy(desk, '3', 1_000)
    claim(desk, '2')
    goTo(desk, then)
    expect(weightOf('much', desk, '3')).toBe(expected)
  })
})

describe('late: in the last twentieth of its time', () => {
  // To the midnight after the 99th day they are 100 days: the last 5 begin on 6 April.
  it.each([
    ['2026-04-05T23:59:59.999Z', []],
    ['2026-04-06T00:00:00Z', [['late', 10]]],
    ['2026-04-10T23:59:59.999Z', [['late', 10]]],
  ])('%s', (then, expected) => {
    const desk = deskWith({ window: { days: 99 } })
    buy(desk, '1', 1_000)
    goTo(desk, then)
    expect(signals(desk, '1')).toEqual(expected)
  })
})

describe('at once: others are still to be decided', () => {
  it.each<[string, readonly (Step | 'wait')[], number | undefined]>([
    ['none', [], undefined],
    ['one', ['wait'], undefined],
    ['two', ['wait', 'wait'], 15],
    ['three', ['wait', 'wait', 'wait'], 15],
    ['one of two, the other was approved', ['wait', 'approve'], undefined],
    ['one of two, the other was declined', ['wait', 'decline'], undefined],
    ['one of two, the other was withdrawn', ['wait', 'withdraw'], undefined],
    ['two of three', ['wait', 'withdraw', 'wait'], 15],
  ])('%s', (_name, steps, expected) => {
    const desk = deskWith()
    for (const id of ['1', '2', '3', '4']) buy(desk, id, 1_000)
    for (const [index, step] of steps.entries()) {
      claim(desk, String(index + 1))
      if (step !== 'wait') desk.step(`c-${index + 1}`, step)
    }
    expect(weightOf('at-once', desk, '4')).toBe(expected)
  })
})

describe('declined before, within a year', () => {
  const declinedOften = (times: number) => {
    const desk = deskWith()
    for (let id = 1; id <= 5; id += 1) buy(desk, String(id), 1_000)
    for (let id = 1; id <= times; id += 1) {
      claim(desk, String(id))
      desk.step(`c-${id}`, 'decline')
    }
    return desk
  }

  it.each([
    [0, undefined],
    [1, 20],
    [2, 40],
    [3, 60],
    [4, 60],
  ])('%i times', (times, expected) => {
    expect(weightOf('declined-before', declinedOften(times), '5')).toBe(expected)
  })

  it.each([
    ['2027-01-01T23:59:59Z', 20],
    ['2027-01-02T00:00:00Z', undefined],
  ])('and no longer: on %s', (then, expected) => {
    const desk = declinedOften(1)
    goTo(desk, then)
    expect(weightOf('declined-before', desk, '5')).toBe(expected)
  })

  it.each<[string, readonly Step[], number | undefined]>([
    ['approved', ['approve'], undefined],
    ['withdrawn', ['withdraw'], undefined],
    ['approved, and that undone', ['approve', 'undo'], 20],
  ])('is not what is %j', (_name, steps, expected) => {
    const desk = deskWith()
    buy(desk, '1', 1_000)
    buy(desk, '2', 1_000)
    claim(desk, '1')
    for (const step of steps) desk.step('c-1', step)
    expect(weightOf('declined-before', desk, '2')).toBe(expected)
  })
})

describe('the score from which staff look at what would be approved at once', () => {
  // The goods are claimed late (10), and by one of whom one claim was declined (20).
  it.each([
    ['50, where the guarantee says nothing', undefined, true],
    ['31', 31, true],
    ['30', 30, false],
    ['1', 1, false],
  ])('%s', (_name, reviewFrom, isAutomatic) => {
    const desk = deskWith({ window: { days: 99 }, automatic: { upTo: 1_000 }, reviewFrom })
    buy(desk, '1', 1_001)
    buy(desk, '2', 1_000)
    buy(desk, '3', 10_000)
    claim(desk, '1')
    desk.step('c-1', 'decline')
    goTo(desk, '2026-04-06T00:00:00Z')
    expect(signals(desk, '2')).toEqual([
      ['late', 10],
      ['declined-before', 20],
    ])
    expect(judged(desk, '2').isAutomatic).toBe(isAutomatic)
  })

  it.each([
    [undefined, false],
    [50, false],
    [51, true],
  ])('%j, of a score of 50', (reviewFrom, isAutomatic) => {
    const desk = deskWith({ automatic: { upTo: 1_000 }, reviewFrom })
    buy(desk, '1', 1_000)
    buy(desk, '2', 1_000)
    goTo(desk, '2026-02-01T00:00:00Z')
    claim(desk, '1')
    expect(signals(desk, '2')).toEqual([['much', 50]])
    expect(judged(desk, '2').isAutomatic).toBe(isAutomatic)
  })
})
