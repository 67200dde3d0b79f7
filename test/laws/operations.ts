import fc from 'fast-check'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { recordEvent, undoEvent } from '../../functions/contract/events.ts'
import { changeMember, enrolMember } from '../../functions/contract/members.ts'
import { setSegments } from '../../functions/contract/segments.ts'
import { endTierGrant, grantTier } from '../../functions/contract/tier-grants.ts'
import type { StoredEntry } from '../../functions/store/entry-item.ts'
import type { NaiveFact } from '../model/naive-facts.ts'
import { attach } from './attach-operations.ts'
import { claimDeeds, claimPlots, rewardPlots } from './claim-operations.ts'
import { clubDeeds } from './club-operations.ts'
import { eventDeeds } from './event-operations.ts'
import { giftDeeds } from './gift-operations.ts'
import { roomsOf } from './ledger.ts'
import { birthdays, define, lateMs, member, type Operation, people, stores, who } from './operation.ts'
import { dayMs } from './plans.ts'
import { bring, buy, capture, redeem, release, reverse } from './sales-operations.ts'
import { serviceDeeds } from './service-operations.ts'
import { voucherDeeds } from './voucher-operations.ts'
import type { Call } from './world.ts'

/**
 * All that is done in a history of a whole programme: one list, in which each operation says how it is planned, what it sends, and
 * what the model is told of the entries that come of it.
 */

/** The same of one person, whoever asks for it. */
export const enrolmentOf = (place: number): Call => ({
  operation: enrolMember,
  params: { memberId: member(place) },
  body: { birthday: birthdays[place], ...(place > 0 && { referredBy: member(place - 1) }) },
})

const enrol = define({
  weight: 1,
  plan: fc.record({ who }),
  call: ({ who: place }) => enrolmentOf(place),
  isOnce: true,
})

const adjust = define({
  weight: 3,
  plan: fc.record({ who, points: fc.constantFrom(-400, -30, -5, 10, 60) }),
  call: ({ who: place, points, number }) => ({
    operation: adjustPoints,
    params: { id: member(place), adjustmentId: `a-${number}:${points}` },
    body: { points, reason: 'a law' },
  }),
  isOnce: true,
  steps: {
    adjust: ({ fact: { adjustmentId: id }, bookedAt: arrivedAt }) => [
      { kind: 'adjust', id, points: Number(id.split(':')[1]), arrivedAt },
    ],
  },
})

const grant = define({
  weight: 2,
  plan: fc.record({ who, tier: fc.constantFrom('silver', 'gold'), days: fc.integer({ min: 1, max: 200 }) }),
  call: ({ who: place, tier, days, number, occurredAt }) => ({
    operation: grantTier,
    params: { id: member(place), grantId: `g-${number}` },
    body: { tier, until: new Date(Date.parse(occurredAt) + days * dayMs).toISOString(), reason: 'a law' },
  }),
  isOnce: true,
  steps: {
    grant: ({ fact: { grantId: id }, effect, bookedAt: arrivedAt }) => [
      { kind: 'grant', id, tier: effect.granted!.tier, until: effect.granted!.until, arrivedAt },
    ],
  },
})

const endGrant = define({
  weight: 2,
  plan: fc.record({ given: fc.nat(10) }),
  call: ({ given, other }) => {
    const one = other(grant, given)
    return one && { operation: endTierGrant, params: { id: member(one.who), grantId: `g-${one.number}` } }
  },
  steps: { 'end-grant': ({ fact: { grantId: id }, bookedAt: arrivedAt }) => [{ kind: 'end grant', id, arrivedAt }] },
})

const happen = define({
  weight: 4,
  plan: fc.record({ who, lateMs, type: fc.constantFrom('training', 'fair'), store: fc.constantFrom(undefined, ...stores) }),
  call: ({ who: place, type, store, number, occurredAt }) => ({
    operation: recordEvent,
    params: { eventId: `e-${number}` },
    body: { member: { id: member(place) }, type, occurredAt, ...(store && { storeId: store }) },
  }),
  isOnce: true,
  steps: {
    bonus: ({ at, bookedAt: arrivedAt, fact }, whose) => [
      {
        ...{ kind: 'bonus', id: fact.id, trigger: fact.trigger, at, arrivedAt, member: whose, rooms: roomsOf(fact.awards) },
        ...{ storeId: fact.event?.storeId, purchaseId: fact.purchaseId },
        isReferrer: fact.trigger === 'referral' && fact.purchaseId === undefined,
      },
    ],
  },
})

