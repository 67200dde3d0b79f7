import { seeded } from './data-file.ts'
import { ago, purchase, type Server } from './processes.ts'

/** Something that was posted, and what was answered if an answer came. */
export interface Posted {
  readonly path: string
  readonly body: unknown
  /** Undefined while nobody has said that it is done. */
  outcome: unknown
}

/**
 * A client that posts purchases and returns of a few members without a pause, several in flight, and remembers what it was
 * told. What it was told is done must be there ever after.
 */
export class Load {
  readonly posted: Posted[] = []
  /** Answers by status. */
  readonly statuses: { [status: number]: number } = {}
  readonly #random: () => number
  readonly #till: string
  readonly #members: number
  readonly #sold: string[] = []
  #stopped = false

  constructor(till: string, seed: number, members = 5) {
    this.#till = till
    this.#members = members
    this.#random = seeded(seed)
  }

  get acknowledged(): Posted[] {
    return this.posted.filter(({ outcome }) => outcome !== undefined)
  }

  /** Posts until it is stopped, or until nobody answers. */
  async run(server: Server, token: string, inFlight: number): Promise<void> {
    this.#stopped = false
    const client = async () => {
      while (!this.#stopped) {
        const next = this.#next()
        this.posted.push(next)
        if (!(await this.#post(server, token, next))) return
        if (next.outcome !== undefined && !next.path.includes('/returns/')) this.#sold.push(next.path)
      }
    }
    await Promise.all(Array.from({ length: inFlight }, client))
  }

  /** Posts what another client posts at the same time, until it is stopped: as one does that does not trust its answers. */
  async repeat(other: Load, server: Server, token: string, inFlight: number): Promise<void> {
    const client = async () => {
      while (!this.#stopped) {
        const latest = other.posted.slice(-2 * inFlight)
        const posted = latest[Math.floor(this.#random() * latest.length)]
        if (posted) await this.#post(server, token, posted)
        else await new Promise(setImmediate)
      }
    }
    await Promise.all(Array.from({ length: inFlight }, client))
  }

  stop(): void {
    this.#stopped = true
  }

  /** False where no answer came. */
  async #post(server: Server, token: string, posted: Posted): Promise<boolean> {
    try {
      const { status, body } = await server.send('PUT', posted.path, { token, body: posted.body })
      this.statuses[status] = (this.statuses[status] ?? 0) + 1
      if (status === 200 || status === 201) posted.outcome = outcomeOf(body)
      return true
    } catch {
      return false
    }
  }

  #next(): Posted {
    const sold = this.#random() < 0.2 ? this.#sold.pop() : undefined
    if (sold) {
      const body = { occurredAt: ago(0), lines: [{ lineId: '1', quantity: 1, amount: 100 }] }
      return { path: `${sold}/returns/r-1`, body, outcome: undefined }
    }
    const path = `/pos/purchases/leeds:${this.#till}:${this.posted.length}`
    const card = `card-${Math.floor(this.#random() * this.#members)}`
    return { path, body: purchase({ card }, 100 + Math.floor(this.#random() * 20_000), ago(0)), outcome: undefined }
  }
}

/** What of an answer a replay repeats: the outcome; balance and tier are as of now. */
export function outcomeOf(body: unknown): unknown {
  const { points, awards, memberId } = body as { readonly [name: string]: unknown }
  return { points, awards, memberId }
}
