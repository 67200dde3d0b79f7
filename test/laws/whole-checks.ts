import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { MemberId } from '../../functions/domain/units.ts'
import { verify } from '../../functions/local/verify.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { entryOf, type StoredEntry } from '../../functions/store/entry-item.ts'
import { headOf } from '../../functions/store/head-item.ts'
import { receiptOf } from '../../functions/store/receipt-item.ts'
import { capPrefix, entryPosition, entryPrefix, memberPartition, stockOf, table } from '../../functions/store/table.ts'
import { dateOf, monthsAfter, startOf } from '../model/naive-dates.ts'
import type { NaiveState } from '../model/naive-facts.ts'
import { recomputeTimed } from '../model/naive-model.ts'
import { type Operation, people } from './operation.ts'
import { factsOfEntry, operations } from './operations.ts'
import type { isPot, Trace } from './trace.ts'
import { partsOfGift } from './whole-gifts.ts'
import type { Whole } from './whole-history.ts'
import { asSaid } from './whole-rewards.ts'
import { areTimesAsTheModelSays } from './whole-time.ts'
import { memberShard, programmeId } from './world.ts'

/** A member's entries, by the commit in which they were booked. */
export interface MemberEntries {
  readonly member: string
  readonly bookings: readonly (readonly StoredEntry[])[]
}

export function entriesOf({ items }: Trace, member: string): MemberEntries {
  const pk = memberPartition(programmeId, member as MemberId)
  const own = [...items.values()].filter((item) => item.pk === pk && item.sk.startsWith(entryPrefix))
  const byVersion = Map.groupBy(
    own.toSorted((a, b) => (a.sk < b.sk ? -1 : 1)),
    ({ sk }) => entryPosition(sk).version,
  )
  return { member, bookings: [...byVersion.values()].map((booked) => booked.map(entryOf)) }
}

/** Entries as a person reads them, where something is wrong with them. */
const told = (bookings: MemberEntries['bookings']): string =>
  bookings
    .map((booking) =>
      booking
        .map(({ at, bookedAt, fact, effect }) => {
          const moved = effect.moved ? `${effect.moved.from} ${effect.moved.direction} ${effect.tier?.id}` : ''
          const name = 'id' in fact ? fact.id : 'clubId' in fact ? fact.clubId : 'purchaseId' in fact ? fact.purchaseId : ''
          return [new Date(at).toISOString(), new Date(bookedAt).toISOString(), fact.kind, name, moved].join(' ')
        })
        .join('\n'),
    )
    .join('\n\n')

/** One sweep books all that time has brought about, the next finds nothing, and the program's own check finds nothing wrong. */
export async function comesToRest({ world }: Whole): Promise<void> {
  const { timeline, trace } = world
  const { runtime } = world.start()
  strictEqual((await timeline.run(settleMembers(runtime, [memberShard]))).failed, 0)
  deepStrictEqual(
    trace.dues().filter((due) => due <= timeline.now),
    [],
    'the sweep left somebody out',
  )
  deepStrictEqual(await timeline.run(settleMembers(runtime, [memberShard])), { settled: 0, idle: 0, failed: 0 })
  const differences: unknown[] = []
  await timeline.run(verify(runtime, undefined, (difference) => differences.push(difference)))
  deepStrictEqual(differences, [])
}

/** What members have is what the model makes of what happened. */
export function areAsTheModelSays({ world, naive }: Whole): ReadonlyMap<string, NaiveState> {
  const { trace, timeline } = world
  const states = new Map<string, NaiveState>()
  for (const member of people) {
    const { bookings } = entriesOf(trace, member)
    const [first] = bookings
    if (!first) continue
    const facts = bookings
      .flat()
      .flatMap((entry) => factsOfEntry(entry, member))
      .map((fact) => (fact.kind === 'gift' ? { ...fact, parts: partsOfGift(trace, fact) } : fact))
      .map((fact) => (fact.kind === 'spend' || fact.kind === 'hold' ? asSaid(trace, fact) : fact))
    const { state, times } = recomputeTimed(naive, facts, timeline.now, first[0]!.at)
    states.set(member, state)
    for (const { fact } of bookings.flat()) {
      if (fact.kind === 'earn') isSoldAsTheModelSays(trace, state, fact.purchaseId, sum(fact.awards))
      if (fact.kind === 'bonus') {
        const given = fact.awards.filter(({ points, gift }) => points > 0 || gift).map(({ source, points }) => [source, points])
        const expected = state.bonuses.get(fact.id)!.map(({ campaign, points }) => [campaign, points])
        deepStrictEqual(given, expected, `bonus ${fact.id}`)
      }
    }
    isAsTheModelSays(trace, member, state)
    areTimesAsTheModelSays(trace, member, state, times)
  }
  return states
}

