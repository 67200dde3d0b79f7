import { isDeepStrictEqual } from 'node:util'
import type { Account, Entry } from '../domain/entry.ts'
import { balanceOf, isConserved } from '../domain/head.ts'
import type { Programme } from '../domain/programme.ts'
import { replay } from '../domain/replay.ts'
import { nextDue, settle } from '../domain/settle.ts'
import { tierAt, tierFactsBefore } from '../domain/tiers.ts'
import { type Instant, memberId } from '../domain/units.ts'
import type { Ledger } from '../handlers/account.ts'
import type { Runtime } from '../runtime.ts'
import { entryOf } from '../store/entry-item.ts'
import { headItem, headOf, isUncounted, versionAttribute } from '../store/head-item.ts'
import { eachItem } from '../store/paging.ts'
import { type Item, UnavailableError } from '../store/store.ts'
import { entryPosition, isRewardCounter, rosterShard, shards, table } from '../store/table.ts'
import { DueIndex } from './due-index.ts'
import { compareBonuses } from './verify-bonuses.ts'
import { ClaimSums, claimDifferences, strayPlaces } from './verify-claims.ts'
import { misjudgedClubs } from './verify-clubs.ts'
import { attendanceDifferences, clubDifferences } from './verify-events.ts'
import { giftDifferences } from './verify-gifts.ts'
import { grantedRewardDifferences, usesKeptByGrants } from './verify-granted-rewards.ts'
import { BudgetSums, counterDifferences, type KeptUses } from './verify-limits.ts'
import { type Partition, readPartition } from './verify-partition.ts'
import { compareReceipts } from './verify-receipts.ts'
import { type ComparedRedemptions, compareRedemptions, StockSums, type TakenPiece } from './verify-redemptions.ts'
import { queueDifferences, serviceDifferences } from './verify-service.ts'
import { unownedDifferences } from './verify-unowned.ts'
import { memberVoucherDifferences, seriesDifferences } from './verify-vouchers.ts'

/** Sums over all members as of now, in points, and what does not add up. */
export interface Verified {
  readonly ok: boolean
  readonly members: number
  readonly entries: number
  readonly issued: number
  readonly adjusted: number
  readonly available: number
  readonly pending: number
  readonly reserved: number
  readonly redeemed: number
  readonly expired: number
  readonly clawedBack: number
  readonly debt: number
}

/** One thing that is not as the entries say. */
export interface Difference {
  readonly programme: string
  readonly member: string
  readonly what: string
}

/**
 * Recomputes every head from its entries and compares: the head, closed buckets, the due index, receipts, promise 1 for
 * every member and in total, promise 5 for every purchase, purchases that are nobody's, and clubs' events and invitations. Sums are as of
 * now, with what time has brought about and nothing has booked yet.
 */
