import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { searchMembers } from '../../functions/contract/members.ts'
import { quotePurchase, recordPurchase } from '../../functions/contract/purchases.ts'
import { instant } from '../../functions/domain/units.ts'
import { beginRekeying, rekey } from '../../functions/handlers/rekeying.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { secretsAmong } from '../../functions/store/key-ring.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ringCopies, table } from '../../functions/store/table.ts'
import { MeteredStore } from '../bench/metered-store.ts'
import { Trace } from '../laws/trace.ts'
import { type Engine, engines } from '../store/engines.ts'
import { processOn } from '../support/process-on.ts'
import { isKeyedBy } from '../support/rotation.ts'
import { buy, call, change, enrol, found, noon, phoneOf, sale, visit } from './calls.ts'

let store: Trace
let metered: MeteredStore
let secrets: [string, ...string[]]
let clock: number

async function begin(engine: Engine): Promise<void> {
  metered = new MeteredStore(await engine.make())
  store = new Trace(metered)
  secrets = ['old']
  clock = noon
  await createProgramme(store, 'demo', demoProgramme, instant(0))
  const cards = { ...demoProgramme, points: { ...demoProgramme.points, autoEnrol: false } }
  await createProgramme(store, 'cards', cards, instant(0))
}

/** A process that has no memory of the ring yet. */
const start = (): Runtime => processOn(store, () => clock, { lookupSecrets: secretsAmong(async () => secrets) })

const walk = { width: 4 }
const introduce = async () => {
  secrets.push('new')
  await beginRekeying(start(), 'new')
}

/** How far a rotation has come, each on top of the one before. */
const stages: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['before a rotation', async () => {}],
  ['when the new key is written and nothing is moved', introduce],
  [
    'when all is moved and the old key is still read',
    async () => {
      await introduce()
      // It dies before it drops the old key.
      const dying = start()
      const { commit } = store
      store.commit = (writes) => (writes.length === ringCopies ? Promise.reject(new Error('killed')) : commit.call(store, writes))
      await expect(rekey(dying, walk)).rejects.toThrow('killed')
      store.commit = commit
    },
  ],
  [
    'after a rotation',
    async () => {
      await introduce()
      expect(await rekey(start(), walk)).toMatchObject({ complete: true })
    },
  ],
]

