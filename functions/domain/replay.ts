import { apply } from './apply.ts'
import type { Account, Entry } from './entry.ts'
import { emptyHead } from './head.ts'
import type { MemberId } from './units.ts'

/** Rebuilds a member's account from all their entries in order (promise 2); the version is the caller's to compare. */
export function replay(member: MemberId, entries: Iterable<Entry>): Account {
  let account: Account = { head: emptyHead(member), closed: new Map() }
  for (const entry of entries) account = apply(account, entry)
  return account
}