export async function verify(
  runtime: Runtime,
  only: string | undefined,
  onDifference: (difference: Difference) => void,
  onMember: (members: number) => void = () => {},
): Promise<Verified> {
  const now = runtime.now()
  const sums = {
    members: 0,
    entries: 0,
    issued: 0,
    adjusted: 0,
    available: 0,
    pending: 0,
    reserved: 0,
    redeemed: 0,
    expired: 0,
    clawedBack: 0,
    debt: 0,
  }
  let ok = true
  const differs = (difference: Difference) => {
    ok = false
    onDifference(difference)
  }
  for (const id of only === undefined ? await runtime.programmes.list() : [only]) {
    const programme = await runtime.programmes.get(id)
    if (!programme) throw new Error(`there is no programme ${id}`)
    for await (const what of unownedDifferences(runtime, id)) differs({ programme: id, member: '-', what })
    for await (const what of clubDifferences(runtime, programme)) differs({ programme: id, member: '-', what })
    for await (const what of queueDifferences(runtime, id)) differs({ programme: id, member: '-', what })
    for await (const what of seriesDifferences(runtime, programme)) differs({ programme: id, member: '-', what })
    const budgets = new BudgetSums({ runtime, programme, now })
    await budgets.begin()
    const claims = new ClaimSums({ runtime, programme, now })
    await claims.begin()
    const stocks = new StockSums({ runtime, programme, now })
    await stocks.begin()
    for (let shard = 0; shard < shards; shard += 1) {
      const index = new DueIndex(runtime.store)
      for await (const { sk: member } of eachItem(runtime.store, { pk: rosterShard(id, shard) })) {
        const found = await verifyMember({ runtime, programme, now }, index, member)
        budgets.add(found.sales)
        claims.add(memberId(member), found.claiming)
        stocks.add(found.taken)
        for (const what of found.differences) differs({ programme: id, member, what })
        sums.members += 1
        sums.entries += found.entries
        if (found.account) add(sums, found.account, now)
        onMember(sums.members)
      }
    }
    for await (const what of strayPlaces({ runtime, programme })) differs({ programme: id, member: '-', what })
    const ofPots = [...(await budgets.differences()), ...(await stocks.differences()), ...(await claims.differences())]
    for (const what of ofPots) differs({ programme: id, member: '*', what })
  }
  const held = sums.available + sums.pending + sums.reserved + sums.redeemed + sums.expired + sums.clawedBack - sums.debt
  if (sums.issued + sums.adjusted !== held) differs({ programme: only ?? '*', member: '*', what: 'the totals do not add up' })
  return { ok, ...sums }
}

function add(sums: { -readonly [name in keyof Omit<Verified, 'ok'>]: number }, { head }: Account, now: Instant): void {
  const balance = balanceOf(head, now)
  for (const name of ['available', 'pending', 'reserved', 'debt'] as const) sums[name] += balance[name]
  for (const name of ['issued', 'adjusted', 'redeemed', 'expired', 'clawedBack'] as const) sums[name] += head.totals[name]
}

interface Found {
  readonly entries: number
  readonly differences: readonly string[]
  readonly sales: readonly KeptUses[]
  /** Where the member has claims, all entries. */
  readonly claiming: readonly Entry[]
  readonly taken: readonly TakenPiece[]
  readonly account: Account | undefined
}

/** How often a member is looked at who is posted for all the time. */
const mostLooks = 10

/**
 * What differs of a member. Posted for meanwhile, their records are read from before and after it; every booking gives the
 * head a new version, so a difference counts only where that stayed the same.
 */
async function verifyMember(ledger: Ledger, index: DueIndex, member: string): Promise<Found> {
  let found = await compareMember(ledger, index, member)
  for (let looks = 1; found.differences.length > 0 && looks < mostLooks; looks += 1) {
    const before = await headVersion(ledger, member)
    found = await compareMember(ledger, new DueIndex(ledger.runtime.store), member)
    if ((await headVersion(ledger, member)) === before) break
  }
  return found
}

async function headVersion({ runtime, programme }: Ledger, member: string) {
  const { items } = await runtime.store.read([table.head(programme.id, memberId(member))], { consistent: true })
  return items[0]?.[versionAttribute]
}

