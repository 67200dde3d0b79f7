import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import {
  answerComplaint,
  openComplaintFor,
  openMyComplaint,
  rateMyComplaint,
  reopenMyComplaint,
  resolveComplaint,
} from '../../functions/contract/complaints.ts'
import { enrolMember } from '../../functions/contract/members.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { rateMyPurchase, ratePurchase } from '../../functions/contract/satisfaction.ts'
import { complaintIdOf } from '../../functions/handlers/complaint-record.ts'
import { verify } from '../../functions/local/verify.ts'
import { complaintOf } from '../../functions/store/complaint-item.ts'
import { entryOf, type StoredEntry } from '../../functions/store/entry-item.ts'
import { satisfactionOf } from '../../functions/store/satisfaction-item.ts'
import { complaintPrefix, entryPrefix, memberOfPartition, satisfactionPrefix } from '../../functions/store/table.ts'
import { demoDocument } from '../domain/programmes.ts'
import { type Engine, engines } from '../store/engines.ts'
import { exampleService } from '../support/service.ts'
import { begin, publish } from './history.ts'
import { Insistent, weather } from './insistent.ts'
import { loggedErrors } from './logged-errors.ts'
import { seededRandom, Timeline } from './timeline.ts'
import { Trace } from './trace.ts'
import { type Answer, type Call, idsOnShard, World } from './world.ts'

/** Few members, complaints and steps, so that all of them are asked for at once and again. */
const ids = idsOnShard('m')
const members = Array.from({ length: 3 }, () => ids.next().value)
const numbers = 5
const steps = 3
const goodwill = [undefined, 7, 12]
const mostInADay = 25
const quietDays = 3
const askAfterHours = 30

const document = {
  ...demoDocument,
  service: {
    ...exampleService,
    reopenDays: 20,
    survey: { afterHours: askAfterHours, quietDays, lowScore: { atMost: 6, opens: 'unhappy' } },
  },
  adjustments: { agent: { perAgentDay: { credit: mostInADay } } },
}

type Command =
  | { readonly do: 'complain'; readonly number: number; readonly byTill: boolean; readonly words: number }
  | { readonly do: 'reply' | 'resolve' | 'reopen'; readonly number: number; readonly byTill: boolean; readonly step: number }
  | { readonly do: 'rate'; readonly number: number; readonly byTill: boolean; readonly step: number; readonly score: number }
  | { readonly do: 'buy' | 'return'; readonly purchase: number }
  | { readonly do: 'say'; readonly purchase: number; readonly score: number; readonly byTill: boolean }
  | { readonly do: 'sweep' }

const number = fc.nat(numbers - 1)
const step = fc.nat(steps - 1)
const byTill = fc.boolean()
const purchase = fc.nat(4)
const command = fc.oneof<fc.Arbitrary<Command>[]>(
  fc.record({ do: fc.constant('complain' as const), number, byTill, words: fc.nat(1) }),
  fc.record({
    do: fc.constantFrom('reply' as const, 'resolve' as const, 'resolve' as const, 'reopen' as const),
    number,
    byTill,
    step,
  }),
  fc.record({ do: fc.constantFrom('resolve' as const, 'reopen' as const), number, byTill, step }),
  fc.record({ do: fc.constant('rate' as const), number, byTill, step, score: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ do: fc.constantFrom('buy' as const, 'buy' as const, 'return' as const), purchase }),
  fc.record({ do: fc.constant('say' as const), purchase, score: fc.integer({ min: 6, max: 7 }), byTill }),
  fc.constant({ do: 'sweep' as const }),
)

