import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, inject, test } from 'vitest'
import { demoProgramme } from '../../functions/local/seed.ts'
import { dynamoDBClient, makeTable } from '../store/engines.ts'
import { scratch } from './data-file.ts'
import { ago, failedServer, lastJson, laurelWith, purchase, Server, type Settings } from './processes.ts'

/** Server and command line as an operator runs them on DynamoDB, each a process of its own. */

const slow = 120_000
const endpoint = inject('dynamoDBEndpoint') ?? ''

/**
 * A table of DynamoDB Local that is not there yet, a data path of its own, beside which the tokens go, and a folder for bundles,
 * which a server that is killed leaves behind.
 */
const emulated = (): Settings & { LAUREL_DATA: string; TMPDIR: string } => ({
  LAUREL_STORE: 'dynamodb',
  LAUREL_TABLE: `laurel-${crypto.randomUUID()}`,
  AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  LAUREL_DATA: join(scratch(), 'laurel.db'),
  TMPDIR: scratch(),
})

const goods = { occurredAt: ago(60_000), lines: [{ lineId: '1', quantity: 1, amount: 510 }] }
const sale = purchase({ id: 'demo-member' }, 1530, ago(120_000))

/** A purchase, its replay, a return, the balance; and what is answered to whoever asks for what is not there or not theirs. */
async function walk(server: Server): Promise<void> {
  const { pos, member } = server.tokens
  const till = { token: pos, body: sale }
  expect(await server.send('GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok' } })
  expect(await server.send('PUT', '/pos/purchases/leeds:1', till)).toMatchObject({
    status: 201,
    body: { points: { earned: 15 } },
  })
  const replay = await server.send('PUT', '/pos/purchases/leeds:1', till)
  expect(replay).toMatchObject({ status: 200, headers: { 'idempotency-replayed': 'true' }, body: { points: { earned: 15 } } })
  const brought = await server.send('PUT', '/pos/purchases/leeds:1/returns/r-1', { token: pos, body: goods })
  expect(brought).toMatchObject({ status: 201, body: { status: 'booked', points: { clawedBack: 5 } } })
  expect(await server.send('GET', '/me/balance', { token: member })).toMatchObject({ status: 200, body: { available: 10 } })
  expect(await server.send('GET', '/me/activity', { token: member })).toMatchObject({
    body: { items: expect.arrayContaining([expect.objectContaining({ kind: 'returned', points: -5 })]) },
  })
  expect(await server.send('GET', '/nowhere')).toMatchObject({ status: 404, body: { code: 'path-unknown' } })
  expect(await server.send('DELETE', '/me/balance')).toMatchObject({ status: 405, headers: { allow: 'GET' } })
  for (const token of [undefined, 'let.me.in', `${pos.slice(0, -4)}AAAA`]) {
    const refused = await server.send('PUT', '/pos/purchases/leeds:2', { ...(token && { token }), body: sale })
    expect(refused).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' }, body: { code: 'unauthorized' } })
  }
  expect(await server.send('GET', '/me/balance', { token: pos })).toMatchObject({ status: 403, body: { code: 'scope-missing' } })
}

