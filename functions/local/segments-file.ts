import { stat } from 'node:fs/promises'
import * as z from 'zod'
import { isProblem } from '../contract/problem.ts'
import { segmentTags } from '../contract/segments.ts'
import { id } from '../contract/values.ts'
import type { MemberId } from '../domain/units.ts'
import type { Caller, Context } from '../handlers/context.ts'
import { giveSegments } from '../handlers/set-segments.ts'
import { readJson } from '../http/json.ts'
import type { Runtime } from '../runtime.ts'
import { normalise } from '../store/lookups.ts'
import { isBlank, linesOf } from './lines.ts'

/** What became of the lines of a file of segments. */
export interface SegmentsRead {
  readonly lines: number
  /** Members who have other tags than before. */
  readonly changed: number
  /** Members who had these tags already. */
  readonly same: number
  /** Lines that name nobody. */
  readonly unknown: number
  /** Lines that cannot be read. */
  readonly failed: number
}

const segmentsLine = z.union([
  z.strictObject({ memberId: id, segments: segmentTags }),
  z.strictObject({ card: z.string().min(1).max(64), segments: segmentTags }),
])
type SegmentsLine = z.output<typeof segmentsLine>
type Numbered = { readonly number: number; readonly line: SegmentsLine }

const windowLines = 500
/** Members under way at once. */
const width = 32

/**
 * Sets the tags of members by a file: NDJSON of `{"memberId" or "card", "segments": […]}`, or CSV whose first line names its
 * columns, `memberId` or `card` and `segments`, the tags parted by spaces or semicolons. Each line says all the tags of its member;
 * of two lines for one member the later holds. May be run again. `onWrong` hears of each line that names nobody or cannot be read.
 * Throws where there is no such file or programme.
 */
export async function setSegmentsByFile(
  runtime: Runtime,
  programmeId: string,
  path: string,
  onWrong: (line: number, reason: string) => void,
  onProgress: (bytes: number, total: number) => void = () => {},
): Promise<SegmentsRead> {
  const { size } = await stat(path)
  const tally = { lines: 0, changed: 0, same: 0, unknown: 0, failed: 0 }
  const wrong = (kind: 'unknown' | 'failed', line: number, reason: string) => {
    tally[kind] += 1
    onWrong(line, reason)
  }
  const context = await contextOf(runtime, programmeId)
  let window: Numbered[] = []
  let read: ((text: string) => SegmentsLine | string) | undefined
  let [number, bytes] = [0, 0]
  const flush = async () => {
    await setAll(context, window, wrong, (outcome) => {
      tally[outcome] += 1
    })
    window = []
    onProgress(bytes, size)
  }
  for await (const buffer of linesOf(path)) {
    number += 1
    bytes += buffer.length + 1
    if (isBlank(buffer)) continue
    const text = buffer
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .trim()
    if (!read) {
      read = text.startsWith('{') ? readNdjson : csvReader(text)
      if (read !== readNdjson) continue
    }
    tally.lines += 1
    const line = read(text)
    if (typeof line === 'string') wrong('failed', number, line)
    else window.push({ number, line })
    if (window.length >= windowLines) await flush()
  }
  await flush()
  return tally
}

function readNdjson(text: string): SegmentsLine | string {
  const read = readJson(text)
  return isProblem(read) ? read.problem : checked(read.value)
}

function checked(value: unknown): SegmentsLine | string {
  const parsed = segmentsLine.safeParse(value)
  return parsed.success ? parsed.data : 'names no member, or tags that are none'
}

/** Reads lines by the columns that the first one names. Throws where they are not those of a file of segments. */
function csvReader(header: string): (text: string) => SegmentsLine | string {
  const columns = cellsOf(header)
  const isKnown = columns.every((name) => name === 'memberId' || name === 'card' || name === 'segments')
  if (!isKnown || columns.length !== 2 || new Set(columns).size !== 2 || !columns.includes('segments')) {
    throw new Error('the first line must name two columns: memberId or card, and segments')
  }
  return (text) => {
    const cells = cellsOf(text)
    if (cells.length !== columns.length) return `has ${cells.length} columns`
    const named = Object.fromEntries(columns.map((name, index) => [name, cells[index]!]))
    return checked({ ...named, segments: named.segments!.split(/[\s;]+/).filter((tag) => tag !== '') })
  }
}

/** Neither ids nor cards nor tags hold a comma or a quote: quotes around a cell are the spreadsheet's. */
const cellsOf = (text: string): string[] =>
  text.split(',').map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  )

/** Members go side by side, the lines of one member in order. */
async function setAll(
  context: Context,
  lines: readonly Numbered[],
  wrong: (kind: 'unknown', line: number, reason: string) => void,
  count: (outcome: 'changed' | 'same') => void,
): Promise<void> {
  const members = new Map<string, Numbered[]>()
  const owners = await ownersOf(context, lines)
  for (const [index, numbered] of lines.entries()) {
    const member = owners[index]
    if (member === undefined) wrong('unknown', numbered.number, 'there is no such member')
    else members.set(member, [...(members.get(member) ?? []), numbered])
  }
  const queue = members.entries()
  const work = async () => {
    for (const [member, own] of queue) {
      for (const { number, line } of own) {
        const given = await giveSegments(context, member as MemberId, line.segments, undefined)
        if (given === 'unknown') wrong('unknown', number, 'there is no such member')
        else count(given.changed ? 'changed' : 'same')
      }
    }
  }
  await Promise.all(Array.from({ length: width }, work))
}

/** The member of each line, by id, or by a card that is still theirs. */
async function ownersOf({ runtime, programme }: Context, lines: readonly Numbered[]): Promise<(string | undefined)[]> {
  const cards = [...new Set(lines.flatMap(({ line }) => ('card' in line ? [normalise('card', line.card)] : [])))]
  const wanted = cards.map((value) => ({ kind: 'card' as const, value }))
  const found = await runtime.lookups.findAll(programme.id, wanted)
  const owners = new Map(cards.map((card, index) => [card, found[index]]))
  return lines.map(({ line }) => {
    if ('memberId' in line) return line.memberId
    const lookup = owners.get(normalise('card', line.card))
    return lookup?.replacedAt === undefined ? lookup?.memberId : undefined
  })
}

async function contextOf(runtime: Runtime, programmeId: string): Promise<Context> {
  const programme = await runtime.programmes.get(programmeId)
  if (!programme) throw new Error(`there is no programme ${programmeId}`)
  const caller: Caller = {
    programme: programme.id,
    scopes: ['laurel/admin.marketing'],
    stores: [],
    issuer: 'urn:laurel:command-line',
    subject: 'segments-file',
  }
  return { runtime, programme, caller, now: runtime.now() }
}
