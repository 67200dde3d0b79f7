import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { MemberId } from '../../functions/domain/units.ts'
import { complaintOf } from '../../functions/store/complaint-item.ts'
import { headOf } from '../../functions/store/head-item.ts'
import { satisfactionOf } from '../../functions/store/satisfaction-item.ts'
import { complaintPrefix, memberPartition, satisfactionPrefix, table } from '../../functions/store/table.ts'
import { NaiveService } from '../model/naive-service.ts'
import { people } from './operation.ts'
import { entriesOf, type MemberEntries } from './whole-checks.ts'
import type { Whole } from './whole-history.ts'
import { programmeId } from './world.ts'

type Booking = MemberEntries['bookings'][number]

/**
 * Members are asked how satisfied they are when the document says, and never in a quiet period or about what came back; low scores
 * open complaints, and all complaints are open, overdue and resolved as a desk with a diary has it. Answers how often anybody was asked.
 */
export function isServiceAsTheModelSays(whole: Whole): number {
  const { world, naive } = whole
  const { trace, timeline } = world
  let asked = 0
  for (const member of people) {
    const { bookings } = entriesOf(trace, member)
    if (bookings.length === 0) continue
    const desk = new NaiveService((at) => naive.findLast(({ inForceFrom }, index) => index === 0 || inForceFrom <= at)!.document)
    for (const booking of bookings) write(desk, booking)
    desk.pass(timeline.now)
    const brought = bookings.flat().flatMap(({ at, fact }): [string, number][] => {
      if (fact.kind === 'survey-asked') return [[`asked ${fact.purchaseId}`, at]]
      return fact.kind === 'complaint-overdue' ? [[`overdue ${fact.complaintId}`, at]] : []
    })
    const inOrder = (some: readonly (readonly [string, number])[]) => some.map(([what, at]) => `${at} ${what}`).sort()
    deepStrictEqual(inOrder(brought), inOrder(desk.brought), `what time brought ${member}`)
    isAsInTheDiary(whole, member, desk)
    asked += desk.brought.filter(([what]) => what.startsWith('asked')).length
  }
  areScoresKept(whole)
  return asked
}

/** Writes down what was done; what time did, the desk knows by itself. */
function write(desk: NaiveService, booking: Booking): void {
  desk.pass(booking[0]!.bookedAt)
  let opens: string | null = null
  for (const { at, bookedAt, fact } of booking) {
    if (opens !== null) {
      ok(fact.kind === 'complaint-opened' && fact.byScore && fact.category === opens, 'a low score opens no complaint')
      opens = null
    } else if (fact.kind === 'complaint-opened') ok(!fact.byScore, 'a complaint is opened by no score')
    if (fact.kind === 'earn') desk.sell(fact.purchaseId, at, bookedAt, fact.lines)
    else if (fact.kind === 'return') desk.bringBack(fact.purchaseId, fact.lines)
    else if (fact.kind === 'satisfaction') opens = desk.say(fact.purchaseId, fact.score, bookedAt)
    else if (fact.kind === 'close') desk.close()
    else if (fact.kind === 'complaint-opened') desk.complain(fact.complaintId, fact.category, bookedAt)
    else if (fact.kind === 'complaint-resolved') desk.resolve(fact.complaintId, bookedAt)
    else if (fact.kind === 'complaint-reopened') desk.reopen(fact.complaintId, bookedAt)
  }
  strictEqual(opens, null, 'a low score opens no complaint')
}

/** What is stored of complaints and of askings is what the diary says. */
function isAsInTheDiary({ world: { trace } }: Whole, member: string, desk: NaiveService): void {
  const { pk, sk } = table.head(programmeId, member as MemberId)
  const { complaints, asking, askedAt } = headOf(trace.items.get(`${pk} ${sk}`)!)
  deepStrictEqual({ asking, askedAt }, { asking: desk.asking, askedAt: desk.askedAt }, `the next asking of ${member}`)
  const open = [...desk.complaints].filter(([, { isOpen }]) => isOpen)
  deepStrictEqual(
    complaints.map(({ id, severity, dueAt, overdue }) => ({ id, severity, dueAt, overdue })),
    open
      .map(([id, { severity, dueAt, isOverdue }]) => ({ id, severity, dueAt, overdue: isOverdue }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    `open complaints of ${member}`,
  )
  const own = memberPartition(programmeId, member as MemberId)
  const stored = [...trace.items.values()]
    .filter((item) => item.pk === own && item.sk.startsWith(complaintPrefix))
    .map(complaintOf)
  deepStrictEqual(
    new Map(stored.map(({ id, severity, dueAt, status }) => [id, { severity, dueAt, isOpen: status !== 'resolved' }])),
    new Map([...desk.complaints].map(([id, { severity, dueAt, isOpen }]) => [id, { severity, dueAt, isOpen }])),
    `complaints of ${member}`,
  )
}

/** What members were told to have said of a purchase, and of the answer to a complaint, is what is kept. */
function areScoresKept({ world: { trace }, done }: Whole): void {
  const items = [...trace.items.values()]
  const scores = new Map(
    items
      .filter(({ sk }) => sk.startsWith(satisfactionPrefix))
      .map(satisfactionOf)
      .map(({ purchaseId, score, complaintId }) => [purchaseId, { score, complaintId }]),
  )
  const ratings = new Map(
    items
      .filter(({ sk }) => sk.startsWith(complaintPrefix))
      .map(complaintOf)
      .flatMap(({ id, messages }) =>
        messages.map((message) => [`${id} ${message.id}`, message.kind === 'resolution' ? message.rating : undefined] as const),
      ),
  )
  for (const { name, call, answer } of done) {
    if (answer.status >= 300) continue
    const { score } = (call.body ?? {}) as { score: number }
    if (name === 'rate purchase') {
      const { purchaseId, complaintId } = answer.body as { purchaseId: string; complaintId: string | null }
      deepStrictEqual(scores.get(purchaseId), { score, complaintId }, `what was said of ${purchaseId}`)
    } else if (name === 'rate complaint') {
      const { id, resolutionId } = call.params!
      strictEqual(ratings.get(`${id} ${resolutionId}`), score, `how ${id} was answered`)
    }
  }
}
