import { apply } from '../domain/apply.ts'
import type { Account, Entry } from '../domain/entry.ts'
import type { Programme } from '../domain/programme.ts'
import type { Reservation } from '../domain/reservation.ts'
import { asksForBonuses, setOffByBooking, setOffByTime } from '../domain/set-off.ts'
import { followed, nextDue, type Settled } from '../domain/settle.ts'
import type { BucketId, Instant, MemberId, Points } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { entryItem } from '../store/entry-item.ts'
import { bookedAtOf, headItem, headOf, versionAttribute } from '../store/head-item.ts'
import { owedWrite } from '../store/owed-item.ts'
import { type Item, type Key, UnavailableError, type Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { mostTries } from './attempt.ts'
import { giveBackToBudgets, takenByLapsed } from './claim-budgets.ts'
import { grantWrites } from './granted-rewards.ts'
import { giveBackRewards } from './reward-stock.ts'
import { settleByEntries, settleByHead } from './settle-stored.ts'

/** What loading and booking need of a context; the scheduled job has it too. */
export interface Ledger {
  readonly runtime: Runtime
  readonly programme: Programme
  readonly now: Instant
}

/** A member's account as it was read and settled, with the entries that settling made and that are still to be booked. */
export interface OpenAccount {
  readonly memberId: MemberId
  readonly account: Account
  readonly settling: readonly Entry[]
  /** The head as it is stored; undefined for a member who is being made. */
  readonly stored: Item | undefined
  /** Closed buckets that were read, so that their sums in `account.closed` are whole. */
  readonly read: ReadonlyMap<BucketId, Item | undefined>
  /** Triggers whose campaigns were asked already for what is to be booked. */
  readonly asked?: readonly string[]
}

export interface Opened<Kind extends Ledger> {
  /** Undefined where there is no such member. */
  readonly open: OpenAccount | undefined
  /** What to judge and book the account with. */
  readonly ledger: Kind
  /** What else was asked for in the same read. */
  readonly others: readonly (Item | undefined)[]
  /** Whether something that settling made is booked already, by commits of its own. */
  readonly booked: boolean
}

const nothingRead: OpenAccount['read'] = new Map()
const nothingClosed: Account['closed'] = new Map()

/** What opening an account is asked for beside the head. */
interface Wanted {
  readonly closed?: BucketId | undefined
  readonly others?: readonly Key[]
  /** That the operation may need all of a commit: what settling made is booked before it, in any case. */
  readonly alone?: boolean
}

/** Entries of settling that one commit takes; a member with more due is settled in several. */
const mostSettlingEntries = 24
/** Of which so many go with an operation's own: what is more is booked before, so that the operation has all of a commit but these. */
const mostEntriesBeside = 6

/**
 * What to judge an account with. One request may arrive before another and come to the account after it, and clocks differ:
 * what was booked is not undone by an earlier instant, so the account's time is that of its latest booking at least.
 */
const since = <Kind extends Ledger>(ledger: Kind, stored: Item | undefined): Kind =>
  stored && bookedAtOf(stored) > ledger.now ? { ...ledger, now: bookedAtOf(stored) } : ledger

/**
 * Reads a member's head, with whatever else is wanted in the same read, and settles it to now, in memory. Several items read
 * together are no snapshot. A closed bucket of before the head would be taken for one of the head, because only the head's
 * version is looked at when it is committed: so it is read after the head. Where much has come due it is booked at once: any part of
 * what time brings about may be booked first. So are reservations that lapsed, and what they took of a stock goes back to it in the same
 * commit: settling itself never gives any. Throws UnavailableError where others are at the stocks all the time.
 */
export async function openAccount<Kind extends Ledger>(
  arrived: Kind,
  memberId: MemberId,
  wanted: Wanted = {},
  before: { readonly booked: boolean; readonly refused: number } = { booked: false, refused: 0 },
): Promise<Opened<Kind>> {
  const { runtime, programme } = arrived
  const key = table.head(programme.id, memberId)
  const { items } = await runtime.store.read(wanted.others ? [key, ...wanted.others] : [key], { consistent: true })
  const stored = items[0]
  const others = items.slice(1)
  const ledger = since(arrived, stored)
  const { booked } = before
  if (!stored) return { open: undefined, ledger, others, booked }
  let read = nothingRead
  let closed = nothingClosed
  // All that is expired is in closed buckets: where nothing is, the way to the store is spared.
  if (wanted.closed !== undefined && headOf(stored).totals.expired > 0) {
    const key = table.closedBucket(programme.id, memberId, wanted.closed)
    const [bucket] = (await runtime.store.read([key], { consistent: true })).items
    read = new Map([[wanted.closed, bucket]])
    if (bucket) closed = new Map([[wanted.closed, bucket.p as Points]])
  }
  const settled =
    settleByHead(ledger, stored, closed, mostSettlingEntries) ??
    (await settleByEntries(ledger, stored, closed, mostSettlingEntries))
  const open: OpenAccount = { memberId, account: settled.account, settling: settled.entries, stored, read }
  const lapsed = lapsedReservations(stored, settled.entries)
  const taken = takenByLapsed(settled.entries)
  const isLittle = settled.complete && settled.entries.length <= (wanted.alone ? 0 : mostEntriesBeside)
  if (isLittle && lapsed.length === 0 && taken.length === 0) return { open, ledger, others, booked }
  const result = await runtime.store.commit([
    ...(await bookingWrites(ledger, open, open.account, [])),
    ...(await giveBackRewards(ledger, memberId, lapsed)),
    ...(await giveBackToBudgets(ledger, taken)),
  ])
  if (result.outcome === 'committed') return openAccount(arrived, memberId, wanted, { ...before, booked: true })
  const refused = before.refused + 1
  if (refused === mostTries) throw new UnavailableError('none', 'others kept changing the same records')
  await runtime.pause(1)
  return openAccount(arrived, memberId, wanted, { ...before, refused })
}

/** The reservations of a stored head that some entries of settling let lapse. */
function lapsedReservations(stored: Item, entries: readonly Entry[]): readonly Reservation[] {
  const ended = entries.flatMap(({ fact, effect }) => (fact.kind === 'lapse' ? [effect.ended] : []))
  if (ended.length === 0) return []
  return headOf(stored).reservations.filter(({ redemptionId }) => ended.includes(redemptionId))
}

/** An opened account that knows what of one more bucket is closed. */
export async function withClosed(
  { runtime, programme }: Pick<Ledger, 'runtime' | 'programme'>,
  open: OpenAccount,
  account: Account,
  id: BucketId,
): Promise<{ readonly open: OpenAccount; readonly account: Account }> {
  if (open.read.has(id)) return { open, account }
  const { items } = await runtime.store.read([table.closedBucket(programme.id, open.memberId, id)], { consistent: true })
  // What the entries that are still to be booked close comes on top of what is stored.
  const closed = new Map(account.closed).set(id, (Number(items[0]?.p ?? 0) + (account.closed.get(id) ?? 0)) as Points)
  return { open: { ...open, read: new Map(open.read).set(id, items[0]) }, account: { ...account, closed } }
}

/** Reads a member's head, with whatever else is wanted in the same read, and settles it to now without booking anything. */
export async function peekAccount<Kind extends Ledger>(
  arrived: Kind,
  memberId: MemberId,
  wanted: readonly Key[] = [],
): Promise<{
  readonly settled: Settled | undefined
  readonly stored: Item | undefined
  readonly ledger: Kind
  readonly others: readonly (Item | undefined)[]
}> {
  const { runtime, programme } = arrived
  const { items } = await runtime.store.read([table.head(programme.id, memberId), ...wanted], { consistent: true })
  const [stored, ...others] = items
  const ledger = since(arrived, stored)
  if (!stored) return { settled: undefined, stored, ledger, others }
  const settled = settleByHead(ledger, stored, nothingClosed) ?? (await settleByEntries(ledger, stored, nothingClosed))
  return { settled, stored, ledger, others }
}

/** Opens an account of which nothing will be booked, so that nothing of what is due is booked on the way either. */
export async function openTried<Kind extends Ledger>(
  arrived: Kind,
  memberId: MemberId,
): Promise<Pick<Opened<Kind>, 'open' | 'ledger'>> {
  const { settled, stored, ledger } = await peekAccount(arrived, memberId)
  return { open: settled && triedAccount(settled.account, stored, settled.entries), ledger }
}

/** An account as if it had just been opened. */
export const triedAccount = (account: Account, stored: Item | undefined, settling: readonly Entry[] = []): OpenAccount => ({
  memberId: account.head.memberId,
  account,
  settling,
  stored,
  read: nothingRead,
})

/** The account of a member who is being made by an entry. */
export function newAccount(programme: Programme, memberId: MemberId, empty: Account, first: Entry, now: Instant): OpenAccount {
  const { account, entries } = followed(programme, { entry: first, account: apply(empty, first) }, now)
  return { memberId, account, settling: entries, stored: undefined, read: new Map() }
}

/**
 * The writes that book what was decided on an opened account: its entries, the head at its next version, the closed buckets that
 * changed, the rewards that it grants or takes back, and the bonuses that it set off and that it does not give. All hang on the
 * head's version, so they must be committed together. A promise only where closed buckets or granted rewards have changed.
 */
export function bookingWrites(
  ledger: Ledger,
  open: OpenAccount,
  decided: Account,
  entries: readonly Entry[],
): Write[] | Promise<Write[]> {
  const { programme, now } = ledger
  const { memberId, stored } = open
  const version = decided.head.version + 1
  const head = { ...decided.head, version }
  const writes: Write[] = [
    {
      kind: 'put',
      item: headItem(programme.id, head, nextDue(programme, decided.head), now),
      replaces: stored,
      condition: stored ? { is: 'equal', attribute: versionAttribute, value: decided.head.version } : { is: 'absent' },
    },
  ]
  let changed: Set<BucketId> | undefined
  let grants: Entry[] | undefined
  let n = 0
  for (const entry of open.settling.length > 0 ? [...open.settling, ...entries] : entries) {
    writes.push({ kind: 'put', item: entryItem(programme.id, memberId, version, n, entry, now) })
    const { closed, rewardGrants } = entry.effect
    if (rewardGrants) grants = [...(grants ?? []), entry]
    if (closed) {
      changed ??= new Set()
      for (const { id } of closed) changed.add(id)
    }
    n += 1
  }
  if (asksForBonuses(programme)) writes.push(...owedWrites(ledger, open, decided))
  return changed || grants ? withOthers(ledger, open, decided, { changed, grants }, writes) : writes
}

async function withOthers(
  ledger: Ledger,
  open: OpenAccount,
  decided: Account,
  { changed, grants }: { changed: ReadonlySet<BucketId> | undefined; grants: readonly Entry[] | undefined },
  writes: readonly Write[],
): Promise<Write[]> {
  const granted = grants ? await grantWrites(ledger, open.memberId, grants) : []
  const all = [...writes, ...granted]
  return changed ? withClosedBuckets(ledger, open, decided, changed, all) : all
}

function owedWrites({ programme, now }: Ledger, { memberId, account, settling, asked = [] }: OpenAccount, decided: Account) {
  const setOff = [...setOffByTime(programme, settling), ...setOffByBooking(programme, account, decided, now)]
  const owed = setOff.filter(({ trigger }) => !asked.includes(trigger))
  return new Map(owed.map((each) => [`${each.at} ${each.trigger}`, owedWrite(programme.id, memberId, each, now)])).values()
}

async function withClosedBuckets(
  ledger: Ledger,
  open: OpenAccount,
  decided: Account,
  changed: ReadonlySet<BucketId>,
  writes: readonly Write[],
): Promise<Write[]> {
  const { programme, runtime } = ledger
  const keyOf = (id: BucketId) => table.closedBucket(programme.id, open.memberId, id)
  const unread = [...changed].filter((id) => !open.read.has(id))
  // A closed bucket changes only together with the head, so that the head's condition guards this later read too.
  const found = unread.length > 0 ? await runtime.store.read(unread.map(keyOf), { consistent: true }) : { items: [] }
  const buckets = [...changed].map((id): Write => {
    const index = unread.indexOf(id)
    const before = index === -1 ? open.read.get(id) : found.items[index]
    const sum = (decided.closed.get(id) ?? 0) + (index === -1 ? 0 : Number(before?.p ?? 0))
    return { kind: 'put', item: { ...keyOf(id), p: sum }, replaces: before }
  })
  return [...writes, ...buckets]
}

/** Where the last of the entries of a booking will stand. */
export function lastEntryOf(open: OpenAccount, entries: readonly Entry[]): { version: number; n: number } {
  return { version: open.account.head.version + 1, n: open.settling.length + entries.length - 1 }
}
