import { afterAll, beforeAll, expect, test } from 'vitest'
import { readExperimentReport, startExperimentReport } from '../../functions/contract/experiments.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { back, Journey } from './journey.ts'

/** A campaign that half of the members do not have: what its report says, by a calculation by hand. */

/** What each spent on so many days of May, minor units, the first of them 500 more that came back. */
const having = { bea: [1000], cleo: [1500, 500], dora: [2000, 3000, 1000] }
const heldOut = { ada: [400, 600], eve: [2000, 500, 100], fay: [3000, 1000, 100, 100] }
const may = { from: '2026-05-01T00:00:00Z', until: '2026-06-01T00:00:00Z' }

let shop: Journey

beforeAll(async () => {
  const laurel = await Laurel.start('2026-04-30T12:00:00Z')
  const half = { id: 'half', trigger: 'purchase', effect: { points: 5 }, holdOut: { percent: 50 } } as const
  await createProgramme(
    laurel.runtime.store,
    'shop',
    programmeDocument.parse({ ...demoProgramme, campaigns: [half] }),
    laurel.now,
  )
  shop = await Journey.in(laurel, 'shop')
  const members = Object.entries({ ...having, ...heldOut })
  for (const [member] of members) {
    ok(await shop.enrol(member))
    // Of before the period.
    ok(await shop.sell(`leeds:${member}-0`, { id: member }, [90_000]))
  }
  for (const [member, spends] of members) {
    for (const [index, spend] of spends.entries()) {
      shop.travel(`2026-05-${10 + index}T12:00:00Z`)
      const body = shop.saleOf(`leeds:${member}-${index + 1}`, { id: member }, index === 0 ? [spend, 500] : [spend])
      const asked = { params: { purchaseId: `leeds:${member}-${index + 1}` }, query: { explain: 'true' } as const, body }
      const verdict = member in heldOut ? { applied: false, because: 'held-out' } : { applied: true, points: 5 }
      expect(ok(await shop.till.ask(recordPurchase, asked))).toMatchObject({ explanation: [verdict] })
      if (index === 0) ok(await shop.bring(`leeds:${member}-1`, 'r-1', [back('2', 500)]))
    }
  }
  shop.travel('2026-06-02T12:00:00Z')
})

afterAll(() => shop.end(...Object.keys(having), ...Object.keys(heldOut)))

test('both groups by their means and deviations, and Welch’s interval for the difference', async () => {
  const params = { campaignId: 'half' }
  ok(await shop.office.ask(startExperimentReport, { params, body: may }))
  expect(await shop.laurel.runJobs()).toMatchObject({ done: 1, failed: 0 })
  const { status, percent, report } = ok(await shop.office.ask(readExperimentReport, { params, query: may }))
  expect({ status, percent }).toEqual({ status: 'done', percent: 50 })
  const near = (value: number, digits = 6) => expect.closeTo(value, digits)
  /*
   * Spend: 1000, 2000, 6000 have the mean 3000 and the variance (2000² + 1000² + 3000²) ÷ 2 = 7 000 000; 1000, 2600, 4200 have 2600
   * and (1600² + 1600²) ÷ 2 = 2 560 000. Of the difference, 400, the variance is (7 000 000 + 2 560 000) ÷ 3, its root 1785.124;
   * the degrees of freedom are 9 560 000² ÷ (7 000 000² ÷ 2 + 2 560 000² ÷ 2) = 3.290285, for which Student’s t is 3.029356:
   * 400 ± 5407.78.
   * Visits: 1, 2, 3 and 2, 3, 4 have the means 2 and 3 and the variance 1, so 4 degrees of freedom, t = 2.776445 in any table, and
   * -1 ± 2.776445 × √(1 ÷ 3 + 1 ÷ 3) = -1 ± 2.266956.
   */
  expect(report).toEqual({
    members: { having: 3, heldOut: 3 },
    spend: {
      having: { mean: near(3000), deviation: near(Math.sqrt(7_000_000)) },
      heldOut: { mean: near(2600), deviation: near(1600) },
      difference: { difference: near(400), low: near(-5007.78, 1), high: near(5807.78, 1) },
    },
    visits: {
      having: { mean: near(2), deviation: near(1) },
      heldOut: { mean: near(3), deviation: near(1) },
      difference: { difference: near(-1), low: near(-3.266956, 4), high: near(1.266956, 4) },
    },
    confidence: 0.95,
    small: true,
  })
})
