import { App } from 'aws-cdk-lib'
import { LaurelStack } from './laurel-stack.ts'

/** `npm run synth`: what is deployed. It holds the table; the functions and the API in front of it are not in it yet. */
const app = new App({ analyticsReporting: false })
new LaurelStack(app, 'Laurel')
