import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const program = (name: string) => fileURLToPath(new URL(`../../functions/local/${name}.ts`, import.meta.url))

/** The environment of a child: this one's, with nothing of Laurel's or AWS's but what is said. */
export type Settings = { readonly [name: string]: string }

function start(name: string, args: readonly string[], settings: Settings, directory?: string): ChildProcess {
  const inherited = Object.entries(process.env).filter(
    ([variable]) => !/^(PORT$|LAUREL_|AWS_|VITEST|NODE_OPTIONS$)/.test(variable),
  )
  return spawn(process.execPath, [program(name), ...args], {
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(directory !== undefined && { cwd: directory }),
  })
}

/** What a process has written so far. */
class Output {
  stdout = ''
  stderr = ''

  constructor(child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
  }
}

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `laurel ARGS` on a data file to its end. */
export const laurel = (data: string, ...args: string[]): Promise<Ran> => laurelWith({ LAUREL_DATA: data }, ...args)

/** Runs `laurel ARGS` to its end. */
export async function laurelWith(settings: Settings, ...args: string[]): Promise<Ran> {
  const child = start('cli', args, settings)
  const output = new Output(child)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout: output.stdout, stderr: output.stderr }
}

/** Runs `laurel ARGS` on a data file and ends it as a power cut does, once something is so. */
export async function interrupted(data: string, isSo: () => boolean, ...args: string[]): Promise<void> {
  const child = start('cli', args, { LAUREL_DATA: data })
  const closed = once(child, 'close')
  while (!isSo()) {
    if (child.exitCode !== null) throw new Error('it has ended before that')
    await pause(2)
  }
  child.kill('SIGKILL')
  await closed
}

/** The last line of what was printed, as JSON. */
export const lastJson = ({ stdout }: Pick<Ran, 'stdout'>): { readonly [name: string]: unknown } =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { readonly [name: string]: unknown }

/** A server that did not come up. */
export async function failedServer(settings: Settings): Promise<Ran> {
  const child = start('server', [], settings)
  const output = new Output(child)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout: output.stdout, stderr: output.stderr }
}

export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  readonly text: string
  readonly body: unknown
}

/** A server in a process of its own, on a port that was free. It does not outlive the test. */
export class Server {
  readonly #child: ChildProcess
  readonly #output: Output
  readonly #closed: Promise<[code: number | null, signal: string | null]>
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 })
  readonly tokensPath: string
  address = ''

  private constructor(child: ChildProcess, tokensPath: string) {
    this.#child = child
    this.#output = new Output(child)
    this.#closed = once(child, 'close') as Promise<[number | null, string | null]>
    this.tokensPath = tokensPath
  }

  /** Starts one, and waits until it says where it listens. Throws with what it wrote where it ends instead. */
  static async start(settings: Settings & { readonly LAUREL_DATA: string }, directory?: string): Promise<Server> {
    const child = start('server', [], { PORT: '0', ...settings }, directory)
    const { LAUREL_DATA: data } = settings
    const beside = data === ':memory:' ? join(directory ?? '.', '.laurel') : dirname(data)
    const server = new Server(child, join(beside, 'tokens.json'))
    onTestFinished(async () => {
      await server.kill()
    })
    let ended = false
    void server.#closed.then(() => {
      ended = true
    })
    while (!server.address) {
      server.address = /listens on (http:\S+)/.exec(server.#output.stdout)?.[1] ?? ''
      if (ended) throw new Error(`the server ended: ${server.#output.stderr}`)
      if (!server.address) await Promise.race([once(child.stdout!, 'data'), server.#closed])
    }
    return server
  }

  get output(): Pick<Ran, 'stdout' | 'stderr'> {
    return this.#output
  }

  /** What it has printed, once that holds a text. */
  async printed(text: string): Promise<string> {
    while (!this.#output.stdout.includes(text)) await once(this.#child.stdout!, 'data')
    return this.#output.stdout
  }

  get tokens(): { readonly pos: string; readonly member: string; readonly admin: string } {
    return JSON.parse(readFileSync(this.tokensPath, 'utf8'))
  }

  /** Sends a request with JSON; rejects where no whole answer comes. */
  send(method: string, path: string, { token, body }: { token?: string; body?: unknown } = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers = {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      }
      const outgoing = request(`${this.address}${path}`, { method, headers, agent: this.#agent }, (incoming) => {
        let received = ''
        incoming.setEncoding('utf8').on('data', (part: string) => {
          received += part
        })
        incoming.on('error', reject)
        incoming.on('end', () => {
          const isJson = /json/.test(incoming.headers['content-type'] ?? '')
          const { statusCode: status = 0, headers } = incoming
          resolve({ status, headers, text: received, body: isJson ? JSON.parse(received) : undefined })
        })
      })
      outgoing.on('error', reject)
      outgoing.end(text)
    })
  }

  /** Ends it as an operator does. Gives its exit code and what it wrote. */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<Ran> {
    this.#child.kill(signal)
    const [code] = await this.#closed
    this.#agent.destroy()
    return { code, stdout: this.#output.stdout, stderr: this.#output.stderr }
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
    this.#agent.destroy()
  }
}

/** A purchase of one line, as a till posts it. */
export function purchase(member: { readonly id: string } | { readonly card: string }, amount: number, occurredAt: string) {
  return { member, storeId: 'leeds', occurredAt, currency: 'GBP', lines: [{ lineId: '1', sku: '85123A', quantity: 1, amount }] }
}

/** Some time before now, RFC 3339 in UTC. */
export const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
