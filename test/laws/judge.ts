import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { identityOf } from '../../functions/store/identity-item.ts'
import { lookupKey } from '../../functions/store/lookups.ts'
import type { NaiveState } from '../model/naive-facts.ts'
import { meaningOf } from '../support/meaning.ts'
import type { Sent } from './clients.ts'
import { justify } from './justified.ts'
import { type Fact, factOf, type Held, type Ledger, nameOf, roomsOf } from './ledger.ts'
import { refusals } from './refusals.ts'
import type { GoodsReturn, Purchase, Request } from './requests.ts'
import { isSamePurchase, standingOf, sumOfPoints, type Told, type ToldBalance, toldStanding } from './told.ts'
import { statesDuring, type Trace } from './trace.ts'
import { lookupSecret, programmeId } from './world.ts'

export const isDone = (sent: Sent): boolean => sent.answer !== undefined && sent.answer.status < 300
export const isRefused = (sent: Sent): boolean => sent.answer !== undefined && sent.answer.status >= 400

/** Whether what clients were told is true of the ledger's order: each answer at some point between its request and itself. */
export class Judge {
  readonly sent: readonly Sent[]
  readonly ledger: Ledger
  readonly trace: Trace
  readonly autoEnrol: boolean
  /** Members of the visitors who enrolled themselves. */
  readonly linked: ReadonlyMap<string, string>

  constructor(sent: readonly Sent[], ledger: Ledger, trace: Trace, autoEnrol: boolean) {
    this.sent = sent
    this.ledger = ledger
    this.trace = trace
    this.autoEnrol = autoEnrol
    const identities = [...trace.items.values()].filter(({ sk }) => sk === 'IDENTITY').map(identityOf)
    this.linked = new Map(identities.map(({ subject, member }) => [subject, member!]))
  }

  judge(): void {
    justify(this)
    for (const one of this.sent) {
      if (isDone(one)) this.#believe(one)
      else if (isRefused(one)) refusals(this, one)
    }
    this.#sameOutcomes()
  }

  /** Versions that a member's head had between a request and its answer. */
  versionsDuring(member: string, one: Sent): number[] {
    return statesDuring(this.ledger.versions(member), one, 0)
  }

  /** Whom a card belonged to between a request and its answer. */
  ownersDuring(card: string, one: Sent) {
    return statesDuring(this.trace.lookups.get(lookupKey(lookupSecret, programmeId, 'card', card).pk), one, undefined)
  }

