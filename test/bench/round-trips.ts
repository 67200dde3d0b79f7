import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { serveMember } from '../../functions/member.ts'
import { servePos } from '../../functions/pos.ts'
import { clientSettings, DynamoStore } from '../../functions/store/dynamo-store.ts'
import { tableDefinition } from '../../functions/store/dynamo-table.ts'
import { hasJava, startDynamoDBLocal } from '../dynamodb-local.ts'
import { atMost, type Figure } from './figure.ts'
import { balanceEvent, enrolEvent, eventOf, purchaseEvent, send, worldOn } from './world.ts'

const start = Date.UTC(2026, 0, 5, 12)

/**
 * Round trips to the table, counted at the SDK's client, on DynamoDB Local: of a purchase in order by member id, a return,
 * and a balance. The revision is remembered, the token authorised. Left out where there is no Java.
 */
export async function roundTrips(): Promise<Figure[]> {
  if (!hasJava()) {
    console.error('LEFT OUT: round trips to the table need DynamoDB Local, and there is no Java on the PATH.')
    return []
  }
  const local = await startDynamoDBLocal()
  try {
    return await countOn(local.endpoint)
  } finally {
    await local.stop()
  }
}

async function countOn(endpoint: string): Promise<Figure[]> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ ...clientSettings, endpoint, region: 'local', credentials })
  await client.send(new CreateTableCommand(tableDefinition('laurel')))
  let trips = 0
  client.middlewareStack.add(
    (next) => (args) => {
      trips += 1
      return next(args)
    },
    // The last step before the wire: a request that the SDK repeats is counted each time.
    { step: 'deserialize', priority: 'low' },
  )
  const { runtime, setNow } = await worldOn(new DynamoStore(client, 'laurel'), start)
  const pos = servePos(runtime)
  const member = serveMember(runtime)
  const tripsOf = async (work: Promise<string>) => {
    trips = 0
    await work
    return trips
  }
  await send(pos, enrolEvent('m-1001'), 201)
  await send(pos, purchaseEvent(1, 'm-1001', start), 201)
  setNow(start + 1000)
  const back = { occurredAt: new Date(start).toISOString(), lines: [{ lineId: '1', quantity: 1, amount: 100 }] }
  const params = { purchaseId: 'leeds:till-3:1', returnId: 'r-1' }
  const returned = eventOf('PUT /pos/purchases/{purchaseId}/returns/{returnId}', params, back)
  const figures = [
    atMost('round-trips-a-purchase', await tripsOf(send(pos, purchaseEvent(2, 'm-1001', start + 1000), 201)), 'requests', 2),
    atMost('round-trips-a-return', await tripsOf(send(pos, returned, 201)), 'requests', 3),
    atMost('round-trips-a-balance', await tripsOf(send(member, balanceEvent('m-1001'), 200)), 'requests', 1),
  ]
  await runtime.store.close()
  return figures
}
