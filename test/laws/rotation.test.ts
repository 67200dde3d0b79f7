import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { enrolMe } from '../../functions/contract/me.ts'
import { changeMember, enrolMember, searchMembers } from '../../functions/contract/members.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { beginRekeying, rekey } from '../../functions/handlers/rekeying.ts'
import { verify } from '../../functions/local/verify.ts'
import { UnavailableError } from '../../functions/store/store.ts'
import { lookupKinds } from '../../functions/store/table.ts'
import { demoDocument } from '../domain/programmes.ts'
import { type Engine, engines } from '../store/engines.ts'
import { isKeyedBy } from '../support/rotation.ts'
import { begin, publish } from './history.ts'
import { Insistent } from './insistent.ts'
import { loggedErrors } from './logged-errors.ts'
import { seededRandom, Timeline } from './timeline.ts'
import { Trace } from './trace.ts'
import { type Answer, type Call, idsOnShard, Killed, type Weather, World } from './world.ts'

/** The first is enrolled from the beginning and never changes: nobody may ever miss them. */
const [steady, ...others] = take(5)
const values = {
  card: ['card-1', 'card-2', 'card-3'],
  email: ['a@example.org', 'b@example.org'],
  phone: ['+44 7700 900001', '+44 7700 900002'],
} as const
const ofSteady = { card: 'card-0', email: 'steady@example.org', phone: '+44 7700 900000' } as const

type Kind = (typeof lookupKinds)[number]
type Command =
  | { readonly do: 'enrol' | 'change'; readonly member: number; readonly data: { readonly [kind in Kind]?: string | null } }
  | { readonly do: 'buy'; readonly card: string }
  | { readonly do: 'find'; readonly by: { readonly [kind in Kind]?: string } }
  | { readonly do: 'visit'; readonly visitor: number; readonly verifiedEmail: string }

const one = (kind: Kind) => fc.constantFrom(...values[kind])
const datum = fc.constantFrom(...lookupKinds).chain((kind) => one(kind).map((value) => ({ [kind]: value })))
const loss = fc.constantFrom(...lookupKinds).map((kind) => ({ [kind]: null }))
const member = fc.nat(others.length - 1)
const command = fc.oneof<fc.Arbitrary<Command>[]>(
  fc.record({ do: fc.constant('enrol' as const), member, data: datum }),
  fc.record({ do: fc.constant('change' as const), member, data: fc.oneof(datum, datum, loss) }),
  fc.record({ do: fc.constant('buy' as const), card: fc.constantFrom(...values.card, ofSteady.card) }),
  fc.record({
    do: fc.constant('find' as const),
    by: fc.oneof(datum, fc.constantFrom(...lookupKinds.map((kind) => ({ [kind]: ofSteady[kind] })))),
  }),
  fc.record({
    do: fc.constant('visit' as const),
    visitor: fc.nat(3),
    verifiedEmail: fc.constantFrom(...values.email, ofSteady.email),
  }),
)

const plan = fc.record({
  /** What is there before the rotations, and what goes on while they do; every client on a process of its own. */
  before: fc.array(command, { maxLength: 12, size: 'max' }),
  meanwhile: fc.array(fc.array(command, { minLength: 1, maxLength: 12, size: 'max' }), { minLength: 2, maxLength: 4 }),
  rotations: fc.integer({ min: 1, max: 2 }),
  seed: fc.noShrink(fc.integer()),
})

/** Torn reads above all: a look-up may be moved between the reading of one key and of the other. */
const weather = fc.constantFrom<Weather>(
  { torn: 0.5 },
  { torn: 0.5, kill: 0.02 },
  {
    torn: 0.3,
    conflict: 0.1,
    throttled: 0.05,
    timeoutBefore: 0.05,
    timeoutAfter: 0.1,
    timeoutLate: 0.1,
    unread: 0.02,
    kill: 0.01,
  },
)

const errors = loggedErrors()

function take(count: number): [string, ...string[]] {
  const ids = idsOnShard('m')
  const [first, ...rest] = Array.from({ length: count }, () => ids.next().value as string)
  return [first!, ...rest]
}

const mostRestarts = 1000

/** A client with the process that serves it; where that dies, another one takes its place. */
class Client extends Insistent {
  readonly #name: string
  #sales = 0

  constructor(world: World, name: string) {
    super(world, 100)
    this.#name = name
  }

  /** Does one thing after another, each until it is answered. */
  async work(commands: readonly Command[]): Promise<void> {
    for (const command of commands) this.#judge(command, await this.insist(this.#callOf(command)))
  }

  /** Looks somebody who is there up, again and again, until something is over. */
  async watch(isOver: () => boolean): Promise<void> {
    for (let place = 0; !isOver(); place = (place + 1) % lookupKinds.length) {
      const kind = lookupKinds[place]!
      await this.work([{ do: 'find', by: { [kind]: ofSteady[kind] } }])
      await this.world.timeline.sleep(1)
    }
  }

