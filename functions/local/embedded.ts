import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { documentationPages } from './documentation.ts'
import type { Functions } from './functions.ts'
import { Gateway } from './gateway.ts'
import { answerUnparsed } from './unparsed.ts'

/** A running embedded server. */
export interface Embedded {
  readonly address: string
  /** Takes no new requests and ends those under way. The store stays open. */
  close(): Promise<void>
}

/** Starts the API and its documentation on 127.0.0.1. Port 0 takes a free one; the clock says how long a token is remembered. */
export async function startEmbedded(functions: Functions, port: number, now: () => number = () => Date.now()): Promise<Embedded> {
  const gateway = new Gateway(functions, now)
  const pages = documentationPages()
  const underWay = new Set<ServerResponse>()
  let closing = false
  const server = createServer((request, response) => {
    if (closing) response.setHeader('connection', 'close')
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
    const path = request.url?.split('?', 1)[0] ?? '/'
    const page = request.method === 'GET' ? pages.get(path) : undefined
    if (page) {
      const { type, content } = page()
      response.writeHead(200, { 'content-type': type }).end(content)
    } else if (request.method === 'GET' && path === '/health') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}')
    } else {
      void gateway.answer(request, response)
    }
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