const undo = define({
  weight: 2,
  plan: fc.record({ event: fc.nat(12) }),
  call: ({ event, other }) => {
    const happened = other(happen, event)
    return happened && { operation: undoEvent, params: { eventId: `e-${happened.number}` } }
  },
  steps: {
    'bonus-undone': ({ at, bookedAt: arrivedAt, fact }) => [
      { kind: 'undone', id: fact.id, campaigns: fact.awards.map(({ source }) => source), at, arrivedAt },
    ],
    'bonus-restored': ({ at, bookedAt: arrivedAt, fact }) => [
      { kind: 'given again', id: fact.id, campaigns: fact.awards.map(({ source }) => source), at, arrivedAt },
    ],
  },
})

const tag = define({
  weight: 2,
  plan: fc.record({ who, segments: fc.subarray(['staff', 'students']) }),
  call: ({ who: place, segments }) => ({ operation: setSegments, params: { id: member(place) }, body: { segments } }),
  steps: { segments: ({ at, bookedAt: arrivedAt, effect }) => [{ kind: 'tags', tags: effect.segments!, at, arrivedAt }] },
})

const close = define({
  weight: 1,
  plan: fc.record({ who, status: fc.constantFrom('closed' as const, 'active' as const, 'active' as const) }),
  call: ({ who: place, status }) => ({ operation: changeMember, params: { memberId: member(place) }, body: { status } }),
})

export const operations = {
  enrol,
  buy,
  attach,
  bring,
  redeem,
  capture,
  release,
  reverse,
  ...claimDeeds,
  ...giftDeeds,
  ...serviceDeeds,
  ...voucherDeeds,
  adjust,
  grant,
  'end grant': endGrant,
  ...clubDeeds,
  ...eventDeeds,
  happen,
  undo,
  tag,
  close,
} as const

export type DeedName = keyof typeof operations
export type PlanOf<Name extends DeedName> = (typeof operations)[Name] extends Operation<infer Plan> ? Plan : never

/** One thing that a history means to do. */
export type Deed = { readonly [Name in DeedName]: { readonly do: Name; readonly plan: PlanOf<Name> } }[DeedName]

export const deeds: fc.Arbitrary<Deed> = fc.oneof(
  ...Object.entries(operations).map(([name, { weight, plan }]) => ({
    weight,
    arbitrary: (plan as fc.Arbitrary<unknown>).map((planned) => ({ do: name, plan: planned }) as Deed),
  })),
)

