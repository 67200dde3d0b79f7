import { readFileSync } from 'node:fs'

/** Reads vitest's JSON report: fails where a suite that must run in CI did not, and says in plain lines what ran, and what took longest. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    /** Milliseconds since 1970. */
    readonly startTime: number
    readonly endTime: number
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      /** Says what a test is part of where its name does not: journeys on the bundles have the names of those on the sources. */
      readonly meta?: { readonly suite?: string }
    }[]
  }[]
}

const report = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Report
const passed = report.testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'passed')
for (const suite of ['DynamoStore on DynamoDB Local', 'online-retail-sample.csv', 'journeys on the bundles']) {
  const ran = passed.filter(({ fullName, meta }) => `${fullName} ${meta?.suite ?? ''}`.includes(suite)).length
  console.log(`${suite}: ${ran} tests ran`)
  if (ran === 0) process.exitCode = 1
}
const slowest = report.testResults
  .map(({ name, startTime, endTime }) => ({
    name: name.replace(/^.*\/test\//, ''),
    seconds: Math.round((endTime - startTime) / 1000),
  }))
  .sort((a, b) => b.seconds - a.seconds)
console.log(
  `Longest, in seconds: ${slowest
    .slice(0, 40)
    .map(({ name, seconds }) => `${name} ${seconds}`)
    .join(', ')}`,
)
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed`)
