import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveAdmin } from '../admin.ts'
import type { Issuer } from '../http/authorization.ts'
import { serveMember } from '../member.ts'
import { servePos } from '../pos.ts'
import type { Runtime } from '../runtime.ts'
import { settleMembers } from '../settle-members.ts'
import { shards } from '../store/table.ts'
import { documentationPages } from './documentation.ts'
import { Gateway } from './gateway.ts'

const sweepEveryMs = 3_600_000

/** A running embedded server. */
export interface Embedded {
  readonly address: string
  /** Takes no new requests, ends those under way and the scheduled job. The store stays open. */
  close(): Promise<void>
}

/** Starts the API, its documentation and the scheduled job on 127.0.0.1. Port 0 takes a free one. */
export async function startEmbedded(runtime: Runtime, issuer: Issuer, port: number): Promise<Embedded> {
  const gateway = new Gateway(runtime, issuer, {
    pos: servePos(runtime),
    member: serveMember(runtime),
    admin: serveAdmin(runtime),
  })
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
  await listen(server, port)
  const sweeps = scheduleSweeps(runtime)
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      closing = true
      // Else a client that keeps its connection would be served for ever, and then be cut off in the middle.
      for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close')
      await Promise.all([sweeps.stop(), closeServer(server)])
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

/** Sweeps at once and then every hour, one sweep at a time. Stopped, it ends with the shard that it is at. */
function scheduleSweeps(runtime: Runtime): { stop(): Promise<void> } {
  let running: Promise<void> | undefined
  let stopped = false
  const sweepAll = async () => {
    for (let shard = 0; shard < shards && !stopped; shard += 1) await settleMembers(runtime, [shard])
  }
  const sweep = () => {
    running ??= sweepAll()
      .catch((error: unknown) => console.error('The scheduled job failed:', error))
      .finally(() => {
        running = undefined
      })
  }
  sweep()
  const timer = setInterval(sweep, sweepEveryMs)
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
