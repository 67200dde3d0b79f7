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
  ['a referral for one side', { ...referral, referrer: undefined }, ['/referrer']],
  ['a referrer of a purchase', { ...referral, trigger: 'purchase' }, ['/referrer']],
  ['tier credit for who recommends', { ...referral, referrer: { effect: { tierCredit: 5 } } }, ['/referrer/effect']],
])('%s', (_, written, expected) => {
  expect(faults(written)).toEqual(expected)
})
