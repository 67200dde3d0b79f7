import { expect, test } from 'vitest'
import { undoClaim } from '../../functions/contract/claim-office.ts'
import { readGuaranteeReport, startGuaranteeReport } from '../../functions/contract/guarantee-reports.ts'
import { ok } from '../support/client.ts'
import { claim, decide, openShopForEachTest, refused, settle, shop } from './claim-journey.ts'

/** What staff are told of their guarantees: what was promised, and what came of it. */

openShopForEachTest()

test('a report adds up what was promised and what came of it, and what claimants spend later', async () => {
  ok(await shop.sell('york:b', { id: 'bert' }, [3_000]))
  const first = ok(await claim('first', { reason: 'smokes' }))
  await decide(first.id, 'approve')
  await settle(first.id, 4_000)
  ok(await claim('scent', { lines: [{ lineId: '4', quantity: 1 }] }))
  // The third claim of three purchases: staff look at it.
  ok(await claim('small', { lines: [{ lineId: '1', quantity: 1 }], reason: 'dull' }))
  const undone = ok(await claim('more', { purchaseId: 'leeds:2', lines: [{ lineId: '1', quantity: 1 }], reason: 'dull' }))
  await decide(undone.id, 'approve')
  ok(await shop.office.ask(undoClaim, { params: { id: undone.id }, body: { reason: 'No.', notGiven: true } }))
  shop.travel('2026-05-02T12:00:00Z')
  ok(await shop.sell('leeds:later', { id: 'ada' }, [700]))
  ok(await shop.sell('york:later', { id: 'bert' }, [900]))
  expect(await shop.office.ask(readGuaranteeReport, {})).toMatchObject(refused(404, 'report-unknown'))
  const period = { from: '2026-03-01T00:00:00Z', until: '2026-05-01T00:00:00Z' }
  expect(await shop.office.ask(startGuaranteeReport, { body: period })).toMatchObject({
    status: 202,
    body: { status: 'running' },
  })
  await shop.laurel.runJobs()
  const { report } = ok(await shop.office.ask(readGuaranteeReport, {}))
  // Sold under a guarantee: 1,000 + 4,000 + 600 + 2,000 on the first receipt, and 20,000 + 20,000 + 3,000.
  expect(report?.all).toEqual({
    promised: { lines: 7, value: 50_600 },
    claimed: { claims: 4, value: 27_000 },
    approved: { claims: 2, value: 6_000 },
    refunded: { claims: 2, amount: 4_000 },
    points: 5 + 40,
  })
  const told = (
    rows: typeof report extends infer R ? (NonNullable<R> extends { by: { guarantee: infer G } } ? G : never) : never,
  ) => rows.map(({ name, claimed, refunded }) => [name, claimed.claims, claimed.value, refunded.amount])
  expect(told(report!.by.guarantee)).toEqual([
    ['glass', 0, 0, 0],
    ['light', 3, 25_000, 4_000],
    ['scent', 1, 2_000, 0],
  ])
  expect(told(report!.by.store)).toEqual([
    ['leeds', 4, 27_000, 4_000],
    ['york', 0, 0, 0],
  ])
  expect(told(report!.by.sku)).toEqual([
    ['sku-1', 2, 21_000, 0],
    ['sku-2', 1, 4_000, 4_000],
    ['sku-3', 0, 0, 0],
    ['sku-4', 1, 2_000, 0],
  ])
  expect(told(report!.by.reason)).toEqual([
    ['dull', 2, 21_000, 0],
    ['smokes', 1, 4_000, 4_000],
  ])
  expect(report?.later).toEqual({
    claimants: { members: 1, mean: 700 },
    others: { members: 1, mean: 900 },
    difference: null,
    small: true,
  })
})
