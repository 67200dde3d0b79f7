import { hasJava, startDynamoDBLocal } from './dynamodb-local.ts'

/** `npm run dynamodb`: DynamoDB Local on port 8000, empty and in memory, until Ctrl-C. */
if (hasJava()) {
  const local = await startDynamoDBLocal(8000)
  const untilStopped = setInterval(() => {}, 3_600_000)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      clearInterval(untilStopped)
      void local.stop()
    })
  }
  console.log(`DynamoDB Local listens on ${local.endpoint}. In another terminal, on the bundles as they are deployed:

  LAUREL_STORE=dynamodb LAUREL_BUNDLES=1 AWS_ENDPOINT_URL_DYNAMODB=${local.endpoint} npm start
`)
} else {
  console.error('DynamoDB Local needs Java, 17 or later, and there is none on the PATH.')
  process.exitCode = 1
}
