import { readAudit } from '../contract/audit.ts'
import { problem } from '../contract/problem.ts'
import { type Instant, instant } from '../domain/units.ts'
import { type AuditRecord, auditRecordOf } from '../store/audit-item.ts'
import { auditPartition, auditPosition, monthBefore, table, utcMonth } from '../store/table.ts'
import { type Context, type Implementation, implement } from './context.ts'
import { instantOf, rfc3339 } from './views.ts'

/** What one request looks at: records, months, and UTF-16 units that it answers. Beyond them a cursor goes on. */
const mostRecords = 1000
const mostMonths = 36
const mostAnswer = 2 * 1024 * 1024
/** Other functions' clocks may be ahead. */
const skewMs = 3_600_000

/** Where a page goes on: in a month, after a record of it or at its end. */
interface Place {
  readonly month: string
  readonly after: string | undefined
}

/** The audit, newest first. Records are filtered as they are read, and how many are read for one page is bounded. */
export const readAuditImplementation: Implementation = implement(readAudit, async ({ query }, context) => {
  const from = await earliest(context, query.from)
  const until = query.until === undefined ? instant(context.now + skewMs) : instantOf(query.until)
  const start = query.cursor === undefined ? { month: utcMonth(until), after: undefined } : placeOf(query.cursor)
  if (!start) return problem('invalid-cursor')
  const limit = Number(query.limit ?? 50)
  const found: AuditRecord[] = []
  let looked = 0
  let answered = 0
  let place: Place | undefined = start
  for (let months = 0; place && place.month >= utcMonth(from) && months < mostMonths; ) {
    const page = await readPage(context, place, from, until)
    for (const record of page.records) {
      const fits = found.length < limit && looked < mostRecords && answered < mostAnswer
      if (!fits) return answerOf(found, place)
      place = { month: place.month, after: positionOf(record) }
      looked += 1
      if (!isAsked(record, query)) continue
      found.push(record)
      answered += JSON.stringify(record.changes).length
    }
    if (page.isLast) {
      place = { month: monthBefore(place.month), after: undefined }
      months += 1
    }
  }
  return answerOf(found, place && place.month >= utcMonth(from) ? place : undefined)
})

async function readPage({ runtime, programme }: Context, { month, after }: Place, from: Instant, until: Instant) {
  const pk = auditPartition(programme.id, month)
  const page = await runtime.store.query({
    ...{ pk, range: { from: auditPosition(from), to: auditPosition(until) } },
    ...{ descending: true, consistent: true, limit: 200 },
    after: after === undefined ? undefined : { pk, sk: after },
  })
  return { records: page.items.map(auditRecordOf), isLast: page.next === undefined }
}

/** Nothing was changed before the programme was there. */
async function earliest({ runtime, programme }: Context, from: string | undefined): Promise<Instant> {
  const { items } = await runtime.store.read([table.programmeListing(programme.id)], { consistent: true })
  const created = instant(Number(items[0]?.created ?? 0) - skewMs)
  const wanted = from === undefined ? created : instantOf(from)
  return wanted > created ? wanted : created
}

type Asked = { readonly actor?: string | undefined; readonly action?: string | undefined; readonly target?: string | undefined }

const isAsked = (record: AuditRecord, { actor, action, target }: Asked) =>
  (actor === undefined || record.actor === actor) &&
  (action === undefined || record.action === action) &&
  (target === undefined || record.target.startsWith(target))

const positionOf = ({ at, id }: AuditRecord) => `${auditPosition(at)}#${id}`

function placeOf(cursor: string): Place | undefined {
  const text = Buffer.from(cursor, 'base64url').toString()
  if (!/^\d{4}-(0[1-9]|1[0-2])(-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-z-]{1,64})?$/.test(text)) return undefined
  return { month: text.slice(0, 7), after: text.length > 7 ? text : undefined }
}

function answerOf(found: readonly AuditRecord[], next: Place | undefined) {
  const items = found.map(({ at, changes, ...record }) => ({ ...record, at: rfc3339(at), changes: [...changes] }))
  const nextCursor = next ? Buffer.from(next.after ?? next.month).toString('base64url') : null
  return { status: 200 as const, body: { items, nextCursor } }
}
