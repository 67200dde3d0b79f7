import fc from 'fast-check'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { joinClubFor, leaveClubFor, payForClub } from '../../functions/contract/clubs.ts'
import { recordEvent, undoEvent } from '../../functions/contract/events.ts'
import { changeMember, enrolMember } from '../../functions/contract/members.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { setSegments } from '../../functions/contract/segments.ts'
import { endTierGrant, grantTier } from '../../functions/contract/tier-grants.ts'
import type { Fact } from '../../functions/domain/entry.ts'
import type { StoredEntry } from '../../functions/store/entry-item.ts'
import type { NaiveFact } from '../model/naive-facts.ts'
import { roomsOf } from './ledger.ts'
import { dayMs } from './plans.ts'
import { clubFee } from './whole-programme.ts'
import { type Call, idsOnShard } from './world.ts'

/**
 * All that is done in a history of a whole programme: one list, in which each operation says how it is planned, what it sends, and
 * what the model is told of the entries that come of it.
 */

const ids = idsOnShard('m')
/** Each recommended the next; the last enrols on the way. */
export const people: readonly string[] = Array.from({ length: 4 }, () => ids.next().value)
export const birthdays: readonly string[] = ['1990-11-01', '2004-02-29', '1990-10-30', '1988-03-31']
const stores = ['leeds', 'york', 'elsewhere']

/** What a history means to do, all of it numbered: a return names its sale so, whichever is done first. */
export interface Numbered {
  /** Its place among the deeds of its kind. */
  readonly number: number
  /** When it is said to have happened; the same however often it is sent. */
  readonly occurredAt: string
  /** The deed of another kind that it is about, by a number that may be too large. */
  other<Plan>(operation: Operation<Plan>, number: number): (Plan & Numbered) | undefined
}

export interface Operation<Plan> {
  /** How often, compared with others. */
  readonly weight: number
  readonly plan: fc.Arbitrary<Plan>
  /** Undefined: there is nothing that it could be about. */
  readonly call: (plan: Plan & Numbered) => Call | undefined
  /** Sent again once it is done, it is a replay and changes nothing. */
  readonly isOnce?: boolean
  /** By kind of entry, what the model is told. */
  readonly steps?: { readonly [Kind in Fact['kind']]?: (entry: EntryOf<Kind>, member: string) => readonly NaiveFact[] }
}

type EntryOf<Kind> = Omit<StoredEntry, 'fact'> & { readonly fact: Extract<Fact, { kind: Kind }> }

const define = <Plan>(operation: Operation<Plan>): Operation<Plan> => operation

const who = fc.nat(people.length - 1)
const lateMs = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 400 * 24 }).map((hours) => hours * 3_600_000) },
)
const line = fc.record({
  sku: fc.constantFrom('s-1', 's-2', 's-3', 's-9'),
  quantity: fc.integer({ min: 1, max: 6 }),
  amount: fc.oneof(fc.integer({ min: 0, max: 9_000 }), fc.constant(30_000)),
  categories: fc.option(fc.subarray(['candles', 'tea', 'cups']), { nil: undefined }),
  excluded: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
})

const member = (place: number) => people[place]!
const noted = ({ effect, at, bookedAt }: StoredEntry): NaiveFact[] =>
  effect.club ? [{ kind: 'club', club: effect.club.id, isIn: effect.club.membership !== null, at, arrivedAt: bookedAt }] : []

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

const buy = define({
  weight: 12,
  plan: fc.record({
    who,
    lateMs,
    store: fc.constantFrom(...stores),
    lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    tender: fc.constantFrom(undefined, 'cash', 'gift-card'),
  }),
  call: ({ who: place, store, lines, tender, number, occurredAt }) => ({
    operation: recordPurchase,
    params: { purchaseId: `${store}:${number}` },
    body: {
      ...{ member: { id: member(place) }, storeId: store, currency: 'GBP', occurredAt },
      lines: lines.map((one, index) => ({ lineId: String(index + 1), ...one })),
      ...(tender && { tenders: [{ type: tender, amount: 1 }] }),
    },
  }),
  isOnce: true,
  steps: {
    earn: ({ fact, bookedAt }, whose) => [
      {
        ...{ kind: 'purchase', id: fact.purchaseId, occurredAt: fact.occurredAt, arrivedAt: bookedAt, lines: fact.lines },
        ...{ ...fact.details, member: whose, birthday: birthdays[people.indexOf(whose)], rooms: roomsOf(fact.awards) },
      },
    ],
  },
})

const bring = define({
  weight: 7,
  plan: fc.record({ sale: fc.nat(30), tenths: fc.array(fc.constantFrom(0, 3, 5, 10, 10), { minLength: 3, maxLength: 3 }) }),
  call: ({ sale, tenths, number, occurredAt, other }) => {
    const sold = other(buy, sale)
    if (!sold) return undefined
    const lines = sold.lines.flatMap(({ quantity, amount }, index) => {
      const part = tenths[index]!
      const back = { quantity: Math.ceil((quantity * part) / 10), amount: Math.floor((amount * part) / 10) }
      return part === 0 ? [] : [{ lineId: String(index + 1), ...back }]
    })
    const params = { purchaseId: `${sold.store}:${sold.number}`, returnId: `r-${number}` }
    return lines.length === 0 ? undefined : { operation: recordReturn, params, body: { occurredAt, lines } }
  },
  isOnce: true,
  steps: {
    return: ({ fact: { purchaseId, returnId: id, occurredAt, lines }, bookedAt: arrivedAt }) => [
      { kind: 'return', purchaseId, id, occurredAt, arrivedAt, lines },
    ],
  },
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

const join = define({
  weight: 3,
  plan: fc.record({ who, club: fc.constantFrom('walkers', 'readers', 'best') }),
  call: ({ who: place, club: clubId }) => {
    return { operation: joinClubFor, params: { memberId: member(place), clubId }, body: {} }
  },
  steps: { 'club-joined': noted },
})

const leave = define({
  weight: 2,
  plan: fc.record({ who, club: fc.constantFrom('walkers', 'readers', 'best', 'lounge') }),
  call: ({ who: place, club: clubId }) => ({ operation: leaveClubFor, params: { memberId: member(place), clubId } }),
  steps: { 'club-left': noted, 'club-lapsed': noted, 'club-grace': noted },
})

const pay = define({
  weight: 5,
  plan: fc.record({ who }),
  call: ({ who: place, number, occurredAt }) => ({
    operation: payForClub,
    params: { memberId: member(place), clubId: 'lounge', paymentId: `p-${number}` },
    body: { occurredAt, amount: clubFee, currency: 'GBP' },
  }),
  isOnce: true,
  steps: { 'club-renewed': noted },
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
  bring,
  adjust,
  grant,
  'end grant': endGrant,
  join,
  leave,
  pay,
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

/** What the model is told of an entry: nothing of what time books but who belongs to clubs. */
export function factsOfEntry(entry: StoredEntry, whose: string): readonly NaiveFact[] {
  for (const { steps } of Object.values(operations) as Operation<unknown>[]) {
    const step = steps?.[entry.fact.kind] as ((entry: StoredEntry, whose: string) => readonly NaiveFact[]) | undefined
    if (step) return step(entry, whose)
  }
  return []
}
