import { join } from 'node:path'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import type { Reward } from '../../functions/domain/reward.ts'
import type { VoucherSeries } from '../../functions/domain/voucher-series.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { servePos } from '../../functions/pos.ts'
import { serveRewards } from '../../functions/rewards.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Store } from '../../functions/store/store.ts'
import { publishNext } from '../support/publish.ts'
import { atMost, type Figure } from './figure.ts'
import { bytesOf, MeteredStore } from './metered-store.ts'
import { RecordingStore } from './recording-store.ts'
import { enrolEvent, eventOf, purchaseEvent, send, withDirectory, worldOn } from './world.ts'

const dayMs = 86_400_000
const monthMs = 30 * dayMs
const begin = Date.UTC(2024, 10, 5, 12)

const rewards: readonly Reward[] = [
  { id: 'mug', kind: 'product', price: { points: 10 } },
  { id: 'rare', kind: 'product', price: { points: 1 }, stock: 10 },
  { id: 'few', kind: 'product', price: { points: 1 }, stock: 9, lowStock: 10 },
  { id: 'daily', kind: 'product', price: { points: 1 }, limits: [{ window: 'day', times: 9 }] },
  { id: 'dear', kind: 'product', price: { points: 20 } },
  { id: 'tea', kind: 'voucher', voucher: 'tea', price: { points: 1 } },
]
const vouchers: readonly VoucherSeries[] = [
  { id: 'tea', codes: { generated: { length: 12 } }, value: { kind: 'money-off', amount: 500 } },
]
/** What costs more is had with a code alone that the member shows. */
const redemptions = { spendCodes: { above: 10 } }

const redemptionEvent = (id: string, member: string, rewardId: string, code?: string) =>
  eventOf(
    'PUT /pos/redemptions/{redemptionId}',
    { redemptionId: id },
    { member: { id: member }, rewardId, storeId: 'leeds', mode: 'capture', ...(code !== undefined && { code }) },
  )

/** The demo programme with a few rewards. */
async function shopOn(store: Store) {
  const world = await worldOn(store, begin)
  const document = { ...(demoProgramme as ProgrammeDocument), rewards, vouchers, redemptions }
  await publishNext(store, 'demo', document, new Date(begin).toISOString())
  // A process looks for a new revision every half minute.
  world.setNow(begin + 60_000)
  return { world, pos: servePos(world.runtime), handler: serveRewards(world.runtime) }
}

/** What a redemption in one step takes, by a member with two years of monthly purchases: reads, transactions, write units. */
export async function redemptionUnits(): Promise<Figure[]> {
  const kept = new RecordingStore(new SqliteStore(':memory:'))
  const store = new MeteredStore(kept)
  const { world, pos, handler } = await shopOn(store)
  await send(pos, enrolEvent('m-1001'), 201)
  for (let month = 0; month < 24; month += 1) {
    const at = begin + month * monthMs
    world.setNow(at)
    await send(pos, purchaseEvent(month, 'm-1001', at), 201)
  }
  // The one before has the programme read.
  await send(handler, redemptionEvent('r-1', 'm-1001', 'mug'), 201)
  store.reset()
  kept.commits = []
  await send(handler, redemptionEvent('r-2', 'm-1001', 'mug'), 201)
  const [commit] = kept.commits
  const detail = { itemsRead: store.itemsRead, readUnits: store.readUnits, writes: store.itemsWritten, bytes: bytesOf(commit!) }
  const { writeUnits, reads } = store
  const transactions = kept.commits.length
  // The first of a stock has its pieces moved, in a commit of its own.
  await send(handler, redemptionEvent('r-first', 'm-1001', 'few'), 201)
  const beside: Figure[] = []
  for (const [what, rewardId, most] of heavier) {
    const code = rewardId === 'dear' ? await codeOf(handler) : undefined
    store.reset()
    await send(handler, redemptionEvent(`r-${rewardId}`, 'm-1001', rewardId, code), 201)
    beside.push(atMost(`write-units-a-redemption-of-${what}`, store.writeUnits, 'write units', most))
  }
  await store.close()
  return [
    atMost('reads-a-redemption', reads, 'reads', 1),
    atMost('transactions-a-redemption', transactions, 'transactions', 1),
    atMost('write-units-a-redemption', writeUnits, 'write units', 8, detail),
    ...beside,
  ]
}

/** Redemptions that write more than their record, their entry and the head, and how much at the most. */
const heavier = [
  ['a-stock', 'few', 8],
  ['a-limit', 'daily', 8],
  ['a-code', 'dear', 8],
  ['a-voucher', 'tea', 10],
] as const

async function codeOf(handler: ReturnType<typeof serveRewards>): Promise<string> {
  const made = await send(handler, eventOf('POST /me/spend-codes', {}, {}, 'm-1001'), 201)
  return (JSON.parse(made) as { code: string }).code
}

const atOnce = 200
const fitting = 10

/** 200 redemptions at once on a file, of which ten fit: exactly ten succeed, and the others are told why. */
export async function redemptionRace(): Promise<Figure[]> {
  return [
    ...(await race('one-member', 'mug', () => 'm-0', 'insufficient-points')),
    ...(await race('one-stock', 'rare', (number) => `m-${number % 50}`, 'out-of-stock')),
  ]
}

function race(name: string, rewardId: string, memberOf: (number: number) => string, code: string): Promise<Figure[]> {
  return withDirectory(async (directory) => {
    const store = new SqliteStore(join(directory, 'laurel.db'))
    const { pos, handler } = await shopOn(store)
    const members = [...new Set(Array.from({ length: atOnce }, (_, number) => memberOf(number)))]
    for (const [number, member] of members.entries()) {
      await send(pos, enrolEvent(member), 201)
      await send(pos, pointsFor(number, member), 201)
    }
    const started = performance.now()
    const answers = await Promise.all(
      Array.from({ length: atOnce }, (_, number) =>
        handler(redemptionEvent(`r-${number}`, memberOf(number), rewardId), {} as never),
      ),
    )
    const ms = Math.round(performance.now() - started)
    const succeeded = answers.filter(({ statusCode }) => statusCode === 201).length
    const told = answers.filter(({ statusCode, body }) => statusCode === 409 && body?.includes(`"${code}"`)).length
    await store.close()
    const detail = { succeeded, [code]: told, ms }
    return [
      atMost(`redemption-race-${name}`, Math.abs(succeeded - fitting) + atOnce - fitting - told, 'wrong answers', 0, detail),
    ]
  })
}

/** A purchase that earns ten times the dearer price, and not eleven times. */
function pointsFor(number: number, member: string) {
  const lines = [{ lineId: '1', sku: '85123A', quantity: 1, amount: 10_500 }]
  const body = { member: { id: member }, storeId: 'leeds', occurredAt: new Date(begin).toISOString(), currency: 'GBP', lines }
  return eventOf('PUT /pos/purchases/{purchaseId}', { purchaseId: `leeds:${number}` }, body)
}
