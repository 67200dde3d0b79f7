import { RemovalPolicy } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { CfnResourcePolicy, Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { Stage } from './stage.ts'

const actions = (...names: readonly string[]) => names.map((name) => `secretsmanager:${name}`)

/**
 * The key of the look-ups' HMAC, by which members are found by card, e-mail address and phone number. Every look-up in the
 * table hangs on it: under another key all of them are there and none is found. So its value is changed by its rotation alone,
 * which moves them (README, "The secret").
 */
export class LookupSecret extends Construct {
  readonly secret: Secret
  readonly #protectsData: boolean

  constructor(scope: Construct, id: string, { removalPolicy, protectsData }: Stage) {
    super(scope, id)
    this.#protectsData = protectsData
    this.secret = new Secret(this, 'Secret', {
      description: 'Key of the HMAC of Laurel’s look-ups. Changed by its rotation alone: see the README.',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy,
    })
  }

  /**
   * Lets nobody but a rotation put another value in its place, and nobody delete it; where data need not be kept, all may.
   * UpdateSecret is refused to all because it takes a value, too; so a new description is refused as well, CloudFormation's
   * included.
   */
  protectFromAllBut({ roleArn }: IRole): void {
    if (!this.#protectsData) return
    const refuse = (sid: string, refused: readonly string[]) =>
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: [...refused],
        resources: ['*'],
      })
    const others = refuse('KeepValue', actions('PutSecretValue', 'UpdateSecretVersionStage'))
    others.addCondition('ArnNotEquals', { 'aws:PrincipalArn': roleArn })
    this.secret.addToResourcePolicy(others)
    this.secret.addToResourcePolicy(refuse('KeepSecret', actions('UpdateSecret', 'DeleteSecret')))
    // It outlives the stack as the secret does: without the secret nobody is found by card, address or number.
    for (const policy of this.secret.node.findAll()) {
      if (policy instanceof CfnResourcePolicy) policy.applyRemovalPolicy(RemovalPolicy.RETAIN)
    }
  }
}