const plan = fc.record({
  rounds: fc.array(
    fc.record({
      hours: fc.oneof(fc.nat(3), fc.nat(40), fc.nat(400)),
      clients: fc.array(fc.array(command, { minLength: 1, maxLength: 10, size: 'max' }), { minLength: 2, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 5, size: 'max' },
  ),
  seed: fc.noShrink(fc.integer()),
})

const errors = loggedErrors()

const memberOf = (place: number) => members[place % members.length]!
const idOf = (place: number, isOfTill: boolean) => (isOfTill ? `leeds:c-${place}` : complaintIdOf(memberOf(place), `c-${place}`))

/** A client that does one thing after another. */
class Client extends Insistent {
  /** What was acknowledged: by its name, what it was. */
  readonly told: (readonly [name: string, what: string])[] = []
  readonly #round: number
  readonly #began: number

  constructor(world: World, round: number) {
    super(world)
    this.#round = round
    this.#began = world.timeline.now
  }

  async work(commands: readonly Command[]): Promise<void> {
    for (const each of commands) {
      if (each.do === 'sweep') await this.sweep()
      else this.#note(each, await this.insist(this.#callOf(each)))
    }
  }

  #note(each: Exclude<Command, { do: 'sweep' }>, { status }: Answer): void {
    if (status >= 300) return
    if (each.do === 'complain') this.told.push([`complaint ${idOf(each.number, each.byTill)}`, `words ${each.words}`])
    else if (each.do === 'say') this.told.push([`score p-${this.#round}-${each.purchase}`, String(each.score)])
    else if (each.do === 'rate') this.told.push([`rating ${idOf(each.number, each.byTill)} s-${each.step}`, String(each.score)])
    else if ('step' in each) this.told.push([`${each.do} ${idOf(each.number, each.byTill)} ${each.step}`, 'done'])
  }

  #callOf(each: Exclude<Command, { do: 'sweep' }>): Call {
    const written = new Date(this.#began).toISOString()
    if ('purchase' in each) {
      // One body for each id: in every round there are others.
      const purchaseId = `leeds:p-${this.#round}-${each.purchase}`
      const member = memberOf(each.purchase)
      if (each.do === 'say') {
        const { score } = each
        if (each.byTill) return { operation: ratePurchase, params: { purchaseId }, body: { storeId: 'leeds', score } }
        return { operation: rateMyPurchase, params: { id: purchaseId }, body: { score }, member }
      }
      const lines = [{ lineId: '1', sku: 's', quantity: 1, amount: 1000 }]
      if (each.do === 'buy') {
        const body = { member: { id: member }, storeId: 'leeds', occurredAt: written, currency: 'GBP', lines }
        return { operation: recordPurchase, params: { purchaseId }, body }
      }
      const goods = [{ lineId: '1', quantity: 1, amount: 1000 }]
      return { operation: recordReturn, params: { purchaseId, returnId: 'r' }, body: { occurredAt: written, lines: goods } }
    }
    const member = memberOf(each.number)
    const complaintId = idOf(each.number, each.byTill)
    switch (each.do) {
      case 'complain': {
        const body = { category: each.number % 2 ? 'rude' : 'damaged', text: `words ${each.words}` }
        if (!each.byTill) return { operation: openMyComplaint, params: { id: `c-${each.number}` }, body, member }
        const posted = { ...body, member: { id: member }, storeId: 'leeds' }
        return { operation: openComplaintFor, params: { complaintId }, body: posted }
      }
      case 'reply':
        return { operation: answerComplaint, params: { complaintId, replyId: `r-${each.step}` }, body: { text: 'soon' } }
      case 'resolve': {
        const points = goodwill[each.step]
        const body = { text: 'done', ...(points !== undefined && { points }) }
        return { operation: resolveComplaint, params: { complaintId, resolutionId: `s-${each.step}` }, body }
      }
      case 'reopen':
        return { operation: reopenMyComplaint, params: { id: complaintId, reopeningId: `o-${each.step}` }, body: {}, member }
      case 'rate': {
        const params = { id: complaintId, resolutionId: `s-${each.step}` }
        return { operation: rateMyComplaint, params, body: { score: each.score }, member }
      }
    }
  }
}

/** What is stored under the names that clients were told things by. */
function examine(trace: Trace, clients: readonly Client[]): void {
  const items = [...trace.items.values()]
  const kept = new Map<string, string>()
  let given = 0
  for (const complaint of items.filter(({ sk }) => sk.startsWith(complaintPrefix)).map(complaintOf)) {
    if (complaint.text !== undefined) kept.set(`complaint ${complaint.id}`, complaint.text)
    for (const message of complaint.messages) {
      const verb = { reply: 'reply', resolution: 'resolve', reopening: 'reopen' }[message.kind]
      const name = `${verb} ${complaint.id} ${message.id.slice(2)}`
      ok(!kept.has(name), 'a message is there twice')
      kept.set(name, 'done')
      if (message.kind !== 'resolution') continue
      given += message.points ?? 0
      if (message.rating !== undefined) kept.set(`rating ${complaint.id} ${message.id}`, String(message.rating))
    }
  }
  for (const { purchaseId, score } of items.filter(({ sk }) => sk.startsWith(satisfactionPrefix)).map(satisfactionOf)) {
    kept.set(`score ${purchaseId.slice('leeds:'.length)}`, String(score))
  }
  for (const { told } of clients) {
    for (const [name, what] of told) strictEqual(kept.get(name), what, `${name} is not what a client was told`)
  }
  const days = items.filter(({ pk }) => pk.includes('#AGENT#')).map(({ credit }) => Number(credit))
  for (const credited of days) ok(credited <= mostInADay, 'an agent gave more in a day than they may')
  strictEqual(
    days.reduce((sum, credited) => sum + credited, 0),
    given,
    'what agents gave is what complaints say',
  )
  for (const member of members) areTimesRight(entriesOf(trace, member))
}

const entriesOf = (trace: Trace, member: string): StoredEntry[] =>
  [...trace.items.values()]
    .filter((item) => item.sk.startsWith(entryPrefix) && memberOfPartition(item.pk).member === member)
    .toSorted((a, b) => (a.sk < b.sk ? -1 : 1))
    .map(entryOf)

/** One overdue event for a deadline, at it; a quiet period between askings, and none about what came back or was spoken of. */
function areTimesRight(entries: readonly StoredEntry[]): void {
  const deadlines = new Map<string, number>()
  const [back, said] = [new Set<string>(), new Set<string>()]
  let askedAt = Number.NEGATIVE_INFINITY
  for (const { at, fact, effect } of entries) {
    if ('complaintId' in fact && effect.complaint) {
      if (fact.kind === 'complaint-overdue') {
        strictEqual(deadlines.get(fact.complaintId), at, 'what is overdue is so at its deadline, and once')
        deadlines.delete(fact.complaintId)
      } else if (effect.complaint.open) deadlines.set(fact.complaintId, effect.complaint.open.dueAt)
      else deadlines.delete(fact.complaintId)
    }
    if (fact.kind === 'return') back.add(fact.purchaseId)
    if (fact.kind === 'satisfaction') said.add(fact.purchaseId)
    if (fact.kind !== 'survey-asked') continue
    ok(!back.has(fact.purchaseId) && !said.has(fact.purchaseId), 'nobody is asked about what came back or was spoken of')
    ok(at - askedAt >= quietDays * 86_400_000, 'the quiet period is kept')
    askedAt = at
  }
}

const law = (engine: Engine, runs: number) =>
  fc.assert(
    fc.asyncProperty(plan, weather, async ({ rounds, seed }, wrong) => {
      const world = new World(new Timeline(begin), new Trace(await engine.make()), seededRandom(seed), errors)
      const { timeline, trace } = world
      try {
        await publish(trace, { first: document })
        const office = new Client(world, 0)
        for (const memberId of members) {
          await timeline.run(office.insist({ operation: enrolMember, params: { memberId }, body: {} }))
        }
        const clients: Client[] = []
        for (const [round, { hours, clients: planned }] of rounds.entries()) {
          await world.change(wrong)
          timeline.now = (timeline.now + hours * 3_600_000) as typeof timeline.now
          const team = planned.map(() => new Client(world, round))
          clients.push(...team)
          await timeline.run(Promise.all(team.map((client, place) => client.work(planned[place]!))))
        }
        await world.change(undefined)
        await trace.compare()
        examine(trace, clients)
        const differences: unknown[] = []
        const { runtime } = world.start()
        await timeline.run(verify(runtime, undefined, (difference) => differences.push(difference)))
        deepStrictEqual(differences, [])
      } finally {
        await trace.close()
      }
    }),
    { numRuns: Number(process.env.RUNS ?? runs), interruptAfterTimeLimit: 500_000 },
  )

const [sqlite] = engines
const dynamo = engines.find(({ name }) => name.startsWith('DynamoStore'))

describe('members who complain, staff who answer and what time brings about, all at once', () => {
  it('never do anything twice, nor lose what was acknowledged', { timeout: 580_000 }, () => law(sqlite!, 80))

  it.runIf(dynamo)('on DynamoDB', { timeout: 580_000 }, () => law(dynamo!, 6))
})
