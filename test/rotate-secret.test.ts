import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { enrolMember, searchMembers } from '../functions/contract/members.ts'
import { instant } from '../functions/domain/units.ts'
import { demoProgramme } from '../functions/local/seed.ts'
import { deployedSecrets, labelOf } from '../functions/lookup-secret.ts'
import { servePos } from '../functions/pos.ts'
import { type RotationEvent, rotate } from '../functions/rotate-secret.ts'
import { createRuntime, type Runtime } from '../functions/runtime.ts'
import { keyOfSecret } from '../functions/store/key-ring.ts'
import { createProgramme } from '../functions/store/programmes.ts'
import { SqliteStore } from '../functions/store/sqlite-store.ts'
import { Trace } from './laws/trace.ts'
import { callAs, demoTill } from './lib/gateway-event.ts'
import { isKeyedBy } from './support/rotation.ts'
import { SecretsManager, secretArn } from './support/secrets-manager.ts'

const manager = new SecretsManager()
const members = 40
let store: Trace

/** A function at a cold start: its keys are those that Secrets Manager has. */
const start = (): Runtime =>
  createRuntime({
    store,
    now: () => instant(Date.parse('2026-11-21T12:00:00Z')),
    random: Math.random,
    newId: () => 'm-new',
    pause: async () => {},
    lookupSecrets: deployedSecrets(secretArn),
  })

beforeAll(() => manager.start())
afterAll(() => manager.close())
beforeEach(async () => {
  manager.reset('the first key')
  store = new Trace(new SqliteStore(':memory:'))
  await createProgramme(store, 'demo', demoProgramme, instant(0))
  for (let n = 0; n < members; n += 1) await enrol(start(), n)
})
afterEach(async () => {
  await store.close()
  vi.unstubAllEnvs()
})

const cardOf = (n: number) => ({ card: `c-${n}` })
const enrol = (runtime: Runtime, n: number) =>
  callAs(servePos(runtime), demoTill, enrolMember, { params: { memberId: `m-${n}` }, body: cardOf(n) })

async function found(runtime: Runtime, n: number): Promise<string | undefined> {
  const { body } = await callAs(servePos(runtime), demoTill, searchMembers, { body: cardOf(n) })
  return (JSON.parse(body!) as { items: { memberId: string }[] }).items[0]?.memberId
}

type Step = RotationEvent['Step']
const step = (Step: Step, token: string, remainingMs: () => number = () => 900_000) =>
  rotate(start(), { Step, SecretId: secretArn, ClientRequestToken: token }, remainingMs)

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const
async function rotateWhole(token: string): Promise<void> {
  manager.begin(token)
  for (const each of steps) await step(each, token)
}

/** So much time that a step is cut off after so many pages. */
function timeFor(pages: number): () => number {
  let left = pages
  return () => (left-- > 0 ? 900_000 : 0)
}

const current = () => manager.valueOf('AWSCURRENT')!
const labelled = (secret: string) => labelOf(keyOfSecret(secret).id)

