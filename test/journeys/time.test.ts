import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { memberId } from '../../functions/domain/units.ts'
import { shardOf } from '../../functions/store/table.ts'
import { ok } from '../support/client.ts'
import { back, Journey } from './journey.ts'

/** What time brings about, and that it does not matter who finds out first: the member, or the job that books it. */

let shop: Journey

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T17:00:00Z')
  ok(await shop.enrol('ada'))
})

afterEach(() => shop.end('ada'))

const ada = { id: 'ada' }

describe('expiry', () => {
  test('is at local midnight on the first of the month after the year, winter', async () => {
    ok(await shop.sell('leeds:1', ada, [1000]))
    const expiring = [{ points: 10, expiresAt: '2027-12-01T00:00:00Z' }]
    shop.travel('2027-11-30T23:59:59.999Z')
    expect(await shop.standing('ada')).toMatchObject({ available: 10, expiring })
    shop.travel('2027-12-01T00:00:00Z')
    expect(await shop.standing('ada')).toMatchObject({ available: 0, expiring: [] })
  })

  test('and summer, where local midnight is an hour earlier', async () => {
    ok(await shop.sell('leeds:1', ada, [1000], { occurredAt: '2026-06-10T12:00:00Z' }))
    // Local midnight has come, and with it July, while UTC still has June.
    ok(await shop.sell('leeds:2', ada, [2000], { occurredAt: '2026-06-30T23:00:00Z' }))
    ok(await shop.sell('leeds:3', ada, [4000], { occurredAt: '2026-06-30T22:59:59Z' }))
    expect((await shop.standing('ada')).expiring).toEqual([
      { points: 50, expiresAt: '2027-06-30T23:00:00Z' },
      { points: 20, expiresAt: '2027-07-31T23:00:00Z' },
    ])
    shop.travel('2027-06-30T22:59:59.999Z')
    expect((await shop.standing('ada')).available).toBe(70)
    shop.travel('2027-06-30T23:00:00Z')
    expect((await shop.standing('ada')).available).toBe(20)
  })

  test('of a sale on a day that the next year does not have', async () => {
    shop.travel('2028-02-29T12:00:00Z')
    ok(await shop.sell('leeds:1', ada, [1000]))
    expect((await shop.standing('ada')).expiring).toEqual([{ points: 10, expiresAt: '2029-03-01T00:00:00Z' }])
  })

  test('of points that are past it when they arrive: earned and expired at once', async () => {
    const late = await shop.sell('leeds:1', ada, [1000], { occurredAt: '2024-05-01T12:00:00Z' })
    expect(ok(late)).toMatchObject({ points: { earned: 10, pending: 0 }, balance: { available: 0, debt: 0 } })
    expect((await shop.activity('ada')).map(({ kind, points }) => [kind, points])).toEqual([
      ['expired', -10],
      ['earned', 10],
      ['enrolled', 0],
    ])
    // They pay no debt, and a return takes them back from what expired.
    expect(ok(await shop.bring('leeds:1', 'r-1', [back('1', 1000)]))).toMatchObject({
      ...{ points: { clawedBack: 10 }, balance: { available: 0, debt: 0 } },
    })
  })

  test('does not keep a later return from taking its points back from what expired', async () => {
    ok(await shop.sell('leeds:1', ada, [1000, 500]))
    shop.travel('2027-06-01T12:00:00Z')
    ok(await shop.sell('leeds:2', ada, [3000]))
    shop.travel('2028-01-10T12:00:00Z')
    expect(ok(await shop.bring('leeds:1', 'r-1', [back('1', 1000)]))).toMatchObject({
      ...{ points: { clawedBack: 10 }, balance: { available: 30, debt: 0 } },
    })
  })
})