const sum = (awards: readonly { readonly points: number }[]) => awards.reduce((total, { points }) => total + points, 0)

function isSoldAsTheModelSays({ items }: Trace, state: NaiveState, purchaseId: string, earned: number): void {
  const { pk, sk } = table.receipt(programmeId, purchaseId)
  const receipt = receiptOf(items.get(`${pk} ${sk}`)!)
  ok(receipt.state === 'sold')
  const model = state.purchases.get(purchaseId)!
  deepStrictEqual({ earned, kept: receipt.points }, { earned: model.earned, kept: model.kept }, `points of ${purchaseId}`)
}

function isAsTheModelSays({ items }: Trace, member: string, state: NaiveState): void {
  const { pk, sk } = table.head(programmeId, member as MemberId)
  const head = headOf(items.get(`${pk} ${sk}`)!)
  const held = (isPending: boolean) => sum(head.buckets.filter(({ spendableAt }) => (spendableAt !== null) === isPending))
  const { reserved, totals } = head
  deepStrictEqual(
    {
      ...{ available: held(false), pending: held(true), reserved, debt: head.debt, totals, tier: head.tier.id },
      gifts: new Map(head.gifts.map(({ kind, id, count }) => [`${kind} ${id}`, count])),
    },
    {
      ...{
        available: state.balance.available,
        pending: state.balance.pending,
        reserved: state.reserved,
        debt: state.balance.debt,
      },
      ...{ totals: state.totals, tier: state.tier, gifts: state.gifts },
    },
    member,
  )
  const { issued, adjusted, redeemed, expired, clawedBack } = totals
  const gone = redeemed + expired + clawedBack - head.debt
  strictEqual(issued + adjusted, held(false) + held(true) + reserved + gone, `points of ${member}`)
}

/** No pot was ever overdrawn, and no counter is above all caps that there were. */
export function areWithinLimits({ world: { trace }, documents }: Whole): void {
  deepStrictEqual(trace.overdrawn.filter(isOverdrawn), [], 'a budget was overdrawn')
  const all = documents.flatMap(({ campaigns = [] }) => campaigns)
  for (const { sk, t, p } of [...trace.items.values()].filter((item) => item.sk.startsWith(capPrefix))) {
    const [, id, window] = sk.split('#')
    // Those of rewards are counted by their redemptions.
    if (sk.startsWith(`${capPrefix}${stockOf('')}`)) continue
    const caps = all.filter((one) => one.id === id).map(({ limits }) => limits?.perMember?.filter((cap) => cap.window === window))
    const most = (of: 'times' | 'points') =>
      Math.max(...caps.map((some) => Math.min(...(some ?? []).map((cap) => cap[of] ?? Number.POSITIVE_INFINITY))))
    ok(Number(t) <= most('times') && Number(p) <= most('points'), `a member has more of ${id} than any cap`)
  }
}

/** A smaller budget than what is spent leaves less than nothing, until as much comes back: then nothing is taken. */
const isOverdrawn = (item: Parameters<typeof isPot>[0]): boolean => item.b === undefined

/** Bonuses that follow from what happened are given once, and those that were due are given. */
export function areGivenOnce({ world: { trace, timeline }, timezone }: Whole): number {
  const given = new Set<string>()
  const undone = new Set<string>()
  for (const member of people) {
    const { bookings } = entriesOf(trace, member)
    const isAlwaysOpen = bookings.flat().every(({ fact }) => fact.kind !== 'close')
    const own = new Set<string>()
    for (const { fact } of bookings.flat()) {
      if (fact.kind === 'bonus') {
        ok(!given.has(fact.id), `${fact.id} is given twice`)
        given.add(fact.id)
        own.add(fact.id)
      } else if (fact.kind === 'bonus-undone') {
        // Of a referral with several campaigns some may be taken back now, others later.
        for (const { source } of fact.awards) {
          ok(!undone.has(`${fact.id} ${source}`), `${source} of ${fact.id} is taken back twice`)
          undone.add(`${fact.id} ${source}`)
        }
      } else if (fact.kind === 'bonus-restored') {
        for (const { source } of fact.awards)
          ok(undone.delete(`${fact.id} ${source}`), `${source} of ${fact.id} is given again, and was not taken back`)
      }
    }
    if (bookings.length === 0) continue
    ok(own.has(`AUTO#enrolment#${member}`), `${member} was welcomed`)
    const followed = [...own].filter((id) => id.startsWith('AUTO#clubJoined ') || id.startsWith('AUTO#tierReached '))
    const { must, may } = setOff(timezone, member, bookings)
    for (const id of followed) ok(may.has(id), `${id} is given, and nothing set it off:\n${told(bookings)}`)
    if (isAlwaysOpen) for (const id of must) ok(own.has(id), `${id} is not given:\n${told(bookings)}`)
    if (isAlwaysOpen) areOccasionsGiven(own, member, bookings[0]![0]!.at, { timezone, now: timeline.now })
  }
  return given.size
}

