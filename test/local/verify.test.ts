import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deploymentOn } from '../../functions/local/deployment.ts'
import { type Difference, verify } from '../../functions/local/verify.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { scratch } from './data-file.ts'
import { at, postingOn } from './posting.ts'
import { lastJson, laurel, purchase } from './processes.ts'

const names = ['m-1', 'm-2', 'm-3', 'm-4', 'm-5', 'm-6', 'm-7']

/** Members who each have an expired bucket, of which a return took a part, points that are alive, and a tier. */
async function fill(path: string): Promise<void> {
  const store = new SqliteStore(path)
  const { post, clock, runtime } = await postingOn(store, '2024-12-05T12:00:00Z')
  const posted = async (...operation: Parameters<typeof post>) => expect((await post(...operation)).status).toBe(201)
  for (const id of names) {
    await posted({ op: 'member', id, body: {} })
    await posted({ op: 'purchase', id: `leeds:${id}:1`, body: purchase({ id }, 60_000, '2024-12-05T10:00:00Z') })
  }
  clock.now = at('2026-02-01T12:00:00Z')
  await settleMembers(runtime)
  for (const id of names) {
    const body = { occurredAt: '2026-01-31T10:00:00Z', lines: [{ lineId: '1', quantity: 1, amount: 20_000 }] }
    await posted({ op: 'return', purchaseId: `leeds:${id}:1`, id: 'r-1', body })
    await posted({ op: 'purchase', id: `leeds:${id}:2`, body: purchase({ id }, 55_000, '2026-01-31T12:00:00Z') })
  }
  const { member: _, ...nobodys } = purchase({ id: 'm-1' }, 1000, '2026-01-31T12:00:00Z')
  await posted({ op: 'purchase', id: 'leeds:nobodys', body: nobodys })
  const back = { occurredAt: '2026-01-31T13:00:00Z', lines: [{ lineId: '1', quantity: 1, amount: 400 }] }
  await posted({ op: 'return', purchaseId: 'leeds:nobodys', id: 'r-1', body: back })
  await store.close()
}

const directory = mkdtempSync(join(tmpdir(), 'laurel-verify-'))
const sound = join(directory, 'laurel.db')
beforeAll(() => fill(sound))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** A copy of the sound file, with something done to it that no operation does. */
function tampered(...statements: readonly string[]): string {
  const path = join(scratch(), 'laurel.db')
  copyFileSync(sound, path)
  const file = new DatabaseSync(path)
  for (const statement of statements) expect(file.prepare(statement).run().changes, statement).toBe(1)
  file.close()
  return path
}

const ofMember = (member: string, sort: string) => `pk = 'P#demo#M#${member}' AND sk ${sort}`
const change = (member: string, sort: string, path: string, value: string) =>
  `UPDATE items SET item = json_set(item, '${path}', ${value}) WHERE ${ofMember(member, sort)}`
const remove = (member: string, sort: string) => `DELETE FROM items WHERE ${ofMember(member, sort)}`
const receipt = (member: string) => `pk = 'P#demo#PURCHASE#leeds:${member}:2'`
const head = "= 'HEAD'"
const closed = "LIKE 'B#%'"
/** A member's entries: enrolled, sold, expired, the tier ended, brought back, sold. */
const entry = (n: number) =>
  `= (SELECT sk FROM items WHERE pk = 'P#demo#M#m-3' AND sk LIKE 'E#%' ORDER BY sk LIMIT 1 OFFSET ${n})`

async function differencesIn(path: string, now = '2026-11-22T12:00:00Z'): Promise<Difference[]> {
  const store = new SqliteStore(path)
  const { runtime } = await deploymentOn(store, { now: () => at(now) })
  const differences: Difference[] = []
  const { ok, members } = await verify(runtime, undefined, (difference) => differences.push(difference))
  await store.close()
  expect(members).toBe(names.length + 1)
  expect(ok).toBe(differences.length === 0)
  return differences
}

test('a sound file has no differences, and its sums are those of its operations', async () => {
  expect(await differencesIn(tampered())).toEqual([])
  const ran = await laurel(tampered(), 'verify', '--json')
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' })
  const { expired, available, entries, ...sums } = lastJson(ran)
  // Earned 600 and 550; 200 of the 600 went back after they had expired. Whether the 550 are alive depends on the day.
  expect(sums).toEqual({
    ok: true,
    members: 8,
    issued: 7 * 1150,
    adjusted: 0,
    pending: 0,
    reserved: 0,
    redeemed: 0,
    clawedBack: 7 * 200,
    debt: 0,
  })
  expect(Number(expired) + Number(available)).toBe(7 * 950)
  expect(Number(entries)).toBe(7 * 6 + 1)
  const plain = await laurel(tampered(), 'verify')
  expect(plain.stdout).toMatch(/^ok +true\nmembers +8\n/)
})

