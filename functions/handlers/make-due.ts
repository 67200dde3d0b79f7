import { revisionsThatMakeDue } from '../domain/due-changes.ts'
import { occasionRevision } from '../domain/occasions.ts'
import type { Programme } from '../domain/programme.ts'
import { nextDue } from '../domain/settle.ts'
import { earlier, type Instant, type MemberId, memberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { headOf, versionAttribute, withDue } from '../store/head-item.ts'
import { type Item, UnavailableError } from '../store/store.ts'
import { rosterShard, table } from '../store/table.ts'
import { type Again, again, attempt } from './attempt.ts'
import { makeOccasionDue } from './occasions.ts'

/**
 * Publishing changes when members are next due, and tells none of them: their heads and profiles stand in the due index by what
 * was known when they were written. So the roster is walked once for a revision that changes it, when it is in force: by then
 * every function knows it, so that whoever is written from then on is due by it already. The walk books nothing. It puts members
 * where the sweep finds them.
 */

/** Members of a shard that one sweep walks at most: the next goes on where it ended. */
const mostWalked = 20_000
const pageSize = 100

/** A walk that is to be made, or gone on with, over the members of a shard. */
export interface Walk {
  readonly programme: Programme
  /** The revision up to which it is made. */
  readonly revision: number
  /** The revision that asks for other birthdays and anniversaries; undefined where none does. */
  readonly occasions: { readonly revision: number; readonly from: Instant } | undefined
  /** Whether heads may be due otherwise. */
  readonly heads: boolean
  /** Nobody is due before it whom the index does not name already. */
  readonly from: Instant
  /** How far the shard is, as it is stored. */
  readonly stored: Item | undefined
}

/** The walk of a shard that a programme's revisions ask for; undefined where all of them are walked. */
export async function walkToMake(
  { store }: Runtime,
  programme: Programme,
  shard: number,
  now: Instant,
): Promise<Walk | undefined> {
  const asked = occasionRevision(programme, now)
  const changing = revisionsThatMakeDue(programme, now)
  const revision = Math.max(asked, changing.at(-1)?.number ?? 0)
  // Nobody enrolled before the first.
  if (revision <= 1) return undefined
  const { items } = await store.read([table.occasions(programme.id, shard)], { consistent: true })
  const walked = Number(items[0]?.r ?? 1)
  if (walked >= revision) return undefined
  const asking = asked > walked ? programme.revisions.find(({ number }) => number === asked)! : undefined
  const first = changing.find(({ number }) => number > walked)
  return {
    programme,
    revision,
    occasions: asking && { revision: asked, from: asking.inForceFrom },
    heads: first !== undefined,
    from: earlier((asking ?? first)!.inForceFrom, (first ?? asking)!.inForceFrom),
    stored: items[0],
  }
}

/**
 * Makes the members of a shard due, `width` of them side by side, from where the last walk ended. Cut off, it begins again with
 * the last page and finds less to do; of two at once one gives up.
 */
export async function makeDue(runtime: Runtime, shard: number, walk: Walk, width: number): Promise<void> {
  const { store } = runtime
  const { programme, revision } = walk
  const pk = rosterShard(programme.id, shard)
  let { stored } = walk
  let after = stored?.w === revision ? { pk, sk: String(stored.c) } : undefined
  for (let walked = 0; walked < mostWalked; walked += pageSize) {
    const page = await store.query({ pk, limit: pageSize, after, consistent: true })
    const queue = page.items.values()
    const workers = await Promise.allSettled(
      Array.from({ length: width }, async () => {
        for (const { sk } of queue) await makeMemberDue(runtime, walk, memberId(sk))
      }),
    )
    // Only once all have ended, so that none is left at work behind the sweep's back.
    for (const worker of workers) if (worker.status === 'rejected') throw worker.reason
    const item = progressOf(shard, walk, stored, page.next?.sk)
    const version = Number(stored?.[versionAttribute] ?? 0)
    const condition = stored
      ? ({ is: 'equal', attribute: versionAttribute, value: version } as const)
      : ({ is: 'absent' } as const)
    const result = await store.commit([{ kind: 'put', item, condition, replaces: stored }])
    // Where another was as far meanwhile, its word stands.
    if (result.outcome !== 'committed' || !page.next) return
    stored = item
    after = page.next
  }
}

/** How far a shard is: up to a member, or with all of them. */
function progressOf(shard: number, { programme, revision }: Walk, stored: Item | undefined, reached: string | undefined): Item {
  const next = Number(stored?.[versionAttribute] ?? 0) + 1
  const place = reached === undefined ? { r: revision } : { r: Number(stored?.r ?? 1), w: revision, c: reached }
  return { ...table.occasions(programme.id, shard), [versionAttribute]: next, ...place }
}

async function makeMemberDue(runtime: Runtime, { programme, occasions, heads }: Walk, member: MemberId): Promise<void> {
  try {
    if (occasions) await attempt(runtime, () => makeOccasionDue(runtime, programme, occasions, member))
    if (heads) await attempt(runtime, () => makeHeadDue(runtime, programme, member))
  } catch (error) {
    if (error instanceof UnavailableError) throw error
    // Whose record makes no sense must not keep the others waiting.
    const named = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    console.error(JSON.stringify({ level: 'error', job: 'settle-members', programme: programme.id, error: named }))
  }
}

/** The head stays at its version: it says nothing else of the member than it did. */
async function makeHeadDue(runtime: Runtime, programme: Programme, member: MemberId): Promise<true | Again> {
  const [head] = (await runtime.store.read([table.head(programme.id, member)], { consistent: true })).items
  if (!head) return true
  const due = nextDue(programme, headOf(head))
  if (due === (head.dueAt ?? null)) return true
  const condition = { is: 'equal', attribute: versionAttribute, value: Number(head[versionAttribute]) } as const
  const result = await runtime.store.commit([{ kind: 'put', item: withDue(head, due), condition, replaces: head }])
  return result.outcome === 'committed' ? true : again
}
