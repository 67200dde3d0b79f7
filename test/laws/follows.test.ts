import fc from 'fast-check'
import { expect, test } from 'vitest'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { readExplanation } from '../../functions/contract/purchases.ts'
import { simulatePurchase } from '../../functions/contract/simulation.ts'
import type { BonusEffect, Campaign, CampaignLimits } from '../../functions/domain/campaign.ts'
import type { CountedRule } from '../../functions/domain/club.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { back, Journey } from '../journeys/journey.ts'
import { ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'

/** A law of simulations: what they say that follows from a purchase is what follows from it, for both sides of a referral. */

const begin = Date.parse('2026-01-05T09:00:00Z')
const hourMs = 3_600_000
const iso = (at: number) => new Date(at).toISOString()

const theirs: fc.Arbitrary<BonusEffect> = fc.oneof(
  fc.record({ points: fc.integer({ min: 1, max: 200 }) }),
  fc.constant({ badge: 'seen' }),
)
const bonus = fc.oneof(theirs, fc.record({ tierCredit: fc.integer({ min: 1, max: 4000 }) }))
/** In points there are limits only of what gives some. */
const limits: fc.Arbitrary<CampaignLimits | undefined> = fc.constantFrom(
  undefined,
  undefined,
  { perMember: [{ window: 'month', times: 1 }] } as const,
  { perMember: [{ window: 'year', times: 1 }] } as const,
)
const budget = fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined })
const when = fc.constantFrom<Campaign['when'][]>(undefined, { tier: ['silver', 'gold'] }, { club: ['often'] })

const referral = fc
  .record({ own: bonus, theirs, amount: fc.constantFrom(0, 1500, 3000), limits, budget })
  .map(({ own, theirs: other, amount, limits: caps, budget: most }): Campaign => {
    const isBudgeted = most !== undefined && ('points' in own || 'points' in other)
    const limited = caps || isBudgeted ? { limits: { ...caps, ...(isBudgeted && { budget: most }) } } : {}
    const asked = amount > 0 ? { when: { spendAtLeast: { amount } } } : {}
    return { id: '', trigger: 'referral', effect: own, referrer: { effect: other }, ...asked, ...limited }
  })
const reward = fc
  .record({
    trigger: fc.constantFrom<Campaign['trigger'][]>(
      { tierReached: 'silver' },
      { tierReached: 'gold' },
      ...['often', 'much', 'top'].map((clubJoined) => ({ clubJoined })),
    ),
    ...{ effect: bonus, when, limits, exclusive: fc.constantFrom(undefined, 'one') },
  })
  .map((campaign): Campaign => ({ id: '', ...campaign }))
const window = fc.constantFrom<CountedRule['period'][]>({ rollingMonths: 1 }, 'calendar-year', 'lifetime')

const document = fc
  .record({
    campaigns: fc.array(fc.oneof({ weight: 1, arbitrary: referral }, { weight: 3, arbitrary: reward }), {
      minLength: 3,
      maxLength: 8,
    }),
    ...{ visits: fc.integer({ min: 1, max: 4 }), spend: fc.integer({ min: 1000, max: 9000 }), window, other: window },
  })
  .map(({ campaigns, visits, spend, window: often, other }) => {
    const [bronze, silver, gold] = demoProgramme.tiers.levels
    const clubs = [
      {
        id: 'often',
        name: 'Often',
        kind: 'qualifying',
        multiplier: 15_000,
        qualifies: { metric: 'visits', atLeast: visits, period: often },
      },
      { id: 'much', name: 'Much', kind: 'qualifying', qualifies: { metric: 'spend', atLeast: spend, period: other } },
      { id: 'top', name: 'Top', kind: 'qualifying', qualifies: { tier: ['gold'] } },
    ]
    return programmeDocument.parse({
      ...demoProgramme,
      tiers: { ...demoProgramme.tiers, levels: [bronze, { ...silver, threshold: 4000 }, { ...gold, threshold: 8000 }] },
      campaigns: campaigns.map((campaign, index) => JSON.parse(JSON.stringify({ ...campaign, id: `c-${index}` }))),
      clubs,
    })
  })

const members = ['ada', 'bea', 'cleo'] as const
const step = fc.record({
  member: fc.constantFrom(...members),
  gapHours: fc.integer({ min: 1, max: 200 }),
  amount: fc.integer({ min: 0, max: 5000 }),
  lateHours: fc.constantFrom(0, 0, 0, 30, 500),
  isReturned: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
})
type Programme = typeof document extends fc.Arbitrary<infer Kind> ? Kind : never
type Step = typeof step extends fc.Arbitrary<infer Kind> ? Kind : never

