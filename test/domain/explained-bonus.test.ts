import { describe, expect, test } from 'vitest'
import { askedBy } from '../../functions/domain/bonus.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import type { Room } from '../../functions/domain/campaign-awards.ts'
import { explainReferral } from '../../functions/domain/explained-bonus.ts'
import type { Verdict } from '../../functions/domain/explanation.ts'
import { compileRevision } from '../../functions/domain/programme.ts'
import { referralAwards } from '../../functions/domain/referral.ts'
import { memberFacts } from '../../functions/domain/sale-facts.ts'
import { instant, memberId } from '../../functions/domain/units.ts'
import { demoProgramme } from '../../functions/local/seed.ts'

/** A friend's purchase of ten pounds: 100 for them, 200 for who recommended them, unless it is said otherwise. */

const at = instant(Date.parse('2026-03-10T10:00:00Z'))
const line = { lineId: '1', sku: 'cup', quantity: 1, amount: 1000, excluded: false }
const friends: Campaign = { id: 'friends', trigger: 'referral', effect: { points: 100 }, referrer: { effect: { points: 200 } } }

interface Told {
  readonly room?: number
  readonly earns?: boolean
}

function explain(campaigns: readonly Campaign[], { room, earns = true }: Told = {}) {
  const compiled = compileRevision(3, instant(0), { ...demoProgramme, campaigns })
  const revision = askedBy(compiled, 'referral')!
  const tier = compiled.tiers[0]
  const sale = { memberId: memberId('bea'), at, details: { storeId: 'leeds' }, bought: [line], judged: undefined }
  const referred = { revision, facts: { tier, sale: memberFacts(revision, tier, sale).sale! }, lines: [line] }
  const left: Room | undefined = room === undefined ? undefined : { points: room, limit: 'budget' }
  const sides = referralAwards(referred, ({ limited }) => (limited ? left : undefined), earns)
  const told = explainReferral(referred, { ...sides, friend: [...sides.friend, ...sides.shut] })
  return told.map(({ for: side, trigger, verdict }) => {
    expect([trigger, verdict.revision]).toEqual(['referral', 3])
    return [verdict.campaign, side, inWords(verdict)]
  })
}

function inWords({ campaign: _, revision: _3, ...verdict }: Verdict): string {
  if (!verdict.applied) return Object.values(verdict).slice(1).join(' ')
  const { points, gift, cut } = verdict
  return [points, ...(gift ? [JSON.stringify(gift)] : []), ...(cut ? [`of ${cut.wanted}`] : [])].join(' ')
}

const limited = (campaign: Campaign): Campaign => ({ ...campaign, limits: { budget: 1000 } })
const both = (member: string, referrer: string, campaign = 'friends') => [
  [campaign, 'member', member],
  [campaign, 'referrer', referrer],
]
const badge: Campaign = { ...friends, effect: { badge: 'friend' } }
const badgeBack: Campaign = { ...friends, referrer: { effect: { badge: 'host' } } }

describe('both sides of a referral are told', () => {
  test.each<[what: string, Campaign[], Told, readonly (readonly string[])[]]>([
    ['what they get', [friends], {}, both('100', '200')],
    [
      'the condition that fails',
      [{ ...friends, when: { spendAtLeast: { amount: 1001 } } }],
      {},
      both('condition /when/spendAtLeast', 'condition /when/spendAtLeast'),
    ],
    ['that no line is meant', [{ ...friends, lines: { sku: ['mug'] } }], {}, both('lines', 'lines')],
    ['what a budget cuts of the other’s', [limited(friends)], { room: 250 }, both('100', '150 of 200')],
    ['what a budget cuts of both', [limited(friends)], { room: 70 }, both('70 of 100', 'limit budget')],
    ['that a budget is spent', [limited(friends)], { room: 0 }, both('limit budget', 'limit budget')],
    ['that the other is closed', [friends], { earns: false }, both('100', 'closed')],
    ['a badge for the friend', [badge], {}, both('0 {"badge":"friend"}', '200')],
    ['a badge for the other', [badgeBack], {}, both('100', '0 {"badge":"host"}')],
    [
      'no badge for the other where a budget had room for the friend’s alone',
      [limited(badgeBack)],
      { room: 100 },
      both('100', 'limit'),
    ],
    [
      'a badge for the other where a budget has room left',
      [limited(badgeBack)],
      { room: 101 },
      both('100', '0 {"badge":"host"}'),
    ],
    ['no badge for who is closed', [limited(badgeBack)], { room: 500, earns: false }, both('100', 'closed')],
    [
      'what the better of a group is, and the campaigns of it one after another',
      [
        { ...friends, exclusive: 'one' },
        { ...friends, id: 'better', effect: { points: 101 }, exclusive: 'one' },
      ],
      {},
      [
        ['friends', 'member', 'exclusive better'],
        ['better', 'member', '101'],
        ['friends', 'referrer', 'exclusive better'],
        ['better', 'referrer', '200'],
      ],
    ],
    ['nothing of one that is over', [{ ...friends, schedule: { until: '2026-03-10T10:00:00Z' } }], {}, []],
  ])('%s', (_, campaigns, told, expected) => {
    expect(explain(campaigns, told)).toEqual(expected)
  })
})
