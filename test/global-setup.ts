import type { TestProject } from 'vitest/node'
import { hasJava, startDynamoDBLocal } from './dynamodb-local.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of DynamoDB Local for this run; null where there is no Java to run it. */
    dynamoDBEndpoint: string | null
  }
}

const leftOut = `
${'!'.repeat(100)}
!!  LEFT OUT: the store's tests against DynamoDB Local, and the journeys on the bundles, which run on it.
!!  There is no Java on this machine's PATH. What ran proves the embedded engine (SQLite) and the sources alone.
!!  Install a Java runtime, 17 or later, and run the tests again.
!!  With CI or LAUREL_REQUIRE_DYNAMODB set in the environment this is an error.
${'!'.repeat(100)}
`

/** One DynamoDB Local for the whole run. Without Java it says so, before and after; where it is required, it fails the run. */
export default async function setup(project: TestProject): Promise<() => void | Promise<void>> {
  if (!hasJava()) {
    const { CI, LAUREL_REQUIRE_DYNAMODB } = process.env
    if (CI || LAUREL_REQUIRE_DYNAMODB) throw new Error('The tests against DynamoDB Local are required here and there is no Java.')
    project.provide('dynamoDBEndpoint', null)
    console.error(leftOut)
    return () => console.error(leftOut)
  }
  const local = await startDynamoDBLocal()
  project.provide('dynamoDBEndpoint', local.endpoint)
  return local.stop
}
