/** What the SDK knows when it asks for an endpoint. */
interface EndpointParameters {
  readonly Region?: string | undefined
  /** Where the environment names one: an emulator. */
  readonly Endpoint?: string | undefined
}

/**
 * Bundled in place of the DynamoDB client's own: a table's endpoint is its region's, or what the environment names. The client's
 * rules for everything else that could be configured, and for all partitions of AWS, are a good part of a small bundle.
 */
export function defaultEndpointResolver({ Region: region, Endpoint: given }: EndpointParameters): { readonly url: URL } {
  if (given !== undefined) return { url: new URL(given) }
  if (region === undefined) throw new Error('the environment names no region')
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return { url: new URL(`https://dynamodb.${region}.${domain}`) }
}
