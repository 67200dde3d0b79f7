import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { demoProgramme } from '../../functions/local/seed.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { dump, scratch } from './data-file.ts'
import { ndjsonFile, postingOn } from './posting.ts'
import { ago, lastJson, laurel, purchase, Server } from './processes.ts'

const slow = 120_000

const dataFile = () => join(scratch(), 'laurel.db')
const member = (id: string, body: unknown) => ({ op: 'member', id, body }) as const
const sale = (id: string, amount: number, card = 'c-1') =>
  ({ op: 'purchase', id, body: purchase({ card }, amount, '2025-11-21T10:00:00Z') }) as const

describe('laurel segments', () => {
  test(
    'sets tags by a file, names the lines that name nobody, and finds all done when it is run again',
    async () => {
      const data = dataFile()
      expect((await laurel(data, 'import', ndjsonFile([member('m-1', { card: 'c-1' })]))).code).toBe(0)
      const file = ndjsonFile(['card,segments', 'c-1,vip lapsed-2025', 'c-2,vip'])
      const first = await laurel(data, 'segments', file)
      expect(first).toMatchObject({ code: 1, stderr: expect.stringContaining('line 3: there is no such member\n') })
      expect(lastJson(first)).toEqual({ lines: 2, changed: 1, same: 0, unknown: 1, failed: 0 })
      const before = dump(data)
      expect(lastJson(await laurel(data, 'segments', file))).toMatchObject({ changed: 0, same: 1 })
      expect(dump(data)).toEqual(before)
      expect((await laurel(data, 'segments', ndjsonFile(['{"memberId":"m-1","segments":["vip"]}']))).code).toBe(0)
      expect((await laurel(data, 'verify')).code).toBe(0)
    },
    slow,
  )
})

describe('laurel import', () => {
  test(
    'takes what is good, counts what is refused, and names the lines that are no operation',
    async () => {
      const data = dataFile()
      const file = ndjsonFile([
        member('m-1', { card: 'c-1', email: 'ada@example.org' }),
        '',
        'not json',
        '{"op":"sell","id":"leeds:1"}',
        sale('leeds:1', 1530),
        Buffer.from([0x22, 0xff, 0x22]),
        sale('leeds:2', -5),
        member('m-2', { card: 'c-1' }),
        {
          op: 'return',
          purchaseId: 'leeds:1',
          id: 'r-1',
          body: { occurredAt: ago(0), lines: [{ lineId: '1', quantity: 1, amount: 30 }] },
        },
        {
          op: 'return',
          purchaseId: 'leeds:9',
          id: 'r-1',
          body: { occurredAt: ago(0), lines: [{ lineId: '1', quantity: 1, amount: 30 }] },
        },
        '   \t',
        JSON.stringify({ ...sale('leeds:3', 100), extra: 1 }),
        '{"op":"purchase","id":"leeds:4","body":{"__proto__":{}}}',
      ])
      const first = await laurel(data, 'import', file)
      expect(first.code).toBe(1)
      expect(lastJson(first)).toEqual({
        lines: 11,
        outcomes: { 201: 3, 202: 1, 'invalid-body': 1, 'card-taken': 1, failed: 5 },
        restored: { items: 0, known: 0, different: 0 },
      })
      const named = first.stderr.split('\n').filter((line) => /^line \d+: ./.test(line))
      expect(named.map((line) => line.split(':')[0])).toEqual(['line 3', 'line 4', 'line 6', 'line 12', 'line 13'])
      expect(named[2]).toBe('line 6: not UTF-8')
      expect(first.stderr).toContain('Importing')
      expect(first.stderr).toContain('100%')

      const before = dump(data)
      const second = await laurel(data, 'import', file)
      expect(second.code).toBe(1)
      expect(lastJson(second)).toMatchObject({ outcomes: { 200: 4, 'invalid-body': 1, 'card-taken': 1, failed: 5 } })
      expect(dump(data)).toEqual(before)
    },
    slow,
  )

  test('what is refused is no failure', async () => {
    const ran = await laurel(dataFile(), 'import', ndjsonFile([sale('leeds:1', 100), sale('leeds:1', 200), sale('york:1', 1)]))
    expect(ran.code).toBe(0)
    expect(lastJson(ran)).toMatchObject({ lines: 3, outcomes: { 201: 1, 'id-reused': 1, 'store-mismatch': 1 } })
  })

  test('an empty file, one that is not there, and a programme that is not there', async () => {
    const data = dataFile()
    expect(lastJson(await laurel(data, 'import', ndjsonFile([])))).toMatchObject({ lines: 0, outcomes: {} })
    const missing = await laurel(data, 'import', '/nowhere/queue.ndjson')
    expect(missing).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^ENOENT.*queue\.ndjson'\n$/) })
    const unknown = await laurel(data, 'import', '--programme', 'other', ndjsonFile([sale('leeds:1', 100)]))
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toMatch(/there is no programme other\n$/)
  })
})

