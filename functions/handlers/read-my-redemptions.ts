import { readMyRedemptions } from '../contract/my-rewards.ts'
import { problem } from '../contract/problem.ts'
import { entryOf } from '../store/entry-item.ts'
import { redemptionOf } from '../store/redemption-item.ts'
import type { Item } from '../store/store.ts'
import { entryPrefix, memberPartition, table } from '../store/table.ts'
import { peekAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { implement } from './context.ts'
import { cursorOfEntry, keyOfCursor } from './entry-cursor.ts'
import { ownMember } from './own-member.ts'
import { redemptionView, stateOf } from './redemptions.ts'

const defaultLimit = 50
/** Entries that one page looks through. */
const mostEntries = 1000

/**
 * A member's redemptions, by the entries that made them, newest first. So a redemption writes nothing for this list; who has few
 * of them among many entries gets short pages.
 */
export const readMyRedemptionsImplementation = implement(readMyRedemptions, async ({ query }, context) => {
  const { runtime, programme } = context
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  const pk = memberPartition(programme.id, own)
  const after = query.cursor === undefined ? undefined : keyOfCursor(pk, query.cursor)
  if (after === null) return problem('invalid-cursor')
  return attempt(runtime, async () => {
    const wanted = { pk, range: { prefix: entryPrefix }, descending: true, consistent: true, limit: mostEntries, after }
    const page = await runtime.store.query(wanted)
    const limit = Number(query.limit ?? defaultLimit)
    const made = page.items.filter(isMaking)
    const shown = made.slice(0, limit)
    const last = made.length > limit ? shown.at(-1) : page.next
    const found = await redemptionsOf(context, shown)
    const { settled, ledger } = await peekAccount(context, own)
    if (!settled) return problem('member-unknown')
    const items = []
    for (const item of found) {
      const redemption = redemptionOf(item)
      const state = await stateOf(ledger, redemption, settled.account.head)
      if (state === again) return again
      items.push(redemptionView(redemption, state))
    }
    return { status: 200 as const, body: { items, nextCursor: last ? cursorOfEntry(last) : null } }
  })
})

/** Whether an entry made a redemption: what spends the points of a reservation did not. */
function isMaking(item: Item): boolean {
  if (item.k === 'reserve') return true
  return item.k === 'redeem' && entryOf(item).effect.ended === undefined
}

async function redemptionsOf(
  { runtime, programme }: Parameters<typeof peekAccount>[0],
  entries: readonly Item[],
): Promise<Item[]> {
  const keys = entries.flatMap((item) => {
    const { fact } = entryOf(item)
    return 'redemptionId' in fact ? [table.redemption(programme.id, fact.redemptionId)] : []
  })
  const found: Item[] = []
  for (let start = 0; start < keys.length; start += 100) {
    const { items } = await runtime.store.read(keys.slice(start, start + 100), { consistent: true })
    for (const item of items) if (item) found.push(item)
  }
  return found
}
