import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { problem } from '../contract/problem.ts'
import { problemResult } from '../http/audience.ts'
import { documentationPages, type Page } from './documentation.ts'
import type { Functions } from './functions.ts'
import { Gateway } from './gateway.ts'
import { answerUnparsed, lacksHost, refuse } from './unparsed.ts'

/** A running embedded server. */
export interface Embedded {
  readonly address: string
  /** Takes no new requests and ends those under way. The store stays open. */
  close(): Promise<void>
}

/** Starts the API and its documentation on 127.0.0.1. Port 0 takes a free one; the clock says how long a token is remembered. */
export async function startEmbedded(functions: Functions, port: number, now: () => number = () => Date.now()): Promise<Embedded> {
  const gateway = new Gateway(functions, now)
  const pages = new Map([...documentationPages(), ['/health', health] as const])
  const underWay = new Set<ServerResponse>()
  let closing = false
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    if (lacksHost(request)) return refuse(response, 'malformed-request')
    if (closing) response.setHeader('connection', 'close')
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
    const path = request.url?.split('?', 1)[0] ?? '/'
    const page = pages.get(path)
    if (page) answerPage(page, request, response)
    else void gateway.answer(request, response)
  })
  answerUnparsed(server)
  await listen(server, port)
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      closing = true
      // Else a client that keeps its connection would be served for ever, and then be cut off in the middle.
      for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close')
      await closeServer(server)
    },
  }
}

const health = (): Page => ({ type: 'application/json', content: '{"status":"ok"}' })

function answerPage(page: () => Page, { method }: IncomingMessage, response: ServerResponse): void {
  if (/^(GET|HEAD)$/.test(method ?? '')) {
    const { type, content } = page()
    response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(content) }).end(content)
    return
  }
  const { statusCode = 405, headers, body } = problemResult(problem('method-not-allowed'), { allow: 'GET, HEAD' })
  response.writeHead(statusCode, headers as { [name: string]: string }).end(body)
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

/** How long requests under way may take to end. */
const graceMs = 10_000

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), graceMs).unref()
  })
}
