import { describe, expect, test } from 'vitest'
import { decideClaim, undoClaim } from '../../functions/contract/claim-office.ts'
import { submitMyClaim } from '../../functions/contract/claims.ts'
import { recordEvent, undoEvent } from '../../functions/contract/events.ts'
import { ok } from '../support/client.ts'
import { ada, granted, grantOf, openShopForEachTest, redeem, reverse, shop, states } from './granted-reward-journey.ts'
import { back } from './journey.ts'

/** What campaigns grant for a sale or an event, and how their caps count what was granted. */

openShopForEachTest()

test('one sale grants what all its campaigns grant, and each is named for itself', async () => {
  ok(await shop.sell('leeds:1', { id: 'ada' }, [6_000, 6_000]))
  expect(await states()).toEqual(['mug open', 'hug open'])
  const [mug, hug] = (await granted()).map(({ id }) => id)
  expect(ok(await redeem('r-1', 'hug', hug!))).toMatchObject({ state: 'captured', rewardId: 'hug', money: null })
  // Half of it comes back: enough is kept for a mug.
  ok(await shop.bring('leeds:1', 'b-1', [back('1', 6_000)]))
  expect(await states()).toEqual(['mug open', 'hug used'])
  ok(await shop.bring('leeds:1', 'b-2', [back('2', 6_000)]))
  expect(await states()).toEqual(['mug taken-back', 'hug used'])
  expect((await redeem('r-2', 'mug', mug!)).problem?.code).toBe('granted-reward-taken-back')
})

test('returns that were there before the sale take back what it would have granted', async () => {
  expect((await shop.bring('leeds:1', 'b-1', [back('1', 2000)])).status).toBe(202)
  ok(await shop.sell('leeds:1', { id: 'ada' }, [3000]))
  expect(await states()).toEqual(['mug taken-back'])
})

describe('a cap counts a granted reward that was used, whatever becomes of what granted it', () => {
  const buy = async (id: string) => ok(await shop.sell(id, { id: 'ada' }, [700], { channel: 'web' }))
  const bring = async (id: string) => ok(await shop.bring(id, 'r-1', [back('1', 700)]))
  const hugs = async () => (await states()).filter((one) => one.startsWith('hug')).sort()
  const claimed = async () => {
    const body = { purchaseId: 'leeds:1', lines: [{ lineId: '1', quantity: 1 }] }
    const { id } = ok(await ada.ask(submitMyClaim, { params: { id: 'c' }, body }))
    ok(await shop.office.ask(decideClaim, { params: { id }, body: { decision: 'approve', reason: 'Yes.' } }))
    return id
  }
  const undo = async (id: string) =>
    ok(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } }))

  test('a sale that comes back: the next grants none', async () => {
    await buy('leeds:1')
    ok(await redeem('r-1', 'hug', await grantOf('hug')))
    await bring('leeds:1')
    await buy('leeds:2')
    expect(await hugs()).toEqual(['hug used'])
    ok(await reverse('r-1'))
    await buy('leeds:3')
    expect(await hugs()).toEqual(['hug taken-back'])
  })

  test('one that was only held, or not used, counts no more', async () => {
    await buy('leeds:1')
    ok(await redeem('r-1', 'hug', await grantOf('hug'), { mode: 'reserve' }))
    await bring('leeds:1')
    await buy('leeds:2')
    expect(await hugs()).toEqual(['hug open', 'hug taken-back'])
  })

  test('it is counted once, though an approval that took it back is undone', async () => {
    await buy('leeds:1')
    ok(await redeem('r-1', 'hug', await grantOf('hug')))
    await undo(await claimed())
    // Let go of after all, it is counted no more when its sale comes back.
    ok(await reverse('r-1'))
    await bring('leeds:1')
    await buy('leeds:2')
    expect(await hugs()).toEqual(['hug open', 'hug taken-back'])
  })

  test('an event that is taken back: the next grants none', async () => {
    const talk = async (eventId: string) => {
      const body = { member: { id: 'ada' }, type: 'talk', occurredAt: shop.now, storeId: 'leeds' }
      ok(await shop.till.ask(recordEvent, { params: { eventId }, body }))
    }
    await talk('e-1')
    ok(await redeem('r-1', 'hug', await grantOf('hug')))
    ok(await shop.till.ask(undoEvent, { params: { eventId: 'e-1' } }))
    await talk('e-2')
    expect(await hugs()).toEqual(['hug used'])
  })
})