/** Ada recommended Bea, who recommended Cleo. */
async function open(programme: Programme): Promise<Journey> {
  const laurel = await Laurel.start(iso(begin))
  await createProgramme(laurel.runtime.store, 'shop', programme, laurel.now)
  const shop = await Journey.in(laurel, 'shop')
  ok(await shop.enrol('ada'))
  ok(await shop.enrol('bea', { referredBy: 'ada' }))
  ok(await shop.enrol('cleo', { referredBy: 'bea' }))
  return shop
}

const saleOf = (shop: Journey, { member, amount, lateHours }: Step) =>
  shop.saleOf('leeds:', { id: member }, [amount], { occurredAt: iso(shop.laurel.now - lateHours * hourMs) })

async function standing(shop: Journey) {
  const all = await Promise.all(members.map((id) => shop.member(id)))
  return all.map(({ balance: { available, pending, debt }, tier, clubs, gifts = [] }) => ({
    worth: available + pending - debt,
    tier: tier.id,
    clubs: clubs.map(({ id }) => id),
    badges: gifts.reduce((sum, { count }) => sum + count, 0),
  }))
}

async function check(shop: Journey, programme: Programme, steps: readonly Step[], last: Step): Promise<void> {
  for (const [index, one] of steps.entries()) {
    shop.travel(iso(shop.laurel.now + one.gapHours * hourMs))
    const { occurredAt } = saleOf(shop, one)
    const id = `leeds:${index}`
    ok(await shop.sell(id, { id: one.member }, [one.amount], { occurredAt }))
    if (one.isReturned) ok(await shop.bring(id, 'r', [back('1', one.amount)]))
  }
  shop.travel(iso(shop.laurel.now + last.gapHours * hourMs))
  // What time brought is booked before, so that it is not taken for what the purchase brings.
  await settleMembers(shop.laurel.runtime)
  const { member: _, ...basket } = saleOf(shop, last)
  const simulate = async (under: { revision: 1 } | { document: Programme }) =>
    ok(await shop.office.ask(simulatePurchase, { body: { basket, member: { id: last.member }, under: under as never } }))
  const before = await standing(shop)
  const told = await simulate({ revision: 1 })
  if (last.lateHours === 0) {
    const anew = JSON.stringify(await simulate({ document: programme })).replaceAll('"revision":2', '"revision":1')
    expect(JSON.parse(anew)).toEqual(told)
  }
  const sold = ok(await shop.sell('leeds:last', { id: last.member }, [last.amount], { occurredAt: basket.occurredAt }))
  const after = await standing(shop)

  expect(sold.points.earned).toBe(told.points.earned)
  const { follows = [] } = told
  for (const [index, id] of members.entries()) {
    const own = follows.filter(({ memberId }) => memberId === id)
    const gained = own.reduce((sum, { points = 0 }) => sum + points, id === last.member ? told.points.earned : 0)
    expect([id, after[index]!.worth - before[index]!.worth]).toEqual([id, gained])
    expect(after[index]!.badges - before[index]!.badges).toBe(own.filter(({ gift }) => gift?.badge).length)
  }
  const place = members.indexOf(last.member)
  expect(told.tier.after).toBe(after[place]!.tier)
  expect((told.clubs?.before ?? []).map(({ id }) => id)).toEqual(before[place]!.clubs)
  expect((told.clubs?.after ?? []).map(({ id }) => id)).toEqual(after[place]!.clubs)

  const { follows: explained = [] } = ok(await shop.office.ask(readExplanation, { params: { purchaseId: 'leeds:last' } }))
  const applied = <Kind extends { applied: boolean }>(some: readonly Kind[]) => some.filter((one) => one.applied)
  expect(applied(explained)).toEqual(applied(follows))
}

test('what a simulation says follows, under what is in force or a document like it, follows and is explained so', async () => {
  await fc.assert(
    fc.asyncProperty(document, fc.array(step, { maxLength: 8 }), step, async (programme, steps, last) => {
      const shop = await open(programme)
      try {
        await check(shop, programme, steps, last)
      } catch (failed) {
        await shop.laurel.close()
        throw failed
      }
      await shop.end(...members)
    }),
    { numRuns: Number(process.env.RUNS ?? 25), interruptAfterTimeLimit: 500_000 },
  )
}, 580_000)
