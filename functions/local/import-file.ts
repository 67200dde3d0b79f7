import { isUtf8 } from 'node:buffer'
import { stat } from 'node:fs/promises'
import * as z from 'zod'
import { type BatchOperation, batchOperation } from '../contract/batch.ts'
import { isProblem } from '../contract/problem.ts'
import type { Programme } from '../domain/programme.ts'
import type { Caller, Context } from '../handlers/context.ts'
import type { Performed } from '../handlers/perform.ts'
import { performBatched } from '../handlers/run-batch.ts'
import { readJson } from '../http/json.ts'
import type { Runtime } from '../runtime.ts'
import type { Item } from '../store/store.ts'
import { isBlank, linesOf } from './lines.ts'
import { planChains } from './plan.ts'
import { type Restored, restoreItems } from './restore.ts'

/** What became of the lines of a file. */
export interface Imported {
  readonly lines: number
  /** By answer: `201`, `200`, `202`, or the code of the problem. */
  readonly outcomes: { readonly [outcome: string]: number }
  /** Lines that are no operation; at most a hundred are listed. */
  readonly failures: readonly { readonly line: number; readonly reason: string }[]
  readonly restored: Restored
}

/** An item as `export` writes it. */
const restoredItem = z.strictObject({
  op: z.literal('item'),
  item: z.looseObject({ pk: z.string().min(1), sk: z.string().min(1) }),
})

/** Small windows and a small young generation (see package.json) keep an import under 300 MB, however long its file. */
const windowLines = 300
const windowBytes = 4 * 1024 * 1024
const mostListedFailures = 100
/** Operations under way at once. */
const width = 48

type Line = { readonly number: number; readonly operation: BatchOperation }

/**
 * Imports NDJSON, a batch operation or an exported item a line. The outcome is as if the operations were posted one after
 * another in file order; those that cannot see each other go side by side. May be run again: what is done is recognised.
 * `onProgress` hears the bytes read so far and how many there are. Throws where there is no such file or programme, and where
 * an operation cannot be done now: what comes after it must not overtake it.
 */
export async function importFile(
  runtime: Runtime,
  programmeId: string,
  path: string,
  onProgress: (bytes: number, total: number) => void = () => {},
): Promise<Imported> {
  const { size } = await stat(path)
  const tally = new Tally()
  let operations: Line[] = []
  let items: Item[] = []
  let held = 0
  let bytes = 0
  const flush = async () => {
    await restoreItems(runtime, items, width, tally.restored)
    await runLines(runtime, programmeId, operations, tally)
    operations = []
    items = []
    held = 0
    onProgress(bytes, size)
  }
  let number = 0
  for await (const text of linesOf(path)) {
    number += 1
    bytes += text.length + 1
    if (isBlank(text)) continue
    tally.lines += 1
    const line = readLine(text)
    if (typeof line === 'string') tally.fail(number, line)
    else if (line.op === 'item') items.push(line.item as Item)
    else operations.push({ number, operation: line })
    held += text.length
    if (operations.length + items.length >= windowLines || held >= windowBytes) await flush()
  }
  await flush()
  return tally
}

class Tally implements Imported {
  lines = 0
  readonly outcomes: { [outcome: string]: number } = {}
  readonly failures: { readonly line: number; readonly reason: string }[] = []
  readonly restored = { items: 0, known: 0, different: 0 }

  count(outcome: string): void {
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1
  }

  fail(line: number, reason: string): void {
    this.count('failed')
    if (this.failures.length < mostListedFailures) this.failures.push({ line, reason })
  }
}

function readLine(text: Buffer): BatchOperation | z.output<typeof restoredItem> | string {
  if (!isUtf8(text)) return 'not UTF-8'
  const read = readJson(text.toString('utf8'))
  if (isProblem(read)) return read.problem
  const { op } = (read.value ?? {}) as { op?: unknown }
  const parsed = op === 'item' ? restoredItem.safeParse(read.value) : batchOperation.safeParse(read.value)
  return parsed.success ? parsed.data : 'not an operation'
}

async function runLines(runtime: Runtime, programmeId: string, lines: readonly Line[], tally: Tally): Promise<void> {
  if (lines.length === 0) return
  const programme = await runtime.programmes.get(programmeId)
  if (!programme) throw new Error(`there is no programme ${programmeId}`)
  const numbers = new Map(lines.map(({ number, operation }) => [operation, number]))
  const chains = await planChains(
    runtime,
    programme,
    lines.map(({ operation }) => operation),
  )
  const queue = chains.values()
  const work = async () => {
    for (const chain of queue) {
      for (const operation of chain) {
        const { status, body } = await performPatiently(runtime, programme, operation)
        const code = status < 400 ? String(status) : (body as { code: string }).code
        if (status >= 500) throw new Error(`line ${numbers.get(operation)}: ${code}; run the import again`)
        tally.count(code)
      }
    }
  }
  await Promise.all(Array.from({ length: width }, work))
}

const mostPauses = 10
const pauseMs = 1000

/** Does an operation, and waits for a while where others keep the file or the member busy. */
async function performPatiently(runtime: Runtime, programme: Programme, operation: BatchOperation): Promise<Performed> {
  for (let pauses = 0; ; pauses += 1) {
    const performed = await performBatched(operation, contextOf(runtime, programme))
    if (performed.status !== 503 || pauses === mostPauses) return performed
    await runtime.pause(pauseMs)
  }
}

/** The importer acts as a till of every store. */
function contextOf(runtime: Runtime, programme: Programme): Context {
  const caller: Caller = {
    programme: programme.id,
    scopes: ['laurel/pos'],
    stores: '*',
    issuer: 'urn:laurel:command-line',
    subject: 'import',
  }
  return { runtime, programme, caller, now: runtime.now() }
}

/** Whether a file is what `export` wrote, by its first line: then it brings its programmes along. */
export async function isExport(path: string): Promise<boolean> {
  for await (const text of linesOf(path)) {
    if (isBlank(text)) continue
    const line = readLine(text)
    return typeof line !== 'string' && line.op === 'item'
  }
  return false
}
