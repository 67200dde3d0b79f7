import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { runBatch } from '../../functions/contract/batch.ts'
import { sweepShard } from '../../functions/handlers/sweep.ts'
import { UnavailableError } from '../../functions/store/store.ts'
import type { Command, PlannedClient, Post } from './plans.ts'
import type { Request, Requests } from './requests.ts'
import type { Stretch } from './trace.ts'
import { type Answer, type Call, Killed, memberShard, type Process, type World } from './world.ts'

/** One sending of a request, and what came of it. */
export interface Sent extends Stretch {
  readonly request: Request
  /** Undefined: nobody knows whether it was done. */
  readonly answer: Answer | undefined
  /** The sendings of one client, of one request, until it is answered or given up. */
  readonly endeavour: symbol
}

/** What all clients of a history sent, and the processes that they talk to. */
export class Clients {
  readonly sent: Sent[] = []
  readonly #world: World
  readonly #requests: Requests
  readonly #processes: Process[]

  constructor(world: World, requests: Requests, processes: number) {
    this.#world = world
    this.#requests = requests
    this.#processes = Array.from({ length: processes }, () => world.start())
  }

  /** Does what a client means to do, one thing after another. */
  async work({ commands, tries }: PlannedClient, place: number): Promise<void> {
    for (const command of commands) await this.#perform(command, tries, place)
  }

  /** Sends a request until it is answered, so many times. */
  async insist(request: Request, tries: number, place = 0): Promise<Answer | undefined> {
    const endeavour = Symbol()
    return this.#insist(tries, place, async (process) => {
      const { from, to, answer } = await this.#send(process, request.call)
      this.sent.push({ request, from, to, answer, endeavour })
      return answer
    })
  }

  async #perform(command: Command, tries: number, place: number): Promise<void> {
    if (command.do === 'sweep') return this.#sweep(place)
    if (command.do === 'batch') return this.#batch(command.posts, tries, place)
    const request = this.#requests.of(command)
    if (request) await this.insist(request, tries, place)
  }

  async #batch(posts: readonly Post[], tries: number, place: number): Promise<void> {
    const queue = posts.flatMap((post) => {
      const request = this.#requests.of(post)
      return request ? [{ request, endeavour: Symbol() }] : []
    })
    const call: Call = { operation: runBatch, body: { operations: queue.map(({ request }) => batched(request)) } }
    await this.#insist(tries, place, async (process) => {
      const { from, to, answer } = await this.#send(process, call)
      if (answer) strictEqual(answer.status, 200, 'a batch is always answered by 200')
      const { results } = (answer?.body ?? { results: [] }) as { results: Omit<Answer, 'headers'>[] }
      if (answer) strictEqual(results.length, queue.length, 'a batch has a result for each operation')
      let whole = answer
      for (const [index, { request, endeavour }] of queue.entries()) {
        const result = results[index]
        const one = result && result.status !== 503 ? { ...result, headers: {} } : undefined
        if (!one) whole = undefined
        this.sent.push({ request, from, to, answer: one, endeavour })
      }
      return whole
    })
  }

  async #insist(tries: number, place: number, send: (process: Process) => Promise<Answer | undefined>) {
    for (let tried = 1; ; tried += 1) {
      const answer = await send(this.#process(place))
      if (answer || tried >= tries) return answer
      await this.#world.timeline.sleep(20 + this.#world.random() * 2000)
    }
  }

  /** The process that answers a client: another one, where it has died. */
  #process(place: number): Process {
    const slot = place % this.#processes.length
    if (!this.#processes[slot]!.alive) this.#processes[slot] = this.#world.start()
    return this.#processes[slot]!
  }

  async #send(process: Process, call: Call): Promise<Stretch & { readonly answer: Answer | undefined }> {
    const from = this.#world.now
    const answer = await process.send(call)
    const stretch = { from, to: this.#world.now }
    if (!process.alive) return { ...stretch, answer: undefined }
    if (answer.status === 503) deepStrictEqual(answer.headers['retry-after'], '1')
    else ok(answer.status < 500, `${call.operation.name} was answered by ${answer.status}: ${this.#world.log.at(-1)}`)
    return { ...stretch, answer: answer.status === 503 ? undefined : answer }
  }

  async #sweep(place: number): Promise<void> {
    try {
      await sweepShard(this.#process(place).runtime, memberShard, 3)
    } catch (error) {
      if (!(error instanceof UnavailableError || error instanceof Killed)) throw error
    }
  }
}

function batched(request: Request) {
  const { body } = request.call
  switch (request.kind) {
    case 'purchase':
      return { op: 'purchase', id: request.id, body }
    case 'return':
      return { op: 'return', purchaseId: request.purchaseId, id: request.id, body }
    case 'enrol':
      return { op: 'member', id: request.member, body }
    default:
      throw new Error(`a batch takes no ${request.kind}`)
  }
}