const byTime: ReadonlySet<string> = new Set<StoredEntry['fact']['kind']>([
  ...([
    'mature',
    'lapse',
    'claim-overdue',
    'claim-lapsed',
    'complaint-overdue',
    'survey-asked',
    'expire',
    'tier',
    'tier-lapsing',
    'recount',
    'club-lapsed',
    'club-grace',
    'club-joined',
  ] as const),
])
const levels = ['bronze', 'silver', 'gold']

/**
 * What clubs that a member came into, and tiers that they came up to, set off, as their entries have it. All that time brought must
 * be given, and of the rest what outlasts its booking: what a return that waited took away again may be, and none is anything else.
 */
function setOff(timezone: string, member: string, bookings: MemberEntries['bookings']) {
  const [must, may] = [new Set<string>(), new Set<string>()]
  let tier = 'bronze'
  for (const booking of bookings) {
    let before = tier
    const moved = new Map<string, string>()
    const joined = new Map<string, string>()
    for (const [place, { at, bookedAt, fact, effect }] of booking.entries()) {
      const isByTime = byTime.has(fact.kind)
      if (fact.kind === 'club-joined') joined.set(fact.clubId, `AUTO#clubJoined ${fact.clubId}#${member}`)
      tier = effect.tier?.id ?? tier
      if (effect.moved) {
        const id = `AUTO#tierReached ${tier}#${member}#${dateOf(timezone, isByTime ? at : bookedAt).year}`
        // Brought up to gold, and back down to silver by a return that waited, they have come up to silver.
        moved.set(tier, id)
        if (isByTime && effect.moved.direction === 'up') must.add(id)
      }
      for (const id of [...joined.values(), ...moved.values()]) may.add(id)
      if (effect.club?.membership === null) joined.delete(effect.club.id)
      if (booking.slice(0, place + 1).every((entry) => byTime.has(entry.fact.kind))) before = tier
    }
    for (const id of joined.values()) must.add(id)
    if (levels.indexOf(tier) > levels.indexOf(before)) must.add(moved.get(tier)!)
  }
  return { must, may }
}

function areOccasionsGiven(
  own: ReadonlySet<string>,
  member: string,
  enrolledAt: number,
  { timezone, now }: { readonly timezone: string; readonly now: number },
): void {
  const joined = dateOf(timezone, enrolledAt)
  for (let years = 1; joined.year + years <= dateOf(timezone, now).year; years += 1) {
    const id = `AUTO#anniversary#${member}#${joined.year + years}`
    strictEqual(own.has(id), startOf(timezone, monthsAfter(joined, 12 * years)) <= now, id)
  }
}

/** Whatever was acknowledged is so for ever: sent again it is a replay, and nothing changes. */
export async function isReplayed({ world, done }: Whole): Promise<void> {
  const process = world.start()
  const { commits } = world.trace
  for (const { name, call, answer } of done) {
    const { isOnce } = operations[name] as Operation<unknown>
    if (!isOnce || answer.status >= 300) continue
    const again = await world.timeline.run(process.send(call))
    const what = `${JSON.stringify(call.body)} again: ${JSON.stringify(again.body)}`
    deepStrictEqual([again.status, again.headers['Idempotency-Replayed']], [200, 'true'], what)
    strictEqual(world.trace.commits, commits, `a replay changes something: ${what}`)
  }
}

/** What both sides of a referral have is given, and taken back, together. */
export function areReferralsWhole({ world: { trace } }: Whole): void {
  for (const [place, friend] of people.entries()) {
    if (place === 0) continue
    const by = people[place - 1]!
    const kept = (member: string, id: string) => {
      const facts = entriesOf(trace, member)
        .bookings.flat()
        .map(({ fact }) => fact)
      const given = facts.flatMap((fact) => (fact.kind === 'bonus' && fact.id === id ? fact.awards : []))
      const times = (kind: 'bonus-undone' | 'bonus-restored', source: string) =>
        facts.filter((fact) => fact.kind === kind && fact.id === id && fact.awards.some((award) => award.source === source))
          .length
      return given
        .map(({ source }) => source)
        .filter((source) => times('bonus-undone', source) === times('bonus-restored', source))
    }
    const ofFriend = kept(friend, `AUTO#referral#${friend}`)
    const ofOther = kept(by, `AUTO#referral#${by}#${friend}`)
    if (
      !entriesOf(trace, by)
        .bookings.flat()
        .some(({ fact }) => fact.kind === 'close')
    )
      deepStrictEqual(ofFriend, ofOther)
    else ok(ofOther.every((source) => ofFriend.includes(source)))
  }
}