  #believe(one: Sent): void {
    const { request, answer } = one
    const body = answer!.body as Told
    switch (request.kind) {
      case 'tag': {
        deepStrictEqual(body.segments, request.tags)
        const bookings = this.versionsDuring(request.member, one).map((version) =>
          this.ledger.members.get(request.member)!.tagsAt(version),
        )
        ok(
          bookings.some((tags) => isDeepStrictEqual(tags, request.tags)),
          'a member never had the tags that were acknowledged',
        )
        break
      }
      case 'attach': {
        const held = this.ledger.held.get(request.purchaseId)
        ok(held && held.commit <= one.to.commit, `${request.purchaseId} was attached, and is nobody's`)
        strictEqual(held.member, request.member, 'a purchase is attached to the member whom the client means')
        this.#believePurchase(one, request.purchaseId, held, body)
        break
      }
      case 'purchase': {
        if (body.memberId === null) {
          this.#believeUnattached(one, request, body)
          break
        }
        this.#believePurchase(one, request.id, this.#heldBy(one), body)
        break
      }
      case 'return':
        this.#believeReturn(one, body)
        break
      case 'adjust': {
        const held = this.#heldBy(one)
        deepStrictEqual(body.points, { adjusted: request.body.points })
        this.#fits(one, held.member, body, held.version)
        break
      }
      case 'enrol':
        this.#fits(one, request.member, body)
        break
      case 'enrol me':
        strictEqual(body.memberId, this.linked.get(request.subject), 'a visitor is told of the member that they are')
        this.#fits(one, body.memberId!, body)
        break
      case 'change': {
        const { status = body.status, card, name = body.profile!.name } = request.body
        deepStrictEqual([body.status, body.profile!.name], [status, name])
        if (card !== undefined) strictEqual(body.profile!.card, card ?? undefined)
        this.#fits(one, request.member, body)
        break
      }
      case 'quote':
        this.#believeQuote(one, body)
        break
      case 'read':
        this.#believeRead(one, body)
        break
    }
  }

  #believePurchase(one: Sent, purchaseId: string, held: Held, body: Told): void {
    strictEqual(body.memberId, held.member)
    const { earned, pending, tier } = this.#finally(held).purchases.get(purchaseId)!
    deepStrictEqual(body.points, { earned, pending }, `points of ${purchaseId}, earned by a ${tier} member`)
    strictEqual(sumOfPoints(body.awards!), earned)
    for (const award of body.awards!) strictEqual(sumOfPoints(award.lines), award.points)
    this.#fits(one, held.member, body, held.version)
  }

  /** A purchase earned nobody anything only while it had no member. */
  #believeUnattached(one: Sent, { id: purchaseId, body: posted }: Purchase, body: Told): void {
    deepStrictEqual(body, { purchaseId, memberId: null, points: { earned: 0, pending: 0 }, awards: [] })
    const receipts = this.ledger.receiptsDuring(purchaseId, one)
    const found = receipts.some((receipt) => receipt?.state === 'unattached' && receipt.hash === meaningOf(posted))
    ok(found, `${purchaseId} was told to have no member, and had one`)
  }

  /** A return of a purchase that has no member is kept with it, or refused as one that does not fit. */
  #believeKeptReturn(one: Sent, { purchaseId, id, body: posted }: GoodsReturn, body: Told): void {
    const kept = this.ledger.receiptsDuring(purchaseId, one).flatMap((receipt) => {
      const record = receipt?.state === 'unattached' ? receipt.returns.find(({ returnId }) => returnId === id) : undefined
      return record && record.hash === meaningOf(posted) ? [record] : []
    })
    if (body.status === 'refused') ok(kept.some((record) => record.status === 'refused' && record.code === body.code))
    else {
      deepStrictEqual(body, { returnId: id, status: 'booked', points: { clawedBack: 0 } })
      ok(
        kept.some(({ status }) => status === 'waiting'),
        'a return that took nobody’s points is kept',
      )
    }
  }

  #believeReturn(one: Sent, body: Told): void {
    const { request } = one
    if (request.kind !== 'return') return
    const name = nameOf(request)!
    const sale = this.ledger.held.get(request.purchaseId)
    const isOfNobody = !sale || (sale.attached && sale.commit > one.to.commit)
    if ((body.status === 'booked' && !body.balance) || (body.status === 'refused' && isOfNobody)) {
      this.#believeKeptReturn(one, request, body)
      return
    }
    if (body.status === 'waiting') {
      const since = this.ledger.soldSince(request.purchaseId)
      ok(since === undefined || since > one.from.commit, 'a return waits only for a sale that is not there')
      const receipt = this.ledger.receipts.get(request.purchaseId)
      const hash = receipt?.returns.find(({ returnId }) => returnId === request.id)?.hash
      strictEqual(hash, meaningOf(request.body), 'a return that waits is kept')
      if (sale) ok(this.ledger.held.get(name)?.waited, 'a return that waited is booked with its sale')
      return
    }
    const held = this.#heldBy(one)
    const { status, clawedBack, code } = this.#finally(held).returns.get(name)!
    strictEqual(body.status, status)
    if (status === 'refused') strictEqual(body.code, code)
    else {
      deepStrictEqual(body.points, { clawedBack }, `points of ${name}`)
      this.#fits(one, held.member, body, held.version)
    }
  }

  #believeQuote(one: Sent, body: Told): void {
    if (one.request.kind !== 'quote') return
    const { memberId, points } = body
    if (!memberId) return
    const quoted = { ...one.request, kind: 'purchase', id: 'quoted' } as Fact
    const ledger = this.ledger.members.get(memberId)!
    const arrivedAt = Date.parse(body.balance!.asOf)
    const gifts = (body.gifts ?? []).map(({ source }) => ({ source, points: 0 }))
    const sale = { member: memberId, rooms: roomsOf([...(body.awards ?? []), ...gifts]) }
    const found = this.versionsDuring(memberId, one).some((version) => {
      const { earned, pending } = ledger.stateWith(version, factOf(quoted, arrivedAt, sale)).purchases.get('quoted')!
      return earned === points!.earned && pending === points!.pending
    })
    ok(found, 'a quote is what the purchase would earn')
    this.#fits(one, memberId, body)
  }

  #believeRead(one: Sent, body: Told): void {
    const { request } = one
    if (request.kind !== 'read') return
    switch (request.what) {
      case 'member':
        this.#fits(one, request.member, body)
        break
      case 'balance':
        this.#fits(one, request.member, { balance: body as unknown as ToldBalance })
        break
      case 'search': {
        const owners = this.ownersDuring(request.card, one).map((owner) => (owner?.replacedAt ? undefined : owner?.memberId))
        const [found] = body.items!
        ok(
          owners.some((owner) => owner === found?.memberId),
          'a search finds whom the card belongs to',
        )
        if (found) this.#fits(one, found.memberId!, found)
        break
      }
      case 'purchase': {
        if (body.memberId === null) {
          const receipts = this.ledger.receiptsDuring(request.purchaseId, one)
          ok(receipts.some((receipt) => receipt?.state === 'unattached'))
          deepStrictEqual([body.points!.earned, body.points!.kept, body.awards], [0, 0, []])
          break
        }
        const held = this.ledger.held.get(request.purchaseId)
        ok(held, 'a purchase is read that is not there')
        const found = this.versionsDuring(held.member, one).some((version) =>
          isSamePurchase(this.ledger.members.get(held.member)!.stateAt(version, 0), request.purchaseId, body),
        )
        ok(found, `${request.purchaseId} was never as it was read: ${JSON.stringify(body)}`)
        break
      }
      case 'return':
        this.#believeReturn({ ...one, request: this.#posted(request) }, body)
    }
  }

  /** The request by which a return came that is read now. */
  #posted(read: { readonly purchaseId: string; readonly id: string }): Request {
    const receipt = this.ledger.receipts.get(read.purchaseId)
    const hash = receipt?.returns.find(({ returnId }) => returnId === read.id)?.hash
    const found = this.sent.find(
      ({ request }) => request.kind === 'return' && request.id === read.id && meaningOf(request.body) === hash,
    )
    ok(found, 'a return is read that nobody sent')
    return found.request
  }

  /** What is done is there, as it was sent, when its client is told so. */
  #heldBy({ request, to }: Sent): Held {
    const held = this.ledger.held.get(nameOf(request)!)
    ok(held, `${nameOf(request)} was acknowledged and is lost`)
    strictEqual(held.request, request, `${nameOf(request)} was acknowledged with another body`)
    ok(held.commit <= to.commit, `${nameOf(request)} was acknowledged before it was there`)
    return held
  }

  #finally({ member }: Held): NaiveState {
    const ledger = this.ledger.members.get(member)!
    return ledger.stateAt(ledger.bookings.length, 0)
  }

  /** At some point between request and answer the member had what the client was told, and nothing else. */
  #fits(one: Sent, member: string, body: Told, atLeast = 1): void {
    const ledger = this.ledger.members.get(member)
    ok(ledger, `${member} was told of and is not there`)
    const versions = this.versionsDuring(member, one).filter((version) => version >= atLeast)
    const expected = versions.map((version) => ({
      ...standingOf(ledger.stateAt(version, Date.parse(body.balance!.asOf)), body),
      ...(body.status === 'active' || body.status === 'closed' ? { status: ledger.statusAt(version) } : {}),
    }))
    const told = toldStanding(body)
    const found = expected.some((standing) => JSON.stringify(standing) === JSON.stringify(told))
    ok(found, `${member} was told\n${JSON.stringify(told)}\nand had\n${expected.map((one) => JSON.stringify(one)).join('\n')}`)
  }

  /** Whoever is told of the outcome of one request is told the same. */
  #sameOutcomes(): void {
    const outcomes = new Map<Request, unknown>()
    for (const { request, answer } of this.sent.filter(isDone)) {
      if (request.kind !== 'purchase') continue
      const { memberId, points, awards } = answer!.body as Told
      if (memberId === null) continue // what it earns it is asked again once it has a member
      const known = outcomes.get(request)
      if (known) deepStrictEqual({ memberId, points, awards }, known, 'a replay has the outcome of the first answer')
      else outcomes.set(request, { memberId, points, awards })
    }
  }
}
