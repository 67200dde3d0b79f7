import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import type { Stage } from './stage.ts'

/** UpdateSecret is among them because it takes a value, too; so a new description is refused as well, CloudFormation's included. */
const changesOrEnds = ['PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage', 'RotateSecret', 'DeleteSecret'].map(
  (action) => `secretsmanager:${action}`,
)

/**
 * The key of the look-ups' HMAC, by which members are found by card, e-mail address and phone number. Every look-up in the
 * table hangs on it: under another key all of them are there and none is found. So it is not rotated, and its own policy
 * refuses whoever would put another value in its place, or delete it; to change it is a migration (README, "The secret").
 */
export class LookupSecret extends Construct {
  readonly secret: Secret

  constructor(scope: Construct, id: string, { removalPolicy, protectsData }: Stage) {
    super(scope, id)
    this.secret = new Secret(this, 'Secret', {
      description: 'Key of the HMAC of Laurel’s look-ups. Not to be changed: see the README.',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy,
    })
    acknowledge(this.secret, 'SMG4', 'Rotated, it would orphan every look-up: members would be there and not be found.')
    if (!protectsData) return
    this.secret.addToResourcePolicy(
      new PolicyStatement({
        sid: 'KeepValue',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: changesOrEnds,
        resources: ['*'],
      }),
    )
  }
}
