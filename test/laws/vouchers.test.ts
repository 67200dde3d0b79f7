import { ok } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serveAdmin } from '../../functions/admin.ts'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { type Operation, serverOf } from '../../functions/contract/operation.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { redeemReward, reverseRedemption } from '../../functions/contract/redemptions.ts'
import { issueVoucherAsStaff, uploadCodes } from '../../functions/contract/voucher-office.ts'
import { lockVoucher, releaseVoucherLock, useVoucherLock } from '../../functions/contract/vouchers.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { instant } from '../../functions/domain/units.ts'
import { freeUses } from '../../functions/domain/voucher.ts'
import { verify } from '../../functions/local/verify.ts'
import { servePos } from '../../functions/pos.ts'
import { serveRewards } from '../../functions/rewards.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import type { CommitResult, Store, Write } from '../../functions/store/store.ts'
import { voucherOf } from '../../functions/store/voucher-item.ts'
import { demoDocument } from '../domain/programmes.ts'
import { enrol, noon } from '../handlers/calls.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { type Engine, engines } from '../store/engines.ts'
import { FaultyStore } from '../store/faulty-store.ts'
import { PassingStore } from '../support/passing-store.ts'
import { processOn, reallyPause } from '../support/process-on.ts'

/** Tills and members who want the same vouchers at once, on a store that fails. */

const document: ProgrammeDocument = {
  ...demoDocument,
  vouchers: [
    { id: 'flyer', codes: { generated: { length: 10 } }, value: { kind: 'money-off', amount: 100 }, bearer: true, uses: 3 },
    { id: 'film', codes: { pool: { lowMark: 3 } }, value: { kind: 'product', sku: 'cinema' } },
  ],
  rewards: [{ id: 'film-reward', kind: 'voucher', voucher: 'film', price: { points: 10 } }],
}
const members = ['ada', 'bert', 'cleo'] as const
const codes = Array.from({ length: 6 }, (_, n) => `CINEMA-${1000 + n}`)

/** Sees at every commit that no voucher is used more often than it may be, nor used and held; counts what was said of the pool. */
class Watched extends PassingStore {
  saidLow = 0
  readonly given = new Set<string>()

  override async commit(writes: readonly Write[]): Promise<CommitResult> {
    const result = await super.commit(writes)
    if (result.outcome !== 'committed') return result
    for (const write of writes) {
      if (write.kind !== 'put') continue
      if (write.item.k === 'low-stock') this.saidLow += 1
      const voucher = write.item.sk === 'VOUCHER' ? voucherOf(write.item) : undefined
      if (!voucher) continue
      ok(voucher.used <= voucher.uses && freeUses(voucher, instant(noon)) >= 0)
      // A voucher that is given out stays what it was given for.
      if (voucher.used === 0 && voucher.held.length === 0 && voucher.voidAt === null && voucher.seriesId === 'film') {
        ok(!this.given.has(voucher.code), 'a code of a pool is given out once')
        this.given.add(voucher.code)
      }
    }
    return result
  }
}

const processAtNoon = (store: Store): Runtime => processOn(store, () => noon, { pause: () => reallyPause(0) })

type Asked = { readonly params: { readonly [name: string]: string }; readonly body?: unknown }
type Told = { readonly status: number; readonly code?: string; readonly state?: string; readonly voucher?: { code: string } }

/** Asks until there is an answer. */
async function ask(runtime: Runtime, operation: Operation, asked: Asked): Promise<Told> {
  const caller = { ...demoTill, scopes: operation.scope }
  const serve = serverOf(operation) === 'pos' ? servePos : serveRewards
  for (;;) {
    const { statusCode, body } = await callAs(serve(runtime), caller, operation, asked)
    if (statusCode !== 503) return { ...(JSON.parse(body ?? '{}') as object), status: statusCode! }
  }
}

async function begin(engine: Engine) {
  const store = new Watched(await engine.make())
  await createProgramme(store, 'demo', document, instant(0))
  const runtime = processAtNoon(store)
  for (const id of members) {
    expect((await enrol(runtime, id, {})).status).toBe(201)
    const body = { points: 30, reason: 'to spend' }
    const caller = { ...demoTill, scopes: 'laurel/admin.service' }
    await callAs(serveAdmin(runtime), caller, adjustPoints, { params: { id, adjustmentId: 'a-1' }, body })
  }
  return { store, runtime }
}

