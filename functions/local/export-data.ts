import { startBacktest } from '../contract/backtests.ts'
import { startExperimentReport } from '../contract/experiments.ts'
import { startGuaranteeReport } from '../contract/guarantee-reports.ts'
import { startSatisfactionReport } from '../contract/satisfaction-reports.ts'
import type { Entry } from '../domain/entry.ts'
import { type Instant, instant, memberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { type AuditRecord, auditRecordOf } from '../store/audit-item.ts'
import { complaintOf } from '../store/complaint-item.ts'
import { entryOf } from '../store/entry-item.ts'
import { eachItem } from '../store/paging.ts'
import { type Item, type Key, mostReadKeys } from '../store/store.ts'
import {
  agendaPartition,
  agentPartition,
  agentsPartition,
  auditPartition,
  awaitedShard,
  backtestJob,
  budgetPartitions,
  claimsInLine,
  clubPartition,
  complaintPrefix,
  experimentJob,
  hashOfMemberVoucher,
  memberClaimPrefix,
  memberPartition,
  memberVoucherPrefix,
  monthBefore,
  openComplaints,
  openJobs,
  type PeriodReport,
  periodJob,
  programmesPartition,
  rosterShard,
  shards,
  stockOf,
  table,
  utcMonth,
} from '../store/table.ts'
import { clubsEver } from './clubs-ever.ts'
import { exportSeries, exportVoucher } from './export-vouchers.ts'
import { guaranteeBudgets, limitedIds } from './verify-limits.ts'
import { stockedIds } from './verify-redemptions.ts'

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
    const jobs = yield* exportAudit(runtime, programme)
    yield* exportAgents(runtime, programme)
    yield* eachItem(store, { pk: agendaPartition(programme) })
    yield* eachItem(store, { pk: openComplaints(programme) })
    for (const awaited of ['decision', 'remedy']) yield* eachItem(store, { pk: claimsInLine(programme, awaited) })
    const known = (await programmes.get(programme))!
    for (const club of clubsEver(known)) yield* eachItem(store, { pk: clubPartition(programme, club) })
    for (const campaign of [...limitedIds(known), ...guaranteeBudgets(known), ...stockedIds(known).map(stockOf)]) {
      for (const pk of budgetPartitions(programme, campaign)) yield* eachItem(store, { pk })
    }
    yield* exportSeries(runtime, programme)
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
    // After the members, so that nobody works on one where they are not all there.
    for (const key of jobs.values()) yield* readItems(runtime, [key])
    yield* eachItem(store, { pk: openJobs(programme) })
  }
}

/** What staff changed, from the month in which the programme came to be. Gives the keys of all jobs that it tells of. */
async function* exportAudit({ store, now }: Runtime, programme: string): AsyncGenerator<Item, ReadonlyMap<string, Key>> {
  const { items } = await store.read([table.programmeListing(programme)], { consistent: true })
  const first = utcMonth(instant(Number(items[0]?.created ?? 0)))
  const jobs = new Map<string, Key>()
  for (let month = utcMonth(now()); month >= first; month = monthBefore(month)) {
    for await (const item of eachItem(store, { pk: auditPartition(programme, month) })) {
      yield item
      for (const key of jobKeys(programme, auditRecordOf(item))) jobs.set(`${key.pk} ${key.sk}`, key)
    }
  }
  return jobs
}

/** By the operation that begins them. */
const periodReports = new Map<string, PeriodReport>([
  [startGuaranteeReport.name, 'guarantees'],
  [startSatisfactionReport.name, 'satisfaction'],
])

/** What is kept of the backtest or report that an audit record says was begun. */
function jobKeys(programme: string, { action, target, changes }: AuditRecord): Key[] {
  const id = target.slice(target.lastIndexOf('/') + 1)
  if (action === startBacktest.name) {
    return [table.job(programme, backtestJob(id)), table.jobDocument(programme, backtestJob(id))]
  }
  const kind = periodReports.get(action)
  if (action !== startExperimentReport.name && !kind) return []
  const [begun] = changes
  const { from, until } = (begun && 'after' in begun ? begun.after : {}) as { from: Instant; until: Instant }
  if (kind) return [table.job(programme, periodJob(kind, from, until)), table.latestPeriodReport(programme, kind)]
  return [table.job(programme, experimentJob(id, from, until)), table.latestReport(programme, id)]
}

/** What agents adjusted, day by day: their caps go on where they were. */
async function* exportAgents({ store }: Runtime, programme: string): AsyncGenerator<Item> {
  for await (const listed of eachItem(store, { pk: agentsPartition(programme) })) {
    yield listed
    yield* eachItem(store, { pk: agentPartition(programme, listed.sk) })
  }
}

async function* exportMember(runtime: Runtime, programme: string, id: string): AsyncGenerator<Item> {
  let receipts: Key[] = []
  for await (const item of eachItem(runtime.store, { pk: memberPartition(programme, memberId(id)) })) {
    yield item
    if (item.sk.startsWith(memberVoucherPrefix)) yield* exportVoucher(runtime, programme, hashOfMemberVoucher(item.sk))
    if (item.k === 'earn') receipts.push(table.receipt(programme, item.p as string))
    if (item.sk.startsWith(memberClaimPrefix)) receipts.push(table.claim(programme, item.sk.slice(memberClaimPrefix.length)))
    if (item.k === 'reserve' || item.k === 'redeem') receipts.push(...redemptionKeys(programme, entryOf(item)))
    if (item.k === 'bonus') receipts.push(...eventKeys(programme, entryOf(item)))
    if (item.sk.startsWith(complaintPrefix)) receipts.push(table.complaintOwner(programme, complaintOf(item).id))
    if (receipts.length >= mostReadKeys) {
      yield* readItems(runtime, receipts)
      receipts = []
    }
  }
  if (receipts.length > 0) yield* readItems(runtime, receipts)
}

/** Where the record of a redemption stands: told with the entry that made it. */
const redemptionKeys = (programme: string, { fact, effect }: Entry): Key[] =>
  'redemptionId' in fact && effect.ended === undefined ? [table.redemption(programme, fact.redemptionId)] : []

/** Where the record of an event stands; other bonuses have theirs with the member. */
const eventKeys = (programme: string, { fact }: Entry): Key[] =>
  fact.kind === 'bonus' && fact.event ? [table.event(programme, fact.id)] : []

async function* readItems({ store }: Runtime, keys: readonly Key[]): AsyncGenerator<Item> {
  const { items } = await store.read(keys, { consistent: true })
  for (const item of items) if (item) yield item
}
