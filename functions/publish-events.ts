import { createHash } from 'node:crypto'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { isClaimFact } from './domain/claim.ts'
import type { Effect, Fact } from './domain/entry.ts'
import { required } from './environment.ts'
import { type Send, sendsToBus } from './event-bus.ts'
import type { LedgerEvent } from './ledger-event.ts'
import { entryOf } from './store/entry-item.ts'
import type { Item, Key } from './store/store.ts'
import { entryPrefix, lowStockKind, memberOfPartition, programmeOfPartition } from './store/table.ts'

/**
 * An entry's event id. A hash, because the key has the member's id in it. When it was booked is in it too: in a table that was
 * restored to an earlier second other entries come to stand under the same keys.
 */
const eventId = ({ pk, sk }: Key, bookedAt: number): string =>
  createHash('sha256').update(`${pk}\u0000${sk}\u0000${bookedAt}`).digest('base64url')

/** The event of a stream record, or undefined where it is no new entry. Throws where an entry cannot be read. */
export function eventOf({ eventName, dynamodb }: DynamoDBRecord): LedgerEvent | undefined {
  const image = dynamodb?.NewImage
  if (eventName !== 'INSERT' || !image?.sk?.S?.startsWith(entryPrefix)) return undefined
  const item = unmarshall(image as { [name: string]: AttributeValue }) as Item
  if (item.k === lowStockKind) return lowStockEvent(item)
  const { at, bookedAt, fact, effect } = entryOf(item)
  return {
    id: eventId(item, bookedAt),
    programme: memberOfPartition(item.pk).programme,
    kind: fact.kind,
    at: new Date(at).toISOString(),
    bookedAt: new Date(bookedAt).toISOString(),
    totals: effect.totals ?? {},
    debt: effect.debt ?? 0,
    ...('clubId' in fact && {
      club: {
        id: fact.clubId,
        ...('eventId' in fact && { event: fact.eventId }),
        ...('refund' in fact && fact.refund && { refund: fact.refund }),
      },
    }),
    ...claimEvent(fact),
    ...('redemptionId' in fact && { redemption: { id: fact.redemptionId, rewardId: fact.rewardId } }),
    ...tierEvent(effect),
    ...serviceEvent(fact),
  }
}

function serviceEvent(fact: Fact): Pick<LedgerEvent, 'complaint' | 'satisfaction'> {
  if ('complaintId' in fact) {
    return {
      complaint: {
        id: fact.complaintId,
        ...('category' in fact && { category: fact.category }),
        ...('severity' in fact && { severity: fact.severity }),
        ...('score' in fact && { score: fact.score }),
      },
    }
  }
  if (fact.kind === 'survey-asked') return { satisfaction: { purchaseId: fact.purchaseId } }
  if (fact.kind === 'satisfaction') return { satisfaction: { purchaseId: fact.purchaseId, score: fact.score } }
  return {}
}

/** It stands among the entries of no member, with the stock. */
function lowStockEvent(item: Item): LedgerEvent {
  const [at, bookedAt] = [Number(item.at), Number(item.bk)]
  return {
    id: eventId(item, bookedAt),
    programme: programmeOfPartition(item.pk),
    kind: lowStockKind,
    at: new Date(at).toISOString(),
    bookedAt: new Date(bookedAt).toISOString(),
    totals: {},
    debt: 0,
    lowStock: item.f as unknown as NonNullable<LedgerEvent['lowStock']>,
  }
}

function claimEvent(fact: Fact): Pick<LedgerEvent, 'claim'> {
  if (!isClaimFact(fact)) return {}
  const isDue = fact.kind === 'claim-approved' || fact.kind === 'claim-goods'
  return { claim: { id: fact.claimId, ...(isDue && fact.instruction && { instruction: fact.instruction }) } }
}

const changes = { up: 'reached', down: 'lapsed', level: 'renamed' } as const

function tierEvent({ tier, moved, lapsing }: Effect): Pick<LedgerEvent, 'tier' | 'tierLapsing'> {
  return {
    ...(tier && moved && { tier: { change: changes[moved.direction], from: moved.from, to: tier.id } }),
    ...(lapsing && { tierLapsing: { at: new Date(lapsing.at).toISOString(), to: lapsing.to } }),
  }
}

/** What a batch of records has to say, in their order, up to the first that cannot be read. */
export interface ReadBatch {
  readonly events: readonly LedgerEvent[]
  /** The sequence number of the record of each event. */
  readonly places: readonly string[]
  /** That of the record that could not be read. */
  readonly unread: string | undefined
}

/** Reads the records of a batch. One that cannot be read ends it: what comes after it is not told before it. */
export function readBatch(records: readonly DynamoDBRecord[]): ReadBatch {
  const events: LedgerEvent[] = []
  const places: string[] = []
  for (const record of records) {
    const place = record.dynamodb?.SequenceNumber ?? ''
    try {
      const event = eventOf(record)
      if (!event) continue
      events.push(event)
      places.push(place)
    } catch (error) {
      // Only the error's name: its message may have the record's key in it.
      const name = error instanceof Error ? error.name : typeof error
      console.error(JSON.stringify({ level: 'error', job: 'publish-events', record: record.eventID, error: name }))
      return { events, places, unread: place }
    }
  }
  return { events, places, unread: undefined }
}

/**
 * Publishes the records of a batch in order. The first that fails is named, so that the stream goes on from there: what went out before
 * it does not go out again. What was sent beside it may, with the same id.
 */
export async function publish(records: readonly DynamoDBRecord[], send: Send): Promise<DynamoDBBatchResponse> {
  const { events, places, unread } = readBatch(records)
  const failed = places[await send(events)] ?? unread
  return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }] }
}

/** The Lambda function on the table's stream. */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return publish(Records, sendsToBus(required('LAUREL_EVENT_BUS_ARN')))
}
