import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBacktest, startBacktest } from '../../functions/contract/backtests.ts'
import { readExperimentReport, startExperimentReport } from '../../functions/contract/experiments.ts'
import { simulatePurchase } from '../../functions/contract/simulation.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { draftWrite } from '../../functions/store/draft-item.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, type Client, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { Journey } from './journey.ts'

/** A February in a shop, by a programme without campaigns, and a draft that doubles candles at weekends: tried before it is published. */

const published: ProgrammeDocument = {
  ...demoProgramme,
  name: 'Shop',
  points: { ...demoProgramme.points, pointValue: { amount: 1, per: 2 } },
}
const weekend: Campaign = {
  id: 'weekend',
  trigger: 'purchase',
  lines: { category: ['candles'] },
  when: { weekdays: ['sat', 'sun'] },
  effect: { multiplier: 20_000 },
  limits: { budget: 500 },
}
const [bronze, silver, gold] = published.tiers.levels
/** Silver is reached sooner, too. */
const draft: ProgrammeDocument = {
  ...published,
  tiers: { ...published.tiers, levels: [bronze!, { ...silver!, threshold: 25_000 }, gold!] },
  campaigns: [weekend],
}
const february = { from: '2026-02-01T00:00:00Z', until: '2026-03-01T00:00:00Z' }

let journey: Journey
let marketing: Client

beforeAll(async () => {
  const laurel = await Laurel.start('2026-01-31T12:00:00Z')
  await createProgramme(laurel.runtime.store, 'shop', published, laurel.now)
  journey = await Journey.in(laurel, 'shop')
  marketing = laurel.client(
    await laurel.token({ subject: 'marketing', programme: 'shop' }, ['laurel/admin.read', 'laurel/admin.marketing']),
  )
  const edit = { document: draft, editor: 'marketing', editedAt: laurel.now }
  await laurel.runtime.store.commit([draftWrite('shop', { version: 0, edit: undefined }, edit)])
  await journey.enrol('ada')
  await journey.enrol('bert')
  const sell = async (day: string, member: string, amount: number, category: string) => {
    journey.travel(`2026-02-${day}T12:00:00Z`)
    ok(
      await journey.sell(`leeds:${day}`, { id: member }, [
        { lineId: '1', sku: 's', quantity: 2, amount, categories: [category] },
      ]),
    )
  }
  await sell('02', 'ada', 10_000, 'candles')
  await sell('03', 'bert', 5_000, 'soap')
  await sell('07', 'ada', 20_000, 'candles') // a Saturday
  await sell('14', 'bert', 40_000, 'candles') // a Saturday
  await sell('20', 'ada', 30_000, 'soap')
  await sell('21', 'ada', 10_000, 'candles') // a Saturday
  journey.travel('2026-02-22T12:00:00Z')
  ok(await journey.bring('leeds:14', 'r-1', [{ lineId: '1', quantity: 1, amount: 20_000 }]))
})

afterAll(() => journey.end('ada', 'bert'))

const candles = (occurredAt: string, amount = 10_000) => ({
  ...{ storeId: 'leeds', occurredAt, currency: 'GBP' },
  lines: [{ lineId: '1', sku: 's', quantity: 1, amount, categories: ['candles'] }],
})
const simulate = async (body: Asked<typeof simulatePurchase>['body']) => ok(await marketing.ask(simulatePurchase, { body }))

