import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { joinClubFor, leaveClubFor } from '../../functions/contract/clubs.ts'
import { readMyRewards } from '../../functions/contract/my-rewards.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import {
  captureRedemption,
  redeemMyReward,
  redeemReward,
  releaseRedemption,
  reverseRedemption,
} from '../../functions/contract/redemptions.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, type Client, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { Journey } from './journey.ts'

/** Rewards that hang on clubs: a mug that is cheaper for theirs, a tasting for who is in both, a seat of one; and two walks a year. */
const document = programmeDocument.parse({
  ...demoProgramme,
  clubs: [
    { id: 'makers', name: 'Makers', kind: 'open' },
    { id: 'night', name: 'Night opening', kind: 'open' },
  ],
  rewards: [
    {
      ...{ id: 'mug', kind: 'product', sku: 'mug' },
      price: {
        points: 80,
        tiers: [{ tier: 'silver', points: 55 }],
        clubs: [
          { club: 'makers', points: 60 },
          { club: 'night', points: 50 },
        ],
      },
    },
    { id: 'tasting', kind: 'experience', price: { points: 10 }, requires: { clubs: ['makers', 'night'] } },
    { id: 'seat', kind: 'club-perk', club: 'makers', price: { points: 20 } },
    { id: 'silver-seat', kind: 'club-perk', club: 'night', price: { points: 5 }, requires: { tiers: ['silver'] } },
    { id: 'walk', kind: 'experience', price: { points: 1 }, limits: [{ window: 'year', times: 2 }] },
  ],
})

let shop: Journey
let ada: Client

beforeEach(async () => {
  const laurel = await Laurel.start('2026-11-21T12:00:00Z')
  await createProgramme(laurel.runtime.store, 'shop', document, laurel.now)
  shop = await Journey.in(laurel, 'shop')
  ok(await shop.enrol('ada'))
  ok(await shop.sell('leeds:1', { id: 'ada' }, [20_000]))
  ada = await shop.app('ada')
})
afterEach(() => shop.end('ada'))

type Body = Asked<typeof redeemReward>['body']
const redeem = (redemptionId: string, rewardId: string, more: Partial<Body> = {}) =>
  shop.till.ask(redeemReward, {
    params: { redemptionId },
    body: { member: { id: 'ada' }, rewardId, storeId: 'leeds', mode: 'capture', ...more },
  })
const reverse = (redemptionId: string) => shop.till.ask(reverseRedemption, { params: { redemptionId }, body: {} })
const join = async (...clubIds: readonly string[]) => {
  for (const clubId of clubIds) ok(await shop.till.ask(joinClubFor, { params: { memberId: 'ada', clubId }, body: {} }))
}
const leave = async (clubId: string) => ok(await shop.till.ask(leaveClubFor, { params: { memberId: 'ada', clubId } }))
const becomeSilver = async () => ok(await shop.sell('leeds:2', { id: 'ada' }, [40_000]))
/** A reward as the app shows it. */
const shown = async (rewardId: string) => ok(await ada.ask(readMyRewards, {})).items.find(({ id }) => id === rewardId)
const available = async () => (await shop.standing('ada')).available
const locked = { status: 409, problem: { code: 'reward-locked', errors: [{ pointer: '/rewardId' }] } }

describe('a price for clubs', () => {
  test.each<[string, readonly string[], boolean, number]>([
    ['in none', [], false, 80],
    ['in one', ['makers'], false, 60],
    ['in the other', ['night'], false, 50],
    ['in both: the lower', ['makers', 'night'], false, 50],
    ['in one, and silver: the tier’s is lower', ['makers'], true, 55],
    ['in the other, and silver: the club’s is', ['night'], true, 50],
  ])('%s', async (_name, clubs, isSilver, price) => {
    await join(...clubs)
    if (isSilver) await becomeSilver()
    const before = await available()
    const { price: asked, regularPrice = asked } = (await shown('mug'))!
    expect([asked, regularPrice]).toEqual([price, 80])
    expect((await redeem('r-0', 'mug', { points: price + 1 })).problem?.code).toBe('price-differs')
    expect(await redeem('r-1', 'mug')).toMatchObject({ status: 201, body: { state: 'captured', points: { price } } })
    expect(await available()).toBe(before - price)
  })

  test('is not for who has left; what was reserved before is had for what it cost', async () => {
    await join('night')
    expect(ok(await redeem('r-1', 'mug', { mode: 'reserve' }))).toMatchObject({ points: { price: 50 } })
    await leave('night')
    expect(ok(await redeem('r-2', 'mug'))).toMatchObject({ points: { price: 80 } })
    const capture = { params: { redemptionId: 'r-1' }, body: { storeId: 'leeds' } }
    expect(ok(await shop.till.ask(captureRedemption, capture))).toMatchObject({ state: 'captured', points: { price: 50 } })
    expect(await available()).toBe(200 - 80 - 50)
  })
})

