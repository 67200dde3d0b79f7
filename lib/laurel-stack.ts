import { type App, CfnOutput, Stack } from 'aws-cdk-lib'
import { Alarms } from './alarms.ts'
import { Audiences } from './audiences.ts'
import type { Bundles } from './bundles.ts'
import { LedgerDashboard } from './dashboard.ts'
import { LedgerApi } from './http-api.ts'
import { Jobs } from './jobs.ts'
import { LedgerTable } from './ledger-table.ts'
import { LookupSecret } from './lookup-secret.ts'
import { Measures } from './measures.ts'
import { Publishing } from './publishing.ts'
import { Rotation } from './rotation.ts'
import { Settling } from './settling.ts'
import { SignIn } from './sign-in.ts'
import type { Stage } from './stage.ts'

/** Laurel on AWS, one stage of it. */
export class LaurelStack extends Stack {
  constructor(app: App, stage: Stage, bundles: Bundles) {
    super(app, `Laurel-${stage.name}`, {
      description: 'Laurel, a ledger of loyalty points',
      terminationProtection: stage.protectsData,
      tags: { application: 'laurel', stage: stage.name },
    })
    const ledger = new LedgerTable(this, 'Ledger', stage)
    const lookups = new LookupSecret(this, 'Lookups', stage)
    const signIn = new SignIn(this, 'SignIn', stage, bundles)
    const audiences = new Audiences(this, 'Audiences', { stage, bundles, ledger, lookups, signIn })
    const http = new LedgerApi(this, 'Http', { stage, ...audiences })
    const settling = new Settling(this, 'Settling', stage, bundles, ledger)
    const { runJobs } = new Jobs(this, 'Jobs', stage, bundles, ledger)
    const publishing = new Publishing(this, 'Publishing', stage, bundles, ledger)
    const { rotateSecret } = new Rotation(this, 'Rotation', stage, bundles, ledger, lookups)
    const { settleMembers } = settling
    const functions = [...audiences.all, settleMembers, runJobs, publishing.publishEvents, signIn.issueToken, rotateSecret]
    const measures = new Measures(this, 'Measures', stage, { access: http.accessLog, settling: settleMembers.logGroup })
    const watched = { stage, ledger, http, functions, settling, publishing, measures }
    new Alarms(this, 'Alarms', watched)
    new LedgerDashboard(this, 'Overview', watched)

    const says = (id: string, value: string, description: string) => new CfnOutput(this, id, { value, description })
    says('ApiUrl', http.api.apiEndpoint, 'Where tills and apps send their requests')
    says('TokenUrl', `${signIn.domain.baseUrl()}/oauth2/token`, 'Where a shop gets its tokens')
    says('Issuer', signIn.issuer, 'What tokens name as their issuer')
    says('UserPoolId', signIn.pool.userPoolId, 'Where shops’ clients and staff are made')
    says('MemberClientId', signIn.memberClient.userPoolClientId, 'The member app’s client')
    says('StaffClientId', signIn.staffClient.userPoolClientId, 'The staff’s client')
    says('TableName', ledger.table.tableName, 'The one table')
    says('EventBusName', publishing.bus.eventBusName, 'Where all that is booked is told; rules lead it on')
    says('LookupSecretArn', lookups.secret.secretArn, 'The key of the look-ups')
  }
}