describe('laurel settle', () => {
  test('books what time has brought about, once', async () => {
    const data = dataFile()
    const store = new SqliteStore(data)
    const { post } = await postingOn(store, '2024-12-05T12:00:00Z')
    for (const card of ['c-1', 'c-2', 'c-3']) {
      await post({ op: 'purchase', id: `leeds:${card}`, body: purchase({ card }, 60_000, '2024-12-05T10:00:00Z') })
    }
    await store.close()
    const before = lastJson(await laurel(data, 'verify', '--json'))
    expect(before).toMatchObject({ ok: true, issued: 1800, expired: 1800, available: 0 })

    const settled = await laurel(data, 'settle')
    expect(settled.code).toBe(0)
    expect(lastJson(settled)).toEqual({ settled: 3, idle: 0, failed: 0 })
    const after = lastJson(await laurel(data, 'verify', '--json'))
    // Each of them expired and, for all that was bought in 2024, is silver no more.
    expect(after).toEqual({ ...before, entries: Number(before.entries) + 6 })
    expect(lastJson(await laurel(data, 'settle'))).toEqual({ settled: 0, idle: 0, failed: 0 })
  })
})

describe('laurel token', () => {
  const claims = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { readonly [name: string]: unknown }
  const token = async (data: string, ...args: string[]) => {
    const { code, stdout } = await laurel(data, 'token', ...args)
    expect(code).toBe(0)
    return stdout.trim()
  }

  test(
    'prints tokens that a running server takes, and that allow what was asked for',
    async () => {
      const data = dataFile()
      const server = await Server.start({ LAUREL_DATA: data })
      const till = await token(data, '--store', 'leeds', '--hours', '2')
      expect(claims(till)).toMatchObject({ scope: 'laurel/pos', sub: 'pos/demo/leeds' })
      expect(Number(claims(till).exp) - Number(claims(till).iat)).toBe(7200)
      const body = purchase({ card: 'c-1' }, 1530, ago(1000))
      expect(await server.send('PUT', '/pos/purchases/leeds:1', { token: till, body })).toMatchObject({ status: 201 })
      const elsewhere = { token: till, body: { ...body, storeId: 'york' } }
      expect(await server.send('PUT', '/pos/purchases/york:1', elsewhere)).toMatchObject({ status: 403 })

      const own = await token(data, '--audience', 'member', '--member', 'demo-member')
      expect(await server.send('GET', '/me', { token: own })).toMatchObject({ status: 200, body: { memberId: 'demo-member' } })
      const stranger = await token(data, '--audience', 'member', '--subject', 'grace', '--email', 'grace@example.org')
      expect(claims(stranger)).toMatchObject({ sub: 'grace', email: 'grace@example.org', email_verified: true })
      expect(await server.send('PUT', '/me', { token: stranger, body: { name: 'Grace' } })).toMatchObject({ status: 201 })
      const reader = await token(data, '--audience', 'admin', '--scope', 'laurel/admin.read')
      expect(claims(reader).scope).toBe('laurel/admin.read')
      const adjustment = { token: reader, body: { points: 5, reason: 'none' } }
      expect((await server.send('PUT', '/admin/members/demo-member/adjustments/a', adjustment)).status).toBe(403)
    },
    slow,
  )

  test.each([
    ['there is no programme other', ['--programme', 'other']],
    ['soon is no number of hours', ['--hours', 'soon']],
    ['-1 is no number of hours', ['--hours', '-1']],
  ])('%s', async (said, args) => {
    expect(await laurel(dataFile(), 'token', ...args)).toEqual({ code: 1, stdout: '', stderr: `${said}\n` })
  })
})

