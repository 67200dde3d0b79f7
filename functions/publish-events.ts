import { createHash } from 'node:crypto'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { type Instruction, isClaimFact } from './domain/claim.ts'
import type { Refund } from './domain/club.ts'
import type { Effect, Fact } from './domain/entry.ts'
import { entryOf } from './store/entry-item.ts'
import type { Item, Key } from './store/store.ts'
import { entryPrefix, lowStockKind, memberOfPartition, programmeOfPartition } from './store/table.ts'

/** A ledger entry as the world outside hears of it: what happened, and nobody's name. */
export interface LedgerEvent {
  /** The same for an entry however often it is published: who consumes it applies it once. */
  readonly id: string
  readonly programme: string
  readonly kind: string
  /** When it became true, and when it was booked. */
  readonly at: string
  readonly bookedAt: string
  /** Signed changes, in points. */
  readonly totals: { readonly [name: string]: number }
  readonly debt: number
  /** That a higher tier was reached, that one lapsed to a lower, or that its place has another name in a new revision; by their ids. */
  readonly tier?: { readonly change: 'reached' | 'lapsed' | 'renamed'; readonly from: string; readonly to: string }
  /** That the tier will lapse if nothing more happens: when, and what is left then. */
  readonly tierLapsing?: { readonly at: string; readonly to: string }
  /** The claim that it is about and, where something is to be given for it from now on, what: so it is told once. */
  readonly claim?: { readonly id: string; readonly instruction?: Instruction }
  /**
   * The club that it is about; where it is about one of its events, which; where a member left it, what of their fees is to be paid
   * back (minor units).
   */
  readonly club?: { readonly id: string; readonly event?: string; readonly refund?: Refund }
  /** The complaint that it is about; nothing of what anybody wrote. */
  readonly complaint?: { readonly id: string; readonly category?: string; readonly severity?: string; readonly score?: number }
  /** The purchase that a member is asked about, or said how satisfied they are with, 0 to 10. */
  readonly satisfaction?: { readonly purchaseId: string; readonly score?: number }
  /** The redemption that it is about. */
  readonly redemption?: { readonly id: string; readonly rewardId: string }
  /** That fewer of a reward are left, or codes for vouchers, than the mark says. */
  readonly lowStock?: { readonly rewardId?: string; readonly voucherId?: string; readonly left: number; readonly mark: number }
}

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

/**
 * Publishes the records of a batch in order. The first that fails ends it and is named, so that the stream goes on from there:
 * what was published before it is not published again.
 */
export function publish(records: readonly DynamoDBRecord[], send: (event: LedgerEvent) => void): DynamoDBBatchResponse {
  for (const record of records) {
    try {
      const event = eventOf(record)
      if (event) send(event)
    } catch (error) {
      // Only the error's name: its message may have the record's key in it.
      const name = error instanceof Error ? error.name : typeof error
      console.error(JSON.stringify({ level: 'error', job: 'publish-events', record: record.eventID, error: name }))
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] }
    }
  }
  return { batchItemFailures: [] }
}

/** The Lambda function on the table's stream. For now an event is a line in the log. */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return publish(Records, (event) => process.stdout.write(`${JSON.stringify({ job: 'publish-events', ...event })}\n`))
}
