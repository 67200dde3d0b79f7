import type { Gift, LimitName } from '../domain/campaign.ts'
import type { Award } from '../domain/earning.ts'
import type { Attachment, Direction, Effect, Entry, Fact, SaleLine } from '../domain/entry.ts'
import type { GrantChanges } from '../domain/granted-reward.ts'
import type { HeldGift, Totals } from '../domain/head.ts'
import type { Judged } from '../domain/sale-facts.ts'
import type { BucketId, Instant, MemberId, Points } from '../domain/units.ts'
import { packComplaintChange, unpackComplaintChange } from './complaint-item.ts'
import {
  packAsking,
  packBucket,
  packDated,
  packGrant,
  packOpenClaim,
  packReservation,
  packTier,
  unpackAsking,
  unpackBucket,
  unpackDated,
  unpackGrant,
  unpackOpenClaim,
  unpackReservation,
  unpackTier,
} from './head-item.ts'
import { packMembership, unpackMembership } from './membership-item.ts'
import type { Item, Value } from './store.ts'
import { packChanges, packClubCountChange, unpackChanges, unpackClubCountChange } from './sum-item.ts'
import { table } from './table.ts'

type Packed = { readonly [name: string]: Value }
/** What is being packed: attributes are put in one after another, because a purchase waits for it. */
type Packing = { [name: string]: Value }

/** Drops what is undefined: an item holds no such thing. */
export function defined(value: { readonly [name: string]: Value | undefined }): Packed {
  const kept: { [name: string]: Value } = {}
  for (const name in value) {
    const attribute = value[name]
    if (attribute !== undefined) kept[name] = attribute
  }
  return kept
}

/** A ledger entry as it is stored: `at` business time, `bk` when it was booked, `k` and `f` the fact, `x` the effect. */
export function entryItem(
  programme: string,
  member: MemberId,
  version: number,
  n: number,
  entry: Entry,
  bookedAt: Instant,
): Item {
  const { pk, sk } = table.entry(programme, member, version, n)
  const packed: Packing = { pk, sk, at: entry.at, bk: bookedAt, k: entry.fact.kind }
  packFact(packed, entry.fact)
  packed.x = packEffect(entry.effect)
  return packed as Item
}

export interface StoredEntry extends Entry {
  readonly bookedAt: Instant
}

export function entryOf(item: Item): StoredEntry {
  return {
    at: item.at as Instant,
    bookedAt: item.bk as Instant,
    fact: unpackFact(item),
    effect: unpackEffect(item.x as Packed),
  }
}

type PackedLine =
  | [lineId: string, sku: string, quantity: number, amount: number]
  | [lineId: string, sku: string, quantity: number, amount: number, more: Packed]
type PackedShares = [index: number, points: number][]
type PackedAward =
  | [source: string, revision: number, points: number, lines: PackedShares]
  | [source: string, revision: number, points: number, lines: PackedShares, more: Packed]

function packFact(packed: Packing, fact: Fact): void {
  if (fact.kind !== 'earn') {
    const { kind: _, ...plain } = fact
    if (Object.keys(plain).length > 0) packed.f = defined(plain as Packed)
    return
  }
  const { purchaseId, occurredAt, details, lines, tier, judged, awards, pending, attached } = fact
  packed.p = purchaseId
  packed.oc = occurredAt
  packed.s = defined({ ...details })
  packed.l = packSaleLines(lines)
  packed.ti = tier
  if (judged) packed.j = defined(judged)
  packed.a = awards.map((award) => packAward(award, lines))
  if (pending !== 0) packed.pe = pending
  if (attached) packed.an = defined({ ...attached })
}

function packAward({ source, revision, points, lines, gift, cut }: Award, sold: readonly SaleLine[]): PackedAward {
  const shares = packShares(lines, sold)
  if (!gift && !cut) return [source, revision, points, shares]
  return [source, revision, points, shares, defined({ g: gift && defined(gift as Packed), c: cut && [cut.limit, cut.wanted] })]
}

/** Shares by the place of their line, which is looked for behind the one before first: there it nearly always is. */
function packShares(shares: Award['lines'], sold: readonly SaleLine[]): PackedShares {
  let next = 0
  return shares.map(({ lineId, points }) => {
    const index = sold[next]?.lineId === lineId ? next : sold.findIndex((line) => line.lineId === lineId)
    next = index + 1
    return [index, points]
  })
}

