import { ok } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serveAdmin } from '../../functions/admin.ts'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { redeemReward } from '../../functions/contract/redemptions.ts'
import { makeSpendCode } from '../../functions/contract/spend-codes.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { instant, memberId } from '../../functions/domain/units.ts'
import { verify } from '../../functions/local/verify.ts'
import { serveRewards } from '../../functions/rewards.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { headOf } from '../../functions/store/head-item.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import type { Store } from '../../functions/store/store.ts'
import { table } from '../../functions/store/table.ts'
import { demoDocument } from '../domain/programmes.ts'
import { enrol, noon } from '../handlers/calls.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { type Engine, engines } from '../store/engines.ts'
import { FaultyStore } from '../store/faulty-store.ts'
import { processOn, reallyPause } from '../support/process-on.ts'
import { seededRandom } from './timeline.ts'

/** Tills that spend one member's points at once, with codes that are good, old or nobody's, on a store that fails: a code spends once. */

const [dear, cheap] = [20, 5]
const had = 200
const document: ProgrammeDocument = {
  ...demoDocument,
  redemptions: { spendCodes: { above: 10 } },
  rewards: [
    { id: 'mug', kind: 'product', sku: 'mug', price: { points: dear } },
    { id: 'tea', kind: 'product', sku: 'tea', price: { points: cheap } },
  ],
}
const ada = memberId('ada')
const theApp = { ...demoTill, scopes: 'laurel/member', stores: '', subject: 'ada', member: ada }
const theOffice = { ...demoTill, scopes: 'laurel/admin.service', stores: '' }
const faults = { conflict: 0.1, throttled: 0.05, timeoutBefore: 0.05, timeoutAfter: 0.1, timeoutLate: 0.05, unread: 0.03 }

const processAtNoon = (store: Store): Runtime => processOn(store, () => noon, { pause: () => reallyPause(0) })

interface Told {
  readonly status: number
  readonly code?: string
}

/** Asks until there is an answer. */
async function ask(
  runtime: Runtime,
  caller: Parameters<typeof callAs>[1],
  operation: Operation,
  asked: Parameters<typeof callAs>[3],
): Promise<Told> {
  for (;;) {
    const { statusCode, body } = await callAs(serveRewards(runtime), caller, operation, asked)
    if (statusCode !== 503) return { ...(JSON.parse(body ?? '{}') as object), status: statusCode! }
  }
}

/** A new code, in the place of the one before; told once, so that an answer that is lost makes another. */
async function newCode(runtime: Runtime): Promise<string> {
  const { status, code } = await ask(runtime, theApp, makeSpendCode, { params: {}, body: {} })
  expect(status).toBe(201)
  return code!
}

const redeem = (runtime: Runtime, redemptionId: string, rewardId: string, code: string | undefined) => {
  const body = { member: { id: ada }, rewardId, storeId: 'leeds', mode: 'capture', ...(code !== undefined && { code }) }
  return ask(runtime, demoTill, redeemReward, { params: { redemptionId }, body })
}

async function begin(engine: Engine) {
  const store = await engine.make()
  await createProgramme(store, 'demo', document, instant(0))
  const runtime = processAtNoon(store)
  expect((await enrol(runtime, ada, {})).status).toBe(201)
  const given = { params: { id: ada, adjustmentId: 'a-1' }, body: { points: had, reason: 'to spend' } }
  expect((await callAs(serveAdmin(runtime), theOffice, adjustPoints, given)).statusCode).toBe(201)
  return { store, runtime }
}

async function availableOf(store: Store): Promise<number> {
  const { items } = await store.read([table.head('demo', ada)], { consistent: true })
  return headOf(items[0]!).buckets.reduce((sum, { points }) => sum + points, 0)
}

const till = fc.record({
  shows: fc.constantFrom(
    'the code' as const,
    'the code' as const,
    'the one before' as const,
    'a wrong one' as const,
    'none' as const,
  ),
  wants: fc.constantFrom('mug' as const, 'mug' as const, 'tea' as const),
  /** Posted by two processes. */
  isTwice: fc.boolean(),
})

describe.each(engines.map((engine) => ({ name: engine.name, engine })))('on $name', ({ name, engine }) => {
  it('a code spends once, whatever tills do with it at once, and none of them spends without', { timeout: 300_000 }, async () => {
    let spent = 0
    await fc.assert(
      fc.asyncProperty(fc.array(till, { minLength: 1, maxLength: 8 }), fc.integer(), async (tills, seed) => {
        const { store, runtime } = await begin(engine)
        const faulty = new FaultyStore(store, seededRandom(seed), faults)
        const processes = [processAtNoon(faulty), processAtNoon(faulty)] as const
        const before = await newCode(runtime)
        const code = await newCode(processes[0])
        const shown = { 'the code': code, 'the one before': before, 'a wrong one': '3333-4444-6666', none: undefined }
        const outcomes = await Promise.all(
          tills.map(async ({ shows, wants, isTwice }, n) => {
            const runtimes = isTwice ? processes : [processes[n % 2]!]
            const told = await Promise.all(runtimes.map((each) => redeem(each, `leeds:${n}`, wants, shown[shows])))
            const done = told.find(({ status }) => status < 300) ?? told[0]!
            return { shows, wants, told: done.status < 300 ? 'had' : done.code }
          }),
        )
        faulty.on = false

        const mugs = outcomes.filter(({ wants }) => wants === 'mug')
        const hadBy = mugs.filter(({ told }) => told === 'had').map(({ shows }) => shows)
        ok(hadBy.length <= 1 && hadBy.every((shows) => shows === 'the code'), `mugs were had by ${hadBy.join()}`)
        for (const { shows, told } of mugs) {
          const why = shows === 'none' ? 'spend-code-missing' : 'spend-code-wrong'
          if (told !== 'had') expect(told).toBe(why)
        }
        // Wrong codes are counted, after five the right one is good no more: but for them it is.
        const isSure = mugs.every(({ shows }) => shows === 'the code' || shows === 'none')
        if (isSure && mugs.some(({ shows }) => shows === 'the code')) expect(hadBy).toHaveLength(1)
        const teas = outcomes.filter(({ wants }) => wants === 'tea')
        expect(teas.map(({ told }) => told)).toEqual(teas.map(() => 'had'))
        expect(await availableOf(store)).toBe(had - hadBy.length * dear - teas.length * cheap)
        spent += hadBy.length

        // Once all is at rest a new code is good, once.
        const fresh = await newCode(runtime)
        expect((await redeem(runtime, 'leeds:after-1', 'mug', fresh)).status).toBe(201)
        expect(await redeem(runtime, 'leeds:after-2', 'mug', fresh)).toMatchObject({ status: 409, code: 'spend-code-wrong' })
        expect((await redeem(runtime, 'leeds:after-1', 'mug', fresh)).status).toBe(200)
        const differences: string[] = []
        await verify(runtime, undefined, ({ member, what }) => differences.push(`${member}: ${what}`))
        expect(differences).toEqual([])
        await store.close()
      }),
      { numRuns: Number(process.env.RUNS ?? (name.includes('Dynamo') ? 4 : 40)) },
    )
    ok(spent > 0, 'nobody had a mug')
  })
})
