import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { explainPurchase, readActivity, readBalance } from '../../functions/contract/me.ts'
import { readPurchase } from '../../functions/contract/purchases.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import { sweepShard } from '../../functions/handlers/sweep.ts'
import { verify } from '../../functions/local/verify.ts'
import { lookupKey } from '../../functions/store/lookups.ts'
import { profileOf } from '../../functions/store/profile-item.ts'
import type { Item } from '../../functions/store/store.ts'
import { capPrefix } from '../../functions/store/table.ts'
import type { NaiveState } from '../model/naive-facts.ts'
import type { Happened, Programme } from './history.ts'
import { isDone, Judge } from './judge.ts'
import { Ledger, type MemberLedger } from './ledger.ts'
import type { Request } from './requests.ts'
import { isAsOneAfterAnother } from './serial.ts'
import { isSamePurchase, type Told } from './told.ts'
import { isPot, type Trace } from './trace.ts'
import { type Call, lookupSecret, memberShard, type Process, programmeId } from './world.ts'

interface Balance {
  readonly available: number
  readonly pending: number
  readonly debt: number
  readonly expiring: readonly { readonly points: number; readonly expiresAt: string | null }[]
}

/** All that must hold once everything has come to rest. Throws where it does not. */
export async function examine(happened: Happened, programme: Programme): Promise<void> {
  const { world, clients, naive } = happened
  const { trace, timeline } = world
  // Some tills come back with what nobody answered, others never do.
  if (world.random() < 0.5) await resend(happened)
  await trace.compare()
  const ledger = new Ledger(trace, clients.sent, naive)
  new Judge(clients.sent, ledger, trace, programme.first.points.autoEnrol).judge()
  isFoundByCard(trace)
  isAwaited(trace, ledger)
  if (!programme.later) isWithinLimits(trace, ledger, programme.first.campaigns ?? [], timeline.now)
  const process = world.start()
  const isSweptFirst = world.random() < 0.5
  // Settled on the way or by a sweep, it comes to the same.
  await timeline.run(isReadAsTheModelSays(process, ledger, timeline.now))
  if (!isSweptFirst) await timeline.run(isVerified(process, ledger, timeline.now))
  await timeline.run(isSwept(process, happened))
  await timeline.run(isReadAsTheModelSays(process, ledger, timeline.now))
  if (isSweptFirst) await timeline.run(isVerified(process, ledger, timeline.now))
  await timeline.run(isReplayed(process, happened))
  await isAsOneAfterAnother(happened, ledger, programme)
}

/** A card leads to the member whose profile has it, and to nobody once it is replaced. */
function isFoundByCard({ items, lookups }: Trace): void {
  const profiles = [...items.values()].filter(({ sk }) => sk === 'PROFILE').map(profileOf)
  const owned = profiles.flatMap(({ memberId, data: { card } }) =>
    card === undefined ? [] : [[lookupKey(lookupSecret, programmeId, 'card', card).pk, memberId]],
  )
  const found = [...lookups].flatMap(([pk, states]) => {
    const lookup = states.at(-1)?.state
    return lookup && lookup.replacedAt === undefined ? [[pk, lookup.memberId]] : []
  })
  deepStrictEqual(new Map(found as [string, string][]), new Map(owned as [string, string][]), 'cards and profiles differ')
  strictEqual(found.length, owned.length, 'a card has two owners')
}

/** The sales that returns wait for, and those without a member, are listed, and no others. */
function isAwaited({ items }: Trace, { receipts }: Ledger): void {
  const listed = [...items.values()].flatMap(({ pk, sk }) => (pk.startsWith(`P#${programmeId}#AWAITED#`) ? [sk] : []))
  const awaited = [...receipts.values()].flatMap(({ state, purchaseId }) => (state === 'sold' ? [] : [purchaseId]))
  deepStrictEqual(new Set(listed), new Set(awaited))
}