describe('a reward that requires clubs', () => {
  test('an experience is for who belongs to all of them', async () => {
    const lacking = async () => (await shown('tasting'))!.lacking
    expect(await redeem('r-1', 'tasting')).toMatchObject(locked)
    expect(await lacking()).toEqual({ clubs: ['makers', 'night'] })
    await join('makers')
    expect(await redeem('r-1', 'tasting')).toMatchObject(locked)
    expect(await lacking()).toEqual({ clubs: ['night'] })
    expect(await available()).toBe(200)
    await join('night')
    expect(await shown('tasting')).toMatchObject({ status: 'affordable', because: [] })
    expect(await redeem('r-1', 'tasting')).toMatchObject({
      ...{ status: 201, body: { state: 'captured', points: { price: 10 }, money: null } },
    })
    expect(await available()).toBe(190)
    await leave('makers')
    expect(await redeem('r-2', 'tasting')).toMatchObject(locked)
    expect(await redeem('r-1', 'tasting')).toMatchObject({ status: 200, replayed: true })
  })

  test('a perk of a club is for its members: had in the app, and given back', async () => {
    const mine = (redemptionId: string) =>
      ada.ask(redeemMyReward, { params: { redemptionId }, body: { rewardId: 'seat', mode: 'capture' } })
    expect(await mine('a')).toMatchObject(locked)
    expect(await shown('seat')).toMatchObject({ status: 'locked', lacking: { clubs: ['makers'] } })
    await join('night')
    expect(await redeem('r-1', 'seat')).toMatchObject(locked)
    await join('makers')
    const { id, ...had } = ok(await mine('a'))
    expect(had).toMatchObject({ state: 'captured', points: { price: 20 }, money: null })
    expect(await redeem('r-1', 'seat')).toMatchObject({ status: 201, body: { points: { price: 20 } } })
    expect(await available()).toBe(160)
    expect(ok(await reverse(id))).toMatchObject({ state: 'reversed', points: { restored: 20 } })
    expect(await available()).toBe(180)
  })

  test('a perk that requires a tier besides wants both', async () => {
    await join('night')
    expect(await redeem('r-1', 'silver-seat')).toMatchObject(locked)
    await becomeSilver()
    expect(await redeem('r-1', 'silver-seat')).toMatchObject({ status: 201, body: { points: { price: 5 } } })
    await leave('night')
    expect(await redeem('r-2', 'silver-seat')).toMatchObject(locked)
  })
})

describe('twice a year', () => {
  const limited = { status: 409, problem: { code: 'reward-limit' } }

  test('is counted by the local year', async () => {
    ok(await redeem('r-1', 'walk'))
    ok(await redeem('r-2', 'walk'))
    expect(await shown('walk')).toMatchObject({ status: 'locked', because: ['limit'] })
    shop.travel('2026-12-31T23:59:59Z')
    expect(await redeem('r-3', 'walk')).toMatchObject(limited)
    shop.travel('2027-01-01T00:00:00Z')
    expect(await shown('walk')).toMatchObject({ status: 'affordable' })
    // A till that was offline tells of the year before.
    expect(await redeem('r-3', 'walk', { occurredAt: '2026-12-31T23:00:00Z' })).toMatchObject(limited)
    ok(await redeem('r-4', 'walk'))
    ok(await redeem('r-5', 'walk'))
    expect(await redeem('r-6', 'walk')).toMatchObject(limited)
    expect(await available()).toBe(196)
  })

  test('does not count what was let go or reversed', async () => {
    ok(await redeem('r-1', 'walk'))
    ok(await redeem('r-2', 'walk', { mode: 'reserve' }))
    expect(await redeem('r-3', 'walk')).toMatchObject(limited)
    ok(await shop.till.ask(releaseRedemption, { params: { redemptionId: 'r-2' }, body: {} }))
    ok(await redeem('r-3', 'walk'))
    ok(await reverse('r-1'))
    ok(await redeem('r-4', 'walk'))
    expect(await redeem('r-5', 'walk')).toMatchObject(limited)
  })
})