function unpackAward([source, revision, points, shares, more]: PackedAward, lines: readonly SaleLine[]): Award {
  const cut = more?.c as [LimitName, Points] | undefined
  return {
    source,
    revision,
    points: points as Points,
    lines: shares.map(([index, share]) => ({ lineId: lines[index]!.lineId, points: share as Points })),
    ...(more?.g !== undefined && { gift: more.g as unknown as Gift }),
    ...(cut && { cut: { limit: cut[0], wanted: cut[1] } }),
  }
}

export const packSaleLines = (lines: readonly SaleLine[]): Value => lines.map(packLine)

export const unpackSaleLines = (packed: Value): SaleLine[] =>
  (packed as unknown as PackedLine[]).map(([lineId, sku, quantity, amount, more]) => ({ lineId, sku, quantity, amount, ...more }))

function packLine({ lineId, sku, quantity, amount, name, categories, excluded }: SaleLine): PackedLine {
  if (name === undefined && categories === undefined && excluded === undefined) return [lineId, sku, quantity, amount]
  const more: Packing = {}
  if (name !== undefined) more.name = name
  if (categories) more.categories = categories
  if (excluded !== undefined) more.excluded = excluded
  return [lineId, sku, quantity, amount, more]
}

function unpackFact(item: Item): Fact {
  if (item.k !== 'earn') return { ...(item.f as object | undefined), kind: item.k } as Fact
  const lines = unpackSaleLines(item.l ?? [])
  return {
    kind: 'earn',
    purchaseId: item.p as string,
    occurredAt: item.oc as Instant,
    details: item.s as unknown as { storeId: string },
    lines,
    tier: item.ti as string,
    ...(item.j !== undefined && { judged: item.j as Judged }),
    awards: (item.a as unknown as PackedAward[]).map((award) => unpackAward(award, lines)),
    pending: (item.pe ?? 0) as Points,
    ...(item.an !== undefined && { attached: item.an as unknown as Attachment }),
  }
}

const totalNames = ['issued', 'adjusted', 'redeemed', 'expired', 'clawedBack'] as const

function packEffect(effect: Effect): Packed {
  const { totals, debt, buckets, closed, sums, tier, purchase, prolong, status, gifts, referral, segments } = effect
  const packed: Packing = {}
  if (totals) packed.t = packTotals(totals)
  if (debt !== undefined) packed.d = debt
  if (buckets) packed.b = buckets.map(packBucket)
  if (closed) packed.c = closed.map(({ id, points }) => [id, points])
  if (sums) packed.s = packChanges(sums)
  if (tier) packed.ti = packTier(tier)
  if (purchase) packed.p = packDated(purchase)
  packTierEffect(packed, effect)
  if (effect.opened) packed.op = packReservation(effect.opened)
  if (effect.ended !== undefined) packed.eo = effect.ended
  if (prolong) packed.pr = [prolong.id, prolong.expiresAt]
  if (status) packed.st = status
  packClubEffect(packed, effect)
  if (gifts) packed.g = gifts.map(({ kind, id, count }) => [kind, id, count])
  if (effect.rewardGrants) packed.gw = effect.rewardGrants as unknown as Value
  if (referral) packed.rf = [referral.by, referral.rewarded]
  if (segments) packed.sg = segments
  if (effect.claim) packed.cm = [effect.claim.id, effect.claim.open && packOpenClaim(effect.claim.open)]
  packServiceEffect(packed, effect)
  return packed
}

function unpackEffect(packed: Packed): Effect {
  const tuple = <A, B>(value: Value | undefined) => value as unknown as [A, B] | undefined
  const totals = packed.t as Points[] | undefined
  const prolong = tuple<BucketId, Instant>(packed.pr)
  const referral = tuple<MemberId, boolean>(packed.rf)
  const claim = tuple<string, Value | null>(packed.cm)
  const closed = packed.c as unknown as [BucketId, Points][] | undefined
  return {
    ...(totals && { totals: unpackTotals(totals) }),
    ...(packed.d !== undefined && { debt: packed.d as Points }),
    ...(packed.b !== undefined && { buckets: (packed.b as Value[]).map(unpackBucket) }),
    ...(closed && { closed: closed.map(([id, points]) => ({ id, points })) }),
    ...(packed.s !== undefined && { sums: unpackChanges(packed.s) }),
    ...(packed.ti !== undefined && { tier: unpackTier(packed.ti) }),
    ...(packed.p !== undefined && { purchase: unpackDated(packed.p) }),
    ...unpackTierEffect(packed),
    ...(packed.op !== undefined && { opened: unpackReservation(packed.op) }),
    ...(packed.eo !== undefined && { ended: packed.eo as string }),
    ...(prolong && { prolong: { id: prolong[0], expiresAt: prolong[1] } }),
    ...(packed.g !== undefined && {
      gifts: (packed.g as unknown as [HeldGift['kind'], string, number][]).map(([kind, id, count]) => ({ kind, id, count })),
    }),
    ...(packed.gw !== undefined && { rewardGrants: packed.gw as unknown as GrantChanges }),
    ...(referral && { referral: { by: referral[0], rewarded: referral[1] } }),
    ...(claim && { claim: { id: claim[0], open: claim[1] === null ? null : unpackOpenClaim(claim[1]) } }),
    ...(packed.sg !== undefined && { segments: packed.sg as string[] }),
    ...(packed.st !== undefined && { status: packed.st as 'active' | 'closed' }),
    ...unpackClubEffect(packed),
    ...unpackServiceEffect(packed),
  }
}