describe.each(engines.filter(({ name }) => /memory|Dynamo/.test(name)))('on $name', (engine) => {
  beforeEach(async () => {
    await begin(engine)
    const first = start()
    await enrol(first, 'm-1', { card: 'c-0', email: 'Ada@Example.org', phone: '+44 7700 900123' })
    clock = noon
    await change(first, 'm-1', { card: 'c-1' })
    clock = noon + 3_600_000
    await enrol(first, 'm-2', { card: 'c-2' })
  })
  afterEach(() => store.close())

  describe.each(stages)('%s', (_, reach) => {
    /** A process that has just started, and one that knows the ring as it was before all. */
    async function processes(): Promise<Runtime[]> {
      const stale = start()
      await stale.lookups.current()
      await reach()
      return [start(), stale]
    }

    it('everybody is found by everything that is theirs, and nobody by what is nobody’s', async () => {
      for (const runtime of await processes()) {
        for (const by of [{ card: 'c-1' }, { email: 'ada@example.ORG' }, { phone: '00447700900123' }]) {
          expect(await found(runtime, by)).toEqual(['m-1'])
        }
        for (const by of [{ card: 'c-0' }, { card: 'c-9' }, { email: 'grace@example.org' }])
          expect(await found(runtime, by)).toEqual([])
      }
    })

    it('what is taken is taken', async () => {
      for (const [n, runtime] of (await processes()).entries()) {
        const bodies = [{ card: 'c-1' }, { card: 'c-0' }, { email: 'ada@example.org' }, { phone: '+447700900123' }]
        const codes = ['card-taken', 'card-taken', 'email-taken', 'phone-taken']
        for (const [place, body] of bodies.entries()) {
          expect((await enrol(runtime, `n-${n}-${place}`, body)).body).toMatchObject({ status: 409, code: codes[place] })
          expect((await change(runtime, 'm-2', body)).body).toMatchObject({ status: 409, code: codes[place] })
        }
      }
    })

    it('a card brings its member what is bought with it, a replaced one what was', async () => {
      for (const [n, runtime] of (await processes()).entries()) {
        expect((await buy(runtime, `a-${n}`, { card: 'c-1' })).body).toMatchObject({ memberId: 'm-1' })
        expect((await buy(runtime, `b-${n}`, { card: 'c-0' }, 11)).body).toMatchObject({ memberId: 'm-1' })
        expect((await buy(runtime, `c-${n}`, { card: 'c-0' }, 12.5)).body).toMatchObject({ code: 'card-replaced' })
        expect((await call(runtime, quotePurchase, { body: sale({ card: 'c-2' }) })).body).toMatchObject({ memberId: 'm-2' })
      }
    })

    it('an unknown card becomes one member, or is refused', async () => {
      const [fresh, stale] = await processes()
      const [first, second] = await Promise.all([buy(fresh!, 'x', { card: 'c-7' }), buy(stale!, 'y', { card: 'c-7' })])
      expect(first.status).toBe(201)
      expect(second.body.memberId).toBe(first.body.memberId)
      for (const runtime of [fresh!, stale!]) {
        const refused = await call(
          runtime,
          recordPurchase,
          { params: { purchaseId: 'leeds:z' }, body: sale({ card: 'c-1' }) },
          'cards',
        )
        expect(refused.body).toMatchObject({ code: 'member-unknown' })
      }
    })

    it('a verified address links to the member who has it', async () => {
      for (const [n, runtime] of (await processes()).entries()) {
        expect(await visit(runtime, `ada-${n}`, 'ADA@example.org')).toBe('m-1')
        expect(await visit(runtime, `grace-${n}`, `grace-${n}@example.org`)).toMatch(/^made-/)
      }
    })

    it('what changes then is found by everybody, and nothing else stays', async () => {
      const [fresh, stale] = await processes()
      expect((await change(stale!, 'm-1', { card: 'c-3', email: null })).status).toBe(200)
      expect((await change(fresh!, 'm-2', { email: 'ada@example.org', phone: '+49 30 2222222' })).status).toBe(200)
      expect((await enrol(stale!, 'm-3', { card: 'c-4', phone: '+49 30 1111111' })).status).toBe(201)
      expect((await enrol(fresh!, 'm-4', { card: 'c-5' })).status).toBe(201)
      // One card back, on top of it: what was given up is wanted again.
      expect((await change(fresh!, 'm-1', { card: 'c-0' })).status).toBe(200)
      for (const runtime of [fresh!, stale!, start()]) {
        expect(await found(runtime, { card: 'c-0' })).toEqual(['m-1'])
        for (const card of ['c-1', 'c-3']) expect(await found(runtime, { card })).toEqual([])
        expect(await found(runtime, { email: 'ada@example.org' })).toEqual(['m-2'])
        expect(await found(runtime, { card: 'c-4' })).toEqual(['m-3'])
        expect(await found(runtime, { phone: '0049301111111' })).toEqual(['m-3'])
        expect(await found(runtime, { card: 'c-5' })).toEqual(['m-4'])
      }
      if (secrets.length === 1) await introduce()
      await rekey(start(), walk)
      isKeyedBy('new', store.items.values())
    })
  })

  it('a walk goes on where it was cut off, and of two at once each moves what the other has not', async () => {
    for (let n = 0; n < 30; n += 1) await enrol(start(), `many-${n}`, { card: `many-${n}`, phone: phoneOf(n) })
    await introduce()
    let pages = 0
    const cut = await rekey(start(), { ...walk, hasTime: () => pages++ < 10 })
    expect(cut).toMatchObject({ complete: false })
    expect((await start().lookups.current()).keys).toHaveLength(2)
    const rest = await Promise.all([rekey(start(), walk), rekey(start(), walk)])
    expect(rest.every(({ complete }) => complete)).toBe(true)
    expect([cut, ...rest].reduce((sum, { moved }) => sum + moved, 0)).toBe(65)
    // Those of the pages before were not looked at again.
    expect(cut.members + rest[0]!.members).toBeLessThanOrEqual(32)
    isKeyedBy('new', store.items.values())
    expect(await rekey(start(), walk)).toEqual({ complete: true, members: 0, moved: 0 })
  })

  it('a move that is held up does not bring back what was given up meanwhile', async () => {
    await enrol(start(), 'm-3', { email: 'grace@example.org' })
    await introduce()
    const { commit } = store
    let held = false
    store.commit = async (writes) => {
      if (!held && writes.some((write) => write.kind === 'put' && write.item.m === 'm-3')) {
        held = true
        await rekey(start(), walk)
        expect((await change(start(), 'm-3', { email: null })).status).toBe(200)
      }
      return commit.call(store, writes)
    }
    await rekey(start(), walk)
    store.commit = commit
    expect(held).toBe(true)
    isKeyedBy('new', store.items.values())
  })

  it('a key that is on its way is not passed by another', async () => {
    await introduce()
    secrets.push('third')
    expect((await beginRekeying(start(), 'third')).keys.map(({ secret }) => secret)).toEqual(['new', 'old'])
    await rekey(start(), walk)
    expect((await beginRekeying(start(), 'new')).keys.map(({ secret }) => secret)).toEqual(['new'])
    await beginRekeying(start(), 'third')
    await rekey(start(), walk)
    isKeyedBy('third', store.items.values())
  })
})