async function compareMember({ runtime, programme, now }: Ledger, index: DueIndex, member: string): Promise<Found> {
  const partition = await readPartition(runtime, programme, member)
  const differences: string[] = []
  const check = (holds: boolean, what: string) => {
    if (!holds) differences.push(what)
  }
  let account: Account | undefined
  let sales: readonly KeptUses[] = []
  let claiming: readonly Entry[] = []
  let rewards: ComparedRedemptions = { differences: [], taken: [] }
  try {
    const entries = partition.entries.map(entryOf)
    check(partition.profile !== undefined, 'there is no profile')
    if (partition.head) {
      account = compareHead({ runtime, programme, now }, partition.head, partition, entries, check)
      check(await index.holds(partition.head), 'the due index is wrong')
      for (const owed of partition.owed) check(await index.holds(owed), 'the due index is wrong about a bonus')
      if (partition.profile) check(await index.holds(partition.profile), 'the due index is wrong about an occasion')
    } else check(false, 'there is no head')
    const compared = await compareReceipts(runtime, programme, member, partition.entries, entries)
    const bonuses = await compareBonuses(runtime, programme, member, partition.entries, entries, partition.bonuses)
    differences.push(...(await memberVoucherDifferences(runtime, programme, member, partition.vouchers)))
    differences.push(...(await giftDifferences(runtime, programme, member, entries, partition.gifts)))
    const { grantedRewards } = partition
    const stored = partition.head && headOf(partition.head)
    differences.push(...grantedRewardDifferences({ programme }, memberId(member), entries, stored, grantedRewards))
    sales = [...compared.sales, ...bonuses.kept, ...usesKeptByGrants(programme, grantedRewards)]
    if (partition.claims.length > 0) claiming = entries
    differences.push(...(await claimDifferences({ runtime, programme, now }, memberId(member), entries, partition.claims)))
    if (partition.head) {
      const { head, service } = { ...partition, head: headOf(partition.head) }
      differences.push(...(await serviceDifferences(runtime, programme.id, head, entries, service)))
    }
    const [rewardCounters, campaignCounters] = [true, false].map((ofRewards) =>
      partition.counters.filter(({ sk }) => isRewardCounter(sk) === ofRewards),
    ) as [Item[], Item[]]
    rewards = await compareRedemptions({ runtime, programme, now }, memberId(member), entries, account?.head, rewardCounters)
    differences.push(...rewards.differences)
    differences.push(...compared.differences, ...bonuses.differences, ...counterDifferences(programme, sales, campaignCounters))
    differences.push(...(await attendanceDifferences(runtime, programme.id, member, entries, partition.checkIns)))
  } catch (error) {
    if (error instanceof UnavailableError) throw error
    // A record that makes no sense must not keep the others from being looked at.
    check(false, `a record cannot be read: ${error instanceof Error ? error.message : error}`)
  }
  return { entries: partition.entries.length, differences, sales, claiming, taken: rewards.taken, account }
}

/** Compares a head with what its entries make. Gives the account as of now, or of its last booking, where that was later. */
function compareHead(
  { programme, now: began }: Ledger,
  item: Item,
  { entries: items, closed }: Partition,
  entries: readonly Entry[],
  check: (holds: boolean, what: string) => void,
): Account {
  const read = headOf(item)
  const replayed = replay(read.memberId, entries)
  // What a version before this one did not write down cannot be wrong.
  const stored = isUncounted(item) ? { ...read, purchases: replayed.head.purchases } : read
  const last = items.at(-1)
  const booked = (last?.bk ?? 0) as Instant
  // Members are posted for while others are verified: what the head has counted by now is not before the verification began.
  const now = booked > began ? booked : began
  const head = { ...replayed.head, version: last ? entryPosition(last.sk).version : 0 }
  check(isDeepStrictEqual(stored, head), 'the head is not what its entries make')
  check(isConserved(stored), 'the head does not conserve points')
  const isDueAs = (known: Programme) => isDeepStrictEqual(item, headItem(programme.id, read, nextDue(known, stored), booked))
  check(knownAtTimes(programme).some(isDueAs), 'the head says another instant than it is due at')
  check(sameClosed(closed, replayed.closed), 'a closed bucket is not what the entries make')
  const { account } = settle(programme, { head: stored, closed }, now, undefined, entries)
  check(isConserved(account.head), 'settling does not conserve points')
  const facts = tierFactsBefore(programme, entries, now)
  check(tierAt(programme, facts, now).id === account.head.tier.id, 'the tier is not what the purchases give')
  for (const clubId of misjudgedClubs(programme, account.head, entries, now)) {
    check(false, `whether the member belongs to club ${clubId} is not what the purchases give`)
  }
  return account
}

/** A programme as it was known at one time or another: a head booked before a revision was published is not due by it. */
function knownAtTimes({ id, revisions }: Programme): Programme[] {
  const [first, ...others] = revisions
  return revisions.map((_, later) => ({ id, revisions: [first, ...others.slice(0, revisions.length - 1 - later)] }))
}

const sameClosed = (stored: Partition['closed'], replayed: Account['closed']) =>
  isDeepStrictEqual(stored, new Map([...replayed].sort(byKey)))
const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)
