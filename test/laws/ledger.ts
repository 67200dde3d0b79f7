import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { LimitName } from '../../functions/domain/campaign.ts'
import type { Attachment } from '../../functions/domain/entry.ts'
import type { MemberId } from '../../functions/domain/units.ts'
import { entryOf, type StoredEntry } from '../../functions/store/entry-item.ts'
import { type Receipt, receiptOf, type UnattachedReceipt } from '../../functions/store/receipt-item.ts'
import type { Item } from '../../functions/store/store.ts'
import { entryPosition, entryPrefix, memberPartition } from '../../functions/store/table.ts'
import { dateOf, isAttachableNoMore } from '../model/naive-dates.ts'
import type { NaiveFact, NaiveProgramme, NaiveState, NaiveUnnamedSale } from '../model/naive-facts.ts'
import { recompute } from '../model/naive-model.ts'
import type { NaiveRooms } from '../model/naive-sales.ts'
import { meaningOf } from '../support/meaning.ts'
import type { Sent } from './clients.ts'
import type { Adjustment, GoodsReturn, Purchase, Request } from './requests.ts'
import { type Stretch, statesDuring, type Trace } from './trace.ts'
import { programmeId } from './world.ts'

export type Fact = Request & (Purchase | GoodsReturn | Adjustment)

/** A request that the ledger holds, and the booking in which it does. */
export interface Held<Kind extends Request = Request> {
  readonly request: Kind
  readonly member: string
  readonly version: number
  readonly commit: number
  /** A return that was there before its sale, and so was not booked by its own request. */
  readonly waited: boolean
  /** Of a purchase that was posted without a member. */
  readonly attached?: Posted & Attachment
}

/** How a purchase came without a member. */
interface Posted {
  /** The commit since which it is there, without a member. */
  readonly since: number
  /** Returns that were there before it. */
  readonly before: ReadonlySet<string>
}

interface Booking {
  readonly version: number
  readonly commit: number
  readonly bookedAt: number
  readonly facts: readonly (NaiveFact | NaiveUnnamedSale)[]
  readonly status: 'active' | 'closed'
  /** Whether it closed or reopened the member. */
  readonly changesStatus: boolean
  /** The tags that it gave the member; undefined where it gave none. */
  readonly tags: readonly string[] | undefined
}

/** What happened to one member, in the order of the ledger, and what the model makes of it. */
export class MemberLedger {
  readonly member: string
  readonly bookings: readonly Booking[]
  readonly #naive: NaiveProgramme
  readonly #states = new Map<string, NaiveState>()

  constructor(member: string, bookings: readonly Booking[], naive: NaiveProgramme) {
    this.member = member
    this.bookings = bookings
    this.#naive = naive
  }

  /** What the member has at an instant, by the bookings up to a version. */
  stateAt(version: number, now: number): NaiveState {
    const name = `${version} ${now}`
    let state = this.#states.get(name)
    if (!state) {
      const at = Math.max(now, this.#bookedAt(version))
      state = recompute(this.#naive, this.#factsUpTo(version), at, this.#enrolledAt(at))
      this.#states.set(name, state)
    }
    return state
  }

  /** What another fact would come to, if it were the next after a version. */
  stateWith(version: number, fact: NaiveFact): NaiveState {
    const arrivedAt = Math.max(fact.arrivedAt, this.#bookedAt(version))
    return recompute(this.#naive, [...this.#factsUpTo(version), { ...fact, arrivedAt }], arrivedAt, this.#enrolledAt(arrivedAt))
  }

  statusAt(version: number): 'active' | 'closed' {
    return this.bookings[version - 1]!.status
  }

  tagsAt(version: number): readonly string[] {
    return this.bookings.slice(0, version).findLast(({ tags }) => tags)?.tags ?? []
  }

  #factsUpTo(version: number): Booking['facts'] {
    return this.bookings.slice(0, version).flatMap(({ facts }) => facts)
  }

  /** Somebody who was never booked enrols with what is asked. */
  #enrolledAt(now: number): number {
    return this.bookings[0]?.bookedAt ?? now
  }

  #bookedAt(version: number): number {
    return this.bookings[version - 1]?.bookedAt ?? 0
  }
}

/**
 * The linear order of all that was done, as the ledger has it: its entries say what is there and in which order, the requests
 * that were sent say what it was.
 */
export class Ledger {
  readonly members = new Map<string, MemberLedger>()
  readonly held = new Map<string, Held>()
  /** By the purchase's id. */
  readonly receipts = new Map<string, Receipt>()
  readonly #trace: Trace
  readonly #naive: NaiveProgramme
  readonly #sent = new Map<string, Set<Request>>()

