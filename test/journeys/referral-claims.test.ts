import { afterEach, describe, expect, test } from 'vitest'
import { decideClaim, undoClaim } from '../../functions/contract/claim-office.ts'
import { submitClaimFor } from '../../functions/contract/claims.ts'
import { readGrantedRewards } from '../../functions/contract/granted-rewards.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import type { Reward } from '../../functions/domain/reward.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { back, Journey } from './journey.ts'

/** Referrals that rest on goods which somebody claims, and whose approval turns out to be a mistake. */

let shop: Journey
let members: string[]

afterEach(async () => {
  await shop.tryAgain(1)
  await shop.end(...members)
})

const promise: Guarantee = {
  ...{ id: 'any', name: 'Satisfied, or your money back', window: { days: 365 }, remedy: { refund: { rate: 10_000 } } },
  ...{ goodsBack: false, days: { decide: 3, settle: 7 } },
}
/** The friend has 100 for a first basket of 20 pounds, who recommended them 200. */
const friends: Campaign = {
  id: 'friends',
  trigger: 'referral',
  when: { spendAtLeast: { amount: 2000 } },
  effect: { points: 100 },
  referrer: { effect: { points: 200 } },
}

const mug: Reward = { id: 'mug', kind: 'product', sku: 'MUG' }

async function open(campaigns: readonly Campaign[] = [friends], points: Partial<typeof demoProgramme.points> = {}) {
  const laurel = await Laurel.start('2026-03-10T10:00:00Z')
  const written = {
    ...demoProgramme,
    points: { ...demoProgramme.points, ...points },
    campaigns,
    rewards: [mug],
    guarantees: [promise],
  }
  await createProgramme(laurel.runtime.store, 'friends', programmeDocument.parse(written), laurel.now)
  shop = await Journey.in(laurel, 'friends')
  members = []
  await enrol('ada')
  await enrol('bea', 'ada')
}

async function enrol(member: string, referredBy?: string) {
  ok(await shop.enrol(member, referredBy === undefined ? {} : { referredBy }))
  members.push(member)
}

/** What members have less what they owe. */
const have = async (...ids: string[]) =>
  Promise.all(
    ids.map(async (id) => {
      const { available, debt } = await shop.standing(id)
      return available - debt
    }),
  )
const buy = (id: string, member: string, ...amounts: number[]) => shop.sell(id, { id: member }, amounts)
/** A claim of one line that staff approve. */
async function approved(claimId: string, lineId: string, purchaseId = 'leeds:1') {
  const body = { memberId: 'bea', purchaseId, guaranteeId: 'any', storeId: 'leeds', lines: [{ lineId, quantity: 1 }] }
  ok(await shop.till.ask(submitClaimFor, { params: { id: claimId }, body }))
  ok(await shop.office.ask(decideClaim, { params: { id: claimId }, body: { decision: 'approve', reason: 'Yes.' } }))
}
const undo = (id: string) => shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } })

