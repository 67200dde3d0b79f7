import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { openPlace } from '../../functions/local/deployment.ts'
import { rotateSecret } from '../../functions/local/rotate-secret.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { table } from '../../functions/store/table.ts'
import { isKeyedBy } from '../support/rotation.ts'
import { dump, itemIn, scratch } from './data-file.ts'
import { postingOn } from './posting.ts'
import { ago, interrupted, lastJson, laurel, purchase, Server } from './processes.ts'

const slow = 120_000
const cards = 3000

const dataFile = () => join(scratch(), 'laurel.db')
const secretsOf = (data: string) =>
  itemIn(data, { pk: 'EMBEDDED', sk: 'SECRETS' }) as { lookupSecret?: string; oldLookupSecret?: string }
const ringOf = (data: string) => itemIn(data, table.ring(0))

/** A file with many members, each made by a card. */
async function fill(path: string, members: number): Promise<void> {
  const store = new SqliteStore(path)
  const { post } = await postingOn(store, '2026-11-21T12:00:00Z')
  const sales = Array.from({ length: members }, (_, n) =>
    post({ op: 'purchase', id: `leeds:${n}`, body: purchase({ card: `c-${n}` }, 1000, '2026-11-21T10:00:00Z') }),
  )
  for (const { status } of await Promise.all(sales)) expect(status).toBe(201)
  await store.close()
}

describe('laurel rotate-secret', () => {
  test(
    'puts a new key in the place of the old one, of which nothing is left, and can be run again',
    async () => {
      const data = dataFile()
      await fill(data, 50)
      const { lookupSecret: first } = secretsOf(data)
      const rotated = await laurel(data, 'rotate-secret')
      expect(rotated).toMatchObject({ code: 0, stderr: expect.stringContaining('Re-keying') })
      // The members whom cards made, and the demo programme's, who has nothing to be found by.
      expect(lastJson(rotated)).toEqual({ resumed: false, members: 51, moved: 50 })
      const second = secretsOf(data)
      expect(second.lookupSecret).not.toBe(first)
      isKeyedBy(second.lookupSecret!, dump(data).values())
      expect(JSON.stringify([...dump(data).values()])).not.toContain(first)
      expect(lastJson(await laurel(data, 'rotate-secret'))).toEqual({ resumed: false, members: 51, moved: 50 })
      isKeyedBy(secretsOf(data).lookupSecret!, dump(data).values())
      expect(ringOf(data)).toMatchObject({ v: 4 })
      expect(lastJson(await laurel(data, 'verify', '--json'))).toMatchObject({ ok: true, members: 51 })
    },
    slow,
  )

  test(
    'killed, it is ended by the next one, with the key that it began with; the server meanwhile finds everybody',
    async () => {
      const data = dataFile()
      await fill(data, cards)
      const server = await Server.start({ LAUREL_DATA: data })
      const token = server.tokens.pos
      const search = async (card: string) => {
        const { status, body } = await server.send('POST', '/pos/members/search', { token, body: { card } })
        expect(status).toBe(200)
        return (body as { items: unknown[] }).items.length
      }
      const send = (n: number, card: string) =>
        server.send('PUT', `/pos/purchases/leeds:more-${n}`, { token, body: purchase({ card }, 500, ago(1000)) })
      let over = false
      let made = 0
      const work = async () => {
        for (let n = 0; !over; n += 1) {
          expect(await search(`c-${(n * 37) % cards}`)).toBe(1)
          expect(await search(`nobody-${n}`)).toBe(0)
          const known = await send(made, `c-${(n * 91) % cards}`)
          expect(known.status).toBe(201)
          expect((await send(made + 1, `new-${n}`)).status).toBe(201)
          made += 2
          await pause(5)
        }
      }
      const working = work()
      await interrupted(data, () => ringOf(data) !== undefined, 'rotate-secret')
      const begun = secretsOf(data)
      expect(begun.oldLookupSecret).toBeDefined()
      expect(ringOf(data)).toMatchObject({ v: 1 })
      const resumed = await laurel(data, 'rotate-secret')
      expect(resumed.code, resumed.stderr).toBe(0)
      expect(lastJson(resumed)).toMatchObject({ resumed: true })
      over = true
      await working
      expect(made).toBeGreaterThan(4)
      const { lookupSecret, oldLookupSecret } = secretsOf(data)
      expect([lookupSecret, oldLookupSecret]).toEqual([begun.lookupSecret, undefined])
      isKeyedBy(lookupSecret!, dump(data).values())
      expect(await search('c-7')).toBe(1)
      expect(lastJson(await laurel(data, 'verify', '--json'))).toMatchObject({ ok: true })
    },
    slow,
  )

  test('of two at once both end, and one key is left', async () => {
    const data = dataFile()
    await fill(data, 200)
    const deployments = await Promise.all([openPlace({ kind: 'file', path: data }), openPlace({ kind: 'file', path: data })])
    const rotated = await Promise.all(deployments.map(({ runtime }) => rotateSecret(runtime)))
    expect(rotated.some(({ resumed }) => !resumed)).toBe(true)
    for (const { runtime } of deployments) {
      expect(await runtime.lookups.find('demo', 'card', 'c-7')).toBeDefined()
      await runtime.store.close()
    }
    expect(secretsOf(data).oldLookupSecret).toBeUndefined()
    isKeyedBy(secretsOf(data).lookupSecret!, dump(data).values())
  })

  test(
    'an export put back while a rotation is under way, and again after it, is found by the key that is in force',
    async () => {
      const [from, to] = [dataFile(), dataFile()]
      await fill(from, 100)
      const file = join(scratch(), 'export.ndjson')
      expect((await laurel(from, 'export', file)).code).toBe(0)
      await fill(to, 0)
      const { runtime } = await openPlace({ kind: 'file', path: to })
      const importing = laurel(to, 'import', file)
      const first = await rotateSecret(runtime)
      expect((await importing).code).toBe(0)
      isKeyedBy(secretsOf(to).lookupSecret!, dump(to).values())
      const { moved } = await rotateSecret(runtime)
      expect([first.resumed, moved]).toEqual([false, 100])
      await runtime.store.close()
      expect(lastJson(await laurel(to, 'import', file))).toMatchObject({ restored: { items: 0, different: 0 } })
      isKeyedBy(secretsOf(to).lookupSecret!, dump(to).values())
    },
    slow,
  )
})