/**
 * No part of a budget was ever overdrawn; what is left of one is what nobody holds; and no member has more of a campaign in
 * any window than their cap.
 */
function isWithinLimits({ items, overdrawn }: Trace, ledger: Ledger, campaigns: readonly Campaign[], now: number): void {
  deepStrictEqual(overdrawn, [], 'a budget was overdrawn')
  const states = [...ledger.members.values()].map((each) => each.stateAt(each.bookings.length, now))
  for (const { id, limits } of campaigns) {
    const held = states.reduce((sum, state) => sum + (state.held.get(id) ?? 0), 0)
    const pots = [...items.values()].filter((item) => isPot(item) && item.pk.split('#')[3] === id)
    const leftIn = (some: readonly Item[]) => some.reduce((sum, { l }) => sum + Number(l), 0)
    const [parts, stores] = [pots.filter(({ sk }) => sk === 'BUDGET'), pots.filter(({ sk }) => sk !== 'BUDGET')]
    if (limits?.budget !== undefined && parts.length > 0) strictEqual(leftIn(parts) + held, limits.budget, `the budget of ${id}`)
    // All histories sell at one store.
    if (limits?.perStore !== undefined && stores.length > 0) strictEqual(leftIn(stores) + held, limits.perStore, `${id} at leeds`)
    for (const { window, times = Number.POSITIVE_INFINITY, points = Number.POSITIVE_INFINITY } of limits?.perMember ?? []) {
      const counters = [...items.values()].filter(({ sk }) => sk.startsWith(`${capPrefix}${id}#${window}#`))
      for (const { t, p } of counters) ok(Number(t) <= times && Number(p) <= points, `a member has more of ${id} than their cap`)
    }
  }
}

async function resend({ world, clients }: Happened): Promise<void> {
  const answered = new Set(clients.sent.flatMap(({ request, answer }) => (answer ? [request] : [])))
  const unanswered = new Set(clients.sent.flatMap(({ request }) => (answered.has(request) ? [] : [request])))
  for (const request of unanswered) ok(await world.timeline.run(clients.insist(request, 1)), 'without faults all is answered')
}

/** What members and tills read is what the model says of the facts. */
async function isReadAsTheModelSays(process: Process, ledger: Ledger, now: number): Promise<void> {
  const isRead = async (of: MemberLedger) => {
    const state = of.stateAt(of.bookings.length, now)
    const { available, pending, debt, expiring } = await balanceOf(process, of.member)
    deepStrictEqual({ available, pending, debt, expiring }, state.balance)
    strictEqual(await activityOf(process, of.member), available + pending - debt, 'the activity sums up to the balance')
    await Promise.all([...state.purchases.keys()].map((purchaseId) => isReadPurchase(process, of.member, purchaseId, state)))
    const adjustments = new Set(state.adjustments.values())
    ok(!adjustments.has('refused'), 'an adjustment is booked for which there were no points')
  }
  await Promise.all([...ledger.members.values()].map(isRead))
}

async function isReadPurchase(process: Process, member: string, purchaseId: string, state: NaiveState): Promise<void> {
  const told = await read(process, { operation: readPurchase, params: { purchaseId } })
  ok(isSamePurchase(state, purchaseId, told as never), `${purchaseId} is read as ${JSON.stringify(told)}`)
  deepStrictEqual(await read(process, { operation: explainPurchase, params: { id: purchaseId }, member }), told)
}

/** A member's balance, its instants as numbers. */
async function balanceOf(process: Process, member: string) {
  const balance = (await read(process, { operation: readBalance, member })) as Balance
  const expiring = balance.expiring.map(({ points, expiresAt }) => ({ points, expiresAt: expiresAt && Date.parse(expiresAt) }))
  return { ...balance, expiring }
}