test('an address at which nothing answers is told in one line', async () => {
  const nobody = { ...emulated(), AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9', PORT: '0' }
  const ran = await failedServer(nobody)
  expect([ran.code, ran.stderr]).toEqual([
    1,
    expect.stringMatching(/^Laurel did not start: no DynamoDB answers at http:\/\/127\.0\.0\.1:9\b.*\n$/),
  ])
})

// Without Java there is no DynamoDB Local, and the whole run says so.
if (dynamoDBClient) {
  describe('on DynamoDB Local', () => {
    test(
      'a server runs on the bundles as they are deployed, from a table that it makes to an end that leaves nothing behind',
      async () => {
        const { TMPDIR, ...settings } = emulated()
        const server = await Server.start({ ...settings, LAUREL_BUNDLES: '1', TMPDIR })
        expect(readdirSync(TMPDIR)).toEqual([expect.stringMatching(/^laurel-bundles-/)])
        await walk(server)
        const sweeps = () => [...server.output.stdout.matchAll(/^\{"job":"settle-members".*"failed":0.*\}$/gm)]
        await expect.poll(sweeps, { timeout: 20_000 }).toHaveLength(8)
        const ended = await server.stop()
        expect(ended).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Laurel has stopped.') })
        expect(readdirSync(TMPDIR)).toEqual([])
      },
      slow,
    )

    test(
      'a server runs on the sources, and another on the bundles finds what it wrote and takes its tokens',
      async () => {
        const settings = emulated()
        const first = await Server.start(settings)
        await walk(first)
        const { pos } = first.tokens
        expect((await first.stop('SIGINT')).code).toBe(0)
        const second = await Server.start({ ...settings, LAUREL_BUNDLES: '1' })
        const replay = await second.send('PUT', '/pos/purchases/leeds:1', { token: pos, body: sale })
        expect(replay).toMatchObject({ status: 200, body: { points: { earned: 15 } } })
      },
      slow,
    )

    test(
      'the command line does there what it does to a data file',
      async () => {
        const settings = emulated()
        const run = (...args: string[]) => laurelWith(settings, ...args)
        const queue = join(scratch(), 'queue.ndjson')
        writeFileSync(queue, JSON.stringify({ op: 'purchase', id: 'leeds:1', body: sale }))
        expect(lastJson(await run('import', queue))).toMatchObject({ outcomes: { 201: 1 } })
        const verified = await run('verify', '--json')
        expect([verified.code, lastJson(verified)]).toMatchObject([0, { ok: true, members: 1, issued: 15 }])
        const records = join(scratch(), 'records.ndjson')
        expect((await run('export', records)).code).toBe(0)
        const moved = await laurelWith({ LAUREL_DATA: join(scratch(), 'laurel.db') }, 'import', records)
        expect([moved.code, lastJson(moved)]).toMatchObject([0, { restored: { known: 0, different: 0 } }])

        const server = await Server.start({ ...settings, LAUREL_BUNDLES: '1' })
        const token = (await run('token', '--store', 'leeds')).stdout.trim()
        const replay = await server.send('PUT', '/pos/purchases/leeds:1', { token, body: sale })
        expect(replay).toMatchObject({ status: 200, body: { points: { earned: 15 } } })
      },
      slow,
    )
  })

  describe('on a table on AWS, for which DynamoDB Local stands where nothing in the environment says that it does', () => {
    /** The SDK finds the address in a profile; Laurel takes for an emulator only what the environment names. */
    async function onAws(LAUREL_TABLE: string): Promise<Settings & { LAUREL_DATA: string }> {
      const directory = scratch()
      const AWS_CONFIG_FILE = join(directory, 'config')
      writeFileSync(AWS_CONFIG_FILE, `[default]\nregion = local\nendpoint_url = ${endpoint}\n`)
      const keys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }
      return { LAUREL_STORE: 'dynamodb', LAUREL_TABLE, AWS_CONFIG_FILE, ...keys, LAUREL_DATA: join(directory, 'laurel.db') }
    }
    const key = { LAUREL_LOOKUP_SECRET: 'of the stack' }

    async function made(): Promise<string> {
      const client = dynamoDBClient!()
      const name = await makeTable(client)
      client.destroy()
      return name
    }

    async function itemsOf(TableName: string): Promise<number | undefined> {
      const client = dynamoDBClient!()
      const { Count } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }))
      client.destroy()
      return Count
    }

    test(
      'a server makes nothing: no table, no programme, no issuer',
      async () => {
        const settings = { ...(await onAws('none')), PORT: '0' }
        const reasons = [
          [settings, 'members of a table on AWS are found by its stack’s key: LAUREL_LOOKUP_SECRET_ARN names it'],
          [{ ...settings, ...key }, 'there is no table none; on AWS a deployment makes it (npm run deploy)'],
        ] as const
        for (const [told, reason] of reasons) {
          expect(await failedServer(told)).toEqual({ code: 1, stdout: '', stderr: `Laurel did not start: ${reason}\n` })
        }
        const LAUREL_TABLE = await made()
        expect((await failedServer({ ...settings, ...key, LAUREL_TABLE })).stderr).toBe(
          'Laurel did not start: a table on AWS has no development issuer: LAUREL_OIDC_ISSUER names its user pool’s\n',
        )
        expect(await itemsOf(LAUREL_TABLE)).toBe(0)
      },
      slow,
    )

    test(
      'the command line works on what is there, and refuses what would need a secret of its own',
      async () => {
        const LAUREL_TABLE = await made()
        const settings = await onAws(LAUREL_TABLE)
        const run = (...args: string[]) => laurelWith(settings, ...args)
        const queue = join(scratch(), 'queue.ndjson')
        writeFileSync(queue, JSON.stringify({ op: 'member', id: 'm-1', body: { card: '1' } }))
        expect(await run('token')).toMatchObject({
          ...{ code: 1, stderr: 'a table on AWS has no development issuer: its user pool issues tokens\n' },
        })
        expect((await run('import', queue)).stderr).toMatch(/^members of a table on AWS are found by its stack’s key: /)
        expect(await itemsOf(LAUREL_TABLE)).toBe(0)

        const bakery = join(scratch(), 'bakery')
        mkdirSync(bakery)
        writeFileSync(join(bakery, 'bakery.json'), JSON.stringify(demoProgramme))
        expect((await run('programme', 'create', join(bakery, 'bakery.json'))).code).toBe(0)
        expect((await run('client', 'add', 'shop', '--programme', 'bakery', '--store', 'mitte', '--issuer', 'any')).code).toBe(0)
        const imported = await laurelWith({ ...settings, ...key }, 'import', '--programme', 'bakery', queue)
        expect(lastJson(imported)).toMatchObject({ outcomes: { 201: 1 } })
        expect(lastJson(await run('settle'))).toMatchObject({ failed: 0 })
        expect(lastJson(await run('verify', '--json'))).toMatchObject({ ok: true, members: 1 })
        expect((await run('export', join(bakery, 'records.ndjson'))).code).toBe(0)
      },
      slow,
    )
  })
}
