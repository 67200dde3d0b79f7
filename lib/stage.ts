import { RemovalPolicy } from 'aws-cdk-lib'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Node } from 'constructs'

/** How one stage is set up: `--context stage=dev|prod`, prod where nothing is said. */
export interface Stage {
  readonly name: 'dev' | 'prod'
  /** Whether what holds data outlives its stack, and cannot be deleted by mistake. */
  readonly protectsData: boolean
  readonly removalPolicy: RemovalPolicy
  readonly logRetention: RetentionDays
  /**
   * Whether each function has a part of the account's concurrency to itself. A new account may have too little of it to
   * share out, so that a dev stage does without.
   */
  readonly reservesConcurrency: boolean
  /** Where the member app and the staff's app take people back to after they signed in; whole URLs. */
  readonly memberAppUrl: string
  readonly staffAppUrl: string
  /** Who is told of alarms; nobody where it is undefined. */
  readonly alarmEmail: string | undefined
  /** A sender that Amazon SES has verified. Without one Cognito sends by itself: 50 messages a day. */
  readonly mailFrom: string | undefined
}

/** Reads the stage from the app's context. Throws where there is no such stage. */
export function stageOf(node: Node): Stage {
  const name: unknown = node.tryGetContext('stage') ?? 'prod'
  if (name !== 'dev' && name !== 'prod') throw new Error(`there is no stage ${name}: dev or prod`)
  const text = (key: string) => node.tryGetContext(key) as string | undefined
  const address = (key: string, otherwise: string) => {
    const given = text(key) ?? otherwise
    if (!URL.canParse(given)) throw new Error(`${key} is no whole URL: ${given}`)
    return given
  }
  const protectsData = name === 'prod'
  return {
    name,
    protectsData,
    removalPolicy: protectsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    logRetention: protectsData ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_WEEK,
    reservesConcurrency: protectsData,
    memberAppUrl: address('memberAppUrl', 'http://localhost:3000/'),
    staffAppUrl: address('staffAppUrl', 'http://localhost:3001/'),
    alarmEmail: text('alarmEmail'),
    mailFrom: text('mailFrom'),
  }
}
