import { describe, expect, it } from 'vitest'
import { readGrantedRewards } from '../../functions/contract/granted-rewards.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { redeemReward, releaseRedemption } from '../../functions/contract/redemptions.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { instant } from '../../functions/domain/units.ts'
import { exportItems } from '../../functions/local/export-data.ts'
import { restoreItems } from '../../functions/local/restore.ts'
import { verify } from '../../functions/local/verify.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { CommitResult, Item, Store, Write } from '../../functions/store/store.ts'
import { demoDocument } from '../domain/programmes.ts'
import { engines } from '../store/engines.ts'
import { PassingStore } from '../support/passing-store.ts'
import { processOn, reallyPause } from '../support/process-on.ts'
import { buy, call, enrol, noon } from './calls.ts'

/** Many at once at one granted reward: it is had once, or goes with the goods, and never both twice. */

const document: ProgrammeDocument = {
  ...demoDocument,
  rewards: [{ id: 'mug', kind: 'product' }],
  campaigns: [{ id: 'mugs', trigger: 'purchase', when: { sku: ['s'] }, effect: { reward: 'mug' } }],
}
const start = (store: Store): Runtime => processOn(store, () => noon, { pause: reallyPause })

async function begin(store: Store): Promise<{ store: Store; processes: [Runtime, Runtime] }> {
  await createProgramme(store, 'demo', document, instant(0))
  const processes: [Runtime, Runtime] = [start(store), start(store)]
  await enrol(processes[0], 'ada', {})
  expect((await buy(processes[0], '1', { id: 'ada' })).status).toBe(201)
  return { store, processes }
}

async function granted(runtime: Runtime): Promise<{ id: string; state: string; redemptionId?: string }[]> {
  const { body } = await call(runtime, readGrantedRewards, { params: { memberId: 'ada' } })
  return body.items as { id: string; state: string }[]
}

const redeem = (runtime: Runtime, redemptionId: string, grantId: string, mode = 'capture') =>
  call(runtime, redeemReward, {
    params: { redemptionId },
    body: { member: { id: 'ada' }, rewardId: 'mug', storeId: 'leeds', mode, grantId },
  })

async function isVerified(runtime: Runtime): Promise<void> {
  const differences: string[] = []
  await verify(runtime, undefined, ({ member, what }) => differences.push(`${member}: ${what}`))
  expect(differences).toEqual([])
}

const told = ({ status, body }: { status: number | undefined; body: { code?: unknown } }) => (status === 201 ? '201' : body.code)

const tried = engines.filter(({ name }) => !name.startsWith('Faulty') && !name.includes('file'))

describe.each(tried)('on $name', { timeout: 120_000 }, (engine) => {
  it('of fifty redemptions at once, by two processes, one has it', async () => {
    const { store, processes } = await begin(await engine.make())
    const { id } = (await granted(processes[0]))[0]!
    const modes = ['capture', 'reserve']
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => redeem(processes[n % 2]!, `r-${n}`, id, modes[(n >> 1) % 2])),
    )
    const outcomes = answers.map(told)
    expect(outcomes.filter((outcome) => outcome === '201')).toHaveLength(1)
    expect(new Set(outcomes)).toSatisfy((all: Set<string>) =>
      all.isSubsetOf(new Set(['201', 'granted-reward-used', 'unavailable'])),
    )
    expect((await granted(processes[0]))[0]).toMatchObject({ redemptionId: `r-${outcomes.indexOf('201')}` })
    await isVerified(processes[0])
    await store.close()
  })

  it('the goods come back while tills redeem: it is used or taken back, and nobody has it afterwards', async () => {
    const { store, processes } = await begin(await engine.make())
    const { id } = (await granted(processes[0]))[0]!
    const bring = () =>
      call(processes[1], recordReturn, {
        params: { purchaseId: 'leeds:1', returnId: 'b-1' },
        body: { occurredAt: new Date(noon).toISOString(), lines: [{ lineId: '1', quantity: 1, amount: 1000 }] },
      })
    const [returned, ...answers] = await Promise.all([
      bring(),
      ...Array.from({ length: 6 }, (_, n) => redeem(processes[n % 2]!, `r-${n}`, id)),
    ])
    expect([201, 503]).toContain(returned.status)
    if (returned.status === 503) expect((await bring()).status).toBe(201)
    const had = answers.filter(({ status }) => status === 201).length
    expect(had).toBeLessThanOrEqual(1)
    expect((await granted(processes[0]))[0]!.state).toBe(had === 1 ? 'used' : 'taken-back')
    expect(told(await redeem(processes[0], 'late', id))).toBe(had === 1 ? 'granted-reward-used' : 'granted-reward-taken-back')
    await isVerified(processes[0])
    await store.close()
  })
})

/** Counts what each commit costs. */
class Metered extends PassingStore {
  readonly commits: number[] = []

  override async commit(writes: readonly Write[]): Promise<CommitResult> {
    const result = await super.commit(writes)
    this.commits.push(result.units)
    return result
  }
}

it('a purchase writes one record more where it grants a reward, and none where it does not', async () => {
  const store = new Metered(new SqliteStore(':memory:'))
  const { processes } = await begin(store)
  // The first one also makes the member due.
  await buy(processes[0], '2', { id: 'ada' })
  const granting = store.commits.at(-1)
  const other = { storeId: 'leeds', occurredAt: new Date(noon).toISOString(), currency: 'GBP' }
  const lines = [{ lineId: '1', sku: 'other', quantity: 1, amount: 1000 }]
  await call(processes[0], recordPurchase, {
    params: { purchaseId: 'leeds:3' },
    body: { member: { id: 'ada' }, ...other, lines },
  })
  expect([granting, store.commits.at(-1)]).toEqual([8, 6])
  await store.close()
})

it('an export has them, and what is held stays held', async () => {
  const { store, processes } = await begin(new SqliteStore(':memory:'))
  await buy(processes[0], '2', { id: 'ada' })
  const [held, open] = (await granted(processes[0])).map(({ id }) => id) as [string, string]
  expect(told(await redeem(processes[0], 'r-1', held, 'reserve'))).toBe('201')
  const items: Item[] = []
  for await (const item of exportItems(processes[0])) items.push(item)
  const other = start(new SqliteStore(':memory:'))
  await restoreItems(other, items, 4, { items: 0, known: 0, different: 0 })
  await isVerified(other)
  expect(told(await redeem(other, 'r-2', held))).toBe('granted-reward-used')
  expect(told(await redeem(other, 'r-3', open))).toBe('201')
  expect((await call(other, releaseRedemption, { params: { redemptionId: 'r-1' }, body: {} })).status).toBe(200)
  expect(told(await redeem(other, 'r-4', held))).toBe('201')
  await isVerified(other)
  await other.store.close()
  await store.close()
})