/** The sum of a member's activity, read a few at a time. */
async function activityOf(process: Process, member: string): Promise<number> {
  let points = 0
  let cursor: string | null = null
  do {
    const query: { [name: string]: string } = { limit: '7', ...(cursor !== null && { cursor }) }
    const page = (await read(process, { operation: readActivity, query, member })) as {
      items: { points: number }[]
      nextCursor: string | null
    }
    points += page.items.reduce((sum, item) => sum + item.points, 0)
    cursor = page.nextCursor
  } while (cursor !== null)
  return points
}

async function read(process: Process, call: Call): Promise<unknown> {
  const { status, body } = await process.send(call)
  strictEqual(status, 200, `${call.operation.name}: ${JSON.stringify(body)}`)
  return body
}

/** The program's own check finds nothing, and its sums are the model's. */
async function isVerified(process: Process, ledger: Ledger, now: number): Promise<void> {
  const differences: string[] = []
  const verified = await verify(process.runtime, undefined, ({ member, what }) => differences.push(`${member}: ${what}`))
  deepStrictEqual(differences, [])
  const { issued, adjusted, available, pending, reserved, redeemed, expired, clawedBack, debt } = verified
  strictEqual(issued + adjusted, available + pending + reserved + redeemed + expired + clawedBack - debt)
  const states = [...ledger.members.values()].map((each) => each.stateAt(each.bookings.length, now))
  const total = (of: (state: NaiveState) => number) => states.reduce((sum, state) => sum + of(state), 0)
  deepStrictEqual(
    { members: verified.members, issued, adjusted, available, pending, expired, clawedBack, debt },
    {
      members: states.length,
      issued: total(({ totals }) => totals.issued),
      adjusted: total(({ totals }) => totals.adjusted),
      available: total(({ balance }) => balance.available),
      pending: total(({ balance }) => balance.pending),
      expired: total(({ totals }) => totals.expired),
      clawedBack: total(({ totals }) => totals.clawedBack),
      debt: total(({ balance }) => balance.debt),
    },
  )
}

/** One sweep books all that time has brought about, and the next finds nothing. */
async function isSwept(process: Process, { world }: Happened): Promise<void> {
  const { failed } = await sweepShard(process.runtime, memberShard, 3)
  strictEqual(failed, 0)
  deepStrictEqual(
    world.trace.dues().filter((due) => due <= world.timeline.now),
    [],
    'the sweep left somebody out',
  )
  const again = await sweepShard(process.runtime, memberShard, 3)
  deepStrictEqual(again, { shard: memberShard, settled: 0, idle: 0, failed: 0 })
}

/** Whatever was acknowledged is so for ever: sent again it has the same outcome, and nothing changes. */
async function isReplayed(process: Process, { world, clients }: Happened): Promise<void> {
  const outcomes = new Map<Request, unknown>()
  for (const { request, answer } of clients.sent.filter(isDone)) outcomes.set(request, answer!.body)
  const { commits } = world.trace
  for (const [request, told] of outcomes) {
    if (request.kind === 'quote' || request.kind === 'read' || request.kind === 'change' || request.kind === 'tag') continue
    const again = await process.send(request.call)
    strictEqual(again.status, 200, `${JSON.stringify(request)} again: ${JSON.stringify(again.body)}`)
    strictEqual(again.headers['Idempotency-Replayed'], 'true')
    if (request.kind !== 'enrol') deepStrictEqual(outcomeOf(again.body, told), outcomeOf(told, again.body))
  }
  strictEqual(world.trace.commits, commits, 'replays change nothing')
}

/** What of an answer stays so: balance and tier are as of now, what waited may wait no more, and who was nobody be somebody. */
function outcomeOf(body: unknown, other: unknown): unknown {
  const { balance: _balance, tier: _tier, ...outcome } = body as { balance?: unknown; tier?: unknown; status?: string }
  const hadNoMember = [body, other].some((told) => {
    const { memberId, status, balance } = told as Told
    return memberId === null || (status === 'booked' && !balance)
  })
  if (hadNoMember) return undefined
  const waited = [outcome.status, (other as { status?: string }).status].includes('waiting')
  return waited ? undefined : outcome
}
