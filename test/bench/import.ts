import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { atMost, type Figure } from './figure.ts'
import { purchaseBody, withDirectory } from './world.ts'

export const purchases = 70_000
export const members = 23_000

/** Imports 70,000 purchases of 23,000 members through the command line, from nothing. */
export function importSpeed(): Promise<Figure[]> {
  return withDirectory(async (directory) => {
    const { seconds, mostBytes } = await importPurchases(directory)
    return [
      atMost('import-seconds', seconds, 's', 60, { purchases, members, perSecond: Math.round(purchases / seconds) }),
      atMost('import-memory', mostBytes / 1_000_000, 'MB', 300),
    ]
  })
}

/** Makes `laurel.db` in a directory, with all purchases. Throws where not all of them were taken. */
export async function importPurchases(directory: string): Promise<{ seconds: number; mostBytes: number }> {
  const file = join(directory, 'operations.ndjson')
  await writeOperations(file)
  const from = process.hrtime.bigint()
  const child = spawn(
    process.execPath,
    [
      '--max-semi-space-size=8',
      '--import',
      join(import.meta.dirname, 'report-memory.ts'),
      'functions/local/cli.ts',
      'import',
      file,
    ],
    {
      env: { ...process.env, LAUREL_DATA: join(directory, 'laurel.db') },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let out = ''
  let progress = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    progress += chunk
  })
  const [code] = await once(child, 'close')
  const seconds = Number(process.hrtime.bigint() - from) / 1e9
  const imported = JSON.parse(out.split('\n').find((line) => line.startsWith('{'))!) as {
    outcomes: { [status: string]: number }
  }
  const mostBytes = Number(/maxRSS (\d+)/.exec(progress)?.[1]) * 1024
  if (code !== 0 || imported.outcomes['201'] !== purchases) throw new Error(`the import ended with ${code}: ${out}${progress}`)
  if (!/Importing .*%/.test(progress)) throw new Error('the import showed no progress')
  return { seconds, mostBytes }
}

/** Purchases in the order of time, by members drawn by a stride that meets each of them. */
async function writeOperations(file: string): Promise<void> {
  const out = createWriteStream(file)
  const begin = Date.UTC(2025, 0, 1)
  const stepMs = (680 * 86_400_000) / purchases
  for (let number = 0; number < purchases; number += 1) {
    const card = `c-${(number * 7919) % members}`
    const body = purchaseBody(number, { card }, Math.floor(begin + number * stepMs))
    const line = JSON.stringify({ op: 'purchase', id: `leeds:till-3:${number}`, body })
    if (!out.write(`${line}\n`)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}
