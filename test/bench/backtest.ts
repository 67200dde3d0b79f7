import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readBacktest, startBacktest } from '../../functions/contract/backtests.ts'
import { openPlace } from '../../functions/local/deployment.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { serveProgramme } from '../../functions/programme.ts'
import { runJobsFor } from '../../functions/run-jobs.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { atMost, type Figure } from './figure.ts'
import { importPurchases, members, purchases } from './import.ts'
import { withDirectory } from './world.ts'

/** Campaigns of every costly kind: one that looks at the history, one with a cap, one whose budget runs out: two passes. */
const campaigns = [
  {
    id: 'double',
    trigger: 'purchase',
    lines: { category: ['candles'] },
    when: { weekdays: ['sat', 'sun'] },
    effect: { multiplier: 20_000 },
  },
  { id: 'third', trigger: 'purchase', when: { purchaseNumber: { every: 3 } }, effect: { points: 50 } },
  {
    id: 'capped',
    trigger: 'purchase',
    effect: { points: 5, per: 100 },
    limits: { perMember: [{ window: 'month', points: 100 }] },
  },
  { id: 'scarce', trigger: 'purchase', effect: { points: 10 }, limits: { budget: 200_000 } },
]
const body = {
  ...{ id: 'bench', from: '2025-03-01T00:00:00Z', until: '2027-01-01T00:00:00Z' },
  under: { document: { ...demoProgramme, campaigns } },
}

/** A backtest over the file that the import makes: 70,000 purchases of 23,000 members, all of them twice. */
export function backtestSpeed(): Promise<Figure[]> {
  return withDirectory(async (directory) => {
    await importPurchases(directory)
    const child = spawn(
      process.execPath,
      [
        '--max-semi-space-size=8',
        '--max-old-space-size=128',
        '--import',
        pathToFileURL(join(import.meta.dirname, 'report-memory.ts')).href,
        import.meta.filename,
      ],
      { env: { ...process.env, LAUREL_DATA: join(directory, 'laurel.db') }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let [out, memory] = ['', '']
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      memory += chunk
    })
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`the backtest ended with ${code}: ${out}${memory}`)
    const { seconds, looked, tried } = JSON.parse(out) as { seconds: number; looked: number; tried: number }
    const megabytes = (Number(/maxRSS (\d+)/.exec(memory)?.[1]) * 1024) / 1_000_000
    return [
      atMost('backtest-seconds', seconds, 's', 30, { purchases, members, looked, tried, passes: 2 }),
      atMost('backtest-memory', megabytes, 'MB', 300),
    ]
  })
}

/** The child: works on the job until it is done, as the server does. */
async function run(path: string): Promise<void> {
  const { runtime } = await openPlace({ kind: 'file', path })
  const programme = serveProgramme(runtime)
  const caller = { ...demoTill, scopes: 'laurel/admin.read laurel/admin.marketing' }
  const from = process.hrtime.bigint()
  const started = await callAs(programme, caller, startBacktest, { body })
  const { done } = await runJobsFor(runtime, {})
  const seconds = Number(process.hrtime.bigint() - from) / 1e9
  const read = await callAs(programme, caller, readBacktest, { params: { id: body.id } })
  const { report, progress } = readBacktest.answers[200].parse(JSON.parse(read.body!))
  if (done !== 1 || progress.total !== 128) throw new Error(`${started.body} ${read.body}`)
  await runtime.store.close()
  process.stdout.write(JSON.stringify({ seconds, looked: report!.members.looked, tried: report!.purchases }))
}

if (process.argv[1] === import.meta.filename) await run(process.env.LAUREL_DATA!)
