import { App, type AppProps, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import type { Bundles } from './bundles.ts'
import { LaurelStack } from './laurel-stack.ts'
import { stageOf } from './stage.ts'

/** The CDK app with one stage of Laurel in it. Synthesising throws where cdk-nag finds what nobody gave a reason for. */
export function laurelApp(bundles: Bundles, props: AppProps = {}): { app: App; stack: LaurelStack } {
  const app = new App({ analyticsReporting: false, ...props })
  const stack = new LaurelStack(app, stageOf(app.node), bundles)
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return { app, stack }
}
