import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok } from '../support/client.ts'
import { back, Journey, line } from './journey.ts'

let shop: Journey

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T17:00:00Z')
  ok(await shop.enrol('ada', { card: '6335550001' }))
})

afterEach(() => shop.end('ada'))

const ada = { id: 'ada' }

describe('a quote', () => {
  const baskets = {
    'one line': [1530],
    'no line': [],
    'thirds that do not divide': [333, 333, 334],
    'many pennies': Array.from({ length: 250 }, () => 3),
    'what is excluded': [line('1', 999), { ...line('2', 5000), excluded: true }],
    'enough for the next tier': [70_000],
  } as const

  test.each(Object.entries(baskets))('of %s is what the purchase then earns, in every tier', async (_what, lines) => {
    for (const [tierId, spent] of [
      ['bronze', 0],
      ['silver', 60_000],
      ['gold', 250_000],
    ] as const) {
      const member = { id: tierId }
      ok(await shop.enrol(tierId))
      ok(await shop.sell(`leeds:before-${tierId}`, member, [spent]))
      const { points, awards, balance, tier, memberId } = ok(await shop.quote(member, lines))
      expect([memberId, tier.id]).toEqual([tierId, tierId])
      expect(balance).toEqual((await shop.member(tierId)).balance)
      const posted = ok(await shop.sell(`leeds:${tierId}`, member, lines))
      expect({ points: posted.points, awards: posted.awards }).toEqual({ points, awards })
      expect(posted.balance.available).toBe(balance.available + points.earned)
    }
  })

  test('stores nothing, however often it is asked', async () => {
    const before = await shop.dump()
    for (const member of [ada, { card: '6335550001' }, { card: 'nobody-has-it' }]) {
      for (let n = 0; n < 3; n += 1) expect((await shop.quote(member, [1530])).status).toBe(200)
    }
    expect(await shop.dump()).toEqual(before)
  })

  test('of a card nobody has is that of a new member, whom the purchase then makes', async () => {
    const quoted = ok(await shop.quote({ card: 'new' }, [1530]))
    expect(quoted).toMatchObject({
      ...{ memberId: null, points: { earned: 15, pending: 0 } },
      balance: { available: 0, pending: 0, reserved: 0, debt: 0, expiring: [] },
      tier: { id: 'bronze', progress: { current: 0, next: 'silver', needed: 50_000 } },
    })
    expect(await shop.find({ card: 'new' })).toEqual([])
    expect(ok(await shop.sell('leeds:1', { card: 'new' }, [1530]))).toMatchObject({
      points: quoted.points,
      awards: quoted.awards,
    })
  })

  test('of a card nobody has is refused where cards do not enrol, as the purchase is', async () => {
    const document = { ...demoProgramme, points: { ...demoProgramme.points, autoEnrol: false } }
    await createProgramme(shop.laurel.runtime.store, 'strict', document, shop.laurel.now)
    const strict = await Journey.in(shop.laurel, 'strict')
    const refused = { status: 404, problem: { code: 'member-unknown', errors: [{ pointer: '/member/card' }] } }
    expect(await strict.quote({ card: 'new' }, [1530])).toMatchObject(refused)
    expect(await strict.sell('leeds:1', { card: 'new' }, [1530])).toMatchObject(refused)
  })

  test('of a late sale judges as the late purchase is judged', async () => {
    ok(await shop.sell('leeds:1', ada, [60_000], { occurredAt: '2026-11-10T12:00:00Z' }))
    for (const [occurredAt, earned] of [
      ['2026-11-09T12:00:00Z', 100],
      ['2026-11-11T12:00:00Z', 125],
      ['2024-11-11T12:00:00Z', 100],
    ] as const) {
      const quoted = ok(await shop.quote(ada, [10_000], { occurredAt }))
      expect(quoted.points).toEqual({ earned, pending: 0 })
      expect(ok(await shop.sell(`leeds:${occurredAt.slice(0, 10)}`, ada, [10_000], { occurredAt })).points).toEqual(quoted.points)
    }
  })

  test('of points that are held tells them as pending, as the purchase does, until they mature', async () => {
    const document = { ...demoProgramme, points: { ...demoProgramme.points, holdDays: 2 } }
    await createProgramme(shop.laurel.runtime.store, 'held', document, shop.laurel.now)
    const held = await Journey.in(shop.laurel, 'held')
    ok(await held.enrol('ada'))
    expect(ok(await held.quote(ada, [1530])).points).toEqual({ earned: 15, pending: 15 })
    expect(ok(await held.sell('leeds:1', ada, [1530]))).toMatchObject({
      ...{ points: { earned: 15, pending: 15 }, balance: { available: 0, pending: 15, expiring: [] } },
    })
    expect((await held.explanation('ada', 'leeds:1')).points.spendableAt).toBe('2026-11-24T00:00:00Z')
    expect(await held.adjust('ada', 'a-1', -1)).toMatchObject({ status: 409, problem: { code: 'insufficient-points' } })
    expect(ok(await held.bring('leeds:1', 'r-1', [back('1', 530)]))).toMatchObject({ balance: { available: 0, pending: 10 } })
    held.travel('2026-11-23T23:59:59.999Z')
    expect(await held.standing('ada')).toMatchObject({ available: 0, pending: 10 })
    held.travel('2026-11-24T00:00:00Z')
    expect(await held.standing('ada')).toMatchObject({
      ...{ available: 10, pending: 0, expiring: [{ points: 10, expiresAt: '2027-12-01T00:00:00Z' }] },
    })
    // The first answer's outcome, and the balance of now.
    expect(ok(await held.sell('leeds:1', ada, [1530], { occurredAt: '2026-11-21T17:00:00Z' }))).toMatchObject({
      ...{ points: { earned: 15, pending: 15 }, balance: { available: 10, pending: 0 } },
    })
  })
})

