import { ok } from 'node:assert/strict'
import fc from 'fast-check'
import { sweepShard } from '../../functions/handlers/sweep.ts'
import { UnavailableError } from '../../functions/store/store.ts'
import { type Answer, type Call, Killed, memberShard, type Process, type Weather, type World } from './world.ts'

/** What goes wrong where clients insist: stale reads alone, a little of everything, or processes that die. */
export const weather = fc.constantFrom<Weather>(
  { torn: 0.5 },
  { torn: 0.3, conflict: 0.1, throttled: 0.05, timeoutBefore: 0.08, timeoutAfter: 0.12, timeoutLate: 0.1, unread: 0.05 },
  { torn: 0.3, timeoutAfter: 0.05, timeoutLate: 0.05, kill: 0.02 },
)

/** A client that asks until it is answered, of a process that is replaced where it dies. */
export class Insistent {
  readonly world: World
  process: Process
  readonly #mostTries: number

  /** The tries are more than bad weather ever takes. */
  constructor(world: World, mostTries = 60) {
    this.#mostTries = mostTries
    this.world = world
    this.process = world.start()
  }

  async insist(call: Call): Promise<Answer> {
    for (let tries = 0; tries < this.#mostTries; tries += 1) {
      const answer = await this.process.send(call)
      if (this.process.alive && answer.status !== 503) {
        ok(answer.status < 500, `${call.operation.name} was answered by ${answer.status}: ${this.world.log.at(-1)}`)
        return answer
      }
      this.#replace()
      await this.world.timeline.sleep(20 + this.world.random() * 200)
    }
    throw new Error(`${call.operation.name} is never answered`)
  }

  /** Books what time has brought about; where the process dies of it, another goes on some other time. */
  async sweep(): Promise<void> {
    try {
      await sweepShard(this.process.runtime, memberShard, 3)
    } catch (error) {
      if (!(error instanceof UnavailableError || error instanceof Killed)) throw error
      this.#replace()
    }
  }

  #replace(): void {
    if (!this.process.alive) this.process = this.world.start()
  }
}
