import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { decideClaim, undoClaim } from '../../functions/contract/claim-office.ts'
import {
  readClaimAtStore,
  receiveClaimedGoods,
  settleClaim,
  submitMyClaim,
  withdrawMyClaim,
} from '../../functions/contract/claims.ts'
import { enrolMember } from '../../functions/contract/members.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { type Claim, claimAt } from '../../functions/domain/claim.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import { claimIdOf } from '../../functions/handlers/claim-record.ts'
import { verify } from '../../functions/local/verify.ts'
import { claimOf } from '../../functions/store/claim-item.ts'
import { entryOf, type StoredEntry } from '../../functions/store/entry-item.ts'
import { receiptOf } from '../../functions/store/receipt-item.ts'
import { budgetPartition, entryPrefix, guaranteeBudget } from '../../functions/store/table.ts'
import { demoDocument } from '../domain/programmes.ts'
import { type Engine, engines } from '../store/engines.ts'
import { begin, publish } from './history.ts'
import { Insistent, weather } from './insistent.ts'
import { loggedErrors } from './logged-errors.ts'
import { seededRandom, Timeline } from './timeline.ts'
import { Trace } from './trace.ts'
import { type Call, idsOnShard, programmeId, World } from './world.ts'

/** Two customers with three receipts each, of which everybody wants everything back in every way at once. */
const ids = idsOnShard('m')
const members = [ids.next().value, ids.next().value]
const sold = { quantity: 3, amount: 1_001 }
const lineIds = ['1', '2']
const budget = 2_600
const common = { window: { months: 12 }, remedy: { refund: { rate: 10_000 } } } as const
const guarantees: readonly Guarantee[] = [
  { ...common, id: 'at-once', name: 'At once', goodsBack: false, automatic: { upTo: 400 }, days: { decide: 2, settle: 3 } },
  {
    ...{ ...common, id: 'capped', name: 'Goods back', goodsBack: true, days: { decide: 2, bringBack: 2, settle: 3 } },
    ...{ limits: { budget }, goodwill: 7 },
  },
]
const oneTier = { metric: 'spend', period: 'calendar-year', levels: [{ id: 'all', threshold: 0, multiplier: 10_000 }] } as const

const at = { member: fc.nat(members.length - 1), purchase: fc.nat(2), line: fc.nat(lineIds.length - 1) }
const quantity = fc.integer({ min: 1, max: 3 })
const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('claim' as const), ...at, quantity, guarantee: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('return' as const), ...at, quantity }) },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'approve',
        'approve',
        'decline',
        'withdraw',
        'goods',
        'goods',
        'settle',
        'settle',
        'undo',
      ) as fc.Arbitrary<'approve' | 'decline' | 'withdraw' | 'goods' | 'settle' | 'undo'>,
      ...at,
      guarantee: fc.nat(1),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'sweep' as const }) },
)
type Command = typeof command extends fc.Arbitrary<infer Kind> ? Kind : never

