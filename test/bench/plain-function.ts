import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import middy from '@middy/core'
import { z } from 'zod'

/** What a function like ours has to load at least where nobody looked at it: the bench loads it beside ours. */
const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}))
const body = z.strictObject({ id: z.string() })

export const handler = middy<{ body: string }>().handler(async (event) => ({
  statusCode: documents && body.safeParse(JSON.parse(event.body)).success ? 200 : 400,
}))
