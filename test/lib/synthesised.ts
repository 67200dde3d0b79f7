import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { type Bundles, functionNames } from '../../lib/bundles.ts'
import { LaurelStack } from '../../lib/laurel-stack.ts'
import { stageOf } from '../../lib/stage.ts'

/** One statement of a policy, as it stands in the template. */
export interface Statement {
  readonly Sid?: string
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource?: unknown
  readonly Principal?: unknown
  readonly Condition?: unknown
}

export interface Resource {
  readonly Type: string
  readonly Properties: { readonly [name: string]: unknown }
  readonly DeletionPolicy?: string
  readonly DependsOn?: readonly string[]
}

export interface Synthesised {
  readonly template: Template
  /** Resources of a type, by logical id. */
  of(type: string): [string, Resource][]
}

/** Functions that do nothing, for templates that are only looked at. */
export function stubBundles(): Bundles {
  const directory = mkdtempSync(join(tmpdir(), 'laurel-stubs-'))
  for (const name of functionNames) {
    mkdirSync(join(directory, name))
    writeFileSync(join(directory, name, 'index.mjs'), `export const handler = async () => '${name}'\n`)
  }
  return { directory, metafile: { inputs: {}, outputs: {} } }
}

/** One stage as it would be deployed, its code left out and its template not yet checked. */
export function synthesise(context: { readonly [key: string]: string } = {}): Synthesised {
  const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: false, context })
  const template = Template.fromStack(new LaurelStack(app, stageOf(app.node), stubBundles()))
  const { Resources } = template.toJSON() as { Resources: { [id: string]: Resource } }
  return { template, of: (type) => Object.entries(Resources).filter(([, resource]) => resource.Type === type) }
}

/** The statements of a role. */
export function statementsOf({ Properties }: Resource): Statement[] {
  const policies = (Properties.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[]
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
}

export const actionsOf = ({ Action }: Statement): readonly string[] => (typeof Action === 'string' ? [Action] : Action)
