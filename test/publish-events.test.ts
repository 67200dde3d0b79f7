import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { recordPurchase } from '../functions/contract/purchases.ts'
import type { ClubEvent } from '../functions/domain/club-event.ts'
import type { Effect, Fact } from '../functions/domain/entry.ts'
import { instant, type MemberId, type Points } from '../functions/domain/units.ts'
import { deploymentOn } from '../functions/local/deployment.ts'
import { demoMemberId, seed } from '../functions/local/seed.ts'
import { servePos } from '../functions/pos.ts'
import { eventOf, publish, readBatch } from '../functions/publish-events.ts'
import type { Runtime } from '../functions/runtime.ts'
import { clubEventItem, editionWrites } from '../functions/store/club-event-item.ts'
import { entryItem, entryOf } from '../functions/store/entry-item.ts'
import { lowPoolWrites } from '../functions/store/pool-item.ts'
import { SqliteStore } from '../functions/store/sqlite-store.ts'
import type { Item } from '../functions/store/store.ts'
import { memberPartition } from '../functions/store/table.ts'
import { callAs, demoTill } from './lib/gateway-event.ts'

let runtime: Runtime
/** All of a member's items, as the stream has them when they are new. */
let records: DynamoDBRecord[]

const recordOf = (item: Item, index: number, eventName: 'INSERT' | 'MODIFY' = 'INSERT') =>
  ({
    eventID: `record-${index}`,
    eventName,
    dynamodb: { SequenceNumber: String(1000 + index), NewImage: marshall(item) },
  }) as DynamoDBRecord

beforeAll(async () => {
  const now = () => instant(Date.parse('2026-11-21T17:00:00Z'))
  runtime = (await deploymentOn(new SqliteStore(':memory:'), { now })).runtime
  await seed(runtime)
  const { params, body } = recordPurchase.example
  await callAs(servePos(runtime), demoTill, recordPurchase, {
    params,
    body: { ...(body as object), member: { id: demoMemberId } },
  })
  const { items } = await runtime.store.query({ pk: memberPartition('demo', demoMemberId) })
  records = items.map((item, index) => recordOf(item, index))
})
afterAll(() => runtime.store.close())

function published(batch: readonly DynamoDBRecord[]) {
  const { events, unread } = readBatch(batch)
  return { events, failed: unread === undefined ? [] : [unread] }
}

