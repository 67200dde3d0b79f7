import { join } from 'node:path'
import type { Duration } from 'aws-cdk-lib'
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Bundles, FunctionName } from './bundles.ts'
import type { Stage } from './stage.ts'

export interface LedgerFunctionProps {
  readonly name: FunctionName
  readonly description: string
  readonly stage: Stage
  readonly bundles: Bundles
  readonly memoryMb: number
  readonly timeout: Duration
  /** Executions that are kept for this function, and that it cannot go beyond; undefined shares what is left. */
  readonly concurrency?: number
  readonly environment?: { readonly [name: string]: string }
  /** All it may do besides writing its log. */
  readonly allowed: readonly PolicyStatement[]
}

/**
 * A Lambda function with a log that ends and a role of its own, of hand-written statements alone: what CDK would grant along
 * the way is not taken. It is not traced by X-Ray: without the SDK instrumented a trace says no more than the access log's
 * latencies, and at a hundred purchases a second the default sampling costs more than the functions.
 */
export class LedgerFunction extends Construct {
  readonly name: FunctionName
  readonly lambda: LambdaFunction
  readonly logGroup: LogGroup
  readonly timeout: Duration

  constructor(scope: Construct, props: LedgerFunctionProps) {
    super(scope, pascal(props.name))
    const { name, stage, concurrency } = props
    this.name = name
    this.timeout = props.timeout
    this.logGroup = new LogGroup(this, 'Log', { retention: stage.logRetention, removalPolicy: stage.removalPolicy })
    const writesLog = new PolicyStatement({
      sid: 'WriteLog',
      effect: Effect.ALLOW,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    })
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { allowed: new PolicyDocument({ statements: [writesLog, ...props.allowed] }) },
    })
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(join(props.bundles.directory, name)),
      handler: 'index.handler',
      memorySize: props.memoryMb,
      timeout: props.timeout,
      environment: { ...props.environment },
      role: role.withoutPolicyUpdates(),
      logGroup: this.logGroup,
      ...(stage.reservesConcurrency && concurrency !== undefined && { reservedConcurrentExecutions: concurrency }),
    })
  }
}

const pascal = (name: string) => name.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())
