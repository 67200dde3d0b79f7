import type { CommitResult, Write } from '../../functions/store/store.ts'
import { PassingStore } from '../support/passing-store.ts'

/** Keeps what was committed through a store, and costs it next to nothing. */
export class RecordingStore extends PassingStore {
  /** Every committed list of writes, since it was last emptied. */
  commits: (readonly Write[])[] = []

  override async commit(writes: readonly Write[]): Promise<CommitResult> {
    const result = await super.commit(writes)
    if (result.outcome === 'committed') this.commits.push(writes)
    return result
  }
}
