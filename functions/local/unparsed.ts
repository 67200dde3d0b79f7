import { type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type ProblemCode, problem } from '../contract/problem.ts'
import { problemResult } from '../http/audience.ts'

/** What Node's parser says of a request, as a problem; whatever it does not name here is malformed. */
const problemsOfNode: { readonly [code: string]: ProblemCode } = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}

/** Answers what never becomes a request, because it is no HTTP or expects what nobody does, with problem documents too. */
export function answerUnparsed(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Gone, or in the middle of an answer already.
    if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) return socket.destroy()
    socket.end(rawAnswer(problemsOfNode[error.code ?? ''] ?? 'malformed-request'))
  })
  server.on('checkExpectation', (_request, response) => {
    const { statusCode, headers, body } = problemResult(problem('expectation-failed'))
    const length = Buffer.byteLength(body ?? '')
    response.writeHead(statusCode ?? 417, {
      ...(headers as { [name: string]: string }),
      'content-length': length,
      connection: 'close',
    })
    response.end(body)
  })
}

function rawAnswer(code: ProblemCode): string {
  const { statusCode = 400, headers = {}, body = '' } = problemResult(problem(code))
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' })
  return `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}
