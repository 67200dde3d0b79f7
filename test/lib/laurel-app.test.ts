import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { laurelApp } from '../../lib/laurel-app.ts'
import { stubBundles } from './synthesised.ts'

/** What a plugin found. */
interface Report {
  readonly pluginName: string
  readonly conclusion: string
  readonly violations: readonly unknown[]
  readonly suppressedViolations?: readonly { readonly ruleName: string; readonly reason: string }[]
}

/** Synthesises a stage as `npm run synth` does. Throws where a check fails. */
function synth(context: { readonly [key: string]: string }): { files: string[]; reports: Report[] } {
  const outdir = mkdtempSync(join(tmpdir(), 'laurel-synth-'))
  laurelApp(stubBundles(), { outdir, context }).app.synth()
  const files = readdirSync(outdir)
  const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: Report[]
  }
  rmSync(outdir, { recursive: true, force: true })
  return { files, reports: pluginReports }
}

describe.each([
  ['without a stage', {}, 'Laurel-prod'],
  ['dev', { stage: 'dev' }, 'Laurel-dev'],
])('synth, %s', (_, context, stack) => {
  const { files, reports } = synth(context)

  it('writes one template, at the top', () => {
    expect(files.filter((file) => file.endsWith('.template.json'))).toEqual([`${stack}.template.json`])
  })

  it('passes every check', () => {
    for (const { conclusion, violations } of reports)
      expect({ conclusion, violations }).toEqual({ conclusion: 'success', violations: [] })
  })

  it('gives a reason for each exception to cdk-nag’s AwsSolutions pack', () => {
    const acknowledged = reports.find(({ pluginName }) => pluginName === 'AwsSolutions')?.suppressedViolations ?? []
    expect(new Set(acknowledged.map(({ ruleName }) => ruleName.replace(/\[.*/, '')))).toEqual(
      new Set(['COG2', 'COG8', 'APIG4', 'SQS3', 'IAM5'].map((rule) => `AwsSolutions-${rule}`)),
    )
    for (const { reason } of acknowledged) expect(reason.length).toBeGreaterThan(40)
  })
})