async function isVerified(store: Store) {
  const differences: string[] = []
  const sums = await verify(processAtNoon(store), undefined, ({ member, what }) => differences.push(`${member}: ${what}`))
  expect(differences).toEqual([])
  return sums
}

/** Does one thing to a purchase of two pieces, with a lock of its own. */
async function tell(runtime: Runtime, n: number, step: string): Promise<void> {
  const [purchaseId, occurredAt] = [`leeds:${n}`, new Date(noon).toISOString()]
  const piece = { lineId: '1', quantity: 1, amount: 250 }
  const line = { ...piece, sku: 's', quantity: 2, amount: 500 }
  const sale = { member: { id: members[n] }, storeId: 'leeds', occurredAt, currency: 'GBP', lines: [line] }
  const [operation, asked] = {
    sell: [recordPurchase, { params: { purchaseId }, body: sale }] as const,
    use: [useVoucherLock, { params: { lockId: `l-${n}` }, body: { purchaseId } }] as const,
    'bring 1': [recordReturn, { params: { purchaseId, returnId: 'b-1' }, body: { occurredAt, lines: [piece] } }] as const,
    'bring 2': [recordReturn, { params: { purchaseId, returnId: 'b-2' }, body: { occurredAt, lines: [piece] } }] as const,
  }[step]!
  expect((await ask(runtime, operation, asked)).status).toBeLessThan(300)
}

/** What was done by one of two: the other may have been refused before it could be. */
const done = (answers: readonly Told[]): Told => answers.find(({ status }) => status < 400) ?? answers[0]!

const faults = { conflict: 0.1, throttled: 0.05, timeoutBefore: 0.05, timeoutAfter: 0.1, timeoutLate: 0.05, unread: 0.03 }
const basket = { lines: [{ sku: 's', quantity: 1, amount: 500 }] }