describe('laurel programme create', () => {
  const file = (name: string, document: unknown) => {
    const path = join(scratch(), name)
    writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document))
    return path
  }

  test(
    'makes a programme beside demo, once, and neither sees the other',
    async () => {
      const data = dataFile()
      const document = file('cosmetics.json', { ...demoProgramme, currency: 'EUR', timezone: 'Europe/Paris' })
      const made = await laurel(data, 'programme', 'create', document)
      expect({ code: made.code, made: lastJson(made) }).toEqual({ code: 0, made: { programme: 'cosmetics', revision: 1 } })
      const again = await laurel(data, 'programme', 'create', document)
      expect(again).toEqual({ code: 1, stdout: '', stderr: 'there is a programme cosmetics already\n' })
      expect((await laurel(data, 'programme', 'create', document, '--id', 'perfume')).code).toBe(0)

      const server = await Server.start({ LAUREL_DATA: data })
      const demo = server.tokens.pos
      const other = (await laurel(data, 'token', '--programme', 'cosmetics')).stdout.trim()
      const enrolment = { token: demo, body: { card: 'c-1', email: 'ada@example.org' } }
      expect((await server.send('PUT', '/pos/members/m-1', enrolment)).status).toBe(201)
      expect(
        (await server.send('PUT', '/pos/purchases/leeds:1', { token: demo, body: purchase({ id: 'm-1' }, 1530, ago(1000)) }))
          .status,
      ).toBe(201)

      for (const path of ['/pos/members/m-1', '/pos/members/demo-member', '/pos/purchases/leeds:1']) {
        expect((await server.send('GET', path, { token: demo })).status, path).toBe(200)
        expect((await server.send('GET', path, { token: other })).status, path).toBe(404)
      }
      const search = { token: other, body: { email: 'ada@example.org' } }
      expect(await server.send('POST', '/pos/members/search', search)).toMatchObject({ status: 200, body: { items: [] } })
      // The same ids, card and purchase there are other ones.
      expect((await server.send('PUT', '/pos/members/m-1', { ...enrolment, token: other })).status).toBe(201)
      const euros = { ...purchase({ card: 'c-1' }, 9900, ago(1000)), currency: 'EUR' }
      const there = await server.send('PUT', '/pos/purchases/leeds:1', { token: other, body: euros })
      expect(there).toMatchObject({ status: 201, body: { memberId: 'm-1', points: { earned: 99 }, balance: { available: 99 } } })
      const here = await server.send('GET', '/pos/members/m-1', { token: demo })
      expect(here).toMatchObject({ body: { balance: { available: 15 } } })

      const [both, one] = [
        await laurel(data, 'verify', '--json'),
        await laurel(data, 'verify', '--json', '--programme', 'cosmetics'),
      ]
      expect(lastJson(both)).toMatchObject({ ok: true, members: 3, issued: 114 })
      expect(lastJson(one)).toMatchObject({ ok: true, members: 1, issued: 99 })
    },
    slow,
  )

  test('lists every fault of a document, and makes nothing of it', async () => {
    const data = dataFile()
    const bad = { ...demoProgramme, timezone: 'Europe/Leeds', points: { ...demoProgramme.points, holdDays: -1 }, surprise: true }
    const ran = await laurel(data, 'programme', 'create', file('bad.json', bad))
    expect(ran.code).toBe(1)
    expect(ran.stderr).toMatch(/bad\.json is not a programme:\n/)
    for (const fault of ['/timezone: ', '/points/holdDays: ', 'surprise']) expect(ran.stderr).toContain(fault)
    expect(ran.stderr).not.toMatch(/\n\s+at /)
    expect([...dump(data).keys()].filter((key) => key.includes('bad'))).toEqual([])
  })

  test.each([
    ['no JSON', 'broken.json', '{"name":'],
    ['an id that is none', 'two words.json', demoProgramme],
  ])('refuses a file with %s, by its name', async (_, name, document) => {
    const ran = await laurel(dataFile(), 'programme', 'create', file(name, document))
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain(name.replace('.json', ''))
    expect(ran.stderr).not.toMatch(/\n\s+at /)
  })
})

