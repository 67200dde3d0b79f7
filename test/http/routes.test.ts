import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operations } from '../../functions/contract/index.ts'
import { pathOf, problemIn } from '../support/client.ts'
import { claimsOf, genuine } from '../support/forged-tokens.ts'
import { Laurel } from '../support/laurel.ts'

let laurel: Laurel
let token: string

beforeAll(async () => {
  laurel = await Laurel.start()
  token = await laurel.token({ subject: 'till', programme: 'demo', stores: '*' }, ['laurel/pos'])
})

afterAll(() => laurel.close())

const paths = [...new Set(operations.map((operation) => pathOf(operation, operation.example.params)))]
const methods = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']

/** What takes a path, literally or by a parameter: `/pos/members/search` is a member's path, too. */
const takenBy = (path: string) =>
  operations
    .filter((operation) => new RegExp(`^${operation.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .map(({ method }) => method)

describe.each(paths)('%s', (path) => {
  const taken = takenBy(path)
  const others = methods.filter((method) => !taken.some((known) => known === method))

  test.each(others)('does not take %s: 405, and says what it takes', async (method) => {
    for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
      const answer = await laurel.send({ method, path, headers })
      expect(answer.status).toBe(405)
      expect(answer.headers.allow?.split(', ').toSorted()).toEqual(taken.toSorted())
      if (method !== 'HEAD') expect(problemIn(answer).code).toBe('method-not-allowed')
    }
  })

  test('is nobody’s path when it is longer or shorter', async () => {
    for (const near of [`${path}/`, `${path}/x/y`, `/${path}`, `${path}.json`, path.toUpperCase()]) {
      const method = methods.find((one) => one !== 'HEAD' && !takenBy(near).some((known) => known === one))!
      const answer = await laurel.send({ method, path: near, headers: { authorization: `Bearer ${token}` } })
      const expected = takenBy(near).length > 0 ? 'method-not-allowed' : 'path-unknown'
      expect([near, problemIn(answer).code]).toEqual([near, expected])
    }
  })
})

test('/health answers without a token', async () => {
  const { status, text } = await laurel.send({ method: 'GET', path: '/health' })
  expect([status, JSON.parse(text)]).toEqual([200, { status: 'ok' }])
})

test('a token that was good is refused from the second in which it expires, remembered or not', async () => {
  const now = Math.floor(laurel.now / 1000)
  const short = await genuine(laurel, { ...claimsOf(laurel, 'till', ['laurel/pos']), exp: now + 30 })
  const ask = async () =>
    (await laurel.send({ method: 'GET', path: '/pos/members/demo-member', headers: { authorization: `Bearer ${short}` } })).status
  expect(await ask()).toBe(200)
  laurel.travel(new Date((now + 29) * 1000).toISOString())
  expect(await ask()).toBe(200)
  laurel.travel(new Date((now + 30) * 1000).toISOString())
  expect(await ask()).toBe(401)
})
