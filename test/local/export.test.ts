import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { BatchOperation } from '../../functions/contract/batch.ts'
import { adjustPointsImplementation } from '../../functions/handlers/adjust-points.ts'
import { attachPurchaseImplementation } from '../../functions/handlers/attach-purchase.ts'
import { changeMemberImplementation } from '../../functions/handlers/change-member.ts'
import { setSegmentsImplementation } from '../../functions/handlers/set-segments.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { scratch } from './data-file.ts'
import { at, postingOn } from './posting.ts'
import { lastJson, laurel, purchase, Server } from './processes.ts'

const slow = 120_000
const day = 86_400_000

const sold = '2024-12-05T10:00:00Z'
/** Three of an article, two of which come back. */
const threeSold = { ...purchase({ id: 'm-1' }, 0, sold), lines: [{ lineId: '1', sku: '22423', quantity: 3, amount: 60_000 }] }

/** A file with one of everything that is stored: expired points, a debt, cards replaced, a return that waits, corrections. */
async function fill(path: string): Promise<void> {
  const store = new SqliteStore(path)
  const { post, perform, clock } = await postingOn(store, '2024-12-05T12:00:00Z')
  const posted = async (operation: BatchOperation) => expect((await post(operation)).status).toBeLessThan(300)
  const back = (amount: number) => ({ occurredAt: sold, lines: [{ lineId: '1', quantity: 1, amount }] })
  const name = 'Ada\u2028Byron'
  await posted({ op: 'member', id: 'm-3', body: {} })
  await posted({ op: 'member', id: 'm-1', body: { card: 'c-1', email: 'Ada@Example.org', phone: '+44 7700 900123', name } })
  await posted({ op: 'purchase', id: 'leeds:1', body: threeSold })
  await posted({ op: 'return', purchaseId: 'leeds:1', id: 'r-1', body: back(20_000) })
  await posted({ op: 'purchase', id: 'leeds:2', body: purchase({ card: 'c-2' }, 60_000, sold) })
  await posted({ op: 'return', purchaseId: 'leeds:9', id: 'r-1', body: back(500) })
  const { member: _, ...nobodys } = threeSold
  await posted({ op: 'purchase', id: 'leeds:7', body: nobodys })
  await posted({ op: 'return', purchaseId: 'leeds:7', id: 'r-1', body: back(20_000) })
  await posted({ op: 'purchase', id: 'leeds:6', body: nobodys })
  await perform(attachPurchaseImplementation, { params: { purchaseId: 'leeds:6' }, body: { member: { id: 'm-3' } } })
  await perform(setSegmentsImplementation, { params: { id: 'm-1' }, body: { segments: ['vip'] } })
  const adjustment = { params: { id: 'm-1', adjustmentId: 'a-1' }, body: { points: -400, reason: 'a mistake' } }
  await perform(adjustPointsImplementation, adjustment)
  await posted({ op: 'return', purchaseId: 'leeds:1', id: 'r-2', body: back(10_000) })
  await perform(changeMemberImplementation, { params: { memberId: 'm-1' }, body: { card: 'c-3' } })
  clock.now = at('2026-01-10T12:00:00Z')
  await posted({ op: 'purchase', id: 'leeds:3', body: purchase({ card: 'c-2' }, 1000, '2026-01-10T10:00:00Z') })
  await posted({ op: 'member', id: 'm-2', body: { card: 'c-4' } })
  await perform(changeMemberImplementation, { params: { memberId: 'm-2' }, body: { status: 'closed' } })
  await store.close()
}

