import type { ClubCount, Head } from './head.ts'
import { changedSums, type SumChange, type SumName, withoutSums } from './sums.ts'

/** What changes of what a qualifying club counts. */
export interface ClubCountChange {
  readonly clubId: string
  readonly sums?: readonly SumChange[]
  readonly forgotten?: readonly SumName[]
  readonly run?: number
}

/** Of a club that has counted nothing since the first revision: it is not kept. */
export const uncounted = (clubId: string): ClubCount => ({ clubId, run: 1, sums: none })
const none: ClubCount['sums'] = []

/** What clubs count after some changes, by their ids. */
export function changedClubCounts(counts: Head['clubCounts'], changes: readonly ClubCountChange[]): Head['clubCounts'] {
  const changed = new Map(counts.map((count) => [count.clubId, count]))
  for (const { clubId, sums: added = [], forgotten = [], run } of changes) {
    const before = changed.get(clubId) ?? uncounted(clubId)
    const sums = withoutSums(changedSums(before.sums, added), forgotten)
    changed.set(clubId, { clubId, run: run ?? before.run, sums })
  }
  const kept = [...changed.values()].filter(({ run, sums }) => run !== 1 || sums.length > 0)
  return kept.sort((a, b) => (a.clubId < b.clubId ? -1 : 1))
}