describe('simulating', () => {
  test('a made-up gold member on a Saturday: candles count twice, and a part of the budget is gone', async () => {
    const told = await simulate({ basket: candles('2026-02-21T12:00:00Z'), member: { madeUp: { tier: 'gold' } }, under: 'draft' })
    expect(told).toMatchObject({
      memberId: null,
      revision: 2,
      points: { earned: 300, pending: 0, spendableAt: null, expiresAt: '2027-03-01T00:00:00Z' },
      tier: { before: 'gold', after: 'gold' },
      awards: [
        { source: 'base', points: 150 },
        { source: 'weekend', points: 150 },
      ],
      explanation: [{ campaign: 'weekend', applied: true, points: 150 }],
      limits: [{ campaign: 'weekend', perMember: [], budget: 350 }],
    })
  })

  test('the same on a Friday: the campaign says which of its conditions fails', async () => {
    const told = await simulate({ basket: candles('2026-02-20T12:00:00Z'), member: { madeUp: { tier: 'gold' } }, under: 'draft' })
    expect(told).toMatchObject({ points: { earned: 150 }, limits: [] })
    expect(told.explanation).toEqual([
      { campaign: 'weekend', revision: 2, applied: false, because: 'condition', failed: '/when/weekdays' },
    ])
  })

  test('a made-up member whom the sale takes up a tier', async () => {
    const basket = candles('2026-02-20T12:00:00Z')
    const made = (under: Asked<typeof simulatePurchase>['body']['under']) =>
      simulate({ basket, member: { madeUp: { spend: 24_000 } }, under })
    expect((await made('draft')).tier).toEqual({ before: 'bronze', after: 'silver' })
    expect((await made({ revision: 1 })).tier).toEqual({ before: 'bronze', after: 'bronze' })
  })

  test('a made-up member whom nobody holds out of an experiment', async () => {
    const held = {
      ...draft,
      campaigns: [{ id: 'half', trigger: 'purchase', effect: { points: 5 }, holdOut: { percent: 99 } }],
    } as const
    const told = await simulate({
      basket: candles('2026-02-20T12:00:00Z'),
      member: { madeUp: {} },
      under: { document: held } as never,
    })
    expect(told.explanation).toMatchObject([{ campaign: 'half', applied: true }])
  })

  test.each([
    ['2027-01-09T12:00:00Z', 'silver', 250, '2028-02-01T00:00:00Z'], // a Saturday: 125 twice; kept by the spend of the year before
    ['2028-01-08T12:00:00Z', 'bronze', 200, '2029-02-01T00:00:00Z'], // a Saturday: 100 twice
  ])('ada as she will be on %s', async (at, tier, earned, expiresAt) => {
    const told = await simulate({ basket: candles(at), member: { id: 'ada' }, under: 'draft' })
    expect(told).toMatchObject({ memberId: 'ada', at, judgedAt: at, points: { earned, expiresAt }, tier: { before: tier } })
  })

  test('ada as she was: her second purchase was still to come', async () => {
    const second = { id: 'second', trigger: 'purchase', when: { purchaseNumber: { is: 2 } }, effect: { points: 10 } } as const
    const under = { document: { ...draft, campaigns: [second] } } as never
    const then = { basket: candles('2026-02-05T12:00:00Z'), member: { id: 'ada' }, at: '2026-02-05T12:00:00Z', under }
    expect(await simulate(then)).toMatchObject({ points: { earned: 110 }, tier: { before: 'bronze', after: 'bronze' } })
    const now = { basket: candles(journey.now), member: { id: 'ada' }, under }
    expect(await simulate(now)).toMatchObject({
      points: { earned: 125 },
      explanation: [{ applied: false, because: 'condition', failed: '/when/purchaseNumber' }],
    })
  })

  test('stores nothing', async () => {
    const before = await journey.dump()
    await simulate({ basket: candles(journey.now), member: { id: 'ada' }, under: 'draft' })
    expect(await journey.dump()).toEqual(before)
  })
})

describe('backtesting', () => {
  test('the draft on February: by campaign, with what it costs, who moves, and when the budget runs out', async () => {
    const asked = { body: { id: 'draft-1', ...february, under: 'draft' as const } }
    const started = await marketing.ask(startBacktest, asked)
    expect(started).toMatchObject({ status: 202, replayed: false })
    expect(ok(started)).toEqual({
      ...{ id: 'draft-1', status: 'running', progress: { done: 0, total: 64 }, startedAt: journey.now },
      ...february,
    })
    expect(await marketing.ask(startBacktest, asked)).toMatchObject({ status: 200, replayed: true })
    expect(await journey.laurel.runJobs()).toEqual({ done: 1, unfinished: 0, elsewhere: 0, failed: 0 })
    const { status, progress, report } = ok(await marketing.ask(readBacktest, { params: { id: 'draft-1' } }))
    expect({ status, progress }).toEqual({ status: 'done', progress: { done: 128, total: 128 } })
    expect(report).toEqual({
      members: { looked: 2, touched: 2 },
      purchases: 6,
      occasions: { recorded: 0, under: 0 },
      points: { recorded: 975, under: 1450 },
      cost: { recorded: 487, under: 725 },
      tiers: {
        up: 1,
        down: 0,
        members: expect.toSatisfy((rows: { tier: string }[]) => {
          expect(rows.toSorted((a, b) => (a.tier < b.tier ? -1 : 1))).toEqual([
            { tier: 'bronze', recorded: 1, under: 0 },
            { tier: 'silver', recorded: 1, under: 2 },
          ])
          return true
        }),
      },
      clubs: [],
      sources: [
        {
          source: 'base',
          points: { recorded: 975, under: 1050 },
          cost: { recorded: 487, under: 525 },
          purchases: { recorded: 6, under: 6 },
          occasions: { recorded: 0, under: 0 },
          members: { recorded: 2, under: 2 },
        },
        {
          // 200 on the 7th; of 400 on the 14th the 300 that are left, 200 of them kept; nothing on the 21st.
          source: 'weekend',
          points: { recorded: 0, under: 400 },
          cost: { recorded: 0, under: 200 },
          purchases: { recorded: 0, under: 2 },
          occasions: { recorded: 0, under: 0 },
          members: { recorded: 0, under: 2 },
        },
      ],
      budgets: {
        runOut: [{ campaign: 'weekend', after: '2026-02-14T12:00:00Z', before: '2026-02-14T12:00:00.001Z' }],
        omitted: 0,
      },
      refused: 0,
      approximations: [expect.any(String), expect.any(String), expect.any(String)],
    })
  })

  test('a part of February: what was before it counts for tiers and purchase numbers, and keeps what it was given', async () => {
    const second = { id: 'third', trigger: 'purchase', when: { purchaseNumber: { is: 3 } }, effect: { points: 10 } } as const
    const document = { ...published, campaigns: [second] } as never
    const body = { id: 'part', from: '2026-02-10T00:00:00Z', until: '2026-02-21T00:00:00Z', under: { document } }
    expect(await marketing.ask(startBacktest, { body })).toMatchObject({ status: 202 })
    expect(await journey.laurel.runJobs()).toMatchObject({ done: 1 })
    const { report } = ok(await marketing.ask(readBacktest, { params: { id: 'part' } }))
    // bert’s 200 that he kept and ada’s 300: her third purchase.
    expect(report).toMatchObject({
      purchases: 2,
      members: { touched: 1 },
      points: { recorded: 500, under: 510 },
      tiers: { up: 0, down: 0 },
      approximations: [],
    })
  })

  test('its id is taken for ever, and one without an id has that of what it tries', async () => {
    const body = { ...february, under: { revision: 1 } }
    expect(await marketing.ask(startBacktest, { body: { id: 'draft-1', ...body } })).toMatchObject({
      status: 409,
      problem: { code: 'id-reused' },
    })
    const { id } = ok(await marketing.ask(startBacktest, { body }))
    expect(await marketing.ask(startBacktest, { body })).toMatchObject({ status: 200, replayed: true, body: { id } })
    await journey.laurel.runJobs()
    const { report } = ok(await marketing.ask(readBacktest, { params: { id } }))
    expect(report).toMatchObject({ points: { recorded: 975, under: 975 }, members: { touched: 0 } })
  })
})

