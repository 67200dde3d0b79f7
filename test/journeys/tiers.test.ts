import { deflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readMe } from '../../functions/contract/me.ts'
import { endTierGrant, grantTier } from '../../functions/contract/tier-grants.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { verify } from '../../functions/local/verify.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { table } from '../../functions/store/table.ts'
import { type Asked, ok } from '../support/client.ts'
import { back, Journey } from './journey.ts'

const ada = { id: 'ada' }
let shop: Journey

beforeEach(async () => {
  shop = await Journey.start()
  ok(await shop.enrol('ada'))
})
afterEach(() => shop.end('ada'))

const grant = (grantId: string, body: Partial<Asked<typeof grantTier>['body']> = {}, member = 'ada') =>
  shop.office.ask(grantTier, {
    params: { id: member, grantId },
    body: { tier: 'silver', until: '2027-03-28', reason: 'Gold with our partner', ...body },
  })
const end = (grantId: string, member = 'ada') => shop.office.ask(endTierGrant, { params: { id: member, grantId } })

describe('a tier given by hand', () => {
  test('is held to a local midnight, with its reason and who gave it', async () => {
    const booked = {
      ...{ grantId: 'g-1', memberId: 'ada', granted: { tier: 'silver', until: '2027-03-28T00:00:00Z' } },
      ...{ reason: 'Gold with our partner', actor: 'office/demo' },
      tier: { id: 'silver', keeping: { until: '2027-03-28T00:00:00Z', needed: 50_000, by: '2027-01-01T00:00:00Z' } },
    }
    expect(await grant('g-1')).toMatchObject({ status: 201, body: booked })
    expect(await grant('g-1')).toMatchObject({ status: 200, replayed: true, body: booked })
    expect(await grant('g-1', { tier: 'gold' })).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
    expect(ok(await shop.sell('leeds:1', ada, [400]))).toMatchObject({ points: { earned: 5 } })
    shop.travel('2027-03-27T23:59:59.999Z')
    expect((await shop.standing('ada')).tier).toBe('silver')
    shop.travel('2027-03-28T00:00:00Z')
    expect(await shop.laurel.settle('ada')).toMatchObject({ settled: 1, failed: 0 })
    expect((await shop.standing('ada')).tier).toBe('bronze')
    const kinds = (await shop.activity('ada')).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind.startsWith('tier-'))).toEqual(['tier-changed', 'tier-granted'])
  })

  test('ends when it is ended, however often that is asked', async () => {
    ok(await grant('g-1', { tier: 'gold', until: '2027-03-28T12:00:00Z' }))
    ok(await grant('g-2'))
    expect(ok(await end('g-1')).tier.id).toBe('silver')
    const before = await shop.dump()
    expect(await end('g-1')).toMatchObject({ status: 200, body: { grantId: 'g-1', tier: { id: 'silver' } } })
    expect(await shop.dump()).toEqual(before)
    // Its id is taken for ever: the same again is a replay, and gives nothing.
    expect(await grant('g-1', { tier: 'gold', until: '2027-03-28T12:00:00Z' })).toMatchObject({
      ...{
        status: 200,
        replayed: true,
        body: { granted: { tier: 'gold', until: '2027-03-28T12:00:00Z' }, tier: { id: 'silver' } },
      },
    })
  })

  test('that is refused stores nothing', async () => {
    ok(await shop.enrol('bert'))
    ok(await shop.change('bert', { status: 'closed' }))
    const before = await shop.dump()
    const refused = [
      [await grant('g-1', { tier: 'platinum' }), 422, 'tier-unknown'],
      [await grant('g-1', { until: '2026-11-21' }), 422, 'grant-over'],
      [await grant('g-1', { until: '2027-02-30' }), 422, 'invalid-body'],
      [await grant('g-1', { until: 'for ever' }), 422, 'invalid-body'],
      [await grant('g-1', { reason: '' }), 422, 'invalid-body'],
      [await grant('g-1', {}, 'nobody'), 404, 'member-unknown'],
      [await grant('g-1', {}, 'bert'), 409, 'member-closed'],
      [await end('g-1'), 404, 'grant-unknown'],
      [await end('g-1', 'nobody'), 404, 'member-unknown'],
    ] as const
    for (const [answer, status, code] of refused) expect(answer).toMatchObject({ status, problem: { code } })
    expect(await shop.dump()).toEqual(before)
  })

  test('at once by two is given once', async () => {
    const answers = await Promise.all([grant('g-1'), grant('g-1'), grant('g-1')])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 201])
  })
})

