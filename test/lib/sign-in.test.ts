import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { scopes } from '../../functions/http/authorization.ts'
import { synthesise } from './synthesised.ts'

const { template, of } = synthesise({ mailFrom: 'points@shop.example', alarmEmail: 'ops@shop.example' })
const clients = new Map(
  of('AWS::Cognito::UserPoolClient').map(([id, { Properties }]) => [id.includes('Member') ? 'member' : 'staff', Properties]),
)

describe('the issuer of tokens', () => {
  it('offers the contract’s scopes', () => {
    const { Identifier, Scopes } = of('AWS::Cognito::UserPoolResourceServer')[0]![1].Properties
    const offered = (Scopes as { ScopeName: string }[]).map(({ ScopeName }) => `laurel/${ScopeName}`)
    expect(Identifier).toBe('laurel')
    expect(offered).toEqual(scopes)
  })

  it('lets people sign in by code alone, to apps that keep no secret', () => {
    expect([...clients.keys()].sort()).toEqual(['member', 'staff'])
    for (const properties of clients.values()) {
      expect(properties).toMatchObject({
        AllowedOAuthFlows: ['code'],
        GenerateSecret: false,
        PreventUserExistenceErrors: 'ENABLED',
      })
    }
  })

  it('gives the member app the members’ scope and no other', () => {
    const asked = clients.get('member')?.AllowedOAuthScopes as unknown[]
    expect(asked.slice(0, 2)).toEqual(['openid', 'email'])
    expect(JSON.stringify(asked.slice(2))).toMatch(/^\[\{"Fn::Join":\["",\[\{"Ref":"\w+"\},"\/member"\]\]\}\]$/)
  })

  it('gives the staff’s app none: their groups, named like the scopes, say what they may do', () => {
    expect(clients.get('staff')?.AllowedOAuthScopes).toEqual(['openid'])
    const groups = of('AWS::Cognito::UserPoolGroup').map(([, { Properties }]) => Properties.GroupName)
    expect(groups.sort()).toEqual(scopes.filter((scope) => scope.startsWith('laurel/admin.')).sort())
  })

  it('verifies e-mail addresses, also changed ones, and puts them into members’ access tokens', () => {
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      AutoVerifiedAttributes: ['email'],
      UsernameAttributes: ['email'],
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
      UserPoolTier: 'ESSENTIALS',
      LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V2_0', LambdaArn: Match.anyValue() } },
      EmailConfiguration: { From: 'points@shop.example' },
    })
  })

  it('has an address by which shops get their tokens', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolDomain', {
      Domain: { 'Fn::Join': ['', ['laurel-prod-', { Ref: 'AWS::AccountId' }]] },
    })
    template.hasOutput('TokenUrl', {})
  })
})