describe('publishing', () => {
  it('makes one event of each entry, and none of what is no entry', () => {
    const { events, failed } = published(records)
    expect(failed).toEqual([])
    expect(events.map(({ kind }) => kind)).toEqual(['enrol', 'earn'])
    expect(events[1]).toMatchObject({ programme: 'demo', totals: { issued: 15 }, debt: 0, bookedAt: '2026-11-21T17:00:00.000Z' })
    expect(records.length).toBeGreaterThan(events.length)
  })

  it('says which tier was reached or lapsed, and which will lapse', () => {
    const earned = records.find(({ dynamodb }) => dynamodb?.NewImage?.k?.S === 'earn')!
    const eventWith = (effect: Effect) => {
      const sale = entryOf(unmarshall(earned.dynamodb!.NewImage as { [name: string]: AttributeValue }) as Item)
      const item = entryItem('demo', demoMemberId, 2, 0, { ...sale, effect }, instant(1_800_000_000_000))
      return eventOf(recordOf(item, 0))
    }
    const tier = { id: 'silver', year: 2026, revision: 1 }
    expect(eventWith({ tier })).not.toHaveProperty('tier')
    expect(eventWith({ tier, moved: { from: 'bronze', direction: 'up' } })).toMatchObject({
      tier: { change: 'reached', from: 'bronze', to: 'silver' },
    })
    expect(eventWith({ tier, moved: { from: 'gold', direction: 'down' } })).toMatchObject({
      tier: { change: 'lapsed', from: 'gold', to: 'silver' },
    })
    expect(eventWith({ tier, moved: { from: 'plus', direction: 'level' } })).toMatchObject({
      tier: { change: 'renamed', from: 'plus', to: 'silver' },
    })
    expect(eventWith({ lapsing: { at: instant(1_798_761_600_000), to: 'bronze' } })).toMatchObject({
      tierLapsing: { at: '2027-01-01T00:00:00.000Z', to: 'bronze' },
    })
  })

  it('tells which club was left and what of the fees is to be paid back, and of whom it was not', () => {
    const refund = { amount: 300, payments: [{ paymentId: 'pay-1', amount: 300 }] }
    const at = instant(Date.parse('2026-11-21T17:00:00Z'))
    const left = {
      at,
      fact: { kind: 'club-left', clubId: 'spa', refund },
      effect: { club: { id: 'spa', membership: null } },
    } as const
    const { events } = published([recordOf(entryItem('demo', demoMemberId, 3, 0, left, at), 1)])
    expect(events).toMatchObject([{ kind: 'club-left', club: { id: 'spa', refund } }])
    expect(JSON.stringify(events)).not.toContain(demoMemberId)
  })

  it('tells which complaint it is about and how severe, and which purchase the member is asked about', () => {
    const at = instant(Date.parse('2026-11-21T17:00:00Z'))
    const complaintId = 'leeds:c-1'
    const facts: readonly Fact[] = [
      { kind: 'complaint-opened', complaintId, category: 'damaged', severity: 'normal', storeId: 'leeds' },
      { kind: 'complaint-answered', complaintId, replyId: 'r-1', actor: 'Grace Hopper' },
      { kind: 'complaint-rated', complaintId, resolutionId: 's-1', score: 2 },
      { kind: 'complaint-overdue', complaintId, severity: 'normal' },
      { kind: 'survey-asked', purchaseId: 'leeds:1' },
      { kind: 'satisfaction', purchaseId: 'leeds:1', score: 9 },
    ]
    const entries = facts.map((fact, n) => recordOf(entryItem('demo', demoMemberId, 3, n, { at, fact, effect: {} }, at), n))
    const { events } = published(entries)
    expect(events.map(({ kind, complaint, satisfaction }) => ({ kind, ...complaint, ...satisfaction }))).toEqual([
      { kind: 'complaint-opened', id: complaintId, category: 'damaged', severity: 'normal' },
      { kind: 'complaint-answered', id: complaintId },
      { kind: 'complaint-rated', id: complaintId, score: 2 },
      { kind: 'complaint-overdue', id: complaintId, severity: 'normal' },
      { kind: 'survey-asked', purchaseId: 'leeds:1' },
      { kind: 'satisfaction', purchaseId: 'leeds:1', score: 9 },
    ])
    expect(JSON.stringify(events)).not.toMatch(/Grace|demo-member/)
  })

  it('tells what is to be given for a claim with the step that makes it due, and with no other', () => {
    const at = instant(Date.parse('2026-11-21T17:00:00Z'))
    const claimId = 'c-1'
    const by = { actor: 'Grace Hopper' }
    const instruction = { remedy: 'refund', amount: 510, currency: 'GBP' } as const
    const facts: readonly Fact[] = [
      { kind: 'claim-approved', claimId, by, why: 'We are sorry.' },
      { kind: 'claim-goods', claimId, by: { storeId: 'leeds' }, instruction },
      { kind: 'claim-settled', claimId, by, amount: 510, occurredAt: at },
      { kind: 'claim-overdue', claimId, awaits: 'remedy' },
    ]
    const entries = facts.map((fact, n) => recordOf(entryItem('demo', demoMemberId, 3, n, { at, fact, effect: {} }, at), n))
    const { events } = published(entries)
    expect(events.map(({ kind, claim }) => [kind, claim])).toEqual([
      ['claim-approved', { id: claimId }],
      ['claim-goods', { id: claimId, instruction }],
      ['claim-settled', { id: claimId }],
      ['claim-overdue', { id: claimId }],
    ])
    expect(JSON.stringify(events)).not.toMatch(/Grace|sorry|demo-member/)
  })

  it('tells once that an event was changed, and that it was called off, and not whom that concerns', () => {
    const guest = 'm-1' as MemberId
    const [now, endsAt] = [instant(1_800_000_000_000), instant(1_800_100_000_000)]
    const event = { clubId: 'spa', eventId: 'sauna', name: 'Sauna', startsAt: now, endsAt, capacity: 2, points: 0 as Points }
    const guests = { coming: [guest], waiting: [], came: [] }
    const known = { event, guests, version: 3, hash: 'h', edition: 1 }
    const stored = clubEventItem('demo', known)
    const newItems = (changed: ClubEvent) =>
      editionWrites('demo', known, { event: changed, guests, hash: 'h' }, stored, now).flatMap((write) =>
        write.kind === 'put' ? [recordOf(write.item, 1)] : [],
      )
    const off = newItems({ ...event, calledOff: { at: now, guests: [guest] } })
    const { events } = published([...newItems({ ...event, endsAt: instant(endsAt + 1) }), ...off])
    expect(events).toMatchObject([
      { kind: 'event-changed', club: { id: 'spa', event: 'sauna' }, totals: {}, debt: 0 },
      { kind: 'event-called-off', club: { id: 'spa', event: 'sauna' }, at: '2027-01-15T08:00:00.000Z' },
    ])
    expect(JSON.stringify(events)).not.toContain(guest)
  })

  it('gives an entry the same id however often it comes, and another entry another', () => {
    const [first, second] = [published(records).events, published([...records].reverse()).events]
    expect(second.map(({ id }) => id).sort()).toEqual(first.map(({ id }) => id).sort())
    expect(new Set(first.map(({ id }) => id)).size).toBe(first.length)
  })

  it('says nothing of whom it was', () => {
    const text = JSON.stringify(published(records).events)
    expect(text).not.toContain(demoMemberId)
    expect(text).not.toContain('leeds')
  })

  it('takes what is new alone', () => {
    expect(eventOf({ ...records.find(eventOf)!, eventName: 'MODIFY' })).toBeUndefined()
  })

  it('stops at a record that it cannot read and names it, so that the stream goes on from there', () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {})
    const entries = records.filter(eventOf)
    const broken = recordOf({ pk: `P#demo#M#${demoMemberId}`, sk: 'E#0000000009#000' }, 77)
    const { events, failed } = published([entries[0]!, broken, entries[1]!])
    expect(events).toHaveLength(1)
    expect(failed).toEqual(['1077'])
    expect(said.mock.calls.join()).toContain('record-77')
    expect(said.mock.calls.join()).not.toContain(demoMemberId)
    said.mockRestore()
  })

  it('names the first record whose event did not go out, so that no more than those from it on go out again', async () => {
    const entries = records.filter(eventOf)
    const named = async (taken: number) => (await publish(records, async () => taken)).batchItemFailures
    const sequence = (index: number) => [{ itemIdentifier: entries[index]!.dynamodb!.SequenceNumber }]
    expect(await named(0)).toEqual(sequence(0))
    expect(await named(1)).toEqual(sequence(1))
    expect(await named(entries.length)).toEqual([])
  })
})

it('that a pool of codes is low is told of the vouchers, with their programme', () => {
  const state = { stored: undefined, saidLow: false }
  const at = instant(Date.parse('2026-11-21T17:00:00Z'))
  const [, low] = lowPoolWrites('demo', 'film', state, { left: 9, mark: 10, now: at })
  expect(eventOf(recordOf((low as { item: Item }).item, 0))).toEqual({
    ...{ id: expect.any(String), programme: 'demo', kind: 'low-stock', totals: {}, debt: 0 },
    ...{ at: '2026-11-21T17:00:00.000Z', bookedAt: '2026-11-21T17:00:00.000Z' },
    lowStock: { voucherId: 'film', left: 9, mark: 10 },
  })
})