describe.each(engines.map((engine) => ({ name: engine.name, engine })))('on $name', ({ name, engine }) => {
  const numRuns = name.includes('Dynamo') ? 3 : 15

  it('a voucher is used by as many as may, and what nobody uses is free', async () => {
    const till = fc.record({ isTwice: fc.boolean(), next: fc.constantFrom('use', 'release', 'nothing') })
    await fc.assert(
      fc.asyncProperty(fc.array(till, { minLength: 1, maxLength: 10 }), async (tills) => {
        const { store, runtime } = await begin(engine)
        const issued = await ask(runtime, issueVoucherAsStaff, {
          params: { id: 'flyer', issueId: 'i' },
          body: { reason: 'a test' },
        })
        const faulty = new FaultyStore(store, Math.random, faults)
        const processes = [processAtNoon(faulty), processAtNoon(faulty)] as const
        const body = { code: issued.code!, storeId: 'leeds', basket }
        const outcomes = await Promise.all(
          tills.map(async ({ isTwice, next }, n) => {
            const params = { lockId: `l-${n}` }
            const runtimes = isTwice ? processes : [processes[n % 2]!]
            const told = await Promise.all(runtimes.map((each) => ask(each, lockVoucher, { params, body })))
            const first = done(told)
            if (first.status >= 400 || next === 'nothing') return first.code ?? 'locked'
            if (next === 'release') return (await ask(processes[0], releaseVoucherLock, { params, body: {} })).state
            const used = { params, body: { purchaseId: `leeds:${n}` } }
            return (await Promise.all(runtimes.map((each) => ask(each, useVoucherLock, used))))[0]!.state
          }),
        )
        faulty.on = false
        for (const outcome of outcomes)
          expect(['used', 'released', 'locked', 'voucher-locked', 'voucher-used-up']).toContain(outcome)
        const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length
        expect(count('used') + count('locked')).toBeLessThanOrEqual(3)
        // Whatever happened, what is neither used nor held is free now.
        const free = 3 - count('used') - count('locked')
        for (let n = 0; n < 4; n += 1) {
          const { status } = await ask(runtime, lockVoucher, { params: { lockId: `after-${n}` }, body })
          expect(status).toBe(n < free ? 201 : 409)
        }
        await isVerified(store)
        await store.close()
      }),
      { numRuns },
    )
  })

  it('a use comes back with the last piece of its purchase, once, whatever comes first', async () => {
    const step = fc.constantFrom('sell', 'use', 'bring 1', 'bring 2')
    const sale = fc.record({
      steps: fc.shuffledSubarray(['sell', 'use', 'bring 1', 'bring 2'], { minLength: 2 }),
      again: step,
      isTwice: fc.boolean(),
      isAtOnce: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(sale, { minLength: 1, maxLength: 3 }), async (sales) => {
        const { store, runtime } = await begin(engine)
        const issued = await ask(runtime, issueVoucherAsStaff, {
          params: { id: 'flyer', issueId: 'i' },
          body: { reason: 'a test' },
        })
        const lock = { code: issued.code!, storeId: 'leeds', basket }
        for (const n of sales.keys()) await ask(runtime, lockVoucher, { params: { lockId: `l-${n}` }, body: lock })
        const faulty = new FaultyStore(store, Math.random, faults)
        const processes = [processAtNoon(faulty), processAtNoon(faulty)] as const
        await Promise.all(
          sales.map(async ({ steps, again, isTwice, isAtOnce }, n) => {
            const take = (name: string) =>
              Promise.all((isTwice ? processes : [processes[n % 2]!]).map((each) => tell(each, n, name)))
            const all = [...steps, ...(steps.includes(again) ? [again] : [])]
            if (isAtOnce) await Promise.all(all.map(take))
            else for (const name of all) await take(name)
          }),
        )
        faulty.on = false
        const isUsed = ({ steps }: (typeof sales)[number]) => steps.includes('use') && steps.length < 4
        for (const [n, each] of sales.entries()) {
          if (!each.steps.includes('use')) continue
          const params = { lockId: `l-${n}` }
          const { state } = await ask(runtime, useVoucherLock, { params, body: { purchaseId: `leeds:${n}` } })
          expect(state).toBe(isUsed(each) ? 'used' : 'given-back')
        }
        const taken = sales.filter((each) => isUsed(each) || !each.steps.includes('use')).length
        for (let n = 0; n < 4; n += 1) {
          const { status } = await ask(runtime, lockVoucher, { params: { lockId: `after-${n}` }, body: lock })
          expect(status).toBe(n < 3 - taken ? 201 : 409)
        }
        await isVerified(store)
        await store.close()
      }),
      { numRuns },
    )
  })

  it('every code of a pool is somebody’s for their points, or still there, or void with the points back', async () => {
    const redemption = fc.record({ member: fc.constantFrom(...members), isTwice: fc.boolean(), isReversed: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(redemption, { minLength: 1, maxLength: 12 }), async (wanted) => {
        const { store, runtime } = await begin(engine)
        const faulty = new FaultyStore(store, Math.random, faults)
        const processes = [processAtNoon(faulty), processAtNoon(faulty)] as const
        const upload = { params: { id: 'film', uploadId: 'u' }, body: { codes } }
        await Promise.all(processes.map((each) => ask(each, uploadCodes, upload)))
        const outcomes = await Promise.all(
          wanted.map(async ({ member, isTwice, isReversed }, n) => {
            const params = { redemptionId: `r-${n}` }
            const body = { member: { id: member }, rewardId: 'film-reward', storeId: 'leeds', mode: 'capture' }
            const runtimes = isTwice ? processes : [processes[n % 2]!]
            const answers = await Promise.all(runtimes.map((each) => ask(each, redeemReward, { params, body })))
            const first = done(answers)
            expect(new Set(answers.flatMap(({ voucher }) => voucher?.code ?? [])).size).toBeLessThanOrEqual(1)
            if (first.status >= 400 || !isReversed) return { ...first, isBack: false }
            expect((await ask(processes[1], reverseRedemption, { params, body: {} })).status).toBe(200)
            return { ...first, isBack: true }
          }),
        )
        faulty.on = false
        const given = outcomes.flatMap(({ voucher }) => (voucher ? [voucher.code] : []))
        expect(new Set(given).size).toBe(given.length)
        for (const { status, code } of outcomes) if (status >= 400) expect(['pool-empty', 'insufficient-points']).toContain(code)
        const spent = outcomes.filter(({ voucher, isBack }) => voucher && !isBack).length * 10
        expect(await isVerified(store)).toMatchObject({ ok: true, redeemed: spent, available: 90 - spent })
        expect(store.given.size).toBe(given.length)
        expect(store.saidLow).toBe(codes.length - given.length < 3 ? 1 : 0)
        const left = await ask(runtime, uploadCodes, upload)
        expect(left).toMatchObject({ taken: 6, left: 6 - given.length })
        await store.close()
      }),
      { numRuns },
    )
  })
})
