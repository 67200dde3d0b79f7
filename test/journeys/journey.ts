import { expect } from 'vitest'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { attachMyPurchase, attachPurchase } from '../../functions/contract/attaching.ts'
import { readBacktest, startBacktest } from '../../functions/contract/backtests.ts'
import { explainPurchase, readActivity, readBalance, readMe } from '../../functions/contract/me.ts'
import { changeMember, enrolMember, readMember, searchMembers } from '../../functions/contract/members.ts'
import { quotePurchase, readReturn, recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { readMemberAsStaff, setSegments } from '../../functions/contract/segments.ts'
import { instant, memberId } from '../../functions/domain/units.ts'
import { rfc3339 } from '../../functions/handlers/views.ts'
import { adminScopes } from '../../functions/local/tokens.ts'
import { verify } from '../../functions/local/verify.ts'
import { type Asked, type Client, ok, type Reply } from '../support/client.ts'
import { type Dump, Laurel } from '../support/laurel.ts'

type Purchase = Asked<typeof recordPurchase>['body']
type Line = Purchase['lines'][number]
type Goods = Asked<typeof recordReturn>['body']['lines'][number]
type Activity = ReturnType<typeof ok<typeof readActivity>>
export type Named = NonNullable<Purchase['member']>

/** A line of some pieces for so much in all. */
export const line = (lineId: string, amount: number, quantity = 1): Line => ({ lineId, sku: `sku-${lineId}`, quantity, amount })

/** So many pieces of a line brought back, for so much in all. */
export const back = (lineId: string, amount: number, quantity = 1): Goods => ({ lineId, quantity, amount })

/** A shop as its customers go through it: tills, an office and the members' app, over HTTP, with a clock that tests move. */
export class Journey {
  readonly laurel: Laurel
  readonly till: Client
  readonly office: Client
  readonly programme: string

  private constructor(laurel: Laurel, till: Client, office: Client, programme: string) {
    this.laurel = laurel
    this.till = till
    this.office = office
    this.programme = programme
  }

  static async start(now?: string): Promise<Journey> {
    return Journey.in(await Laurel.start(now), 'demo')
  }

  /** The same server, in a programme of it. */
  static async in(laurel: Laurel, programme: string): Promise<Journey> {
    const subjects = { till: `till/${programme}`, office: `office/${programme}` }
    const till = await laurel.token({ subject: subjects.till, programme, stores: '*' }, ['laurel/pos'])
    const office = await laurel.token({ subject: subjects.office, programme }, adminScopes)
    return new Journey(laurel, laurel.client(till), laurel.client(office), programme)
  }

  get now(): string {
    return rfc3339(this.laurel.now)
  }

  travel(to: string): void {
    this.laurel.travel(to)
  }

  /** The app of a member. */
  async app(member: string): Promise<Client> {
    const { laurel, programme } = this
    return laurel.client(
      await laurel.token({ subject: `${programme}/${member}`, programme, member: memberId(member) }, ['laurel/member']),
    )
  }

  enrol(member: string, body: Asked<typeof enrolMember>['body'] = {}) {
    return this.till.ask(enrolMember, { params: { memberId: member }, body })
  }

  change(member: string, body: Asked<typeof changeMember>['body']) {
    return this.till.ask(changeMember, { params: { memberId: member }, body })
  }

  async find(by: Asked<typeof searchMembers>['body']) {
    return ok(await this.till.ask(searchMembers, { body: by })).items
  }

  /** A sale now, unless it is said when. Lines may be told by their amounts alone: one piece each, numbered from 1. */
  saleOf(id: string, member: Named, lines: readonly (Line | number)[], more: Partial<Purchase> = {}): Purchase {
    const written = lines.map((one, index) => (typeof one === 'number' ? line(String(index + 1), one) : one))
    return { member, storeId: id.split(':', 1)[0]!, occurredAt: this.now, currency: 'GBP', lines: written, ...more }
  }

  /** A sale to somebody: whoever is named is in the answer. */
  async sell(
    id: string,
    member: Named,
    lines: readonly (Line | number)[],
    more: Partial<Purchase> = {},
  ): Promise<Reply<typeof attachPurchase>> {
    const asked = { params: { purchaseId: id }, body: this.saleOf(id, member, lines, more) }
    const { body, ...reply } = await this.till.ask(recordPurchase, asked)
    if (body?.memberId === null) throw new Error(`${id} was sold to nobody`)
    return { ...reply, body }
  }

  /** A sale to whoever forgot their card. */
  sellUnnamed(id: string, lines: readonly (Line | number)[], more: Partial<Purchase> = {}) {
    const { member: _, ...body } = this.saleOf(id, { id: 'nobody' }, lines, more)
    return this.till.ask(recordPurchase, { params: { purchaseId: id }, body })
  }

  /** The member adds a purchase by what its receipt says. */
  async claim(member: string, id: string, total: number, day: string) {
    return (await this.app(member)).ask(attachMyPurchase, { params: { id }, body: { total, day } })
  }

  /** Staff give a purchase to its member. */
  attach(purchaseId: string, member: Named, reason?: string) {
    const body = { member, ...(reason !== undefined && { reason }) }
    return this.office.ask(attachPurchase, { params: { purchaseId }, body })
  }

  tag(member: string, segments: string[], reason?: string) {
    const body = { segments, ...(reason !== undefined && { reason }) }
    return this.office.ask(setSegments, { params: { id: member }, body })
  }

  /** The tags of a member, as staff see them. */
  async tagsOf(member: string) {
    return ok(await this.office.ask(readMemberAsStaff, { params: { id: member } })).segments
  }

  quote(member: Named, lines: readonly (Line | number)[], more: Partial<Purchase> = {}) {
    return this.till.ask(quotePurchase, { body: this.saleOf('leeds:', member, lines, more) })
  }

  bring(purchaseId: string, returnId: string, lines: readonly Goods[], occurredAt = this.now) {
    return this.till.ask(recordReturn, { params: { purchaseId, returnId }, body: { occurredAt, lines: [...lines] } })
  }

  returned(purchaseId: string, returnId: string) {
    return this.till.ask(readReturn, { params: { purchaseId, returnId } })
  }

  adjust(member: string, adjustmentId: string, points: number, reason = 'a test') {
    return this.office.ask(adjustPoints, { params: { id: member, adjustmentId }, body: { points, reason } })
  }

  async member(id: string) {
    return ok(await this.till.ask(readMember, { params: { memberId: id } }))
  }

  /** What a member may see: balance and tier, as the app shows them. */
  async standing(member: string) {
    const app = await this.app(member)
    const { tier, balance } = ok(await app.ask(readMe, {}))
    expect(ok(await app.ask(readBalance, {}))).toEqual(balance)
    return { ...balance, tier: tier.id }
  }

  /** A member's whole activity, newest first, page by page. */
  async activity(member: string, limit = 3) {
    const app = await this.app(member)
    const items: Activity['items'] = []
    let cursor: string | null = null
    do {
      const query: Asked<typeof readActivity>['query'] = { limit: String(limit), ...(cursor !== null && { cursor }) }
      const page: Activity = ok(await app.ask(readActivity, { query }))
      items.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== null)
    return items
  }

  async explanation(member: string, id: string) {
    return ok(await (await this.app(member)).ask(explainPurchase, { params: { id } }))
  }

  dump(): Promise<Dump> {
    return this.laurel.dump()
  }

  /** A backtest of all of the journey under the revision that was in force: it finds no difference. */
  async tryAgain(revision: number): Promise<void> {
    const period = { from: '2000-01-01T00:00:00Z', until: rfc3339(instant(this.laurel.now + 1000)) }
    const { id } = ok(await this.office.ask(startBacktest, { body: { ...period, under: { revision } } }))
    await this.laurel.runJobs()
    const { report } = ok(await this.office.ask(readBacktest, { params: { id } }))
    expect(report).toMatchObject({ members: { touched: 0 }, refused: 0 })
    for (const { source, points, occasions } of report!.sources) {
      expect([points.under, occasions?.under], source).toEqual([points.recorded, occasions?.recorded])
    }
  }

  /** Ends a journey: the books must balance, each member's activity must sum up to their balance, and then all is closed. */
  async end(...members: readonly string[]): Promise<void> {
    try {
      const differences: unknown[] = []
      const verified = await verify(this.laurel.runtime, this.programme, (difference) => differences.push(difference))
      expect(differences).toEqual([])
      expect(verified.ok).toBe(true)
      for (const member of members) {
        const { available, pending, debt } = await this.standing(member)
        const sum = (await this.activity(member)).reduce((total, { points }) => total + points, 0)
        expect(sum).toBe(available + pending - debt)
      }
    } finally {
      await this.laurel.close()
    }
  }
}