describe('the tier', () => {
  test('rises with the purchase, counts from the next one on, lasts through the next year and then falls', async () => {
    const raised = ok(await shop.sell('leeds:1', ada, [50_000]))
    expect(raised).toMatchObject({
      points: { earned: 500 },
      tier: { id: 'silver', progress: { metric: 'spend', current: 50_000, next: 'gold', needed: 150_000 } },
    })
    expect(ok(await shop.sell('leeds:2', ada, [10_000]))).toMatchObject({ points: { earned: 125 } })
    shop.travel('2027-01-01T00:00:00Z')
    expect((await shop.member('ada')).tier).toEqual({
      ...{ id: 'silver', progress: { metric: 'spend', current: 0, next: 'gold', needed: 200_000 } },
      keeping: { until: '2028-01-01T00:00:00Z', needed: 50_000, by: '2028-01-01T00:00:00Z' },
    })
    shop.travel('2027-12-31T23:59:59.999Z')
    expect(ok(await shop.sell('leeds:3', ada, [10_000]))).toMatchObject({ points: { earned: 125 }, tier: { id: 'silver' } })
    shop.travel('2028-01-01T00:00:00Z')
    expect((await shop.member('ada')).tier).toMatchObject({ id: 'bronze', progress: { next: 'silver', needed: 50_000 } })
    expect(ok(await shop.sell('leeds:4', ada, [10_000]))).toMatchObject({ points: { earned: 100 } })
  })

  test('falls at once with the goods that it was bought with, and rises again', async () => {
    ok(await shop.sell('leeds:1', ada, [30_000, 25_000]))
    expect((await shop.standing('ada')).tier).toBe('silver')
    expect(ok(await shop.bring('leeds:1', 'r-1', [back('2', 25_000)]))).toMatchObject({
      ...{ points: { clawedBack: 250 }, tier: { id: 'bronze', progress: { current: 30_000, needed: 20_000 } } },
    })
    ok(await shop.sell('leeds:2', ada, [20_000]))
    expect((await shop.standing('ada')).tier).toBe('silver')
  })

  test('of a late purchase is the one that was held just before it', async () => {
    ok(await shop.sell('leeds:1', ada, [60_000], { occurredAt: '2026-11-10T12:00:00Z' }))
    ok(await shop.sell('leeds:2', ada, [10_000], { occurredAt: '2026-11-12T12:00:00Z' }))
    expect(ok(await shop.sell('leeds:3', ada, [10_000], { occurredAt: '2026-11-09T12:00:00Z' })).points.earned).toBe(100)
    expect(ok(await shop.sell('leeds:4', ada, [10_000], { occurredAt: '2026-11-11T12:00:00Z' })).points.earned).toBe(125)
    expect((await shop.explanation('ada', 'leeds:3')).tier).toBe('bronze')
    expect((await shop.explanation('ada', 'leeds:4')).tier).toBe('silver')
  })

  test('is that of the local year: the last second of it counts, the first of the next does not', async () => {
    shop.travel('2027-06-01T12:00:00Z')
    ok(await shop.sell('leeds:1', ada, [60_000], { occurredAt: '2025-12-31T23:59:59Z' }))
    expect((await shop.standing('ada')).tier).toBe('bronze')
    ok(await shop.sell('leeds:2', ada, [60_000], { occurredAt: '2026-01-01T00:00:00Z' }))
    expect((await shop.standing('ada')).tier).toBe('silver')
  })
})