describe('laurel programme pull, push and diff', () => {
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as typeof demoProgramme
  const write = (file: string, document: unknown) => writeFileSync(file, JSON.stringify(document))

  test(
    'take the document into a file and, changed, back as a draft and a revision',
    async () => {
      const data = dataFile()
      const file = join(scratch(), 'demo.json')
      expect(lastJson(await laurel(data, 'programme', 'pull', file))).toEqual({ programme: 'demo', latestRevision: 1, file })
      expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(demoProgramme, null, 2)}\n`)
      expect(await laurel(data, 'programme', 'diff', file)).toEqual({ code: 0, stdout: '', stderr: '' })

      const spring = { id: 'spring', trigger: 'purchase', when: { tier: ['platinum'] }, effect: { points: 50 } }
      write(file, { campaigns: [spring], ...demoProgramme, name: 'Bay' })
      const compared = await laurel(data, 'programme', 'diff', file)
      expect(compared).toMatchObject({ code: 1, stderr: '' })
      const told = ['~ /name: "Laurel demo" → "Bay"', `+ /campaigns: [${JSON.stringify(spring)}]`]
      expect(compared.stdout.trimEnd().split('\n')).toEqual(told)

      const pushed = await laurel(data, 'programme', 'push', file, '--publish', '--note', 'Spring')
      expect(pushed).toMatchObject({ code: 1, stderr: '/campaigns/0/when/tier/0: there is no tier platinum (unknown-tier)\n' })
      expect(lastJson(pushed)).toEqual({ programme: 'demo', draft: 'written', errors: 1 })
      const copy = join(scratch(), 'copy.json')
      expect((await laurel(data, 'programme', 'pull', copy, '--id', 'demo', '--draft')).code).toBe(0)
      expect(read(copy)).toMatchObject({ name: 'Bay', campaigns: [spring] })
      expect(Object.keys(read(copy)).at(-1)).toBe('campaigns')

      write(file, { ...demoProgramme, campaigns: [{ ...spring, when: { tier: ['gold'] } }] })
      expect(lastJson(await laurel(data, 'programme', 'push', file))).toEqual({ programme: 'demo', draft: 'written', errors: 0 })
      const published = await laurel(data, 'programme', 'push', file, '--publish', '--note', 'Spring')
      expect({ code: published.code, made: lastJson(published) }).toMatchObject({
        ...{ code: 0, made: { programme: 'demo', number: 2, note: 'Spring', author: expect.stringMatching(/^cli\//) } },
      })
      const again = await laurel(data, 'programme', 'push', file, '--publish', '--note', 'Spring')
      expect({ code: again.code, made: lastJson(again) }).toEqual({
        code: 0,
        made: { programme: 'demo', unchanged: true, number: 2 },
      })
      expect((await laurel(data, 'programme', 'diff', file)).code).toBe(0)
      expect([...dump(data).keys()].filter((key) => key.startsWith('P#demo#AUDIT#'))).toHaveLength(3)
    },
    slow,
  )

  test(
    'do not overwrite what somebody else is at, unless told to',
    async () => {
      const data = dataFile()
      const file = join(scratch(), 'demo.json')
      const server = await Server.start({ LAUREL_DATA: data })
      const campaign = { id: 'theirs', trigger: 'purchase', effect: { points: 1 } }
      const put = await server.send('PUT', '/admin/campaigns/theirs', { token: server.tokens.admin, body: campaign })
      expect(put.status).toBe(200)
      write(file, { ...demoProgramme, name: 'Mine' })
      const refused = await laurel(data, 'programme', 'push', file)
      expect(refused).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('a draft that demo-admin has edited'),
      })
      expect((await laurel(data, 'programme', 'push', file, '--force')).code).toBe(0)
      const draft = await server.send('GET', '/admin/programme/draft', { token: server.tokens.admin })
      expect(draft).toMatchObject({ status: 200, body: { ...demoProgramme, name: 'Mine' } })
    },
    slow,
  )

  test.each([
    ['there is no programme other', ['pull', 'other.json']],
    ['--publish needs a --note that says why', ['push', 'demo.json', '--publish']],
    ['"two words" is not a programme id: 1–128 of A-Z a-z 0-9 . _ : -', ['diff', 'two words.json']],
  ])('%s', async (said, args) => {
    expect(await laurel(dataFile(), 'programme', ...args)).toEqual({ code: 1, stdout: '', stderr: `${said}\n` })
  })
})

test('a command that does not exist is refused with how to ask', async () => {
  const ran = await laurel(dataFile(), 'destroy')
  expect(ran.code).not.toBe(0)
  expect(ran.stderr).toContain("unknown command 'destroy'")
})
