import { setTimeout as pause } from 'node:timers/promises'
import { type DynamoDBClient, type DynamoDBClientConfig, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { dueIndexName } from './dynamo-table.ts'
import {
  type CommitResult,
  type Condition,
  type DuePage,
  type DueQuery,
  type FailedCondition,
  type IndexEntry,
  type Item,
  type Key,
  mostPageItems,
  type Page,
  type PartitionQuery,
  type Range,
  type ReadResult,
  type Store,
  UnavailableError,
  type Write,
} from './store.ts'
import { checkCommit, checkRead, committed, commitUnits, itemBytes, nameOfKey, readOf, readUnits } from './units.ts'

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** How often a batch read asks again for keys of which DynamoDB answered none. */
const mostIdleTries = 6

/** For the DynamoDBClient: without them it waits for ever, and without `throwOnRequestTimeout` it only warns. */
export const clientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
} satisfies DynamoDBClientConfig

/**
 * The port on a DynamoDB table as `tableDefinition` has it. Units are computed from the items, as in the other engines,
 * and not taken from what DynamoDB reports.
 */
export class DynamoStore implements Store {
  readonly #client: DynamoDBClient
  readonly #documents: DynamoDBDocumentClient
  readonly #table: string

  /** Takes the client over: `close` destroys it. Make it with `clientSettings`. */
  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client
    this.#documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
    this.#table = tableName
  }

  async read(keys: readonly Key[], { consistent }: { consistent: boolean }): Promise<ReadResult> {
    checkRead(keys)
    try {
      const items = keys.length === 1 ? [await this.#get(keys[0]!, consistent)] : await this.#getAll(keys, consistent)
      return readOf(items, consistent)
    } catch (error) {
      throw translated(error, 'read')
    }
  }

  async query(query: PartitionQuery): Promise<Page<Item>> {
    const { pk, range, after, descending = false, consistent = false } = query
    const nothing = { items: [], next: undefined, units: readUnits(0, consistent) }
    // DynamoDB refuses a range the wrong way round, and empty text as a bound.
    if (range && 'from' in range && (range.to === '' || compareText(range.from, range.to) > 0)) return nothing
    // DynamoDB refuses to start outside of the range: that is either before all of it or after all of it.
    const start = after ? place(after.sk, range) * (descending ? -1 : 1) : -1
    if (start > 0) return nothing
    const page = await this.#query({
      ...sortKeyCondition(pk, range),
      ...(after && start === 0 && { ExclusiveStartKey: { pk, sk: after.sk } }),
      Limit: pageLimit(query.limit),
      ScanIndexForward: !descending,
      ConsistentRead: consistent,
    })
    const items = page.items as Item[]
    const next = page.next && { pk: page.next.pk, sk: page.next.sk }
    return { items, next, units: pageUnits(items, consistent) }
  }

  async queryDue({ due, notAfter, limit, after }: DueQuery): Promise<DuePage> {
    if (after && after.dueAt > notAfter) return { items: [], next: undefined, units: readUnits(0, false) }
    const page = await this.#query({
      IndexName: dueIndexName,
      KeyConditionExpression: 'due = :due AND dueAt <= :notAfter',
      ExpressionAttributeValues: { ':due': due, ':notAfter': notAfter },
      ...(after && { ExclusiveStartKey: { due, dueAt: after.dueAt, pk: after.pk, sk: after.sk } }),
      Limit: pageLimit(limit),
    })
    const items = page.items as IndexEntry[]
    return { items, next: page.next as IndexEntry | undefined, units: pageUnits(items, false) }
  }

  async commit(writes: readonly Write[]): Promise<CommitResult> {
    checkCommit(writes)
    try {
      // The SDK gives each command a ClientRequestToken, so an attempt of its own that is repeated has one effect.
      await this.#documents.send(new TransactWriteCommand({ TransactItems: writes.map((write) => this.#transactItem(write)) }))
      return committed(writes)
    } catch (error) {
      const ended = error instanceof TransactionCanceledException && cancelled(error, commitUnits(writes))
      if (ended) return ended
      throw translated(error, 'commit')
    }
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }

  async #get({ pk, sk }: Key, consistent: boolean): Promise<Item | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#table, Key: { pk, sk }, ConsistentRead: consistent }),
    )
    return Item as Item | undefined
  }

  /** DynamoDB answers a batch in parts, in any order, and under load with no part at all. */
  async #getAll(keys: readonly Key[], consistent: boolean): Promise<(Item | undefined)[]> {
    const found = new Map<string, Item>()
    let asked = keys.map(({ pk, sk }): Key => ({ pk, sk }))
    for (let idleTries = 0; asked.length > 0; ) {
      const answer = await this.#documents.send(
        new BatchGetCommand({ RequestItems: { [this.#table]: { Keys: asked, ConsistentRead: consistent } } }),
      )
      for (const item of (answer.Responses?.[this.#table] ?? []) as Item[]) found.set(nameOfKey(item), item)
      const left = (answer.UnprocessedKeys?.[this.#table]?.Keys ?? []) as Key[]
      idleTries = left.length < asked.length ? 0 : idleTries + 1
      if (idleTries === mostIdleTries) throw new UnavailableError('none', 'DynamoDB leaves keys of a batch unread')
      if (left.length > 0) await pause(Math.random() * 20 * 2 ** idleTries)
      asked = left
    }
    return keys.map((key) => found.get(nameOfKey(key)))
  }

  async #query(input: Omit<QueryCommandInput, 'TableName'>) {
    try {
      const answer = await this.#documents.send(new QueryCommand({ TableName: this.#table, ...input }))
      return { items: answer.Items ?? [], next: answer.LastEvaluatedKey }
    } catch (error) {
      throw translated(error, 'read')
    }
  }

  #transactItem(write: Write): TransactItem {
    const common = { TableName: this.#table, ...(write.condition && conditionExpression(write.condition)) }
    if (write.kind === 'put') return { Put: { ...common, Item: write.item } }
    const Key = { pk: write.key.pk, sk: write.key.sk }
    if (write.kind === 'delete') return { Delete: { ...common, Key } }
    return { ConditionCheck: { ...common, ...conditionExpression(write.condition), Key } }
  }
}

function conditionExpression(condition: Condition) {
  const ReturnValuesOnConditionCheckFailure = 'ALL_OLD' as const
  if (condition.is === 'absent') return { ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure }
  return {
    ConditionExpression: condition.is === 'equal' ? '#a = :v' : '#a >= :v',
    ExpressionAttributeNames: { '#a': condition.attribute },
    ExpressionAttributeValues: { ':v': condition.value },
    ReturnValuesOnConditionCheckFailure,
  }
}

/** DynamoDB takes no empty text for a key, so a bound that bounds nothing is left out. */
function sortKeyCondition(pk: string, range: Range | undefined) {
  if (range && 'prefix' in range && range.prefix !== '') {
    return {
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': range.prefix },
    }
  }
  if (range && 'from' in range) {
    return {
      KeyConditionExpression: `pk = :pk AND ${range.from === '' ? 'sk <= :to' : 'sk BETWEEN :from AND :to'}`,
      ExpressionAttributeValues: { ':pk': pk, ...(range.from !== '' && { ':from': range.from }), ':to': range.to },
    }
  }
  return { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } }
}

/** Where a sort key is: below 0 before the range, 0 in it, above 0 after it. */
function place(sk: string, range: Range | undefined): number {
  if (!range) return 0
  if ('prefix' in range) return sk.startsWith(range.prefix) ? 0 : compareText(sk, range.prefix)
  return Math.min(compareText(sk, range.from), 0) + Math.max(compareText(sk, range.to), 0)
}

/** The order of sort keys: by UTF-8 bytes, which JavaScript's own comparison is not. */
const compareText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

const pageLimit = (limit: number | undefined) => Math.min(limit ?? mostPageItems, mostPageItems)

const pageUnits = (items: readonly (Item | IndexEntry)[], consistent: boolean) =>
  readUnits(
    items.reduce((sum, item) => sum + itemBytes({ ...item }), 0),
    consistent,
  )

/** Why DynamoDB cancelled a transaction. A failed condition outranks a conflict; undefined: neither of them. */
function cancelled({ CancellationReasons = [] }: TransactionCanceledException, units: number): CommitResult | undefined {
  const failed = CancellationReasons.flatMap(({ Code, Item }, index): FailedCondition[] =>
    Code === 'ConditionalCheckFailed' ? [{ index, found: Item && (unmarshall(Item) as Item) }] : [],
  )
  const [first, ...others] = failed
  if (first) return { outcome: 'refused', failed: [first, ...others], units }
  return CancellationReasons.some(({ Code }) => Code === 'TransactionConflict') ? { outcome: 'conflict', units } : undefined
}

const throttling = new Set([
  'ThrottlingException',
  'ThrottlingError',
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
])

/** What the SDK threw, in the port's words: an UnavailableError where trying again may help, else the error itself. */
function translated(error: unknown, of: 'read' | 'commit'): unknown {
  if (!(error instanceof Error)) return error
  const { code, $metadata } = error as { code?: unknown; $metadata?: { httpStatusCode?: number; attempts?: number } }
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : []
  if (throttling.has(error.name) || reasons.some(({ Code }) => Code && throttling.has(Code))) {
    // The last attempt did nothing; one before it, which the SDK repeated, may have timed out and yet have happened.
    const effect = of === 'read' || ($metadata?.attempts ?? 1) === 1 ? 'none' : 'unknown'
    return new UnavailableError(effect, `DynamoDB is throttling: ${error.message}`, error)
  }
  const passes =
    ($metadata?.httpStatusCode ?? 0) >= 500 ||
    error.name === 'TransactionInProgressException' ||
    error.name === 'TimeoutError' ||
    // Codes of the system's calls (ECONNRESET, EAI_AGAIN), not of Node's own checks.
    (typeof code === 'string' && /^E(?!RR_)/.test(code))
  if (!passes) return error
  return new UnavailableError(of === 'read' ? 'none' : 'unknown', `DynamoDB did not answer: ${error.message}`, error)
}