describe('booking', () => {
  /** Two years of a member, to whom nothing happened since. */
  async function history(id: string): Promise<void> {
    ok(await shop.enrol(id))
    const days = ['2026-01-15', '2026-03-31', '2026-06-30', '2026-10-25', '2026-11-21']
    for (const [n, day] of days.entries()) {
      ok(await shop.sell(`leeds:${id}-${n}`, { id }, [20_000 + n], { occurredAt: `${day}T12:00:00Z` }))
    }
    ok(await shop.bring(`leeds:${id}-1`, 'r-1', [back('1', 5000)]))
  }
  /** Members of one shard, whom one sweep finds together. */
  const neighbours = Array.from({ length: 600 }, (_, n) => `m-${n}`).filter((id) => shardOf(memberId(id)) === 0)
  const told = async (id: string) =>
    (await shop.activity(id)).map(({ purchaseId, ...item }) => ({
      ...item,
      ...(purchaseId && { n: purchaseId.split('-').at(-1) }),
    }))

  test('comes to the same, whether the job or the member is first, or it goes step by step', async () => {
    for (const id of ['first', 'swept', 'stepped']) await history(id)
    for (const at of ['2027-02-01T00:00:00Z', '2027-04-01T12:00:00Z', '2027-06-30T23:00:00Z', '2027-12-31T12:00:00Z']) {
      shop.travel(at)
      // Each change of the member books what is due by then.
      ok(await shop.change('stepped', { status: 'closed' }))
      ok(await shop.change('stepped', { status: 'active' }))
    }
    shop.travel('2028-02-01T12:00:00Z')
    // A member who comes back first is settled on the way.
    const earned = await shop.sell('leeds:first-9', { id: 'first' }, [1000])
    const swept = await shop.laurel.settle('first', 'swept', 'stepped')
    expect(swept).toMatchObject({ failed: 0 })
    expect(swept.settled).toBeGreaterThan(0)
    ok(await shop.sell('leeds:swept-9', { id: 'swept' }, [1000]))
    ok(await shop.sell('leeds:stepped-9', { id: 'stepped' }, [1000]))
    const stepped = (await told('stepped')).filter(({ kind }) => kind !== 'closed' && kind !== 'reopened')
    expect(await told('swept')).toEqual(await told('first'))
    expect(stepped).toEqual(await told('first'))
    for (const id of ['swept', 'stepped']) expect(await shop.standing(id)).toEqual(await shop.standing('first'))
    expect(ok(earned)).toMatchObject({ points: { earned: 10 }, balance: { available: 10 }, tier: { id: 'bronze' } })
    expect((await told('first')).map(({ at, kind }) => `${at} ${kind}`).slice(0, 3)).toEqual([
      '2028-02-01T12:00:00Z earned',
      '2028-01-01T00:00:00Z tier-changed',
      '2027-12-01T00:00:00Z expired',
    ])
  })

  test('a member sees what is due before anything has booked it, and the job books just that', async () => {
    await history('bert')
    shop.travel('2028-02-01T12:00:00Z')
    const unbooked = { standing: await shop.standing('bert'), activity: await shop.activity('bert', 999) }
    const before = await shop.dump()
    expect(await shop.laurel.settle('bert')).toMatchObject({ failed: 0 })
    expect(await shop.dump()).not.toEqual(before)
    expect({ standing: await shop.standing('bert'), activity: await shop.activity('bert', 999) }).toEqual(unbooked)
  })

  test('twice, or twice at once, changes nothing more', async () => {
    const twin = await shop.laurel.twin()
    try {
      for (const id of neighbours) await history(id)
      shop.travel('2028-02-01T12:00:00Z')
      const sweeps = await Promise.all([shop.laurel, twin, shop.laurel].map((laurel) => laurel.settle(...neighbours)))
      expect(sweeps.map(({ failed }) => failed)).toEqual([0, 0, 0])
      const before = await shop.dump()
      expect(await shop.laurel.settle(...neighbours)).toMatchObject({ settled: 0, idle: 0, failed: 0 })
      expect(await shop.dump()).toEqual(before)
      for (const id of neighbours) expect((await shop.standing(id)).available).toBe(0)
    } finally {
      await twin.close()
    }
  })

  test('finds what was posted late, after it had swept', async () => {
    shop.travel('2027-12-01T12:00:00Z')
    await shop.laurel.settle('ada')
    shop.travel('2027-12-05T12:00:00Z')
    await shop.laurel.settle('ada')
    ok(await shop.sell('leeds:1', ada, [1000], { occurredAt: '2026-12-10T12:00:00Z' }))
    shop.travel('2028-01-01T12:00:00Z')
    expect(await shop.laurel.settle('ada')).toMatchObject({ settled: 1 })
    expect((await shop.standing('ada')).available).toBe(0)
  })
})
