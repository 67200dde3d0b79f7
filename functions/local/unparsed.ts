import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ProblemCode, problem } from '../contract/problem.ts'
import { problemResult } from '../http/audience.ts'

/** What Node's parser says of a request, as a problem; whatever it does not name here is malformed. */
const problemsOfNode: { readonly [code: string]: ProblemCode } = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}

/** How long what is under way on a connection that has gone wrong may take. */
const mostAnswerMs = 10_000

/**
 * Answers what never becomes a request, because it is no HTTP or expects what nobody does, with problem documents too. What
 * comes after a request that is still being answered gets no answer: it would be taken for that one's.
 */
export function answerUnparsed(server: Server): void {
  const underWay = new WeakMap<Duplex, { answers: number; latest: IncomingMessage; isBroken: boolean }>()
  server.prependListener('request', (latest, response) => {
    const { socket } = latest
    const state = underWay.get(socket) ?? { answers: 0, latest, isBroken: false }
    underWay.set(socket, state)
    state.latest = latest
    state.answers += 1
    response.once('close', () => {
      state.answers -= 1
      if (state.isBroken && state.answers === 0) socket.destroySoon()
    })
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    const state = underWay.get(socket)
    // Where the only one is not here to its end, it is that one which is malformed.
    if (state && (state.answers > 1 || (state.answers === 1 && state.latest.complete))) {
      state.isBroken = true
      setTimeout(() => socket.destroy(), mostAnswerMs).unref()
      return
    }
    socket.end(rawAnswer(problemsOfNode[error.code ?? ''] ?? 'malformed-request'))
    socket.destroySoon()
  })
  server.on('checkExpectation', (_request, response) => refuse(response, 'expectation-failed'))
  server.on('connect', (_request, socket) => socket.end(rawAnswer('method-not-allowed')))
}

/** A request by HTTP/1.1 must say which host it is for (RFC 9112, 3.2). */
export const lacksHost = ({ httpVersion, headers }: IncomingMessage): boolean =>
  httpVersion === '1.1' && headers.host === undefined

/** Refuses a request that came, and ends its connection. */
export function refuse(response: ServerResponse, code: ProblemCode): void {
  const { statusCode = 400, headers, body = '' } = problemResult(problem(code))
  const length = Buffer.byteLength(body)
  response.writeHead(statusCode, { ...(headers as { [name: string]: string }), 'content-length': length, connection: 'close' })
  response.end(body)
}

function rawAnswer(code: ProblemCode): string {
  const { statusCode = 400, headers = {}, body = '' } = problemResult(problem(code))
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' })
  return `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}
