import { strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serveAdmin } from '../../functions/admin.ts'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { givePoints, undoGift } from '../../functions/contract/my-gifts.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { instant, memberId } from '../../functions/domain/units.ts'
import { readGift } from '../../functions/handlers/gifts.ts'
import { verify } from '../../functions/local/verify.ts'
import { serveRewards } from '../../functions/rewards.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { headOf } from '../../functions/store/head-item.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import type { CommitResult, Store, Write } from '../../functions/store/store.ts'
import { headSort } from '../../functions/store/table.ts'
import { documentWith } from '../domain/programmes.ts'
import { enrol, noon } from '../handlers/calls.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { type Engine, engines } from '../store/engines.ts'
import { FaultyStore } from '../store/faulty-store.ts'
import { PassingStore } from '../support/passing-store.ts'
import { processOn, reallyPause } from '../support/process-on.ts'

/** Members who give each other points and take them back, all at once, on a store that fails: every commit leaves as many points. */

const members = ['ada', 'bert', 'cleo'] as const
type Member = (typeof members)[number]
const each = 100
const plenty = { points: 100_000, times: 100 }
const programme = documentWith({ gifts: { perDay: plenty, receivedPerDay: plenty, undoHours: 1 } })

/** Sees at every commit that all members together have what they had. */
class Watched extends PassingStore {
  readonly #held = new Map<string, number>()
  /** Undefined: not to be watched yet. */
  expected: number | undefined

  override async commit(writes: readonly Write[]): Promise<CommitResult> {
    const result = await super.commit(writes)
    if (result.outcome !== 'committed') return result
    for (const write of writes) {
      if (write.kind !== 'put' || write.item.sk !== headSort) continue
      const { buckets } = headOf(write.item)
      this.#held.set(
        write.item.pk,
        buckets.reduce((sum, bucket) => sum + bucket.points, 0),
      )
    }
    if (this.expected !== undefined)
      strictEqual(
        [...this.#held.values()].reduce((sum, held) => sum + held, 0),
        this.expected,
      )
    return result
  }
}

const processAtNoon = (store: Store): Runtime => processOn(store, () => noon, { pause: () => reallyPause(0) })

interface Asked {
  readonly params: { readonly [name: string]: string }
  readonly body?: unknown
}

/** Asks as an app does, until there is an answer. */
async function asMember(runtime: Runtime, member: Member, operation: Operation, asked: Asked): Promise<string> {
  const caller = { ...demoTill, scopes: 'laurel/member', stores: '', subject: member, member: memberId(member) }
  for (;;) {
    const { statusCode, body } = await callAs(serveRewards(runtime), caller, operation, asked)
    const answer = JSON.parse(body ?? '{}') as { code?: string; status?: string }
    if (statusCode !== 503) return answer.code ?? answer.status!
  }
}

async function begin(engine: Engine) {
  const store = new Watched(await engine.make())
  await createProgramme(store, 'demo', programme, instant(0))
  const runtime = processAtNoon(store)
  for (const id of members) {
    expect((await enrol(runtime, id, {})).status).toBe(201)
    const caller = { ...demoTill, scopes: 'laurel/admin.service', stores: '' }
    const body = { points: each, reason: 'to give' }
    await callAs(serveAdmin(runtime), caller, adjustPoints, { params: { id, adjustmentId: 'a-1' }, body })
  }
  store.expected = members.length * each
  return store
}

const member = fc.constantFrom(...members)
const gift = fc.record({
  giver: member,
  receiver: member,
  points: fc.integer({ min: 1, max: 60 }),
  isUndone: fc.boolean(),
  /** Posted by two processes. */
  isTwice: fc.boolean(),
})

const faults = { conflict: 0.1, throttled: 0.05, timeoutBefore: 0.05, timeoutAfter: 0.1, timeoutLate: 0.05, unread: 0.05 }

describe.each(engines.map((engine) => ({ name: engine.name, engine })))('on $name', ({ name, engine }) => {
  it('every gift is there once or not at all, and everybody has what they were given and did not give', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(gift, { minLength: 1, maxLength: 12 }), async (gifts) => {
        const store = await begin(engine)
        const faulty = new FaultyStore(store, Math.random, faults)
        const processes = [processAtNoon(faulty), processAtNoon(faulty)] as const
        const outcomes = await Promise.all(
          gifts.map(async ({ giver, receiver, points, isUndone, isTwice }, n) => {
            const asked = { params: { giftId: `g-${n}` }, body: { to: { id: receiver }, points } }
            const runtimes = isTwice ? processes : [processes[n % 2]!]
            const [given, ...others] = await Promise.all(runtimes.map((runtime) => asMember(runtime, giver, givePoints, asked)))
            const undone =
              isUndone && given === 'given' ? await asMember(processes[0], giver, undoGift, { params: asked.params }) : ''
            return { answers: [given, ...others, undone], giver, receiver, points }
          }),
        )
        faulty.on = false
        const left = new Map<Member, number>(members.map((id) => [id, each]))
        for (const [n, { answers, giver, receiver, points }] of outcomes.entries()) {
          const told = answers.filter((answer) => answer !== '')
          for (const answer of told)
            expect(['given', 'undone', 'insufficient-points', 'gift-to-self', 'gift-used']).toContain(answer)
          const ledger = { runtime: processes[1], programme: (await processes[1].programmes.get('demo'))!, now: instant(noon) }
          const record = await readGift(ledger, memberId(giver), `g-${n}`)
          expect(record !== undefined).toBe(told.includes('given') || told.includes('undone'))
          if (!record || record.undoneAt !== undefined) continue
          left.set(giver, left.get(giver)! - points)
          left.set(receiver, left.get(receiver)! + points)
        }
        const differences: string[] = []
        const sums = await verify(processAtNoon(store), undefined, ({ member: id, what }) => differences.push(`${id}: ${what}`))
        expect(differences).toEqual([])
        expect(sums).toMatchObject({ ok: true, adjusted: members.length * each, available: members.length * each })
        for (const [id, points] of left) {
          const { items } = await store.query({ pk: `P#demo#M#${id}`, range: { prefix: headSort } })
          expect(headOf(items[0]!).buckets.reduce((sum, bucket) => sum + bucket.points, 0)).toBe(points)
        }
        await store.close()
      }),
      { numRuns: name.includes('Dynamo') ? 4 : 25 },
    )
  })
})