  constructor(trace: Trace, sent: readonly Sent[], naive: NaiveProgramme) {
    this.#trace = trace
    this.#naive = naive
    for (const { request } of sent) {
      const name = nameOf(request)
      if (name !== undefined) this.#sent.set(name, (this.#sent.get(name) ?? new Set()).add(request))
    }
    for (const item of trace.items.values()) {
      if (item.sk !== 'RECEIPT') continue
      const receipt = receiptOf(item)
      this.receipts.set(receipt.purchaseId, receipt)
    }
    for (const { pk, sk } of trace.items.values()) {
      if (!pk.startsWith(`P#${programmeId}#ROSTER#`)) continue
      this.members.set(sk, new MemberLedger(sk, this.#bookings(sk), naive))
    }
    strictEqual(this.members.size, trace.heads.size, 'every member is on the roster')
  }

  /** Versions of a member's head, and the commits that made them. */
  versions(member: string) {
    return this.#trace.heads.get(memberPartition(programmeId, member as MemberId))
  }

  #bookings(member: string): Booking[] {
    const pk = memberPartition(programmeId, member as MemberId)
    const versions = this.versions(member) ?? []
    const bookings: Booking[] = []
    for (const [index, { commit, state: version }] of versions.entries()) {
      strictEqual(version, index + 1, `each booking of ${member} is a version`)
      const entries = this.#entries(pk, version)
      ok(entries.length > 0, 'every change of a head has an entry')
      const bookedAt = entries[0]!.bookedAt
      ok(
        entries.every((entry) => entry.bookedAt === entries[0]!.bookedAt),
        'what is booked together is booked at one instant',
      )
      const before = bookings.at(-1)
      ok(!before || before.bookedAt <= bookedAt, `the clock of ${member}'s ledger goes back at version ${version}`)
      const rooms = new Map(
        entries.flatMap(({ fact }) => (fact.kind === 'earn' ? [[fact.purchaseId, roomsOf(fact.awards)]] : [])),
      )
      const facts = this.#inOrder(
        this.#factsOf(member, version, commit, entries).map((request) =>
          factOf(request, bookedAt, request.kind === 'purchase' ? { member, rooms: rooms.get(request.id) } : {}),
        ),
        entries,
      )
      const change = entries.findLast(({ fact }) => fact.kind === 'close' || fact.kind === 'reopen')?.fact.kind
      const status = change ? (change === 'close' ? 'closed' : 'active') : (before?.status ?? 'active')
      const tags = entries.find(({ fact }) => fact.kind === 'segments')?.effect.segments
      bookings.push({ version, commit, bookedAt, facts, status, changesStatus: change !== undefined, tags })
    }
    return bookings
  }

  /** Since when a purchase is there, with a member or without; undefined where it is not. */
  soldSince(purchaseId: string): number | undefined {
    return this.#trace.receipts.get(purchaseId)?.find(({ state }) => state?.state !== 'awaited')?.commit
  }

  /** What a receipt said between a request and its answer. */
  receiptsDuring(purchaseId: string, stretch: Stretch): (Receipt | undefined)[] {
    return statesDuring(this.#trace.receipts.get(purchaseId), stretch, undefined)
  }

  /** The receipts of purchases that came without a member, as they were then. */
  posted(): { readonly receipt: UnattachedReceipt; readonly since: number }[] {
    return [...this.#trace.receipts.values()].flatMap((states) => {
      const first = states.find(({ state }) => state?.state !== 'awaited')
      return first?.state?.state === 'unattached' ? [{ receipt: first.state, since: first.commit }] : []
    })
  }

  /** Whether a purchase without a member is too old for one at an instant. */
  isWindowOver({ sale, arrivedAt }: UnattachedReceipt, now: number): boolean {
    const soldAt = Math.min(sale.occurredAt, arrivedAt)
    const { document } = this.#naive.findLast(({ inForceFrom }, index) => index === 0 || inForceFrom <= soldAt)!
    return isAttachableNoMore(document, soldAt, now)
  }

  /** The day that a till printed on a receipt. */
  dayOf(occurredAt: number): string {
    return dateOf(this.#naive[0]!.document.timezone, occurredAt).toString()
  }

  #postedBefore(purchaseId: string): Posted {
    const states = this.#trace.receipts.get(purchaseId)!
    const first = states.findIndex(({ state }) => state?.state === 'unattached')
    const before = states[first - 1]?.state?.returns ?? []
    return { since: states[first]!.commit, before: new Set(before.map(({ returnId }) => returnId)) }
  }