test(
  'an export put into another deployment is the same ledger, and is found, known and continued there',
  async () => {
    const [from, to] = [join(scratch(), 'laurel.db'), join(scratch(), 'laurel.db')]
    await fill(from)
    const file = join(scratch(), 'export.ndjson')
    const exported = await laurel(from, 'export', file)
    expect(exported).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/^\d+ records\n$/) })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const records = Number.parseInt(exported.stderr, 10)
    const printed = await laurel(from, 'export')
    expect(printed.stdout).toBe(readFileSync(file, 'utf8'))
    expect(printed.stdout).toContain('"P#demo#AUDIT#2024-12"')

    const imported = await laurel(to, 'import', file)
    expect(imported.code).toBe(0)
    expect(lastJson(imported)).toEqual({
      lines: records,
      outcomes: {},
      restored: { items: records, known: 0, different: 0 },
    })
    const [there, here] = [await laurel(to, 'verify', '--json'), await laurel(from, 'verify', '--json')]
    expect(there).toMatchObject({ code: 0, stderr: '' })
    expect(lastJson(there)).toEqual(lastJson(here))
    expect(lastJson(there)).toMatchObject({ ok: true, members: 5, adjusted: -400, clawedBack: 300, debt: 100 })
    expect((await laurel(to, 'export')).stdout).toBe(printed.stdout)
    expect(lastJson(await laurel(to, 'import', file))).toMatchObject({ restored: { items: 0, known: records, different: 0 } })

    const server = await Server.start({ LAUREL_DATA: to })
    const token = server.tokens.pos
    for (const body of [{ card: 'c-3' }, { email: 'ada@example.ORG' }, { phone: '00447700900123' }]) {
      const found = await server.send('POST', '/pos/members/search', { token, body })
      expect(found, JSON.stringify(body)).toMatchObject({ status: 200, body: { items: [{ memberId: 'm-1' }] } })
    }
    const taken = await server.send('PUT', '/pos/members/m-9', { token, body: { email: 'ada@example.org' } })
    expect(taken).toMatchObject({ status: 409, body: { code: 'email-taken' } })
    // The card that was replaced is still nobody else's, and what was bought with it before still comes to its member.
    const again = await server.send('PUT', '/pos/members/m-9', { token, body: { card: 'c-1' } })
    expect(again).toMatchObject({ status: 409, body: { code: 'card-taken' } })
    const late = { token, body: purchase({ card: 'c-1' }, 500, '2024-12-05T09:00:00Z') }
    expect(await server.send('PUT', '/pos/purchases/leeds:late', late)).toMatchObject({ status: 201, body: { memberId: 'm-1' } })
    const replay = { token, body: threeSold }
    expect(await server.send('PUT', '/pos/purchases/leeds:1', replay)).toMatchObject({ status: 200 })
    const awaited = { token, body: purchase({ card: 'c-5' }, 1000, '2024-12-05T10:00:00Z') }
    expect((await server.send('PUT', '/pos/purchases/leeds:9', awaited)).status).toBe(201)
    expect(await server.send('GET', '/pos/purchases/leeds:9/returns/r-1', { token })).toMatchObject({
      body: { status: 'booked' },
    })
    const shut = { token, body: purchase({ card: 'c-4' }, 1000, new Date(Date.now() - day).toISOString()) }
    expect(await server.send('PUT', '/pos/purchases/leeds:8', shut)).toMatchObject({
      status: 409,
      body: { code: 'member-closed' },
    })
    const read = async (path: string, bearer: string) => (await server.send('GET', path, { token: bearer })).body
    expect(await read('/pos/purchases/leeds:7', token)).toMatchObject({ memberId: null, returns: [{ status: 'booked' }] })
    expect(await read('/admin/members/m-1', server.tokens.admin)).toMatchObject({ segments: ['vip'] })
    expect((await laurel(to, 'verify', '--json')).code).toBe(0)
  },
  slow,
)

test('what stands in the place of something else is left as it is, and told by the exit code', async () => {
  const [from, to] = [join(scratch(), 'laurel.db'), join(scratch(), 'laurel.db')]
  await fill(from)
  const { stdout } = await laurel(from, 'export')
  expect((await laurel(to, 'token')).code).toBe(0)
  const before = lastJson(await laurel(to, 'verify', '--json'))
  const file = join(scratch(), 'export.ndjson')
  writeFileSync(file, stdout)
  const imported = await laurel(to, 'import', file)
  expect(imported.code).toBe(1)
  const { restored } = lastJson(imported) as { restored: { different: number; known: number } }
  expect(restored.different).toBeGreaterThan(0)
  const after = lastJson(await laurel(to, 'verify', '--json'))
  expect(after).toMatchObject({ ok: true, members: Number(before.members) + 4 })
})

test('a programme, or one that is not there', async () => {
  const data = join(scratch(), 'laurel.db')
  // A mistyped path must not look like a ledger without faults.
  for (const command of ['export', 'verify'])
    expect(await laurel(data, command)).toEqual({ code: 1, stdout: '', stderr: `there is no data file ${data}\n` })
  expect((await laurel(data, 'settle')).code).toBe(0)
  expect((await laurel(data, 'export', '--programme', 'demo')).stdout).toContain('"P#demo#M#demo-member"')
  const unknown = await laurel(data, 'export', '--programme', 'other')
  expect(unknown).toEqual({ code: 1, stdout: '', stderr: 'there is no programme other\n' })
  const nowhere = await laurel(data, 'export', '/nowhere/export.ndjson')
  expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringMatching(/^ENOENT.*\n$/) })
})