describe('a programme with other tiers', () => {
  const level = (id: string, threshold: number, perks: string[] = []) => ({ id, threshold, multiplier: 10_000, perks })
  const visits: ProgrammeDocument = {
    ...demoProgramme,
    tiers: {
      ...{ metric: 'visits', period: { rollingMonths: 2 }, lapseWarningDays: 7 },
      levels: [level('guest', 0), level('regular', 2, ['A coffee with every visit']), level('friend', 3)],
    },
  }
  let cafe: Journey

  afterEach(async () => {
    const differences: unknown[] = []
    await verify(shop.laurel.runtime, 'cafe', (difference) => differences.push(difference))
    expect(differences).toEqual([])
  })

  const begin = async (document: ProgrammeDocument) => {
    await createProgramme(shop.laurel.runtime.store, 'cafe', document, shop.laurel.now)
    cafe = await Journey.in(shop.laurel, 'cafe')
    ok(await cafe.enrol('ada'))
  }

  test('says perks, what is counted, and what keeps the tier, to the member and at the till', async () => {
    await begin(visits)
    ok(await cafe.sell('york:1', ada, [300]))
    ok(await cafe.sell('york:2', ada, [300]))
    expect((await cafe.member('ada')).tier).toEqual({
      ...{ id: 'guest', progress: { metric: 'visits', current: 1, next: 'regular', needed: 1 } },
    })
    cafe.travel('2026-11-22T12:00:00Z')
    const regular = {
      id: 'regular',
      perks: ['A coffee with every visit'],
      progress: { metric: 'visits', current: 2, next: 'friend', needed: 1 },
      // Met last by November and December, and kept two months more.
      keeping: { until: '2027-03-01T00:00:00Z', needed: 0, by: null },
    }
    expect(ok(await cafe.sell('york:3', ada, [300])).tier).toEqual(regular)
    expect(ok(await (await cafe.app('ada')).ask(readMe, {})).tier).toEqual(regular)
    expect(ok(await cafe.bring('york:1', 'r-1', [back('1', 300)]))).toMatchObject({ tier: { id: 'regular' } })
    expect(ok(await cafe.bring('york:2', 'r-1', [back('1', 300)]))).toMatchObject({ tier: { id: 'guest' } })
    cafe.travel('2027-01-05T12:00:00Z')
    ok(await cafe.sell('york:4', ada, [300]))
    cafe.travel('2027-01-06T12:00:00Z')
    expect(ok(await cafe.sell('york:5', ada, [300])).tier.id).toBe('regular')
    cafe.travel('2027-02-10T12:00:00Z')
    expect((await cafe.member('ada')).tier.progress.current).toBe(2)
    cafe.travel('2027-03-10T12:00:00Z')
    expect((await cafe.member('ada')).tier.keeping).toEqual({
      ...{ until: '2027-04-30T23:00:00Z', needed: 2, by: '2027-03-31T23:00:00Z' },
    })
    cafe.travel('2027-05-02T12:00:00Z')
    expect(await cafe.laurel.settle('ada')).toMatchObject({ failed: 0 })
    const kinds = (await cafe.activity('ada')).map(({ kind }) => kind).filter((kind) => kind.startsWith('tier-'))
    expect(kinds).toEqual(['tier-changed', 'tier-lapsing'])
  })

  test('that begins to count visits counts those of before, and takes nobody’s tier', async () => {
    await begin(demoProgramme)
    ok(await cafe.sell('york:1', ada, [50_000]))
    await publish(visits, '2026-12-01T00:00:00Z')
    cafe.travel('2026-12-01T00:00:30Z')
    expect((await cafe.member('ada')).tier).toMatchObject({
      id: 'regular',
      progress: { metric: 'visits', current: 1, needed: 2 },
    })
    ok(await cafe.sell('york:2', ada, [300]))
    cafe.travel('2026-12-02T12:00:00Z')
    expect(ok(await cafe.sell('york:3', ada, [300])).tier.id).toBe('friend')
    expect(ok(await cafe.bring('york:1', 'r-1', [back('1', 50_000)]))).toMatchObject({
      tier: {
        id: 'regular',
        progress: { current: 2 },
      },
    })
  })

  async function publish(document: ProgrammeDocument, from: string) {
    const doc = deflateRawSync(JSON.stringify(document)).toString('base64')
    await shop.laurel.runtime.store.commit([
      { kind: 'put', item: { ...table.revision('cafe', 2), from: Date.parse(from), published: shop.laurel.now, doc } },
      { kind: 'put', item: { ...table.current('cafe'), n: 2 } },
    ])
  }
})