  /** The facts of a booking as they came: of a purchase that was attached, what was there before it, the purchase, what came back then. */
  #inOrder(facts: readonly NaiveFact[], entries: readonly StoredEntry[]): Booking['facts'] {
    const [sale] = entries.flatMap(({ fact }) => (fact.kind === 'earn' && fact.attached ? [fact] : []))
    if (!sale) return facts
    const { before } = this.#postedBefore(sale.purchaseId)
    const isBefore = (fact: NaiveFact) => fact.kind === 'return' && before.has(fact.id)
    const { arrivedAt } = facts[0]!
    return [
      ...facts.filter(isBefore),
      { kind: 'unnamed', id: sale.purchaseId, arrivedAt, lines: sale.lines },
      ...facts
        .filter((fact) => !isBefore(fact))
        .map((fact) =>
          fact.kind === 'purchase' ? { ...fact, occurredAt: Math.min(fact.occurredAt, sale.attached!.arrivedAt) } : fact,
        ),
    ]
  }

  #entries(pk: string, version: number): StoredEntry[] {
    const items: Item[] = []
    for (const item of this.#trace.items.values())
      if (item.pk === pk && item.sk.startsWith(entryPrefix) && entryPosition(item.sk).version === version) items.push(item)
    return items.sort((a, b) => (a.sk < b.sk ? -1 : 1)).map(entryOf)
  }

  /** The requests that a booking stands for. Returns that waited are put before their sale, as they came. */
  #factsOf(member: string, version: number, commit: number, entries: readonly StoredEntry[]): Fact[] {
    const facts: Fact[] = []
    const sold = entries.flatMap(({ fact }) => (fact.kind === 'earn' ? [fact.purchaseId] : []))
    const hold = (name: string, matches: (request: Request) => boolean, waited: boolean, attached?: Held['attached']): Fact => {
      const request = [...(this.#sent.get(name) ?? [])].find(matches) as Fact | undefined
      if (!request) throw new Error(`nobody sent what the ledger holds of ${name}`)
      strictEqual(this.held.has(name), false, `${name} is held twice`)
      this.held.set(name, { request, member, version, commit, waited, ...(attached && { attached }) })
      return request
    }
    const isDated = (occurredAt: number) => (request: Request) =>
      'body' in request && 'occurredAt' in request.body && Date.parse(request.body.occurredAt) === occurredAt
    for (const { fact } of entries) {
      if (fact.kind === 'earn') {
        for (const [name, hash] of this.#refused(fact.purchaseId)) {
          facts.push(hold(name, (request) => meaningOf(request.call.body) === hash, true))
        }
        const attached = fact.attached && { ...fact.attached, ...this.#postedBefore(fact.purchaseId) }
        const purchase = hold(fact.purchaseId, isDated(fact.occurredAt), false, attached) as Purchase & Request
        deepStrictEqual(fact.lines, purchase.body.lines, 'a purchase is booked as it was posted')
        facts.push(purchase)
      } else if (fact.kind === 'return') {
        const name = `${fact.purchaseId}/${fact.returnId}`
        const waited = sold.includes(fact.purchaseId)
        const goods = hold(name, isDated(fact.occurredAt), waited)
        if (waited) facts.unshift(goods)
        else facts.push(goods)
      } else if (fact.kind === 'adjust') {
        const { adjustmentId, reason } = fact
        facts.push(
          hold(`${member} ${adjustmentId}`, (request) => request.kind === 'adjust' && request.body.reason === reason, false),
        )
      }
    }
    return facts
  }

  /** Returns that waited for a sale and did not fit. */
  #refused(purchaseId: string): [name: string, hash: string][] {
    const { returns } = this.receipts.get(purchaseId)!
    return returns.flatMap(({ status, returnId, hash }) => (status === 'refused' ? [[`${purchaseId}/${returnId}`, hash]] : []))
  }
}

/** What happens once, for ever: undefined for what has no id of its own. */
export function nameOf(request: Request): string | undefined {
  switch (request.kind) {
    case 'purchase':
      return request.id
    case 'return':
      return `${request.purchaseId}/${request.id}`
    case 'adjust':
      return `${request.member} ${request.id}`
    default:
      return undefined
  }
}

/**
 * What limited campaigns gave a sale, as facts: others had a part in what was left. One that no limit cut gave all that it
 * would, and one that is not told of nothing.
 */
export function roomsOf(
  awards: readonly {
    readonly source: string
    readonly points: number
    readonly cut?: { readonly limit: LimitName } | undefined
  }[],
): NaiveRooms {
  return new Map(
    awards.map(({ source, points, cut }) => [
      source,
      cut ? { points, limit: cut.limit } : { points: Number.POSITIVE_INFINITY, limit: 'per-member' },
    ]),
  )
}

/** A request in the model's words, had it arrived at an instant; of a purchase also whose it is, and what was left to give. */
export function factOf(
  request: Fact,
  arrivedAt: number,
  sale: { readonly member?: string; readonly rooms?: NaiveRooms | undefined } = {},
): NaiveFact {
  switch (request.kind) {
    case 'purchase': {
      const { lines, occurredAt } = request.body
      return { kind: 'purchase', id: request.id, occurredAt: Date.parse(occurredAt), arrivedAt, lines, ...sale }
    }
    case 'return': {
      const { lines, occurredAt } = request.body
      const { purchaseId, id } = request
      return { kind: 'return', purchaseId, id, occurredAt: Date.parse(occurredAt), arrivedAt, lines }
    }
    case 'adjust':
      return { kind: 'adjust', id: request.id, points: request.body.points, arrivedAt }
  }
}