const plan = fc.record({
  rounds: fc.array(
    fc.record({
      hours: fc.oneof(fc.nat(5), fc.nat(80)),
      clients: fc.array(fc.array(command, { minLength: 1, maxLength: 9, size: 'max' }), { minLength: 2, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 5, size: 'max' },
  ),
  seed: fc.noShrink(fc.integer()),
})

const errors = loggedErrors()

const purchaseIdOf = (member: number, purchase: number) => `leeds:${member}-${purchase}`
/** One claim of each member for each line and guarantee, with one body, and so with one quantity. */
const claimNameOf = (each: { purchase: number; line: number; guarantee: number }) =>
  `${each.purchase}-${each.line}-${each.guarantee}`
const programmeIdOf = (each: { member: number; purchase: number; line: number; guarantee: number }) =>
  claimIdOf(members[each.member]!, claimNameOf(each))
const quantityOf = ({ purchase, line, guarantee }: { purchase: number; line: number; guarantee: number }) =>
  1 + ((purchase + line + guarantee) % 3)

class Client extends Insistent {
  /** Claims whose settlement was acknowledged. */
  readonly settled: string[] = []

  constructor(world: World) {
    super(world)
  }

  async work(commands: readonly Command[]): Promise<void> {
    for (const each of commands) {
      if (each.do === 'sweep') await this.sweep()
      else {
        const { status } = await this.insist(await this.#callOf(each))
        if (each.do === 'settle' && status < 300) this.settled.push(programmeIdOf(each))
      }
    }
  }

  async #callOf(each: Exclude<Command, { do: 'sweep' }>): Promise<Call> {
    const member = members[each.member]!
    const purchaseId = purchaseIdOf(each.member, each.purchase)
    const lineId = lineIds[each.line]!
    if (each.do === 'return') {
      // One body for each id.
      const amount = Math.floor((sold.amount * each.quantity) / sold.quantity)
      const params = { purchaseId, returnId: `r-${each.line}-${each.quantity}` }
      const body = { occurredAt: new Date(begin).toISOString(), lines: [{ lineId, quantity: each.quantity, amount }] }
      return { operation: recordReturn, params, body }
    }
    const name = claimNameOf(each)
    const params = { id: programmeIdOf(each) }
    switch (each.do) {
      case 'claim': {
        const body = { purchaseId, guaranteeId: guarantees[each.guarantee]!.id, lines: [{ lineId, quantity: quantityOf(each) }] }
        return { operation: submitMyClaim, params: { id: name }, body, member }
      }
      case 'withdraw':
        return { operation: withdrawMyClaim, params: { id: name }, member }
      case 'goods':
        return { operation: receiveClaimedGoods, params, body: { storeId: 'leeds' } }
      case 'undo':
        return { operation: undoClaim, params, body: { reason: 'a mistake', notGiven: true } }
      case 'settle': {
        const { body } = await this.insist({ operation: readClaimAtStore, params })
        const amount = (body as { remedy?: { amount: number } }).remedy?.amount ?? 0
        const occurredAt = new Date(begin).toISOString()
        return { operation: settleClaim, params, body: { amount, currency: 'GBP', occurredAt } }
      }
      default:
        return { operation: decideClaim, params, body: { decision: each.do, reason: 'so it is' } }
    }
  }
}

async function prepare(world: World): Promise<void> {
  const till = new Client(world)
  for (const [member, memberId] of members.entries()) {
    await till.insist({ operation: enrolMember, params: { memberId }, body: {} })
    for (const purchase of [0, 1, 2]) {
      const lines = lineIds.map((lineId) => ({ lineId, sku: `sku-${lineId}`, ...sold }))
      const body = {
        member: { id: memberId },
        storeId: 'leeds',
        occurredAt: new Date(begin).toISOString(),
        currency: 'GBP',
        lines,
      }
      const params = { purchaseId: purchaseIdOf(member, purchase) }
      strictEqual((await till.insist({ operation: recordPurchase, params, body })).status, 201)
    }
  }
}

/**
 * Money that tills and whoever pays gave for a line. Of what was given although the approval had been undone, what was back by then was
 * not to be paid for: only that is counted of it which counts as returned once more.
 */
function givenFor(purchaseId: string, lineId: string, entries: readonly StoredEntry[], claims: readonly Claim[]): number {
  const brought = (claimId: string | undefined) =>
    entries
      .flatMap(({ fact }) => (fact.kind === 'return' && fact.purchaseId === purchaseId ? [fact] : []))
      .filter((fact) => fact.claimId === claimId)
      .flatMap(({ lines }) => lines.filter((line) => line.lineId === lineId))
      .reduce((sum, { amount }) => sum + amount, 0)
  let given = brought(undefined)
  for (const { claimId, lines, steps } of claims.filter((claim) => claim.purchaseId === purchaseId)) {
    const settled = entries.flatMap(({ fact }) => (fact.kind === 'claim-settled' && fact.claimId === claimId ? [fact] : []))
    if (settled.length === 0 || lines[0]!.lineId !== lineId) continue
    const isRecalled = steps.some(({ step }) => step === 'undone')
    strictEqual(settled[0]!.amount, lines[0]!.amount, 'a refund is the price of what was claimed')
    if (isRecalled) ok(brought(claimId) <= settled[0]!.amount, 'more counts as returned than was given')
    else strictEqual(brought(claimId), settled[0]!.amount, 'what was given counts as returned')
    given += isRecalled ? brought(claimId) : settled[0]!.amount
  }
  return given
}

/** What a child could add up of what is stored. */
function examine(trace: Trace, now: number, clients: readonly Client[]): void {
  const items = [...trace.items.values()]
  const entries = items.flatMap((item): StoredEntry[] => (item.sk.startsWith(entryPrefix) ? [entryOf(item)] : []))
  const claims = items.flatMap((item): Claim[] => (item.sk === 'CLAIM' ? [claimAt(claimOf(item).claim, now as never)] : []))
  for (const item of items.filter(({ sk }) => sk === 'RECEIPT')) {
    const receipt = receiptOf(item)
    if (receipt.state !== 'sold') throw new Error('every purchase has its sale')
    let spend = 0
    let given = 0
    for (const lineId of lineIds) {
      const brought = { quantity: 0, amount: 0 }
      const held = { quantity: 0, amount: 0 }
      for (const { fact } of entries) {
        if (fact.kind !== 'return' || fact.purchaseId !== receipt.purchaseId) continue
        for (const line of fact.lines.filter((one) => one.lineId === lineId)) {
          brought.quantity += line.quantity
          brought.amount += line.amount
        }
      }
      for (const { purchaseId, lines, awaits } of claims) {
        if (purchaseId !== receipt.purchaseId || (awaits !== 'decision' && awaits !== 'goods')) continue
        for (const line of lines.filter((one) => one.lineId === lineId)) {
          held.quantity += line.quantity
          held.amount += line.amount
        }
      }
      ok(
        brought.quantity >= 0 && brought.quantity + held.quantity <= sold.quantity,
        'more is returned and claimed than was bought',
      )
      ok(brought.amount >= 0 && brought.amount + held.amount <= sold.amount, 'more money is given back than was paid')
      spend += sold.amount - brought.amount
      const paidBack = givenFor(receipt.purchaseId, lineId, entries, claims)
      ok(paidBack <= sold.amount, 'more money is given for a line than was paid, by refunds and returns together')
      given += paidBack
    }
    ok(given <= lineIds.length * sold.amount, 'more money is given for a sale than was paid')
    strictEqual(receipt.points, Math.floor(spend / 100), 'points are as for a return of the same lines')
  }
  const once = (what: string, named: readonly string[]) => strictEqual(new Set(named).size, named.length, what)
  once(
    'who pays is told once',
    entries.flatMap(({ fact }) => (fact.kind !== 'claim-submitted' && 'instruction' in fact ? [fact.claimId] : [])),
  )
  const settled = entries.flatMap(({ fact }) => (fact.kind === 'claim-settled' ? [fact.claimId] : []))
  once('a refund is given once', settled)
  once(
    'what is overdue is told once',
    entries.flatMap(({ fact }) => (fact.kind === 'claim-overdue' ? [`${fact.claimId} ${fact.awaits}`] : [])),
  )
  deepStrictEqual(settled.toSorted(), claims.flatMap(({ claimId, state }) => (state === 'settled' ? [claimId] : [])).toSorted())
  for (const client of clients)
    for (const id of client.settled) ok(settled.includes(id), 'a settlement that was acknowledged is booked')
  const pots = items.filter(({ pk }) => pk.startsWith(budgetPartition(programmeId, guaranteeBudget('capped'))))
  ok(
    pots.every(({ l }) => Number(l) >= 0),
    'a pot is overspent',
  )
}

const law = (engine: Engine, runs: number) =>
  fc.assert(
    fc.asyncProperty(plan, weather, async ({ rounds, seed }, wrong) => {
      const world = new World(new Timeline(begin), new Trace(await engine.make()), seededRandom(seed), errors)
      const { timeline, trace } = world
      try {
        await publish(trace, { first: { ...demoDocument, tiers: oneTier, guarantees } })
        await timeline.run(prepare(world))
        const clients: Client[] = []
        for (const round of rounds) {
          await world.change(wrong)
          timeline.now = (timeline.now + round.hours * 3_600_000) as typeof timeline.now
          const team = round.clients.map(() => new Client(world))
          clients.push(...team)
          await timeline.run(Promise.all(team.map((client, place) => client.work(round.clients[place]!))))
        }
        await world.change(undefined)
        await trace.compare()
        examine(trace, timeline.now, clients)
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

describe('customers, tills and staff who claim, return, decide, undo and pay all at once', () => {
  it('give nothing back twice, lose no point and overspend no budget', { timeout: 580_000 }, () => law(sqlite!, 90))

  it.runIf(dynamo)('on DynamoDB', { timeout: 580_000 }, () => law(dynamo!, 6))
})