describe('a referral whose purchase was claimed', () => {
  test('is given again to both when the approval is undone, once, and taken back when the goods come back after all', async () => {
    await open()
    ok(await buy('leeds:1', 'bea', 2000))
    await approved('leeds:c', '1')
    expect(await have('ada', 'bea')).toEqual([0, 0])
    for (let n = 0; n < 2; n += 1) {
      ok(await undo('leeds:c'))
      expect(await have('ada', 'bea')).toEqual([200, 120])
    }
    expect(await shop.activity('ada')).toMatchObject([
      { kind: 'bonus-restored', trigger: 'referral', sources: ['friends'], points: 200 },
      { kind: 'bonus-undone', points: -200 },
      { kind: 'bonus', points: 200 },
      { kind: 'enrolled' },
    ])
    ok(await shop.bring('leeds:1', 'r-1', [back('1', 2000)]))
    expect(await have('ada', 'bea')).toEqual([0, 0])
  })

  test('is given once, however many undo it at once', async () => {
    await open()
    ok(await buy('leeds:1', 'bea', 2000))
    await approved('leeds:c', '1')
    await Promise.all(['ada', 'bea'].map((member) => shop.adjust(member, 'meanwhile', 1)))
    const undone = await Promise.all([undo('leeds:c'), undo('leeds:c'), shop.adjust('ada', 'too', 1), undo('leeds:c')])
    expect(undone.every(({ status }) => status < 300)).toBe(true)
    expect(await have('ada', 'bea')).toEqual([202, 121])
  })

  test.each([
    // Lines of 12, 10 and 9 pounds: which are claimed, what comes back, which claims are undone, and what both have then.
    ['two lines, and one is kept again', ['1', '2'], [], ['1'], [200, 121]],
    ['two lines, and both are kept again', ['1', '2'], [], ['1', '2'], [200, 131]],
    ['a line whose loss alone took nothing', ['1'], ['2'], ['1'], [200, 121]],
    ['one line too few', ['1', '2', '3'], [], ['1'], [0, 12]],
    ['what another return keeps from qualifying', ['1'], ['2', '3'], ['1'], [0, 12]],
  ] as const)('follows from what is kept in the end: %s', async (_, claimed, returned, undone, expected) => {
    await open()
    const amounts = { 1: 1200, 2: 1000, 3: 900 } as const
    ok(await buy('leeds:1', 'bea', 1200, 1000, 900))
    for (const lineId of claimed) await approved(`leeds:c-${lineId}`, lineId)
    for (const lineId of returned) ok(await shop.bring('leeds:1', `r-${lineId}`, [back(lineId, amounts[lineId])]))
    for (const lineId of undone) ok(await undo(`leeds:c-${lineId}`))
    expect(await have('ada', 'bea')).toEqual(expected)
  })

  test('is that of the first purchase alone, whatever was bought meanwhile', async () => {
    await open()
    ok(await buy('leeds:1', 'bea', 2000))
    await approved('leeds:c', '1')
    ok(await buy('leeds:2', 'bea', 5000))
    await approved('leeds:d', '1', 'leeds:2')
    ok(await undo('leeds:d'))
    expect(await have('ada', 'bea')).toEqual([0, 50])
    ok(await undo('leeds:c'))
    expect(await have('ada', 'bea')).toEqual([200, 170])
  })

  test.each([
    ['debt', -200, 0],
    // What was forgiven was never taken, and is not given.
    ['forgive', 0, 0],
  ] as const)('where it was spent by then: %s', async (negative, owed, left) => {
    await open([friends], { negative })
    ok(await buy('leeds:1', 'bea', 2000))
    ok(await shop.adjust('ada', 'spent', -200))
    for (const claim of ['leeds:c', 'leeds:d']) {
      await approved(claim, '1')
      expect(await have('ada', 'bea')).toEqual([owed, 0])
      ok(await undo(claim))
      expect(await have('ada', 'bea')).toEqual([left, 120])
    }
  })

  test('gives what is no points, too, and to who is closed what was theirs', async () => {
    await open([{ ...friends, effect: { tierCredit: 50_000 } }])
    ok(await buy('leeds:1', 'bea', 2000))
    expect((await shop.standing('bea')).tier).toBe('silver')
    await approved('leeds:c', '1')
    expect((await shop.standing('bea')).tier).toBe('bronze')
    ok(await shop.change('ada', { status: 'closed' }))
    ok(await undo('leeds:c'))
    expect((await shop.standing('bea')).tier).toBe('silver')
    expect(await have('ada')).toEqual([200])
  })

  test('gives a granted reward again, to be had for nothing', async () => {
    await open([{ ...friends, effect: { reward: 'mug' } }])
    const granted = async () => ok(await shop.till.ask(readGrantedRewards, { params: { memberId: 'bea' } })).items
    ok(await buy('leeds:1', 'bea', 2000))
    expect(await granted()).toMatchObject([{ rewardId: 'mug', state: 'open' }])
    await approved('leeds:c', '1')
    expect(await granted()).toMatchObject([{ rewardId: 'mug', state: 'taken-back' }])
    ok(await undo('leeds:c'))
    expect(await granted()).toMatchObject([{ rewardId: 'mug', state: 'open' }])
  })

  test.each([
    ['a budget', { budget: 500 }, 'zoe'],
    ['so many friends of one', { perMember: [{ window: 'campaign', times: 1 }] }, 'ada'],
  ] as const)('is whole or not at all: %s that others have had since keeps the approval', async (_, limits, by) => {
    await open([{ ...friends, limits: limits as Campaign['limits'] }])
    await enrol('zoe')
    await enrol('cleo', by)
    ok(await buy('leeds:1', 'bea', 2000))
    await approved('leeds:c', '1')
    ok(await buy('leeds:2', 'cleo', 2000))
    expect(await have('bea', 'cleo')).toEqual([0, 120])
    const before = await shop.dump()
    expect(await undo('leeds:c')).toMatchObject({ status: 409, problem: { code: 'campaign-spent' } })
    // What was moved from pot to pot is no change of what is left.
    const isPot = ([key]: readonly [string, unknown]) => key.includes('#BUDGET#')
    expect([...(await shop.dump())].filter((one) => !isPot(one))).toEqual([...before].filter((one) => !isPot(one)))
    ok(await shop.bring('leeds:2', 'r', [back('1', 2000)]))
    ok(await undo('leeds:c'))
    expect(await have('ada', 'bea', 'cleo')).toEqual([200, 120, 0])
  })
})
