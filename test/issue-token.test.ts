import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { handler } from '../functions/issue-token.ts'

const eventOf = (userAttributes: { [name: string]: string }, scopes: string[]) =>
  ({
    triggerSource: 'TokenGeneration_HostedAuth',
    request: { userAttributes, groupConfiguration: {}, scopes },
    response: { claimsAndScopeOverrideDetails: {} },
  }) as unknown as PreTokenGenerationV2TriggerEvent

const claimsIn = ({ response }: PreTokenGenerationV2TriggerEvent) =>
  response.claimsAndScopeOverrideDetails.accessTokenGeneration?.claimsToAddOrOverride

describe('an access token', () => {
  it('says a member’s verified e-mail address', async () => {
    const event = eventOf({ email: 'ada@example.org', email_verified: 'true' }, ['openid', 'laurel/member'])
    expect(claimsIn(await handler(event))).toEqual({ email: 'ada@example.org', email_verified: true })
  })

  it.each([
    ['an address that is only claimed', { email: 'ada@example.org', email_verified: 'false' }, ['laurel/member']],
    ['no address', { email_verified: 'true' }, ['laurel/member']],
    ['staff’s address', { email: 'desk@example.org', email_verified: 'true' }, ['openid']],
  ])('does not say %s', async (_, attributes, scopes) => {
    expect(claimsIn(await handler(eventOf(attributes as { [name: string]: string }, scopes)))).toBeUndefined()
  })
})
