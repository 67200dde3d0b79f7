/**
 * Bundled in place of `@aws-sdk/credential-provider-node`: a Lambda function finds its credentials in its environment and
 * nowhere else, and the SDK's chain of nine providers is a third of the SDK.
 */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env
  if (!accessKeyId || !secretAccessKey) throw new Error('the environment lacks AWS credentials')
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}
