import { describe, expect, test } from 'vitest'
import { campaign } from '../../functions/contract/campaign.ts'
import type { Gift } from '../../functions/domain/campaign.ts'
import type { Award } from '../../functions/domain/earning.ts'
import { changedGrants, type GrantedReward, grantEffect, grantFault, grantState } from '../../functions/domain/granted-reward.ts'
import { emptyHead, type Head } from '../../functions/domain/head.ts'
import { revisionAt } from '../../functions/domain/programme.ts'
import { instant, memberId, points } from '../../functions/domain/units.ts'
import { demo } from './programmes.ts'

/** Rewards that campaigns grant, as a shop manager would reckon them: what a sale grants, and what becomes of it. */

const at = (text: string) => instant(Date.parse(text))
const sold = at('2026-03-10T23:30:00Z')
const { calendar } = revisionAt(demo, sold)
const source = { kind: 'purchase', id: 'leeds:1', at: sold } as const
const award = (from: string, gift?: Gift): Award => ({
  ...{ source: from, revision: 1, points: points(0), lines: [] },
  ...(gift && { gift }),
})
const mug = award('mugs', { reward: 'mug', valid: { days: 30 } })
const hug = award('hugs', { reward: 'hug' })
const others = [award('base'), award('badges', { badge: 'b' })]

describe('what awards grant', () => {
  const changes = (before: Award[], after: Award[]) =>
    (grantEffect(calendar, source, before, after).rewardGrants?.changes ?? []).map(
      ({ campaignId, isTakenBack }) => `${isTakenBack ? 'no' : ''} ${campaignId}`,
    )

  test.each<[string, Award[], Award[], string[]]>([
    ['nothing', [], others, []],
    ['two at the sale', [], [...others, mug, hug], [' mugs', ' hugs']],
    ['one fewer after a return', [mug, hug], [...others, hug], ['no mugs']],
    ['another after a return', [mug], [hug], ['no mugs', ' hugs']],
    ['what it did', [mug, hug], [hug, mug], []],
  ])('%s', (_, before, after, told) => {
    expect(changes(before, after)).toEqual(told)
  })

  // 30 local days after the 10th of March, across the change to summer time: the 10th of April begins at 23:00 UTC.
  test('until the end of the last local day', () => {
    expect(grantEffect(calendar, source, [], [mug, hug]).rewardGrants).toEqual({
      source,
      changes: [
        { campaignId: 'mugs', rewardId: 'mug', expiresAt: at('2026-04-09T23:00:00Z'), isTakenBack: false },
        { campaignId: 'hugs', rewardId: 'hug', expiresAt: null, isTakenBack: false },
      ],
    })
  })
})

const grant: GrantedReward = {
  ...{ campaignId: 'mugs', rewardId: 'mug', expiresAt: at('2026-04-09T23:00:00Z'), isTakenBack: false, use: null },
}
const held = { use: { redemptionId: 'r-1', isCaptured: false } }
const used = { use: { redemptionId: 'r-1', isCaptured: true } }
const gone = { isTakenBack: true }

describe('what became of a grant', () => {
  const nobody = emptyHead(memberId('ada'))
  const holding: Head = {
    ...nobody,
    reservations: [{ redemptionId: 'r-1', rewardId: 'mug', held: [], at: sold, lapsesAt: at('2026-03-11T00:00:00Z') }],
  }
  const [inTime, late] = [at('2026-04-09T22:59:59Z'), at('2026-04-09T23:00:00Z')]

  test.each<[string, Partial<GrantedReward>, Head, typeof inTime, ReturnType<typeof grantState>, string | undefined]>([
    ['open', {}, nobody, inTime, 'open', undefined],
    ['open for ever', { expiresAt: null }, nobody, late, 'open', undefined],
    ['over', {}, nobody, late, 'lapsed', 'granted-reward-over'],
    ['held', held, holding, inTime, 'reserved', 'granted-reward-used'],
    ['held since before it was over', held, holding, late, 'reserved', 'granted-reward-used'],
    ['held by what lapsed', held, nobody, inTime, 'open', undefined],
    ['held by what lapsed, and over', held, nobody, late, 'lapsed', 'granted-reward-over'],
    ['used', used, nobody, late, 'used', 'granted-reward-used'],
    ['taken back', gone, nobody, inTime, 'taken-back', 'granted-reward-taken-back'],
    ['taken back from a hold', { ...held, ...gone }, holding, inTime, 'taken-back', 'granted-reward-taken-back'],
    ['used, and its goods came back', { ...used, ...gone }, nobody, inTime, 'used', 'granted-reward-used'],
  ])('%s', (_, more, head, now, state, refused) => {
    const one = { ...grant, ...more }
    expect(grantState(one, head, now)).toBe(state)
    expect(grantFault(one, 'mug', head, now)?.refused).toBe(refused)
    expect(grantFault(one, 'hug', head, now)?.refused).toBe('granted-reward-unknown')
  })
})

test('what comes and goes keeps its place and its use', () => {
  const { use: _, ...change } = grant
  const hugs = { ...change, campaignId: 'hugs', rewardId: 'hug' }
  const granted = changedGrants([], [change, hugs])
  expect(granted).toEqual([grant, { ...hugs, use: null }])
  const inUse = granted.map((one) => ({ ...one, ...used }))
  const after = changedGrants(inUse, [{ ...change, isTakenBack: true }])
  expect(after).toEqual([{ ...grant, ...used, ...gone, keepsCap: true }, inUse[1]])
  expect(changedGrants(after, [change])).toEqual(inUse)
  // Of before grants were kept.
  expect(changedGrants([], [{ ...change, isTakenBack: true }])).toEqual([])
})

describe('a campaign that grants', () => {
  const shape = (effect: unknown, referrer?: unknown) => {
    const trigger = referrer === undefined ? 'purchase' : 'referral'
    const read = campaign.safeParse({
      id: 'a',
      trigger,
      effect,
      ...(referrer !== undefined && { referrer: { effect: referrer } }),
    })
    return (read.error?.issues ?? []).map(({ path }) => `/${path.join('/')}`)
  }

  test.each<[string, unknown, unknown, string[]]>([
    ['without end', { reward: 'mug' }, undefined, []],
    ['for some days', { reward: 'mug', valid: { days: 30 } }, undefined, []],
    ['for no day', { reward: 'mug', valid: { days: 0 } }, undefined, ['/effect/valid/days']],
    ['days of points', { points: 5, valid: { days: 3 } }, undefined, ['/effect']],
    ['days of nothing', { valid: { days: 3 } }, undefined, ['/effect']],
    ['to whoever recommended', { points: 5 }, { reward: 'mug', valid: { days: 3 } }, []],
    ['days of their points', { points: 5 }, { points: 5, valid: { days: 3 } }, ['/referrer/effect/valid']],
  ])('%s', (_, effect, referrer, wrong) => {
    expect(shape(effect, referrer)).toEqual(wrong)
  })
})