describe('an adjustment', () => {
  test('is booked once, with its reason and who made it', async () => {
    const booked = {
      ...{ adjustmentId: 'a-1', memberId: 'ada', points: { adjusted: 50 }, reason: 'Opening day', actor: 'office/demo' },
      balance: { available: 50, expiring: [{ points: 50, expiresAt: '2027-12-01T00:00:00Z' }] },
    }
    expect(await shop.adjust('ada', 'a-1', 50, 'Opening day')).toMatchObject({ status: 201, body: booked })
    expect(await shop.adjust('ada', 'a-1', 50, 'Opening day')).toMatchObject({ status: 200, replayed: true, body: booked })
    expect(await shop.adjust('ada', 'a-1', 51, 'Opening day')).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
    expect(await shop.adjust('ada', 'a-1', 50, 'Another day')).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
    const named = { params: { id: 'ada', adjustmentId: 'a-2' }, body: { points: 1, reason: 'Letter', actor: 'Grace' } }
    expect(await shop.office.ask(adjustPoints, named)).toMatchObject({ status: 201, body: { actor: 'Grace' } })
    expect(await shop.activity('ada')).toMatchObject([
      { kind: 'adjusted', points: 1, adjustmentId: 'a-2', reason: 'Letter' },
      { kind: 'adjusted', points: 50, adjustmentId: 'a-1', reason: 'Opening day' },
      { kind: 'enrolled' },
    ])
  })

  test('of one member is not that of another', async () => {
    ok(await shop.enrol('bert'))
    expect((await shop.adjust('ada', 'a-1', 50)).status).toBe(201)
    expect((await shop.adjust('bert', 'a-1', 7)).status).toBe(201)
    expect((await shop.standing('bert')).available).toBe(7)
  })

  test('that credits pays debt first', async () => {
    ok(await shop.sell('leeds:1', ada, [3000]))
    ok(await shop.adjust('ada', 'spent', -30))
    ok(await shop.bring('leeds:1', 'r-1', [back('1', 3000)]))
    expect((await shop.standing('ada')).debt).toBe(30)
    expect(ok(await shop.adjust('ada', 'a-1', 20)).balance).toMatchObject({ available: 0, debt: 10 })
    expect(ok(await shop.adjust('ada', 'a-2', 20)).balance).toMatchObject({ available: 10, debt: 0 })
  })

  test('that debits takes what expires first, and never more than there is', async () => {
    ok(await shop.sell('leeds:1', ada, [2000]))
    ok(await shop.sell('leeds:2', ada, [1000], { occurredAt: '2026-01-10T12:00:00Z' }))
    expect(ok(await shop.adjust('ada', 'a-1', -15)).balance.expiring).toEqual([{ points: 15, expiresAt: '2027-12-01T00:00:00Z' }])
    const before = await shop.dump()
    expect(await shop.adjust('ada', 'a-2', -16)).toMatchObject({
      ...{ status: 409, problem: { code: 'insufficient-points', errors: [{ pointer: '/points' }] } },
    })
    expect(await shop.dump()).toEqual(before)
    expect(ok(await shop.adjust('ada', 'a-2', -15)).balance).toMatchObject({ available: 0, debt: 0, expiring: [] })
  })

  test('does not move the tier', async () => {
    ok(await shop.sell('leeds:1', ada, [60_000]))
    expect(ok(await shop.adjust('ada', 'a-1', -600)).tier.id).toBe('silver')
    expect(ok(await shop.adjust('ada', 'a-2', 1_000_000)).tier).toMatchObject({ id: 'silver', progress: { current: 60_000 } })
  })

  test('that was booked is answered again when the member is closed', async () => {
    ok(await shop.adjust('ada', 'a-1', 50))
    ok(await shop.change('ada', { status: 'closed' }))
    expect(await shop.adjust('ada', 'a-1', 50)).toMatchObject({ status: 200, replayed: true })
    expect(await shop.adjust('ada', 'a-2', 50)).toMatchObject({ status: 409, problem: { code: 'member-closed' } })
  })
})
