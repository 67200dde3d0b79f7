import { Duration, Stack } from 'aws-cdk-lib'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { Bundles } from './bundles.ts'
import { LedgerFunction } from './ledger-function.ts'
import type { LedgerTable } from './ledger-table.ts'
import type { LookupSecret } from './lookup-secret.ts'
import { readsLedger, rekeysLookups, rotatesSecret } from './permissions.ts'
import type { Stage } from './stage.ts'

/**
 * Rotates the key of the look-ups once a year. Every look-up is moved for it, a write or two each: oftener it would cost more
 * than it makes safer, for a key that opens nothing by itself.
 */
export class Rotation extends Construct {
  readonly rotateSecret: LedgerFunction

  constructor(scope: Construct, id: string, stage: Stage, bundles: Bundles, ledger: LedgerTable, lookups: LookupSecret) {
    super(scope, id)
    const { secret } = lookups
    this.rotateSecret = new LedgerFunction(this, {
      name: 'rotate-secret',
      description: 'Rotates the key by which members are looked up',
      stage,
      bundles,
      memoryMb: 1024,
      timeout: Duration.minutes(15), // all that there is; a longer walk goes on at the next try
      concurrency: 2, // a walk, and a step that is sent once more meanwhile
      environment: { LAUREL_TABLE: ledger.table.tableName, LAUREL_LOOKUP_SECRET_ARN: secret.secretArn },
      allowed: [readsLedger(ledger), ...rekeysLookups(ledger), rotatesSecret(secret)],
    })
    const { lambda } = this.rotateSecret
    lookups.protectFromAllBut(lambda.role!)
    lambda.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    })
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: secret.secretArn,
      rotationLambdaArn: lambda.functionArn,
      rotationRules: { scheduleExpression: 'rate(365 days)' },
      // A deployment changes no key.
      rotateImmediatelyOnUpdate: false,
    })
    // Secrets Manager tries the function when the schedule is made.
    schedule.node.addDependency(lambda)
  }
}
