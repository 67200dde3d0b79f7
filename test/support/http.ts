import { Agent, request } from 'node:http'

/** A request as it goes over the wire: the path is sent as it stands, the body as the bytes it is. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string | Uint8Array
  /** Sent in these pieces, without a length. */
  readonly chunks?: readonly (string | Uint8Array)[]
}

export interface WireAnswer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | undefined }
  readonly text: string
}

/** A client that neither tidies paths nor adds headers, so that tests say exactly what is sent. */
export class WireClient {
  readonly #address: URL
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 })

  constructor(address: string) {
    this.#address = new URL(address)
  }

  send(asked: WireRequest): Promise<WireAnswer> {
    const { method, path, headers = {}, body, chunks } = asked
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#address
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const options = { hostname, port, method, path, agent: this.#agent, headers: { ...length, ...headers } }
      const outgoing = request(options, (incoming) => {
        const received: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => received.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => {
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers as WireAnswer['headers'],
            text: Buffer.concat(received).toString('utf8'),
          })
        })
      })
      // A server closes what was idle for seconds, perhaps just as it is used again: then it has read nothing.
      const isStale = (error: Error) => outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET'
      outgoing.on('error', (error) => (isStale(error) ? resolve(this.send(asked)) : reject(error)))
      for (const chunk of chunks ?? []) outgoing.write(chunk)
      outgoing.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
