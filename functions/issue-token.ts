import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda'
import type { Scope } from './contract/operation.ts'

const memberScope: Scope = 'laurel/member'

/**
 * Cognito's trigger before it issues a token: a member's access token says their e-mail address and whether it is verified.
 * By itself only the ID token would, and a member is linked by a verified address.
 */
export async function handler(event: PreTokenGenerationV2TriggerEvent): Promise<PreTokenGenerationV2TriggerEvent> {
  const { email, email_verified: verified } = event.request.userAttributes
  if (!email || verified !== 'true' || !event.request.scopes?.includes(memberScope)) return event
  // Cognito takes claims that are no text, which the published types do not know.
  const claimsToAddOrOverride: { [claim: string]: unknown } = { email, email_verified: true }
  const accessTokenGeneration = { claimsToAddOrOverride: claimsToAddOrOverride as { [claim: string]: string } }
  return { ...event, response: { claimsAndScopeOverrideDetails: { accessTokenGeneration } } }
}
