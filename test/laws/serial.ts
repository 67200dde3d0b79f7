import { deepStrictEqual, ok } from 'node:assert/strict'
import { attachMyPurchase, attachPurchase } from '../../functions/contract/attaching.ts'
import { changeMember, enrolMember } from '../../functions/contract/members.ts'
import { setSegments } from '../../functions/contract/segments.ts'
import type { Entry } from '../../functions/domain/entry.ts'
import type { Instant, MemberId } from '../../functions/domain/units.ts'
import { sweepShard } from '../../functions/handlers/sweep.ts'
import { entryOf } from '../../functions/store/entry-item.ts'
import { headOf } from '../../functions/store/head-item.ts'
import { receiptOf } from '../../functions/store/receipt-item.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { closedBucketPrefix, entryPrefix, memberPartition, table } from '../../functions/store/table.ts'
import type { Happened } from './history.ts'
import { begin, type Programme, publish } from './history.ts'
import type { Held, Ledger } from './ledger.ts'
import { Timeline } from './timeline.ts'
import { Trace } from './trace.ts'
import { type Call, memberShard, programmeId, World } from './world.ts'

/**
 * What happened all at once comes to the same as if it had happened one after another, in the order of the ledger, with
 * nobody in a hurry, nothing going wrong, and nothing settled but on the way. Unless a budget had run out: whoever finds nothing in it
 * writes nothing to it, so that what a return puts back between that and the booking is not waited for. That no more is given
 * than there is, is judged all the same.
 */
export async function isAsOneAfterAnother({ world }: Happened, ledger: Ledger, programme: Programme): Promise<void> {
  if ([...ledger.members.keys()].some((member) => accountOf(world.trace, member).entries.some(foundNothing))) return
  const store = new SqliteStore(':memory:')
  const serial = new World(new Timeline(begin), new Trace(store), world.random, [])
  await publish(serial.trace, programme)
  const process = serial.start()
  const send = async (call: Call) => {
    const { status, body } = await process.send(call)
    ok(status < 300, `${call.operation.name}, alone, is answered by ${status}: ${JSON.stringify(body)}`)
  }
  await serial.timeline.run(
    (async () => {
      for (const { bookedAt, calls } of inOrder(ledger)) {
        serial.timeline.now = bookedAt as Instant
        for (const call of calls) await send(call)
      }
      serial.timeline.now = world.timeline.now
      await sweepShard(process.runtime, memberShard, 1)
    })(),
  )
  for (const member of ledger.members.keys()) deepStrictEqual(accountOf(serial.trace, member), accountOf(world.trace, member))
  const sold = [...ledger.receipts.values()].flatMap(({ state, purchaseId }) => (state === 'sold' ? [purchaseId] : []))
  for (const id of sold) deepStrictEqual(receiptIn(serial.trace, id), receiptIn(world.trace, id))
  await store.close()
}

/** The bookings of all members in the order in which they were committed, and the calls that make each. */
function inOrder(ledger: Ledger) {
  const held = new Map<string, Held[]>()
  for (const each of ledger.held.values()) {
    const name = `${each.member} ${each.version}`
    held.set(name, [...(held.get(name) ?? []), each])
  }
  return [...ledger.members.values()]
    .flatMap(({ member, bookings }) =>
      bookings.flatMap(({ version, commit, bookedAt, status, changesStatus, tags }) => {
        const waitedFirst = (held.get(`${member} ${version}`) ?? []).sort((a, b) => Number(b.waited) - Number(a.waited))
        const posted = waitedFirst.flatMap(({ request, attached }) => (attached ? [{ request, ...attached }] : []))
        const isPostedWith = ({ request, attached }: Held) =>
          attached !== undefined || (request.kind === 'return' && posted[0]?.before.has(request.id) === true)
        const postings = posted.map(({ since, arrivedAt }) => {
          const calls = waitedFirst.filter(isPostedWith).map(({ request }) => request.call)
          return { commit: since, bookedAt: arrivedAt as number, calls }
        })
        const calls = waitedFirst.filter((one) => one.attached || !isPostedWith(one)).map((one) => callOf(one, ledger))
        if (version === 1) calls.unshift({ operation: enrolMember, params: { memberId: member }, body: {} })
        if (changesStatus) calls.push({ operation: changeMember, params: { memberId: member }, body: { status } })
        if (tags) calls.push({ operation: setSegments, params: { id: member }, body: { segments: tags } })
        return [...postings, { commit, bookedAt, calls }]
      }),
    )
    .sort((a, b) => a.commit - b.commit)
}

/** Cards come and go: alone, a purchase names its member by the id. One that came without is attached as its entry says. */
function callOf({ request, member, attached }: Held, ledger: Ledger): Call {
  if (request.kind !== 'purchase') return request.call
  if (attached) {
    const { id, body } = request
    const { actor, reason } = attached
    const byStaff = { member: { id: member }, reason }
    if (actor !== undefined) return { operation: attachPurchase, params: { purchaseId: id }, body: byStaff }
    const total = body.lines.reduce((sum, { amount }) => sum + amount, 0)
    const said = { total, day: ledger.dayOf(Date.parse(body.occurredAt)) }
    return { operation: attachMyPurchase, params: { id }, member, body: said }
  }
  return { ...request.call, body: { ...request.body, member: { id: member } } }
}

/** Whether a budget of all, or of a store, had nothing left for a sale. */
const foundNothing = ({ fact }: Entry): boolean =>
  'awards' in fact &&
  fact.awards.some(({ cut, points }) => points === 0 && (cut?.limit === 'budget' || cut?.limit === 'per-store'))

/** All that was booked for a member, but how many commits it took. */
function accountOf({ items }: Trace, member: string) {
  const pk = memberPartition(programmeId, member as MemberId)
  const own = [...items.values()].filter((item) => item.pk === pk).sort((a, b) => (a.sk < b.sk ? -1 : 1))
  const { version: _version, ...head } = headOf(items.get(`${pk} HEAD`)!)
  return {
    head,
    entries: own.flatMap((item) => {
      if (!item.sk.startsWith(entryPrefix)) return []
      const { at, fact, effect } = entryOf(item)
      return [{ at, fact, effect }]
    }),
    closed: own.flatMap(({ sk, p }) => (sk.startsWith(closedBucketPrefix) ? [[sk, p]] : [])),
  }
}

function receiptIn({ items }: Trace, purchaseId: string) {
  const { pk, sk } = table.receipt(programmeId, purchaseId)
  const receipt = receiptOf(items.get(`${pk} ${sk}`)!)
  if (receipt.state !== 'sold') return receipt
  const { memberId, bucket, points, returned, returns } = receipt
  return { memberId, bucket, points, returned, returns }
}
