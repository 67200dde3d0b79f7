import type { Entry } from '../domain/entry.ts'
import { instant, memberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { entryOf } from '../store/entry-item.ts'
import { eachItem } from '../store/paging.ts'
import { type Item, type Key, mostReadKeys } from '../store/store.ts'
import {
  agendaPartition,
  auditPartition,
  awaitedShard,
  budgetPartitions,
  claimsInLine,
  clubPartition,
  memberClaimPrefix,
  memberPartition,
  monthBefore,
  programmesPartition,
  rosterShard,
  shards,
  table,
  utcMonth,
} from '../store/table.ts'
import { guaranteeBudgets, limitedIds } from './verify-limits.ts'

/**
 * All items of a programme, or of all: what `import` puts in another deployment. Walks the roster, never the table. Look-ups
 * are left out: they are hashed with this deployment's secret, and import makes them anew. So are identities: another
 * deployment has other issuers. The result is whole only while nothing is posted. Throws where there is no such programme.
 */
export async function* exportItems(runtime: Runtime, only?: string): AsyncGenerator<Item> {
  const { store, programmes } = runtime
  if (only !== undefined && !(await programmes.get(only))) throw new Error(`there is no programme ${only}`)
  for (const programme of only === undefined ? await programmes.list() : [only]) {
    yield* readItems(runtime, [{ pk: programmesPartition, sk: programme }])
    yield* eachItem(store, { pk: table.current(programme).pk })
    yield* exportAudit(runtime, programme)
    yield* eachItem(store, { pk: agendaPartition(programme) })
    for (const awaited of ['decision', 'remedy']) yield* eachItem(store, { pk: claimsInLine(programme, awaited) })
    for (const club of await clubsEver(runtime, programme)) yield* eachItem(store, { pk: clubPartition(programme, club) })
    const known = (await programmes.get(programme))!
    for (const campaign of [...limitedIds(known), ...guaranteeBudgets(known)]) {
      for (const pk of budgetPartitions(programme, campaign)) yield* eachItem(store, { pk })
    }
    for (let shard = 0; shard < shards; shard += 1) {
      for await (const listed of eachItem(store, { pk: rosterShard(programme, shard) })) {
        yield listed
        yield* exportMember(runtime, programme, listed.sk)
      }
      for await (const listed of eachItem(store, { pk: awaitedShard(programme, shard) })) {
        yield listed
        yield* readItems(runtime, [table.receipt(programme, listed.sk)])
      }
    }
  }
}

/** What staff changed, from the month in which the programme came to be. */
async function* exportAudit({ store, now }: Runtime, programme: string): AsyncGenerator<Item> {
  const { items } = await store.read([table.programmeListing(programme)], { consistent: true })
  const first = utcMonth(instant(Number(items[0]?.created ?? 0)))
  for (let month = utcMonth(now()); month >= first; month = monthBefore(month)) {
    yield* eachItem(store, { pk: auditPartition(programme, month) })
  }
}

/** Ids of the clubs that a programme has or once had. */
async function clubsEver({ programmes }: Runtime, id: string): Promise<Set<string>> {
  const revisions = (await programmes.get(id))?.revisions ?? []
  return new Set(revisions.flatMap(({ document }) => (document.clubs ?? []).map((club) => club.id)))
}

async function* exportMember(runtime: Runtime, programme: string, id: string): AsyncGenerator<Item> {
  let receipts: Key[] = []
  for await (const item of eachItem(runtime.store, { pk: memberPartition(programme, memberId(id)) })) {
    yield item
    if (item.k === 'earn') receipts.push(table.receipt(programme, item.p as string))
    if (item.sk.startsWith(memberClaimPrefix)) receipts.push(table.claim(programme, item.sk.slice(memberClaimPrefix.length)))
    if (item.k === 'bonus') receipts.push(...eventKeys(programme, entryOf(item)))
    if (receipts.length >= mostReadKeys) {
      yield* readItems(runtime, receipts)
      receipts = []
    }
  }
  if (receipts.length > 0) yield* readItems(runtime, receipts)
}

/** Where the record of an event stands; other bonuses have theirs with the member. */
const eventKeys = (programme: string, { fact }: Entry): Key[] =>
  fact.kind === 'bonus' && fact.event ? [table.event(programme, fact.id)] : []

async function* readItems({ store }: Runtime, keys: readonly Key[]): AsyncGenerator<Item> {
  const { items } = await store.read(keys, { consistent: true })
  for (const item of items) if (item) yield item
}
