import { expect, it } from 'vitest'
import { defaultEndpointResolver } from '../../functions/bundled/region-endpoint.ts'

it.each([
  [{ Region: 'eu-west-1' }, 'https://dynamodb.eu-west-1.amazonaws.com/'],
  [{ Region: 'us-gov-west-1' }, 'https://dynamodb.us-gov-west-1.amazonaws.com/'],
  [{ Region: 'cn-north-1' }, 'https://dynamodb.cn-north-1.amazonaws.com.cn/'],
  [{ Region: 'local', Endpoint: 'http://127.0.0.1:8000' }, 'http://127.0.0.1:8000/'],
])('a table in %j is at %s', (parameters, address) => {
  expect(defaultEndpointResolver(parameters).url.href).toBe(address)
})

it('is nowhere without a region', () => {
  expect(() => defaultEndpointResolver({})).toThrow('region')
})