describe('what is not as the entries say names its member, and no other', () => {
  test.each([
    ['a head has more points issued', change('m-3', head, '$.t[0]', '9999')],
    ['a head has another tier', change('m-3', head, '$.ti[0]', "'gold'")],
    ['a head has another spend', change('m-3', head, '$.sp[0][1]', '1')],
    ['a head has more points', change('m-3', head, '$.b[0][3]', '5000')],
    ['a head’s points live longer', change('m-3', head, '$.b[0][2]', '4102444800000')],
    ['a head has another version', change('m-3', head, '$.v', '99')],
    ['a head holds what nobody knows', change('m-3', head, '$.zz', '1')],
    ['a head makes no sense', change('m-3', head, '$.t', "'none'")],
    ['a head is gone', remove('m-3', head)],
    ['a profile is gone', remove('m-3', "= 'PROFILE'")],
    ['an entry earned more', change('m-3', entry(1), '$.x.t[0]', '601')],
    ['an entry’s award is larger', change('m-3', entry(1), '$.a[0][2]', '601')],
    ['an entry’s line cost more', change('m-3', entry(5), '$.l[0][3]', '60000')],
    ['an entry earned with another tier', change('m-3', entry(5), '$.ti', "'gold'")],
    ['an entry took back less', change('m-3', entry(4), '$.x.t[4]', '1')],
    ['an entry is gone', remove('m-3', entry(2))],
    ['the last entry is gone', remove('m-3', entry(5))],
    ['a closed bucket holds more', change('m-3', closed, '$.p', '5000')],
    ['a closed bucket is gone', remove('m-3', closed)],
    ['a receipt keeps more points', `UPDATE items SET item = json_set(item, '$.p', 9) WHERE ${receipt('m-3')}`],
    ['a receipt is another’s', `UPDATE items SET item = json_set(item, '$.m', 'm-4') WHERE ${receipt('m-3')}`],
    ['a receipt names another entry', `UPDATE items SET item = json_set(item, '$.e[0]', 1) WHERE ${receipt('m-3')}`],
    ['a receipt is gone', `DELETE FROM items WHERE ${receipt('m-3')}`],
    ['a head is due at another instant', change('m-3', head, '$.dueAt', '4102444800000')],
    ['the due index has another instant', `UPDATE items SET due_at = due_at + 1 WHERE ${ofMember('m-3', head)}`],
    ['the due index has another day', `UPDATE items SET due = 'DUE#2099-01-01#0' WHERE ${ofMember('m-3', head)}`],
    ['the due index does not have it', `UPDATE items SET due = NULL, due_at = NULL WHERE ${ofMember('m-3', head)}`],
  ])('%s', async (_, statement) => {
    const differences = await differencesIn(tampered(statement))
    expect(differences.length).toBeGreaterThan(0)
    for (const { programme, member } of differences.filter(({ member }) => member !== '*')) {
      expect({ programme, member }).toEqual({ programme: 'demo', member: 'm-3' })
    }
    expect(differences.map(({ member }) => member)).toContain('m-3')
  })
})

describe('what is not as it should be with a purchase that is nobody’s is told of it', () => {
  const receiptOfNobody = "pk = 'P#demo#PURCHASE#leeds:nobodys'"
  test.each([
    ['more came back than its returns say', `UPDATE items SET item = json_set(item, '$.l[0][2]', 401) WHERE ${receiptOfNobody}`],
    ['a return of more than was sold', `UPDATE items SET item = json_set(item, '$.sl[0][3]', 399) WHERE ${receiptOfNobody}`],
    ['its receipt is gone', `DELETE FROM items WHERE ${receiptOfNobody}`],
  ])('%s', async (_, statement) => {
    const differences = await differencesIn(tampered(statement))
    expect(differences).toEqual([{ programme: 'demo', member: '-', what: expect.stringMatching(/^purchase leeds:nobodys: ./) }])
  })
})

test('a member whom somebody posted for after the verification began is looked at as of then', async () => {
  expect(await differencesIn(tampered(), '2025-12-31T12:00:00Z')).toEqual([])
})

test('laurel verify exits with 1, names every one of them, and says the sums last all the same', async () => {
  const path = tampered(
    change('m-1', head, '$.b[0][3]', '5000'),
    `DELETE FROM items WHERE ${ofMember('m-2', "= (SELECT max(sk) FROM items WHERE pk = 'P#demo#M#m-2' AND sk LIKE 'E#%')")}`,
    change('m-3', closed, '$.p', '1'),
    `DELETE FROM items WHERE ${receipt('m-4')}`,
    `UPDATE items SET due = NULL, due_at = NULL WHERE ${ofMember('m-5', head)}`,
    change('m-6', head, '$.t', 'NULL'),
  )
  const ran = await laurel(path, 'verify', '--json')
  expect(ran.code).toBe(1)
  expect(Object.keys(lastJson(ran))).toEqual([
    'ok',
    'members',
    'entries',
    'issued',
    'adjusted',
    'available',
    'pending',
    'reserved',
    'redeemed',
    'expired',
    'clawedBack',
    'debt',
  ])
  expect(lastJson(ran)).toMatchObject({ ok: false, members: 8 })
  const named = new Set([...ran.stderr.matchAll(/^demo (\S+): ./gm)].map(([, member]) => member))
  expect([...named].sort()).toEqual(
    ['*', 'm-1', 'm-2', 'm-3', 'm-4', 'm-5', 'm-6'].filter((name) => name !== '*' || named.has('*')),
  )
})

test('a programme that is not there is no sound one', async () => {
  expect(await laurel(tampered(), 'verify', '--programme', 'other')).toMatchObject({
    code: 1,
    stderr: 'there is no programme other\n',
  })
})
