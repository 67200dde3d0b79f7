import type { Gift, LimitName } from '../domain/campaign.ts'
import type { Award } from '../domain/earning.ts'
import type { Attachment, Direction, Effect, Entry, Fact, SaleLine } from '../domain/entry.ts'
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
  return {
    ...table.entry(programme, member, version, n),
    at: entry.at,
    bk: bookedAt,
    k: entry.fact.kind,
    ...packFact(entry.fact),
    x: packEffect(entry.effect),
  }
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

function packFact(fact: Fact): Packed {
  if (fact.kind !== 'earn') {
    const { kind: _, ...plain } = fact
    return Object.keys(plain).length > 0 ? { f: defined(plain as Packed) } : {}
  }
  const { purchaseId, occurredAt, details, lines, tier, judged, awards, pending, attached } = fact
  const indexOf = new Map(lines.map((line, index) => [line.lineId, index]))
  return {
    p: purchaseId,
    oc: occurredAt,
    s: defined({ ...details }),
    l: packSaleLines(lines),
    ti: tier,
    ...(judged && { j: defined(judged) }),
    a: awards.map((award) => packAward(award, indexOf)),
    ...(pending !== 0 && { pe: pending }),
    ...(attached && { an: defined({ ...attached }) }),
  }
}

function packAward({ source, revision, points, lines, gift, cut }: Award, indexOf: ReadonlyMap<string, number>): PackedAward {
  const shares = lines.map((line): [number, number] => [indexOf.get(line.lineId)!, line.points])
  if (!gift && !cut) return [source, revision, points, shares]
  return [source, revision, points, shares, defined({ g: gift && { ...gift }, c: cut && [cut.limit, cut.wanted] })]
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
  return [lineId, sku, quantity, amount, defined({ name, categories, excluded })]
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
  const { totals, debt, buckets, closed, sums, tier, purchase, prolong, status, gifts, referral, segments, claim } = effect
  return defined({
    t: totals && totalNames.map((name) => totals[name] ?? 0),
    d: debt,
    b: buckets?.map(packBucket),
    c: closed?.map(({ id, points }) => [id, points]),
    s: sums && packChanges(sums),
    ti: tier && packTier(tier),
    p: purchase && packDated(purchase),
    ...packTierEffect(effect),
    op: effect.opened && packReservation(effect.opened),
    eo: effect.ended,
    pr: prolong && [prolong.id, prolong.expiresAt],
    st: status,
    ...packClubEffect(effect),
    g: gifts?.map(({ kind, id, count }) => [kind, id, count]),
    rf: referral && [referral.by, referral.rewarded],
    sg: segments,
    cm: claim && [claim.id, claim.open && packOpenClaim(claim.open)],
    ...packServiceEffect(effect),
  })
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
    ...(referral && { referral: { by: referral[0], rewarded: referral[1] } }),
    ...(claim && { claim: { id: claim[0], open: claim[1] === null ? null : unpackOpenClaim(claim[1]) } }),
    ...(packed.sg !== undefined && { segments: packed.sg as string[] }),
    ...(packed.st !== undefined && { status: packed.st as 'active' | 'closed' }),
    ...unpackClubEffect(packed),
    ...unpackServiceEffect(packed),
  }
}

/** What few entries say of complaints, and of being asked. */
function packServiceEffect({ complaint, asking, askedAt }: Effect) {
  return {
    co: complaint && packComplaintChange(complaint),
    ak: asking === undefined ? undefined : asking && packAsking(asking),
    aa: askedAt,
  }
}

function unpackServiceEffect(packed: Packed): Effect {
  return {
    ...(packed.co !== undefined && { complaint: unpackComplaintChange(packed.co) }),
    ...(packed.ak !== undefined && { asking: packed.ak === null ? null : unpackAsking(packed.ak) }),
    ...(packed.aa !== undefined && { askedAt: packed.aa as Instant }),
  }
}

/** What few entries say of clubs. */
function packClubEffect({ club, clubCounts, clubsJudgedAt }: Effect) {
  return {
    cl: club && [club.id, club.membership && packMembership(club.membership), ...(club.declined ? [true] : [])],
    cc: clubCounts?.map(packClubCountChange),
    cj: clubsJudgedAt,
  }
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
function packTierEffect({ forgotten, run, enrolledAt, moved, lapsing, granted, overGrants }: Effect) {
  return {
    fo: forgotten?.map(({ period, revision }) => [period, revision]),
    ru: run,
    en: enrolledAt,
    mv: moved && [moved.from, moved.direction],
    la: lapsing && [lapsing.at, lapsing.to],
    gr: granted && packGrant(granted),
    og: overGrants && [...overGrants],
  }
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
  }
}

function unpackTotals(packed: readonly Points[]): Partial<Totals> {
  return Object.fromEntries(totalNames.flatMap((name, index) => (packed[index] === 0 ? [] : [[name, packed[index]]])))
}