describe('a key that cannot be read', () => {
  beforeEach(() => begin(engines[0]!))
  afterEach(() => store.close())

  it('makes look-ups unavailable, and nothing is taken for unknown; purchases by id go on', async () => {
    const runtime = start()
    await enrol(runtime, 'm-1', { card: 'c-1' })
    await introduce()
    secrets.pop()
    const cold = start()
    expect((await call(cold, searchMembers, { body: { card: 'c-1' } })).status).toBe(503)
    expect((await enrol(cold, 'm-2', { card: 'c-2' })).status).toBe(503)
    expect((await buy(cold, '1', { card: 'c-1' })).status).toBe(503)
    expect((await buy(cold, '2', { id: 'm-1' })).status).toBe(201)
    secrets.push('new')
    expect((await buy(cold, '1', { card: 'c-1' })).status).toBe(201)
  })
})

describe('what it costs', () => {
  beforeEach(() => begin(engines[0]!))
  afterEach(() => store.close())

  const unitsOf = async (work: () => Promise<unknown>) => {
    metered.reset()
    await work()
    return { read: metered.readUnits, written: metered.writeUnits, items: metered.itemsRead }
  }

  it('is nothing for a purchase by id or by a card that is known, and a check for each enrolment', async () => {
    const runtime = start()
    const three = (n: number) => ({ card: `c-${n}`, email: `${n}@example.org`, phone: phoneOf(n) })
    await enrol(runtime, 'm-0', three(0))
    await buy(runtime, '0', { id: 'm-0' })
    const byId = await unitsOf(() => buy(runtime, '1', { id: 'm-0' }))
    expect(byId).toMatchObject({ read: 1, written: 6 })
    expect(await unitsOf(() => buy(runtime, '2', { card: 'c-0' }))).toMatchObject({ read: 2, written: 6 })
    const enrolment = await unitsOf(() => enrol(runtime, 'm-1', three(1)))
    await introduce()
    await unitsOf(() => enrol(runtime, 'm-2', three(2)))
    const during = await unitsOf(() => enrol(runtime, 'm-3', three(3)))
    // Head, entry, profile, place in the roster and three look-ups; then the ring, and three look-ups under the old key.
    expect([enrolment.written, during.written]).toEqual([16, 22])
    expect(await unitsOf(() => buy(runtime, '3', { card: 'c-0' }))).toMatchObject({ read: 3, written: 6 })
  })

  it('is a read of a ring’s one copy for a miss, and never all copies but when the ring changes', async () => {
    const runtime = start()
    await found(runtime, { card: 'c-9' })
    expect(await unitsOf(() => found(runtime, { card: 'c-9' }))).toMatchObject({ items: 2 })
    metered.reset()
    await introduce()
    expect(metered.writeUnits).toBe(2 * ringCopies)
    const { items } = await store.read([table.ring(0), table.ring(ringCopies - 1)], { consistent: true })
    expect(items.map((item) => item?.v)).toEqual([1, 1])
  })
})
