import { expect, test } from 'vitest'
import { campaign } from '../../functions/contract/campaign.ts'

const bonus = { id: 'c', trigger: 'enrolment', effect: { points: 10 } }
const referral = { ...bonus, trigger: 'referral', referrer: { effect: { badge: 'friend' } } }

/** Pointers of what is wrong with a campaign. */
const faults = (written: unknown) => {
  const parsed = campaign.safeParse(written)
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => `/${path.join('/')}`)
}

test.each<[string, unknown, string[]]>([
  ['an enrolment', bonus, []],
  [
    'an event with a store',
    { ...bonus, trigger: { event: 'training' }, when: { all: [{ store: ['leeds'] }, { tier: ['gold'] }] } },
    [],
  ],
  ['a tier reached', { ...bonus, trigger: { tierReached: 'gold' }, effect: { reward: 'mug' } }, []],
  ['a referral by a basket', { ...referral, when: { spendAtLeast: { amount: 1000 } }, lines: { sku: ['a'] } }, []],
  ['an unknown trigger', { ...bonus, trigger: 'moon' }, ['/trigger']],
  ['two triggers', { ...bonus, trigger: { event: 'a', tierReached: 'b' } }, ['/trigger']],
  [
    'a basket without a purchase',
    { ...bonus, when: { any: [{ tier: ['gold'] }, { none: [{ sku: ['a'] }] }] } },
    ['/when/any/1/none/0/sku'],
  ],
  ['a store without one', { ...bonus, trigger: 'birthday', when: { store: ['leeds'] } }, ['/when/store']],
  ['a multiplier', { ...bonus, effect: { multiplier: 20_000 } }, ['/effect/multiplier']],
  ['points per amount', { ...referral, effect: { points: 1, per: 100 } }, ['/effect/per']],
  ['lines without a basket', { ...bonus, lines: { sku: ['a'] } }, ['/lines']],
  [
    'limits of purchases and stores',
    { ...bonus, limits: { perPurchase: 5, perStore: 5 } },
    ['/limits/perPurchase', '/limits/perStore'],
  ],
  [
    'limits in points of what gives none',
    {
      ...{ id: 'c', trigger: 'purchase', effect: { badge: 'founder' } },
      limits: {
        perPurchase: 5,
        perStore: 5,
        budget: 5,
        perMember: [
          { window: 'day', times: 1 },
          { window: 'year', points: 5 },
        ],
      },
    },
    ['/limits/perPurchase', '/limits/perStore', '/limits/budget', '/limits/perMember/1/points'],
  ],
  ['how often a badge is given', { ...bonus, effect: { badge: 'a' }, limits: { perMember: [{ window: 'year', times: 1 }] } }, []],
  ['a budget of tier credit', { ...bonus, effect: { tierCredit: 5 }, limits: { budget: 5 } }, ['/limits/budget']],
  ['a budget of a referral that gives one side points', { ...referral, limits: { budget: 5 } }, []],
  [
    'a budget of a referral that gives nobody points',
    { ...referral, effect: { reward: 'mug' }, limits: { budget: 5 } },
    ['/limits/budget'],
  ],
  ['hours of an event', { ...bonus, trigger: { event: 'e' }, when: { hours: { from: '09:00', until: '17:00' } } }, []],
  ['hours of a birthday', { ...bonus, trigger: 'birthday', when: { hours: { from: '09:00', until: '17:00' } } }, ['/when/hours']],
  [
    'hours of an anniversary',
    { ...bonus, trigger: 'anniversary', when: { none: [{ hours: { from: '09:00', until: '17:00' } }] } },
    ['/when/none/0/hours'],
  ],
  ['tags of a new member', { ...bonus, when: { any: [{ segment: ['staff'] }] } }, ['/when/any/0/segment']],
  ['tags on a birthday', { ...bonus, trigger: 'birthday', when: { segment: ['staff'] } }, []],
  ['dates without a day', { ...bonus, when: { dates: {} } }, ['/when/dates']],
  ['a referral for one side', { ...referral, referrer: undefined }, ['/referrer']],
  ['a referrer of a purchase', { ...referral, trigger: 'purchase' }, ['/referrer']],
  ['tier credit for who recommends', { ...referral, referrer: { effect: { tierCredit: 5 } } }, ['/referrer/effect']],
])('%s', (_, written, expected) => {
  expect(faults(written)).toEqual(expected)
})
