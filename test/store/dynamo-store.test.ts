import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { afterEach, describe, expect, test } from 'vitest'
import { DynamoStore } from '../../functions/store/dynamo-store.ts'
import { mostItemBytes } from '../../functions/store/store.ts'
import { dynamoDBClient, makeTable } from './engines.ts'
import { equal, newPartition, put, sized } from './items.ts'

/** One answer of a service that stands for DynamoDB where DynamoDB Local cannot be brought to give it. */
type Answer = (response: ServerResponse) => void

const json =
  (status: number, body: object): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body))
  }
const error = (name: string, status = 400): Answer =>
  json(status, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'why' })
const cancelled = (...reasons: readonly (string | object)[]): Answer =>
  json(400, {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    message: 'Transaction cancelled',
    CancellationReasons: reasons.map((reason) => (typeof reason === 'string' ? { Code: reason } : reason)),
  })
const silence: Answer = () => {}
const hangUp: Answer = (response) => {
  response.destroy()
}
const cutOff: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '100' })
  response.write('{"Item":', () => response.destroy())
}
const gatewayPage: Answer = (response) => {
  response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>')
}

describe('what DynamoDB answers, in the words of the port', () => {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections()
  })

  /** A store on a service that gives these answers one after another, the last one from then on; and the bodies it was sent. */
  async function storeOn(answers: readonly [Answer, ...Answer[]], maxAttempts = 1) {
    const sent: Record<string, unknown>[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        sent.push(JSON.parse(body))
        answers[Math.min(sent.length, answers.length) - 1]!(response)
      })
    }).listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return { store: storeAt(port, maxAttempts), sent, port }
  }

  const storeAt = (port: number, maxAttempts: number, timeout: object = { requestTimeout: 200, throwOnRequestTimeout: true }) =>
    new DynamoStore(
      new DynamoDBClient({
        endpoint: `http://127.0.0.1:${port}`,
        region: 'local',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        maxAttempts,
        requestHandler: timeout,
      }),
      'laurel',
    )

  const [first, second] = [
    { pk: 'A', sk: '1' },
    { pk: 'A', sk: '2' },
  ]
  const writes = [put({ ...first, version: 2 }, equal('version', 1)), put(second)]

  const passing: readonly (readonly [string, Answer, 'none' | 'unknown'])[] = [
    ['throttled', error('ThrottlingException'), 'none'],
    ['over the throughput', error('ProvisionedThroughputExceededException'), 'none'],
    ['over the account limit', error('RequestLimitExceeded'), 'none'],
    ['internal error', error('InternalServerError', 500), 'unknown'],
    ['unavailable', error('ServiceUnavailable', 503), 'unknown'],
    ['a page of a proxy', gatewayPage, 'unknown'],
    ['under way', error('TransactionInProgressException'), 'unknown'],
    ['no answer in time', silence, 'unknown'],
    ['hangs up', hangUp, 'unknown'],
    ['hangs up within the answer', cutOff, 'unknown'],
  ]

  test.each(passing)('%s: unavailable', async (_, answer, effect) => {
    const { store } = await storeOn([answer])
    const unavailable = { name: 'UnavailableError', effect: 'none', cause: expect.any(Error) }
    await expect(store.commit(writes)).rejects.toMatchObject({ ...unavailable, effect })
    await expect(store.read([first], { consistent: true })).rejects.toMatchObject(unavailable)
    await expect(store.read([first, second], { consistent: true })).rejects.toMatchObject(unavailable)
    await expect(store.query({ pk: 'A' })).rejects.toMatchObject(unavailable)
    await expect(store.queryDue({ due: 'DUE', notAfter: 1 })).rejects.toMatchObject(unavailable)
  })

  test('a connection that says nothing: unavailable', async () => {
    const { port } = await storeOn([silence])
    const store = storeAt(port, 1, { socketTimeout: 50 })
    await expect(store.commit(writes)).rejects.toMatchObject({ name: 'UnavailableError', effect: 'unknown' })
  })

  test('nobody there: unavailable', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    await expect(storeAt(port, 1).commit(writes)).rejects.toMatchObject({ name: 'UnavailableError', effect: 'unknown' })
    await expect(storeAt(port, 1).read([first], { consistent: true })).rejects.toMatchObject({
      name: 'UnavailableError',
      effect: 'none',
    })
  })

  test.each(['ValidationException', 'ResourceNotFoundException', 'AccessDeniedException'])(
    '%s: is thrown as it is',
    async (name) => {
      const { store } = await storeOn([error(name)])
      await expect(store.commit(writes)).rejects.toMatchObject({ name })
      await expect(store.read([first], { consistent: true })).rejects.toMatchObject({ name })
      await expect(store.query({ pk: 'A' })).rejects.toMatchObject({ name })
    },
  )

  test('a failed condition outranks a conflict and throttling, and hands the item back', async () => {
    const found = { ...first, version: 3, nested: { list: [1, null] } }
    const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: marshall(found) }
    const { store } = await storeOn([cancelled('TransactionConflict', failed), cancelled(failed, 'ThrottlingError')])
    expect(await store.commit(writes)).toEqual({ outcome: 'refused', failed: [{ index: 1, found }], units: 4 })
    expect(await store.commit(writes)).toEqual({ outcome: 'refused', failed: [{ index: 0, found }], units: 4 })
  })

  test('a conflict outranks throttling', async () => {
    const { store } = await storeOn([
      cancelled('None', 'TransactionConflict'),
      cancelled('ThrottlingError', 'TransactionConflict'),
    ])
    expect(await store.commit(writes)).toEqual({ outcome: 'conflict', units: 4 })
    expect(await store.commit(writes)).toEqual({ outcome: 'conflict', units: 4 })
  })

  test.each(['ThrottlingError', 'ProvisionedThroughputExceeded'])('cancelled by %s: nothing happened', async (reason) => {
    const { store } = await storeOn([cancelled('None', reason)])
    await expect(store.commit(writes)).rejects.toMatchObject({ name: 'UnavailableError', effect: 'none' })
  })

  test('cancelled for what it is: is thrown as it is', async () => {
    const { store } = await storeOn([cancelled('None', 'ValidationError')])
    await expect(store.commit(writes)).rejects.toMatchObject({ name: 'TransactionCanceledException' })
  })

  test('throttled when the SDK repeats a lost attempt: that one may have happened', async () => {
    for (const last of [error('ThrottlingException'), cancelled('None', 'ThrottlingError')]) {
      const { store, sent } = await storeOn([silence, last], 2)
      await expect(store.commit(writes)).rejects.toMatchObject({ name: 'UnavailableError', effect: 'unknown' })
      expect(sent).toHaveLength(2)
    }
  })

  test('an attempt that the SDK repeats carries the same token, so it has one effect', async () => {
    const { store, sent } = await storeOn([error('InternalServerError', 500), json(200, {})], 2)
    expect(await store.commit(writes)).toMatchObject({ outcome: 'committed', units: 4 })
    expect(sent).toHaveLength(2)
    expect(sent[0]?.ClientRequestToken).toMatch(/^[\w-]{36}$/)
    expect(sent[1]).toEqual(sent[0])
  })

  describe('a batch that is answered in parts', () => {
    const keys = ['1', '2', '3', '4'].map((sk) => ({ pk: 'A', sk }))
    const part = (read: readonly object[], left: readonly object[]) =>
      json(200, {
        Responses: { laurel: read.map((key) => marshall(key)) },
        UnprocessedKeys: left.length > 0 ? { laurel: { Keys: left.map((key) => marshall(key)), ConsistentRead: true } } : {},
      })

    test('is asked again for what is left, and put in order', async () => {
      const { store, sent } = await storeOn([
        part([keys[3]!, keys[1]!], [keys[0]!, keys[2]!]),
        part([], [keys[0]!, keys[2]!]),
        part([keys[0]!], []),
      ])
      const { items, units } = await store.read(keys, { consistent: true })
      expect(items).toEqual([keys[0], keys[1], undefined, keys[3]])
      expect(units).toBe(4)
      expect(sent.map(({ RequestItems }) => (RequestItems as { laurel: { Keys: unknown[] } }).laurel.Keys.length)).toEqual([
        4, 2, 2,
      ])
    })

    test('is given up when nothing more comes', async () => {
      const { store, sent } = await storeOn([part([], keys)])
      await expect(store.read(keys, { consistent: true })).rejects.toMatchObject({ name: 'UnavailableError', effect: 'none' })
      expect(sent.length).toBeLessThan(10)
    })
  })
})

const makeClient = dynamoDBClient
if (makeClient) {
  describe('the size of an item, as DynamoDB Local counts it', () => {
    const values = [0, 7, 10, 123, 12300, 1764590012345, Number.MAX_SAFE_INTEGER, -1, -10, -12345, '', 'é😀', true, null, [], {}]

    test.each([...values, [0, -1, [null]], { a: { é: [1000] } }])('is what the port counts: with %j', async (value) => {
      const client = makeClient()
      const [TableName, key] = [await makeTable(client), { pk: newPartition(), sk: 'A' }]
      const send = (bytes: number) => client.send(new PutItemCommand({ TableName, Item: marshall(sized(key, bytes, { value })) }))
      await send(mostItemBytes)
      await expect(send(mostItemBytes + 1)).rejects.toThrow('Item size has exceeded the maximum allowed size')
      client.destroy()
    })
  })
}
