import { describe, expect, test } from 'vitest'
import { issueVoucherAsStaff } from '../../functions/contract/voucher-office.ts'
import { ok } from '../support/client.ts'
import { codeOf, left, lock, openShopForEachTest, problemOf, shop, upload, use } from './voucher-journey.ts'

/** Many who lock, issue and upload at once, at two processes: no use and no code is had twice. */

openShopForEachTest()

describe('many at once', () => {
  test('use a voucher no more than it may be, whichever process they ask', async () => {
    const code = await codeOf('flyer', 'i-1')
    const twin = await shop.laurel.twin()
    const token = await shop.laurel.token({ subject: 'till/teahouse', programme: 'teahouse', stores: '*' }, ['laurel/pos'])
    const tills = [shop.laurel.client(token), twin.client(token)]
    const locks = await Promise.all(Array.from({ length: 20 }, (_, n) => lock(`l-${n}`, code, {}, tills[n % 2])))
    expect(locks.map((reply) => (reply.body ? 'locked' : problemOf(reply))).sort()).toEqual([
      ...Array.from({ length: 17 }, () => '409 voucher-locked'),
      ...['locked', 'locked', 'locked'],
    ])
    const uses = await Promise.all(locks.flatMap((reply, n) => (reply.body ? [use(`l-${n}`, `leeds:${n}`)] : [])))
    expect(uses.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(problemOf(await lock('l-20', code))).toBe('409 voucher-used-up')
    await twin.close()
  })

  test('are given each code of a pool once', async () => {
    const codes = Array.from({ length: 30 }, (_, n) => `PARTNER-${1000 + n}`)
    ok(await upload('u-1', codes))
    const twin = await shop.laurel.twin()
    const token = await shop.laurel.token({ subject: 'office/teahouse', programme: 'teahouse' }, ['laurel/admin.service'])
    const desks = [shop.laurel.client(token), twin.client(token)]
    const replies = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        for (;;) {
          const asked = {
            params: { id: 'partner', issueId: `i-${n}` },
            body: { member: { id: n % 3 ? 'ada' : 'bert' }, reason: 'a test' },
          }
          const reply = await desks[n % 2]!.ask(issueVoucherAsStaff, asked)
          if (reply.status !== 503) return reply
        }
      }),
    )
    expect(replies.flatMap(({ body }) => (body ? [body.code] : [])).sort()).toEqual(codes)
    expect(replies.filter(({ problem }) => problem?.code === 'pool-empty')).toHaveLength(10)
    expect(await left()).toBe(0)
    await twin.close()
  })

  test('upload the same codes, and each is there once', async () => {
    const codes = Array.from({ length: 300 }, (_, n) => `PARTNER-${1000 + n}`)
    const replies = await Promise.all(['u-1', 'u-1', 'u-2', 'u-3'].map((uploadId) => upload(uploadId, codes)))
    const [first, same, ...others] = replies.map(ok)
    expect(first).toEqual({ ...same })
    expect([first!, ...others].reduce((sum, { taken }) => sum + taken, 0)).toBe(300)
    expect(await left()).toBe(300)
  })
})