/** What leads to one another, seldom met with by chance: one member's, each about what was sent last. */
const plots: readonly (readonly (DeedName | readonly [DeedName, object])[])[] = [
  ['buy', ['claim', { guaranteeId: 'capped' }], ['decide claim', { decision: 'approve' }], 'receive goods', 'settle claim'],
  ['buy', ['claim', { guaranteeId: 'capped' }], ['decide claim', { decision: 'approve' }], 'receive goods', 'undo claim'],
  ['buy', 'adjust', 'claim', 'decide claim', 'undo claim', 'bring'],
  ['buy', ['claim', { byStore: false }], 'withdraw claim', ['claim', { byStore: false }], 'tag', 'bring', 'withdraw claim'],
  ['buy', 'redeem', 'buy', 'claim', 'decide claim', 'undo claim'],
  ['buy', 'claim', ['decide claim', { decision: 'decline' }], 'claim', 'bring'],
  ...claimPlots,
  ...rewardPlots,
  ['buy', 'give', 'take gift back'],
  [['buy', { isUnnamed: true, lateMs: 0 }], ['attach', { isWrong: false }], 'bring'],
  [
    ['buy', { isUnnamed: true, lateMs: 0 }],
    ...(['bring', ['attach', { byStaff: true }], ['attach', { byStaff: false, isWrong: false }], 'claim', 'bring'] as const),
  ],
  [
    ['buy', { isUnnamed: false, lateMs: 0, store: 'leeds', lines: [{ sku: 's-9', quantity: 1, amount: 2_500 }] }],
    ...[-400, -30, -30, -30, -5, -5, -5].map((points) => ['adjust', { points }] as const),
    ['bring', { tenths: [10, 10, 10] }],
  ],
  [
    ['buy', { isUnnamed: false, lateMs: 0, lines: [{ sku: 's-9', quantity: 2, amount: 1_900 }] }],
    ...[-30, -400, -30, -30, -5, -5, -5].map((points) => ['adjust', { points }] as const),
    ...([['claim', { guaranteeId: 'at-once' }], ['decide claim', { decision: 'approve' }], 'bring'] as const),
  ],
  [['join', { club: 'walkers' }], 'invite', 'join by invitation', ['pay', { lateMs: 0 }]],
  ['invite', ['grant', { days: 90 }], 'join by invitation', ['pay', { lateMs: 0 }]],
  ['join', 'leave', 'join', 'leave'],
  [['join', { club: 'walkers' }], ['announce', { club: 'walkers', startsInHours: 0 }], 'accept', ['check in', { lateMs: 0 }]],
  [
    ...[0, 1, 2].map((place) => ['join', { who: place, club: 'walkers' }] as const),
    ['announce', { club: 'walkers', startsInHours: 5, days: 200, capacity: 1 }],
    ...[0, 1, 2].map((place) => ['accept', { who: place }] as const),
    ...([
      ['decline', { who: 0 }],
      ['check in', { who: 2 }],
      ['check in', { who: 1 }],
    ] as const),
  ],
  ['invite', 'join by invitation', 'buy', 'leave', 'join by invitation'],
  ['buy', 'buy', 'pay', 'buy', 'leave', 'join', 'pay'],
  ['complain', 'resolve complaint', 'rate complaint', 'reopen complaint', 'resolve complaint'],
  ['buy', 'rate purchase', 'bring'],
  ['grant', 'buy', 'end grant', ['close', { status: 'closed' }], ['close', { status: 'active' }]],
  ['buy', 'adjust', 'give', 'bring', 'take gift back'],
  ['buy', 'redeem', 'capture', 'buy', 'bring', 'reverse'],
  ['buy', ['redeem', { reward: 'leaflet', mode: 'reserve' }], 'release', 'buy', 'redeem', 'bring', 'bring'],
  [
    ...([
      ['buy', { store: 'leeds', lateMs: 0 }],
      ['issue voucher', { series: 'flyer' }],
    ] as const),
    ...([['lock voucher', { from: 'issue', store: 'leeds', isTheirs: true }], 'use voucher'] as const),
    ...([['bring', { tenths: [10, 10, 10] }], 'give voucher back', ['lock voucher', { from: 'issue' }]] as const),
  ],
  [
    ...([
      ['buy', { store: 'york', lateMs: 0 }],
      ['redeem', { reward: 'leaflet', mode: 'capture' }],
    ] as const),
    ...([['lock voucher', { from: 'redeem', store: 'york', isTheirs: true }], 'use voucher'] as const),
    ...([['bring', { tenths: [10, 10, 10] }], 'give voucher back', 'reverse'] as const),
  ],
  [
    ...(['upload', 'buy', ['redeem', { reward: 'ticket', mode: 'capture' }]] as const),
    ...([['lock voucher', { from: 'redeem' }], 'use voucher', 'reverse'] as const),
  ],
  [
    ...(['upload', 'buy', ['redeem', { reward: 'ticket', mode: 'reserve' }], 'capture'] as const),
    ...([['lock voucher', { from: 'capture' }], 'release voucher', 'reverse'] as const),
  ],
]

export const stories: fc.Arbitrary<readonly Deed[]> = fc
  .tuple(fc.nat(people.length - 2), fc.constantFrom(...plots))
  .chain(([place, plot]) =>
    fc.tuple(...plot.map((part) => (typeof part === 'string' ? plannedFor(place, part, {}) : plannedFor(place, ...part)))),
  )

const plannedFor = (place: number, name: DeedName, told: object): fc.Arbitrary<Deed> =>
  (operations[name].plan as fc.Arbitrary<object>).map((planned) => {
    const fixed = { who: place, which: 0, sale: 0, paid: 0, given: 0 }
    const own = Object.entries(fixed).filter(([field]) => field in planned)
    return { do: name, plan: { ...planned, ...Object.fromEntries(own), ...told } } as unknown as Deed
  })

/** What the model is told of an entry: nothing of what time books but who belongs to clubs. */
export function factsOfEntry(entry: StoredEntry, whose: string): readonly NaiveFact[] {
  for (const { steps } of Object.values(operations) as Operation<unknown>[]) {
    const step = steps?.[entry.fact.kind] as ((entry: StoredEntry, whose: string) => readonly NaiveFact[]) | undefined
    if (step) return step(entry, whose)
  }
  return []
}