  /** Whoever is there from the beginning is found by whatever is theirs, at any moment and by every process. */
  #judge(command: Command, { status, body }: Answer): void {
    if (command.do === 'find' && Object.values(command.by).some((value) => Object.values<string>(ofSteady).includes(value!))) {
      deepStrictEqual(
        (body as { items: { memberId: string }[] }).items.map(({ memberId }) => memberId),
        [steady],
      )
    } else if (command.do === 'buy' && command.card === ofSteady.card) {
      strictEqual((body as { memberId: string }).memberId, steady)
    } else if (command.do === 'visit' && command.verifiedEmail === ofSteady.email && status === 201) {
      strictEqual((body as { memberId: string }).memberId, steady)
    }
  }

  #callOf(command: Command): Call {
    switch (command.do) {
      case 'enrol':
        return { operation: enrolMember, params: { memberId: others[command.member]! }, body: command.data }
      case 'change':
        return { operation: changeMember, params: { memberId: others[command.member]! }, body: command.data }
      case 'find':
        return { operation: searchMembers, body: command.by }
      case 'visit': {
        const { visitor, verifiedEmail } = command
        return { operation: enrolMe, subject: `${verifiedEmail} ${visitor}`, verifiedEmail, body: { name: 'Visitor' } }
      }
      case 'buy': {
        const purchaseId = `leeds:${this.#name}:${this.#sales++}`
        const lines = [{ lineId: '1', sku: 's', quantity: 1, amount: 1000 }]
        const occurredAt = new Date(this.world.timeline.now).toISOString()
        const body = { member: { card: command.card }, storeId: 'leeds', currency: 'GBP', occurredAt, lines }
        return { operation: recordPurchase, params: { purchaseId }, body }
      }
    }
  }
}

/** Brings a key into force by one process after another, as they die, until one comes to the end. */
async function rotate(world: World, secret: string): Promise<void> {
  for (let tries = 0; tries < mostRestarts; tries += 1) {
    const { runtime } = world.start()
    try {
      await beginRekeying(runtime, secret)
      await rekey(runtime, { width: 3 })
      if ((await runtime.lookups.refresh()).keys[0].secret === secret) return
    } catch (error) {
      if (!(error instanceof UnavailableError || error instanceof Killed)) throw error
    }
    await world.timeline.sleep(world.random() * 500)
  }
  throw new Error('a rotation never ends')
}

/** Rotation after rotation; at each, two operators begin one without knowing of each other. */
async function rotateAll(world: World, rotations: number): Promise<void> {
  for (let n = 1; n <= rotations; n += 1) {
    const keys = [`key ${n} of one`, `key ${n} of the other`]
    world.secrets.push(...keys)
    await Promise.all(keys.map((secret) => rotate(world, secret)))
  }
}

const law = (engine: Engine, runs: number) =>
  fc.assert(
    fc.asyncProperty(plan, weather, async ({ before, meanwhile, rotations, seed }, wrong) => {
      const world = new World(new Timeline(begin), new Trace(await engine.make()), seededRandom(seed), errors)
      const { timeline, trace } = world
      await publish(trace, { first: demoDocument })
      const first = new Client(world, 'first')
      await timeline.run(first.insist({ operation: enrolMember, params: { memberId: steady }, body: ofSteady }))
      await timeline.run(first.work(before))
      const clients = meanwhile.map((_, place) => new Client(world, `${place}`))
      // Every process knows the ring as it was before.
      await timeline.run(Promise.all(clients.map(({ process }) => process.runtime.lookups.current())))
      await world.change(wrong)
      const work = clients.map((client, place) => client.work(meanwhile[place]!))
      let isOver = false
      const rotated = rotateAll(world, rotations).finally(() => {
        isOver = true
      })
      const watches = ['watcher-1', 'watcher-2'].map((name) => new Client(world, name).watch(() => isOver))
      await timeline.run(Promise.all([rotated, ...work, ...watches]))
      await world.change(undefined)
      await trace.compare()
      const { keys } = await timeline.run(world.start().runtime.lookups.current())
      strictEqual(keys.length, 1)
      isKeyedBy(keys[0].secret, trace.items.values())
      await timeline.run(isFoundByAll(world, [first, ...clients]))
      ok((await timeline.run(verify(world.start().runtime, undefined, () => {}))).ok, 'points are lost or doubled')
      await trace.close()
    }),
    { numRuns: Number(process.env.RUNS ?? runs), interruptAfterTimeLimit: 500_000 },
  )

/** What any process answers is what every other does: one that has just started, and those of before the rotations. */
async function isFoundByAll(world: World, clients: readonly Client[]): Promise<void> {
  const fresh = new Client(world, 'fresh')
  for (const [kind, list] of Object.entries(values)) {
    for (const value of list) {
      const search: Call = { operation: searchMembers, body: { [kind]: value } }
      const told = await fresh.insist(search)
      for (const client of clients) deepStrictEqual((await client.insist(search)).body, told.body)
    }
  }
}

const [sqlite] = engines
const dynamo = engines.find(({ name }) => name.startsWith('DynamoStore'))

describe('rotations, killed anywhere, while members are enrolled, changed and looked up', () => {
  it('leave every card, address and number with its one owner, under the last key alone', { timeout: 580_000 }, () =>
    law(sqlite!, 80),
  )

  it.runIf(dynamo)('on DynamoDB', { timeout: 580_000 }, () => law(dynamo!, 8))
})
