import { describe, expect, test } from 'vitest'
import { type Environment, settingsOf } from '../../functions/local/settings.ts'

const onTable = (more: Environment) => settingsOf({ LAUREL_STORE: 'dynamodb', ...more })

describe('an emulator', () => {
  const local = { kind: 'emulator', table: 'laurel', region: 'local', accessKeyId: 'local', secretAccessKey: 'local' }

  test.each([
    ['AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:8000'],
    ['AWS_ENDPOINT_URL', 'http://localhost:4566'],
    ['LAUREL_DYNAMODB_ENDPOINT', 'http://dynamodb:8000'],
    ['DYNAMODB_ENDPOINT', 'http://[::1]:8000/'],
  ])('is named by %s', (name, endpoint) => {
    expect(onTable({ [name]: endpoint }).place).toEqual({ ...local, endpoint })
  })

  test('is asked for the table, region and keys that are given: it keeps them apart', () => {
    const given = { LAUREL_TABLE: 'mine', AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }
    expect(
      onTable({ ...given, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000', AWS_ENDPOINT_URL: 'http://other' }).place,
    ).toEqual({
      ...{ kind: 'emulator', table: 'mine', endpoint: 'http://127.0.0.1:8000' },
      ...{ region: 'eu-west-1', accessKeyId: 'id', secretAccessKey: 'secret' },
    })
  })

  test('that is none is refused', () => {
    expect(() => onTable({ AWS_ENDPOINT_URL: 'nowhere' })).toThrow('AWS_ENDPOINT_URL is no address: nowhere')
  })

  test('alone can run the bundles', () => {
    const endpoint = { AWS_ENDPOINT_URL: 'http://127.0.0.1:8000' }
    expect(onTable({ ...endpoint, LAUREL_BUNDLES: '1' }).bundlesOn).toMatchObject({ endpoint: 'http://127.0.0.1:8000' })
    for (const no of ['', '0', 'false']) expect(onTable({ ...endpoint, LAUREL_BUNDLES: no }).bundlesOn).toBeUndefined()
    for (const elsewhere of [{}, { LAUREL_STORE: 'dynamodb', LAUREL_TABLE: 'prod' }]) {
      expect(() => settingsOf({ ...elsewhere, LAUREL_BUNDLES: '1' })).toThrow('LAUREL_BUNDLES needs')
    }
  })
})

describe('AWS', () => {
  test.each([
    undefined,
    'https://dynamodb.eu-west-1.amazonaws.com',
    'http://dynamodb.eu-west-1.amazonaws.com',
    'http://dynamodb.cn-north-1.amazonaws.com.cn',
    'https://vpce-1-2.dynamodb.eu-west-1.vpce.amazonaws.com',
    'http://dynamodb.eu-west-1.api.aws',
    'https://proxy.example',
  ])('is meant by the address %s: nothing is guessed, and nothing seeded', (endpoint) => {
    const settings = onTable({ LAUREL_TABLE: 'prod', AWS_ENDPOINT_URL_DYNAMODB: endpoint })
    expect(settings).toMatchObject({ place: { kind: 'aws', table: 'prod' }, seeds: false })
    expect(() => onTable({ AWS_ENDPOINT_URL_DYNAMODB: endpoint })).toThrow('the environment lacks LAUREL_TABLE')
  })
})

test('without a word of a store it is the data file', () => {
  for (const LAUREL_STORE of [undefined, '', 'sqlite']) {
    const settings = settingsOf({ LAUREL_STORE, LAUREL_DATA: '/data/laurel.db', AWS_ENDPOINT_URL: 'http://127.0.0.1:8000' })
    expect(settings).toMatchObject({ place: { kind: 'file', path: '/data/laurel.db' }, tokensPath: '/data/tokens.json' })
  }
})
