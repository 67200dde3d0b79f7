import type { CommitResult, Write } from './store.ts'

/** A commit whose caller waits for its end. */
export interface Waiting {
  readonly writes: readonly Write[]
  readonly resolve: (result: CommitResult) => void
  readonly reject: (error: unknown) => void
}

/** Tells the caller of one commit how it ended. */
export type Answer = () => void

/** Does a group of commits in one transaction; at once where it can. Throws where none of it happened. */
export type CommitGroup = (group: readonly Waiting[]) => readonly Answer[] | Promise<readonly Answer[]>

const mostCommitsATransaction = 64

/** So many flushes in a row that nobody joined, and commits are taken for a single client's, who would wait in vain. */
const quietFlushes = 8
/** Of those every so manieth waits all the same, to find out whether others have come. */
const probeEvery = 16

/**
 * Commits that arrive in one turn of the event loop are done as a group: what a disk takes to make one of them safe, it takes
 * to make all of them safe. Where one client alone posts, who waits for each answer, the turn is not waited for.
 */
export class CommitQueue {
  readonly #check: (writes: readonly Write[]) => void
  readonly #commitGroup: CommitGroup
  #waiting: Waiting[] = []
  #isFlushing = false
  #flushed: Promise<void> = Promise.resolve()
  /** Flushes in a row that had a single commit. */
  #alone = 0

  /** `check` throws for writes that are not to be done at all. */
  constructor(check: (writes: readonly Write[]) => void, commitGroup: CommitGroup) {
    this.#check = check
    this.#commitGroup = commitGroup
  }

  add(writes: readonly Write[]): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      this.#check(writes)
      this.#waiting.push({ writes, resolve, reject })
      if (!this.#isFlushing) this.#flushed = this.#flush()
    })
  }

  /** When all that was added is done. */
  idle(): Promise<void> {
    return this.#flushed
  }

  /** Other clients' requests are read in the same turn, so that it is waited for where there may be others. */
  async #flush(): Promise<void> {
    this.#isFlushing = true
    if (this.#alone < quietFlushes || this.#alone % probeEvery === 0) await new Promise(setImmediate)
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, mostCommitsATransaction)
      this.#alone = group.length === 1 ? this.#alone + 1 : 0
      try {
        const answers = this.#commitGroup(group)
        for (const answer of answers instanceof Promise ? await answers : answers) answer()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#isFlushing = false
  }
}
