import { readFileSync } from 'node:fs'

/** Reads vitest's JSON report: fails where a suite that must run in CI did not, and says in one plain line what ran. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

const report = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Report
const passed = report.testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'passed')
for (const suite of ['DynamoDB Local', 'online-retail-sample.csv']) {
  const ran = passed.filter(({ fullName }) => fullName.includes(suite)).length
  console.log(`${suite}: ${ran} tests ran`)
  if (ran === 0) process.exitCode = 1
}
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed`)