describe('an experiment', () => {
  test('compares those whom the campaign leaves out with the others', async () => {
    const experiment = { id: 'half', trigger: 'purchase', effect: { points: 5 }, holdOut: { percent: 50 } } as const
    const under = { document: { ...draft, campaigns: [experiment] } } as never
    const groups: { [because: string]: number[] } = { having: [], heldOut: [] }
    for (const [member, spend] of [
      ['ada', 70_000],
      ['bert', 25_000],
    ] as const) {
      const { explanation } = await simulate({ basket: candles(journey.now), member: { id: member }, under })
      groups[explanation[0]!.applied ? 'having' : 'heldOut']!.push(spend)
    }
    const params = { campaignId: 'half' }
    const started = await marketing.ask(startExperimentReport, { params, body: { ...february, percent: 50 } })
    expect(started).toMatchObject({ status: 202, body: { campaign: 'half', percent: 50, status: 'running' } })
    await journey.laurel.runJobs()
    const { report } = ok(await marketing.ask(readExperimentReport, { params, query: february }))
    const mean = (values: number[]) => (values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length)
    expect(report).toMatchObject({
      members: { having: groups.having!.length, heldOut: groups.heldOut!.length },
      spend: { having: { mean: mean(groups.having!) }, heldOut: { mean: mean(groups.heldOut!) }, difference: null },
      confidence: 0.95,
      small: true,
    })
  })

  test.each<[what: string, campaign: Campaign]>([
    ['a purchase', { id: 'tenth', trigger: 'purchase', effect: { points: 5 }, holdOut: { percent: 10 } }],
    [
      'a friend',
      { id: 'tenth', trigger: 'referral', effect: { points: 5 }, referrer: { effect: { points: 5 } }, holdOut: { percent: 10 } },
    ],
    ['a birthday', { id: 'tenth', trigger: 'birthday', effect: { points: 5 }, holdOut: { percent: 10 } }],
    ['an event', { id: 'tenth', trigger: { event: 'review' }, effect: { points: 5 }, holdOut: { percent: 10 } }],
    ['a tier', { id: 'tenth', trigger: { tierReached: 'gold' }, effect: { points: 5 }, holdOut: { percent: 10 } }],
  ])('by %s: what it holds out is known, nobody needs to say it', async (what, campaign) => {
    const { laurel } = journey
    const programme = `shop-by-${what.replace(' ', '-')}`
    await createProgramme(laurel.runtime.store, programme, { ...published, campaigns: [campaign] }, laurel.now)
    const token = await laurel.token({ subject: `marketing of ${programme}`, programme }, ['laurel/admin.marketing'])
    const asked = { params: { campaignId: 'tenth' }, body: february }
    const started = await laurel.client(token).ask(startExperimentReport, asked)
    expect(started).toMatchObject({ status: 202, body: { percent: 10 } })
  })

  test('is begun anew whenever it is asked for again, and is unknown before', async () => {
    const params = { campaignId: 'half' }
    const body = { ...february, percent: 50 }
    expect(await marketing.ask(startExperimentReport, { params, body })).toMatchObject({ status: 202 })
    expect(await marketing.ask(startExperimentReport, { params, body })).toMatchObject({ status: 200, replayed: true })
    expect(ok(await marketing.ask(readExperimentReport, { params }))).toMatchObject({ status: 'running', ...february })
    await journey.laurel.runJobs()
    expect(ok(await marketing.ask(readExperimentReport, { params }))).toMatchObject({ status: 'done' })
    expect(await marketing.ask(readExperimentReport, { params: { campaignId: 'other' } })).toMatchObject({ status: 404 })
  })
})
