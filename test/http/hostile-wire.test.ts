import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemSchema } from '../../functions/contract/problem-schema.ts'
import { Laurel } from '../support/laurel.ts'

/** Bytes that no HTTP client would send, written to the socket as they are. */

let laurel: Laurel
let token: string

beforeAll(async () => {
  laurel = await Laurel.start()
  token = await laurel.token({ subject: 'till', programme: 'demo', stores: '*' }, ['laurel/pos'])
})

afterAll(() => laurel.close())

interface Wired {
  readonly request: string
  /** How the first line of the answer begins; undefined where none comes, because the request never ends. */
  readonly status: string | undefined
}

const put = (headers: string, body: string) =>
  `PUT /pos/members/m-wire HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer TOKEN\r\n${headers}\r\n\r\n${body}`
const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer TOKEN\r\n${headers}\r\n`

const wired: { readonly [what: string]: Wired } = {
  'a length that is longer than the body': { request: put('content-length: 200', '{}'), status: undefined },
  'a length that is shorter than the body': { request: put('content-length: 5', '{"name":"x"}'), status: '400' },
  'a negative length': { request: put('content-length: -1', '{}'), status: '400' },
  'a length that is no number': { request: put('content-length: two', '{}'), status: '400' },
  'two lengths': { request: put('content-length: 2\r\ncontent-length: 3', '{} '), status: '400' },
  'a length of a terabyte': { request: put('content-length: 1099511627776', '{}'), status: '413' },
  'a length beyond every number': { request: put(`content-length: 1${'0'.repeat(400)}`, '{}'), status: '400' },
  'a length and chunks': {
    request: put('content-length: 2\r\ntransfer-encoding: chunked', '2\r\n{}\r\n0\r\n\r\n'),
    status: '400',
  },
  'a chunk of no size': { request: put('transfer-encoding: chunked', 'zz\r\n{}\r\n0\r\n\r\n'), status: '400' },
  'chunks that never end': { request: put('transfer-encoding: chunked', '2\r\n{}\r\n'), status: undefined },
  'another transfer encoding': { request: put('transfer-encoding: gzip', '{}'), status: '400' },
  'a body beyond the limit, in chunks': {
    request: put('transfer-encoding: chunked', `${`8000\r\n${' '.repeat(0x8000)}\r\n`.repeat(9)}0\r\n\r\n`),
    status: '413',
  },
  'an expectation that nobody meets': { request: put('expect: the-unexpected\r\ncontent-length: 2', '{}'), status: '417' },
  'no HTTP at all': { request: '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n', status: '400' },
  'HTTP/2 without being asked': { request: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: '400' },
  'no host': { request: 'GET /health HTTP/1.1\r\n\r\n', status: '400' },
  'a tunnel to elsewhere': { request: 'CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere\r\n\r\n', status: '405' },
  'a method nobody knows': { request: 'STEAL /me HTTP/1.1\r\nhost: x\r\n\r\n', status: '400' },
  'bytes that are no text in the path': { request: get('/pos/members/\u00ff\u00fe'), status: '400' },
  'an overlong slash in the path': { request: get('/pos/members/\u00c0\u00af'), status: '400' },
  'a NUL in a header': { request: get('/pos/members/m-1', 'x: a\u0000b\r\n'), status: '400' },
  'a header of 64 KB': { request: get('/pos/members/m-1', `x: ${'y'.repeat(65_536)}\r\n`), status: '431' },
  'a path of 64 KB': { request: get(`/pos/members/${'y'.repeat(65_536)}`), status: '431' },
  'a path that climbs': { request: get('/pos/../admin/members/demo-member/adjustments/a'), status: '404' },
  'a path that climbs out': { request: get('/../../../../etc/passwd'), status: '404' },
  'a documentation path that climbs': { request: get('/docs/../../package.json'), status: '404' },
  'a doubled slash': { request: get('//pos/members/demo-member'), status: '404' },
  'a slash at the end': { request: get('/pos/members/demo-member/'), status: '404' },
  'a path in capitals': { request: get('/POS/members/demo-member'), status: '404' },
  'a whole URL for a path': { request: get('http://elsewhere/pos/members/demo-member'), status: '404' },
  'an asterisk for a path': { request: 'OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n', status: '404' },
}

/** What comes back until the server closes or has had its time. */
async function exchange(request: string): Promise<string> {
  const socket = connect(Number(new URL(laurel.address).port), '127.0.0.1')
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve())
    socket.on('error', () => resolve())
  })
  socket.write(Buffer.from(request.replace('TOKEN', token), 'latin1'))
  const answered = (async () => {
    while (!/^HTTP\/1\.1 (?!1)\d{3}/m.test(received)) await pause(5)
  })()
  await Promise.race([closed, answered, pause(250)])
  socket.destroy()
  await closed
  return received
}

test('what is stray after a request gets no answer: the request keeps its own', async () => {
  const received = await exchange(`${put('content-length: 14', '{"name":"Ada"}').replace('m-wire', 'm-stray')}stray`)
  expect(received).toMatch(/^HTTP\/1\.1 201 /)
  expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1)
})

test.each(Object.entries(wired))('%s', async (_what, { request, status }) => {
  const before = await laurel.dump()
  const received = await exchange(request)
  if (status === undefined) expect(received).toBe('')
  else {
    expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    const [head, body] = received.split('\r\n\r\n')
    expect(head).toMatch(/^content-type: application\/problem\+json$/im)
    expect(problemSchema.parse(JSON.parse(body!)).status).toBe(Number(status))
  }
  expect(await laurel.dump()).toEqual(before)
  expect((await laurel.send({ method: 'GET', path: '/health' })).status).toBe(200)
})
