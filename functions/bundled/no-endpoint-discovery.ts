/**
 * Bundled in place of `@aws-sdk/middleware-endpoint-discovery`: DynamoDB has one endpoint a region, and the client only
 * asks for others where it is told to.
 */
export const resolveEndpointDiscoveryConfig = <Config extends object>(config: Config): Config => config

const off = () => false

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: off,
  configFileSelector: off,
  default: false,
}
