import { Aws, Duration } from 'aws-cdk-lib'
import {
  AccountRecovery,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
  type UserPoolDomain,
  UserPoolEmail,
  UserPoolGroup,
  UserPoolOperation,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito'
import { Construct } from 'constructs'
import type { Scope } from '../functions/contract/operation.ts'
import { scopes } from '../functions/http/authorization.ts'
import { acknowledge } from './acknowledge.ts'
import type { Bundles } from './bundles.ts'
import { LedgerFunction } from './ledger-function.ts'
import type { Stage } from './stage.ts'

/** What each scope is for, as people who are asked for it read it. */
const meanings: { readonly [scope in Scope]: string } = {
  'laurel/pos': 'Post purchases and returns',
  'laurel/member': 'See and use my own points',
  'laurel/admin.read': 'Read the programme and its members',
  'laurel/admin.marketing': 'Change the programme',
  'laurel/admin.service': 'Correct members’ points',
}

/**
 * The issuer of tokens: a Cognito user pool. Members sign up by themselves; staff are put into groups, named like the scopes
 * that they grant; a shop is a client with credentials, made by an operator when it opens (README). The client of the staff
 * may ask for no scope of Laurel's: the pool has members in it too, and what staff may do is said by their groups alone.
 */
export class SignIn extends Construct {
  readonly pool: UserPool
  readonly domain: UserPoolDomain
  readonly memberClient: UserPoolClient
  readonly staffClient: UserPoolClient
  readonly issueToken: LedgerFunction
  /** The `iss` of its tokens. */
  readonly issuer: string

  constructor(scope: Construct, id: string, stage: Stage, bundles: Bundles) {
    super(scope, id)
    this.issueToken = new LedgerFunction(this, {
      name: 'issue-token',
      description: 'Puts a member’s verified e-mail address into their access token',
      stage,
      bundles,
      memoryMb: 256,
      timeout: Duration.seconds(5), // all that Cognito waits
      allowed: [],
    })
    this.pool = userPool(this, stage)
    acknowledge(
      this.pool,
      'COG2',
      'A member who looks at their points is not made to keep a second factor; whoever wants one may.',
    )
    acknowledge(
      this.pool,
      'COG8',
      'The plus plan costs several times as much for each member who signs in; an operator may choose it.',
    )
    this.pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, this.issueToken.lambda, LambdaVersion.V2_0)
    this.issuer = this.pool.userPoolProviderUrl
    // A name that no other account has: the token endpoint's.
    this.domain = this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `laurel-${stage.name}-${Aws.ACCOUNT_ID}` },
    })
    const { server, offered } = resourceServer(this.pool)
    this.memberClient = this.#appClient('MemberApp', stage.memberAppUrl, Duration.days(30), [
      OAuthScope.EMAIL,
      OAuthScope.resourceServer(server, offered.get('laurel/member')!),
    ])
    this.staffClient = this.#appClient('StaffApp', stage.staffAppUrl, Duration.hours(12), [])
    for (const groupName of scopes.filter((name) => name.startsWith('laurel/admin.'))) {
      new UserPoolGroup(this, groupName, { userPool: this.pool, groupName, description: meanings[groupName] })
    }
  }

  /** An app by which people sign in. It keeps no secret: the authorisation code is bound to it by PKCE. */
  #appClient(id: string, url: string, signedInFor: Duration, more: OAuthScope[]): UserPoolClient {
    return this.pool.addClient(id, {
      generateSecret: false,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, ...more],
        callbackUrls: [url],
        logoutUrls: [url],
      },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: signedInFor,
      readAttributes: new ClientAttributes().withStandardAttributes({ email: true, emailVerified: true }),
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
    })
  }
}

function userPool(scope: Construct, { protectsData, removalPolicy, mailFrom }: Stage): UserPool {
  return new UserPool(scope, 'Pool', {
    selfSignUpEnabled: true,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    autoVerify: { email: true },
    // An address that was changed counts only once it is verified: by it a member is found.
    keepOriginal: { email: true },
    standardAttributes: { email: { required: true, mutable: true } },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    passwordPolicy: { minLength: 12, requireLowercase: true, requireUppercase: true, requireDigits: true, requireSymbols: true },
    mfa: Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    featurePlan: FeaturePlan.ESSENTIALS, // the least that lets a trigger change access tokens
    email:
      mailFrom === undefined
        ? UserPoolEmail.withCognito()
        : UserPoolEmail.withSES({ fromEmail: mailFrom, sesRegion: Aws.REGION }),
    deletionProtection: protectsData,
    removalPolicy,
  })
}

/** The API's scopes, `laurel/…`, as Cognito offers them. */
function resourceServer(pool: UserPool): { server: UserPoolResourceServer; offered: Map<Scope, ResourceServerScope> } {
  const offered = new Map(
    scopes.map((scope) => [
      scope,
      new ResourceServerScope({ scopeName: scope.slice('laurel/'.length), scopeDescription: meanings[scope] }),
    ]),
  )
  const server = pool.addResourceServer('Api', { identifier: 'laurel', scopes: [...offered.values()] })
  return { server, offered }
}