describe('a rotation', () => {
  it('makes a key, moves all look-ups to it, and makes it current; whoever was there before finds everybody', async () => {
    const warm = start()
    expect(await found(warm, 1)).toBe('m-1')
    await rotateWhole('first-rotation')
    expect(current()).not.toBe('the first key')
    expect(current().length).toBeGreaterThanOrEqual(43)
    isKeyedBy(current(), store.items.values())
    for (const runtime of [warm, start()]) expect(await found(runtime, 1)).toBe('m-1')
    // The key before is kept under its own label: a table that is restored to an earlier second names it.
    expect(manager.stages).toEqual({
      made: ['AWSPREVIOUS', labelled('the first key'), 'LAUREL-first'].sort(),
      'first-rotation': ['AWSCURRENT', 'AWSPENDING', labelled(current())],
    })
  })

  it('is followed by another, which lets the key before the last one go', async () => {
    await rotateWhole('first-rotation')
    await rotateWhole('second-rotation')
    const before = current()
    isKeyedBy(current(), store.items.values())
    await rotateWhole('third-rotation')
    // The first of all is kept for tables restored to before any rotation.
    expect(Object.keys(manager.stages)).toEqual(['made', 'second-rotation', 'third-rotation'])
    expect(manager.valueOf(labelled(before))).toBe(before)
    expect(await found(start(), 7)).toBe('m-7')
  })

  it('leaves a table that is restored to before it with the key that it had', async () => {
    await rotateWhole('first-rotation')
    await rotateWhole('second-rotation')
    const restored = createRuntime({
      ...start(),
      store: new SqliteStore(':memory:'),
      lookupSecrets: deployedSecrets(secretArn),
    })
    await createProgramme(restored.store, 'demo', demoProgramme, instant(0))
    expect((await restored.lookups.current()).keys).toEqual([keyOfSecret('the first key')])
    await restored.store.close()
  })

  it('may be asked for every step again, and late for those of one that is over', async () => {
    manager.begin('first-rotation')
    for (const each of steps) for (let times = 0; times < 2; times += 1) await step(each, 'first-rotation')
    const [first, stages] = [current(), manager.stages]
    for (const each of steps) await step(each, 'first-rotation')
    expect(manager.stages).toEqual(stages)
    await rotateWhole('second-rotation')
    // The ring is not taken back to a key that was in force once.
    await expect(step('setSecret', 'first-rotation')).rejects.toThrow('not pending')
    await expect(step('finishSecret', 'first-rotation')).rejects.toThrow('not the only one in force')
    isKeyedBy(current(), store.items.values())
    expect(current()).not.toBe(first)
  })

  it('is cut off before its time is up, and goes on where it was', async () => {
    manager.begin('first-rotation')
    await step('createSecret', 'first-rotation')
    const cuts = async () => {
      for (let cut = 1; ; cut += 1) {
        const outcome = await step('setSecret', 'first-rotation', timeFor(10)).catch((error: Error) => error.message)
        if (typeof outcome !== 'string') return cut
        expect(outcome).toContain('time is up')
        await expect(step('testSecret', 'first-rotation')).rejects.toThrow('not the only one in force')
        await expect(step('finishSecret', 'first-rotation')).rejects.toThrow('not the only one in force')
        for (const n of [0, 17, 39]) expect(await found(start(), n)).toBe(`m-${n}`)
        expect((await enrol(start(), 1000 + cut)).statusCode).toBe(201)
      }
    }
    expect(await cuts()).toBeGreaterThan(2)
    await step('testSecret', 'first-rotation')
    await step('finishSecret', 'first-rotation')
    isKeyedBy(current(), store.items.values())
  })

  it('carries the key of one that was given up in the middle, so that the ring names no key that nobody has', async () => {
    manager.begin('abandoned')
    await step('createSecret', 'abandoned')
    const key = manager.valueOf('AWSPENDING')!
    await expect(step('setSecret', 'abandoned', timeFor(10))).rejects.toThrow('time is up')
    manager.giveUp('abandoned')
    for (const n of [0, 17, 39]) expect(await found(start(), n)).toBe(`m-${n}`)
    manager.begin('another')
    for (const n of [0, 17, 39]) expect(await found(start(), n)).toBe(`m-${n}`)
    for (const each of steps) await step(each, 'another')
    expect(current()).toBe(key)
    isKeyedBy(key, store.items.values())
    expect(manager.stages).toEqual({
      made: ['AWSPREVIOUS', labelled('the first key'), 'LAUREL-first'].sort(),
      another: ['AWSCURRENT', 'AWSPENDING', labelled(key)],
    })
  })

  it('ends first what another one began, where both made a key', async () => {
    manager.begin('abandoned')
    await step('createSecret', 'abandoned')
    manager.begin('another')
    await step('createSecret', 'another')
    const key = manager.valueOf('AWSPENDING')
    // The first is not pending any more, yet its step was under way: its key is the first of the ring.
    const lost = manager.versions.find(({ id }) => id === 'abandoned')!
    lost.stages.add('AWSPENDING')
    await expect(step('setSecret', 'abandoned', timeFor(3))).rejects.toThrow('time is up')
    lost.stages.delete('AWSPENDING')
    for (const each of steps.slice(1)) await step(each, 'another')
    expect(current()).toBe(key)
    isKeyedBy(current(), store.items.values())
  })

  it('never brings a key into force that others cannot read', async () => {
    manager.begin('first-rotation')
    await step('createSecret', 'first-rotation')
    for (const { stages } of manager.versions) stages.delete(labelled('the first key'))
    await expect(step('setSecret', 'first-rotation')).rejects.toThrow('cannot be read by its label')
    isKeyedBy('the first key', store.items.values())
    await step('createSecret', 'first-rotation')
    await step('setSecret', 'first-rotation')
  })
})

describe('the steps', () => {
  it.each<[string, string | undefined]>([
    ['without a value', undefined],
    ['with the value of now', 'the first key'],
  ])('are tried when the schedule is made: a test of a version %s', async (_, value) => {
    manager.begin('a trial')
    if (value !== undefined) manager.versions.at(-1)!.value = value
    await step('testSecret', 'a trial')
    manager.giveUp('a trial')
    await rotateWhole('first-rotation')
    manager.begin('a trial')
    if (value !== undefined) manager.versions.at(-1)!.value = current()
    await step('testSecret', 'a trial')
  })

  it('are those of the protocol, of the one secret', async () => {
    await expect(step('rollBack' as Step, 'token')).rejects.toThrow('no step rollBack')
    const other = { Step: 'createSecret', SecretId: `${secretArn}2`, ClientRequestToken: 'token' } as const
    await expect(rotate(start(), other, () => 900_000)).rejects.toThrow('not the secret of the look-ups')
  })
})