/** What few entries say of complaints, and of being asked. */
function packServiceEffect(packed: Packing, { complaint, asking, askedAt }: Effect): void {
  if (complaint) packed.co = packComplaintChange(complaint)
  if (asking !== undefined) packed.ak = asking && packAsking(asking)
  if (askedAt !== undefined) packed.aa = askedAt
}

function unpackServiceEffect(packed: Packed): Effect {
  return {
    ...(packed.co !== undefined && { complaint: unpackComplaintChange(packed.co) }),
    ...(packed.ak !== undefined && { asking: packed.ak === null ? null : unpackAsking(packed.ak) }),
    ...(packed.aa !== undefined && { askedAt: packed.aa as Instant }),
  }
}

/** What few entries say of clubs. */
function packClubEffect(packed: Packing, { club, clubCounts, clubsJudgedAt }: Effect): void {
  if (club) packed.cl = [club.id, club.membership && packMembership(club.membership), ...(club.declined ? [true] : [])]
  if (clubCounts) packed.cc = clubCounts.map(packClubCountChange)
  if (clubsJudgedAt !== undefined) packed.cj = clubsJudgedAt
}

function unpackClubEffect(packed: Packed): Effect {
  const club = packed.cl as unknown as [string, Value, true?] | undefined
  const membership = club?.[1]
  return {
    ...(club && {
      club: { id: club[0], membership: membership ? unpackMembership(membership) : null, ...(club[2] && { declined: true }) },
    }),
    ...(packed.cc !== undefined && { clubCounts: (packed.cc as Value[]).map(unpackClubCountChange) }),
    ...(packed.cj !== undefined && { clubsJudgedAt: packed.cj as Instant }),
  }
}

/** What few entries say of the tier. */
function packTierEffect(packed: Packing, effect: Effect): void {
  const { forgotten, run, enrolledAt, moved, lapsing, granted, overGrants, creditedAt } = effect
  if (creditedAt !== undefined) packed.ct = creditedAt
  if (forgotten) packed.fo = forgotten.map(({ period, revision }) => [period, revision])
  if (run !== undefined) packed.ru = run
  if (enrolledAt !== undefined) packed.en = enrolledAt
  if (moved) packed.mv = [moved.from, moved.direction]
  if (lapsing) packed.la = [lapsing.at, lapsing.to]
  if (granted) packed.gr = packGrant(granted)
  if (overGrants) packed.og = [...overGrants]
}

function unpackTierEffect(packed: Packed): Effect {
  const forgotten = packed.fo as [number, number][] | undefined
  const moved = packed.mv as [string, Direction] | undefined
  const lapsing = packed.la as [Instant, string] | undefined
  return {
    ...(forgotten && { forgotten: forgotten.map(([period, revision]) => ({ period, revision })) }),
    ...(packed.ru !== undefined && { run: packed.ru as number }),
    ...(packed.en !== undefined && { enrolledAt: packed.en as Instant }),
    ...(moved && { moved: { from: moved[0], direction: moved[1] } }),
    ...(lapsing && { lapsing: { at: lapsing[0], to: lapsing[1] } }),
    ...(packed.gr !== undefined && { granted: unpackGrant(packed.gr) }),
    ...(packed.og !== undefined && { overGrants: packed.og as string[] }),
    ...(packed.ct !== undefined && { creditedAt: packed.ct as Instant }),
  }
}

const packTotals = (totals: Partial<Totals>): Value => totalNames.map((name) => totals[name] ?? 0)

function unpackTotals(packed: readonly Points[]): Partial<Totals> {
  return Object.fromEntries(totalNames.flatMap((name, index) => (packed[index] === 0 ? [] : [[name, packed[index]]])))
}
