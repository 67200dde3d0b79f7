import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { attachMyPurchase, attachPurchase } from '../../functions/contract/attaching.ts'
import { enrolMe, readBalance } from '../../functions/contract/me.ts'
import { changeMember, enrolMember, readMember, searchMembers } from '../../functions/contract/members.ts'
import { quotePurchase, readPurchase, readReturn, recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { setSegments } from '../../functions/contract/segments.ts'
import type { MemberId } from '../../functions/domain/units.ts'
import { headOf } from '../../functions/store/head-item.ts'
import { rosterShard, table } from '../../functions/store/table.ts'
import type { Goods } from '../domain/counter.ts'
import { dateOf } from '../model/naive-dates.ts'
import type { Command, Plan, PlannedReturn } from './plans.ts'
import { type Call, idsOnShard, memberShard, programmeId, type World } from './world.ts'

/** One thing that a client asks for; whoever asks for the same thing, and asks again, sends the same body. */
export type Request = { readonly call: Call } & (
  | Purchase
  | GoodsReturn
  | Adjustment
  | Attach
  | { readonly kind: 'tag'; readonly member: string; readonly tags: readonly string[] }
  | { readonly kind: 'enrol'; readonly member: string; readonly body: { readonly card?: string } }
  | { readonly kind: 'enrol me'; readonly subject: string }
  | { readonly kind: 'change'; readonly member: string; readonly body: Change }
  | { readonly kind: 'quote'; readonly body: PurchaseBody }
  | Read
)

export interface Purchase {
  readonly kind: 'purchase'
  readonly id: string
  readonly body: PurchaseBody
}

export interface PurchaseBody {
  readonly member?: { readonly id: string } | { readonly card: string }
  readonly occurredAt: string
  readonly lines: readonly (Goods & { readonly sku: string })[]
}

export interface GoodsReturn {
  readonly kind: 'return'
  readonly purchaseId: string
  readonly id: string
  readonly body: { readonly occurredAt: string; readonly lines: readonly Goods[] }
}

export interface Adjustment {
  readonly kind: 'adjust'
  readonly member: string
  readonly id: string
  readonly body: { readonly points: number; readonly reason: string }
}

export interface Attach {
  readonly kind: 'attach'
  readonly purchaseId: string
  readonly member: string
  /** What the member says of the receipt; null: staff do it. */
  readonly said: { readonly total: number; readonly day: string } | null
}

export interface Change {
  readonly status?: 'active' | 'closed'
  readonly card?: string | null
  readonly name?: string
}

type Read = { readonly kind: 'read' } & (
  | { readonly what: 'member' | 'balance'; readonly member: string }
  | { readonly what: 'search'; readonly card: string }
  | { readonly what: 'purchase'; readonly purchaseId: string }
  | { readonly what: 'return'; readonly purchaseId: string; readonly id: string }
)

const [first, second, third] = idsOnShard('m')
export const members: readonly string[] = [first!, second!, third!, 'nobody']
export const cardOf = (place: number): string => `card-${place}`
const purchaseIdOf = (place: number) => `leeds:till:${place}`
const unknownLine: Goods = { lineId: '9', quantity: 1, amount: 100 }
const written = (at: number) => new Date(at).toISOString()

/** Makes requests of a plan's commands. A request is made when it is first sent: then its receipt is printed. */
export class Requests {
  readonly #plan: Plan
  readonly #world: World
  readonly #made = new Map<string, Request>()
  readonly #soldAt = new Map<number, number>()
  readonly #timezone: string

  constructor(plan: Plan, world: World, timezone: string) {
    this.#plan = plan
    this.#timezone = timezone
    this.#world = world
  }

  /** Undefined where there is nothing to ask for: no member that a card made. */
  of(command: Exclude<Command, { do: 'batch' | 'sweep' }>): Request | undefined {
    switch (command.do) {
      case 'purchase':
        return this.#purchase(command.index % this.#plan.sales.length, command.twisted)
      case 'return':
        return this.#return(command.index % this.#plan.returns.length, command.twisted)
      case 'adjust':
        return this.#adjustment(command.index % this.#plan.adjustments.length, command.twisted)
      case 'attach':
        return this.#attach(command)
      case 'tag': {
        const { tags } = command
        const member = members[command.member]!
        return { kind: 'tag', member, tags, call: { operation: setSegments, params: { id: member }, body: { segments: tags } } }
      }
      case 'spend':
        return this.#spending(command.index % this.#plan.sales.length)
      case 'bring back':
        return this.#wholeReturn(command.index % this.#plan.sales.length)
      case 'quote':
        return this.#quote(command.index % this.#plan.sales.length)
      case 'read':
        return this.#read(command)
      case 'enrol': {
        const member = command.member === 'made' ? this.#madeMember() : members[command.member]
        return member === undefined ? undefined : this.enrolment(member, command.card)
      }
      case 'enrol me': {
        const subject = `visitor-${command.visitor}`
        const call = { operation: enrolMe, subject, body: { name: subject } }
        return this.#once(subject, () => ({ kind: 'enrol me', subject, call }))
      }
      case 'change': {
        const member = members[command.member]!
        const { change } = command
        const body = 'card' in change ? { card: change.card === null ? null : cardOf(change.card) } : change
        return { kind: 'change', member, body, call: { operation: changeMember, params: { memberId: member }, body } }
      }
    }
  }

  enrolment(member: string, card: number | null): Request {
    const body = { name: 'Ada', ...(card !== null && { card: cardOf(card) }) }
    return this.#once(`enrol ${member} ${card}`, () => ({
      kind: 'enrol',
      member,
      body,
      call: { operation: enrolMember, params: { memberId: member }, body },
    }))
  }

  #once(name: string, make: () => Request): Request {
    const known = this.#made.get(name)
    if (known) return known
    const made = make()
    this.#made.set(name, made)
    return made
  }

  #purchase(place: number, twisted: boolean): Request {
    const id = purchaseIdOf(place)
    return this.#once(`${id} ${twisted}`, () => {
      const body = this.#purchaseBody(place, twisted)
      return { kind: 'purchase', id, body, call: { operation: recordPurchase, params: { purchaseId: id }, body } }
    })
  }

  #quote(place: number): Request {
    const body = this.#purchaseBody(place, false)
    return { kind: 'quote', body, call: { operation: quotePurchase, body } }
  }

  #purchaseBody(place: number, twisted: boolean) {
    const { named, lines, when } = this.#plan.sales[place]!
    const { now } = this.#world.timeline
    const tie = 'tieWith' in when ? this.#soldAt.get(when.tieWith % this.#plan.sales.length) : undefined
    const at = 'lateMs' in when ? now - when.lateMs : (tie ?? now)
    const soldAt = this.#soldAt.get(place) ?? at
    this.#soldAt.set(place, soldAt)
    return {
      ...(named !== 'nobody' && {
        member: 'card' in named ? { card: cardOf(named.card) } : { id: members[named.member]! },
      }),
      storeId: 'leeds',
      currency: 'GBP',
      occurredAt: written(twisted ? soldAt - 1000 : soldAt),
      lines: lines.map((line) => ({ ...line, sku: `sku-${line.lineId}` })),
    }
  }

  #return(place: number, twisted: boolean): Request {
    const planned = this.#plan.returns[place]!
    const { sale, purchaseId } = this.#saleOf(planned)
    const lateMs = planned.lateMs + (twisted ? 1000 : 0)
    return this.#goodsReturn(`${twisted}`, purchaseId, `r-${place}`, lateMs, broughtBack(planned, sale.lines))
  }

  #wholeReturn(place: number): Request {
    const lines = this.#plan.sales[place]!.lines.map(({ lineId, quantity, amount }) => ({ lineId, quantity, amount }))
    return this.#goodsReturn('', purchaseIdOf(place), 'all', 0, lines.length > 0 ? lines : [unknownLine])
  }

  #goodsReturn(variant: string, purchaseId: string, id: string, lateMs: number, lines: readonly Goods[]): Request {
    return this.#once(`return ${purchaseId} ${id} ${variant}`, () => {
      const body = { occurredAt: written(this.#world.timeline.now - lateMs), lines }
      const params = { purchaseId, returnId: id }
      return { kind: 'return', purchaseId, id, body, call: { operation: recordReturn, params, body } }
    })
  }

  #attach({ index, member: memberPlace, by, wrong }: Extract<Command, { do: 'attach' }>): Request {
    const place = index % this.#plan.sales.length
    const purchaseId = purchaseIdOf(place)
    const member = members[memberPlace]!
    return this.#once(`attach ${purchaseId} ${member} ${by} ${wrong}`, () => {
      if (by === 'staff') {
        const body = { member: { id: member }, reason: `${purchaseId} is ${member}'s` }
        const call = { operation: attachPurchase, params: { purchaseId }, body }
        return { kind: 'attach', purchaseId, member, said: null, call }
      }
      const paid = this.#plan.sales[place]!.lines.reduce((total, { amount }) => total + amount, 0)
      const day = dateOf(this.#timezone, this.#soldAt.get(place) ?? this.#world.timeline.now).toString()
      const said = { total: paid + (wrong ? 1 : 0), day }
      const call = { operation: attachMyPurchase, params: { id: purchaseId }, member, body: said }
      return { kind: 'attach', purchaseId, member, said, call }
    })
  }

  #saleOf(planned: PlannedReturn) {
    const place = planned.sale % this.#plan.sales.length
    return { sale: this.#plan.sales[place]!, purchaseId: purchaseIdOf(place) }
  }

  #adjustment(place: number, twisted: boolean): Request {
    const planned = this.#plan.adjustments[place]!
    return this.#adjust(members[planned.member]!, `a-${place}`, planned.points, twisted)
  }

  #spending(place: number): Request {
    const { named } = this.#plan.sales[place]!
    const payer = named === 'nobody' ? 0 : 'card' in named ? named.card : named.member
    return this.#adjust(members[payer]!, `s-${place}`, 'all', false)
  }

  #adjust(member: string, id: string, wanted: number | 'all', twisted: boolean): Request {
    return this.#once(`adjust ${member} ${id} ${twisted}`, () => {
      const points = wanted === 'all' ? -this.#available(member) || 40 : wanted
      const body = { points, reason: `${id}${twisted ? ', twisted' : ''}` }
      return {
        kind: 'adjust',
        member,
        id,
        body,
        call: { operation: adjustPoints, params: { id: member, adjustmentId: id }, body },
      }
    })
  }

  #read({ what, index }: Extract<Command, { do: 'read' }>): Request {
    const member = members[index % 3]!
    switch (what) {
      case 'member':
        return { kind: 'read', what, member, call: { operation: readMember, params: { memberId: member } } }
      case 'balance':
        return { kind: 'read', what, member, call: { operation: readBalance, member } }
      case 'search': {
        const card = cardOf(index % 4)
        return { kind: 'read', what, card, call: { operation: searchMembers, body: { card } } }
      }
      case 'purchase': {
        const purchaseId = purchaseIdOf(index % this.#plan.sales.length)
        return { kind: 'read', what, purchaseId, call: { operation: readPurchase, params: { purchaseId } } }
      }
      case 'return': {
        const place = index % this.#plan.returns.length
        const { purchaseId } = this.#saleOf(this.#plan.returns[place]!)
        const id = `r-${place}`
        return { kind: 'read', what, purchaseId, id, call: { operation: readReturn, params: { purchaseId, returnId: id } } }
      }
    }
  }

  /** What staff see that a member can spend. */
  #available(member: string): number {
    const { pk, sk } = table.head(programmeId, member as MemberId)
    const head = this.#world.trace.items.get(`${pk} ${sk}`)
    if (!head) return 0
    return headOf(head).buckets.reduce((sum, bucket) => sum + (bucket.spendableAt === null ? bucket.points : 0), 0)
  }

  #madeMember(): string | undefined {
    const roster = rosterShard(programmeId, memberShard)
    return [...this.#world.trace.items.values()].find(({ pk, sk }) => pk === roster && sk.startsWith('made'))?.sk
  }
}

function broughtBack({ tenths, wrong }: PlannedReturn, sold: readonly Goods[]) {
  const lines = sold.flatMap(({ lineId, quantity, amount }, index) => {
    const part = tenths[index] ?? 0
    if (part === 0) return []
    return [{ lineId, quantity: Math.ceil((quantity * part) / 10), amount: Math.floor((amount * part) / 10) }]
  })
  if (wrong === 'too much' && lines[0]) return [{ ...lines[0], amount: lines[0].amount + 70_000 }, ...lines.slice(1)]
  return wrong === 'unknown line' || lines.length === 0 ? [...lines, unknownLine] : lines
}
