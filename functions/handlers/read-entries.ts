import type { MemberId } from '../domain/units.ts'
import { entryOf, type StoredEntry } from '../store/entry-item.ts'
import { eachItem } from '../store/paging.ts'
import { entriesUpTo, entryPrefix, memberPartition } from '../store/table.ts'
import type { Ledger } from './account.ts'

/** All of a member's entries, in order; those up to a version of the head, where one is given. */
export async function readEntries(
  ledger: Pick<Ledger, 'runtime' | 'programme'>,
  memberId: MemberId,
  version?: number,
): Promise<StoredEntry[]> {
  const { runtime, programme } = ledger
  const entries: StoredEntry[] = []
  const query = {
    pk: memberPartition(programme.id, memberId),
    range: version === undefined ? { prefix: entryPrefix } : entriesUpTo(version),
  }
  for await (const item of eachItem(runtime.store, query)) entries.push(entryOf(item))
  return entries
}
