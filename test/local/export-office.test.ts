import { expect, test } from 'vitest'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { readBacktest, startBacktest } from '../../functions/contract/backtests.ts'
import { readExperimentReport, startExperimentReport } from '../../functions/contract/experiments.ts'
import { readGuaranteeReport, startGuaranteeReport } from '../../functions/contract/guarantee-reports.ts'
import { type Operation, serverOf } from '../../functions/contract/operation.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { readSatisfactionReport, startSatisfactionReport } from '../../functions/contract/satisfaction-reports.ts'
import { deploymentOn } from '../../functions/local/deployment.ts'
import { exportItems } from '../../functions/local/export-data.ts'
import { servedBy } from '../../functions/local/functions.ts'
import { restoreItems } from '../../functions/local/restore.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { adminScopes } from '../../functions/local/tokens.ts'
import { runJobsFor } from '../../functions/run-jobs.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Item } from '../../functions/store/store.ts'
import { Journey } from '../journeys/journey.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { ok } from '../support/client.ts'

/** What the office keeps, put into another deployment, is the same there and goes on. */

const document = programmeDocument.parse({
  ...demoProgramme,
  adjustments: { agent: { perAgentDay: { credit: 100 } } },
  campaigns: [{ id: 'tried', trigger: 'purchase', effect: { points: 5 }, holdOut: { percent: 50 } }],
})
const period = { from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z' }

async function exported(runtime: Runtime): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of exportItems(runtime)) items.push(item)
  return items
}

test('backtests, reports and what agents adjusted today come along, and what is not done is done there', async () => {
  const shop = await Journey.start('2026-11-21T12:00:00Z')
  await createProgramme(shop.laurel.runtime.store, 'office', document, shop.laurel.now)
  const there = await Journey.in(shop.laurel, 'office')
  ok(await there.enrol('ada'))
  ok(await there.sell('leeds:1', { id: 'ada' }, [1000], { occurredAt: '2026-11-20T10:00:00Z' }))
  const desk = shop.laurel.client(await shop.laurel.token({ subject: 'desk', programme: 'office' }, adminScopes))
  ok(await desk.ask(adjustPoints, { params: { id: 'ada', adjustmentId: 'a-1' }, body: { points: 80, reason: 'goodwill' } }))
  const backtest = { ...period, id: 'november', under: { document } }
  const report = { params: { campaignId: 'tried' }, body: period }
  ok(await desk.ask(startBacktest, { body: backtest }))
  ok(await desk.ask(startExperimentReport, report))
  ok(await desk.ask(startGuaranteeReport, { body: period }))
  ok(await desk.ask(startSatisfactionReport, { body: period }))
  await shop.laurel.runJobs()
  ok(await desk.ask(startExperimentReport, report))
  await shop.laurel.runJobs()
  const done = ok(await desk.ask(readBacktest, { params: { id: 'november' } }))
  expect(done).toMatchObject({ status: 'done' })
  ok(await desk.ask(startBacktest, { body: { ...backtest, id: 'again' } }))

  const items = await exported(shop.laurel.runtime)
  const kept = [...(await shop.laurel.dump()).keys()].filter((key) => key.startsWith('P#office'))
  const missing = kept.filter((key) => !items.some(({ pk, sk }) => `${pk} ${sk}` === key))
  expect(missing).toEqual([])
  // Whoever works on a job that is not done finds all members there.
  expect(items.findIndex(({ pk }) => pk === 'P#office#JOBS')).toBeGreaterThan(items.findLastIndex(({ pk }) => pk.includes('#M#')))

  const { runtime } = await deploymentOn(new SqliteStore(':memory:'), { now: () => shop.laurel.now })
  const tally = { items: 0, known: 0, different: 0 }
  await restoreItems(runtime, items, 4, tally)
  expect(tally).toEqual({ items: items.length, known: 0, different: 0 })
  expect(await exported(runtime)).toEqual(items)
  const reader = { ...demoTill, programme: 'office', scopes: 'laurel/admin.read' }
  const asked = async (operation: Operation, params: { [name: string]: string }) => {
    const { body } = await callAs(servedBy[serverOf(operation)](runtime), reader, operation, { params })
    return JSON.parse(body!) as { report?: unknown }
  }
  expect(await asked(readBacktest, { id: 'november' })).toEqual(done)
  expect(await asked(readExperimentReport, { campaignId: 'tried' })).toMatchObject({ status: 'done' })
  for (const read of [readGuaranteeReport, readSatisfactionReport])
    expect(await asked(read, {})).toMatchObject({ status: 'done' })
  await runJobsFor(runtime, {})
  const { report: again } = await asked(readBacktest, { id: 'again' })
  expect(again).toEqual(done.report)
  await runtime.store.close()
  await shop.end()
})
