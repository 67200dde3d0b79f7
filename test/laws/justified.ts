import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { lookupKey } from '../../functions/store/lookups.ts'
import type { UnattachedReceipt } from '../../functions/store/receipt-item.ts'
import { meaningOf } from '../support/meaning.ts'
import { isRefused, type Judge } from './judge.ts'
import { type Held, nameOf } from './ledger.ts'
import { lookupSecret, programmeId } from './world.ts'

/** Whether somebody asked for all that the ledger holds, and was not told no. */
export function justify(judge: Judge): void {
  for (const held of judge.ledger.held.values()) justifyHeld(judge, held)
  for (const { receipt, since } of judge.ledger.posted()) justifyPosted(judge, receipt, since)
  for (const { member, bookings } of judge.ledger.members.values()) {
    for (const { version, commit, status, changesStatus, tags } of bookings) {
      if (tags) justifyTags(judge, member, commit, tags)
      if (changesStatus) justifyStatus(judge, member, commit, status)
      if (version === 1) justifyMember(judge, member)
    }
  }
}

/** Nothing is there that nobody asked for, or whose client was told no. */
function justifyHeld(judge: Judge, held: Held): void {
  if (held.attached) {
    justifyAttached(judge, held)
    return
  }
  const { request, commit, member, waited } = held
  const refused = refusedBy(judge)
  const found = judge.sent.some(
    (one) =>
      one.request === request &&
      !refused.has(one.endeavour) &&
      one.from.commit < commit &&
      (one.answer === undefined || waited || commit <= one.to.commit),
  )
  ok(found, `${nameOf(request)} is in the ledger, and whoever sent it was told no or had no answer yet`)
  if (request.kind !== 'purchase') return
  const named = request.body.member
  ok(named, 'a purchase is booked that names nobody')
  if ('id' in named) strictEqual(member, named.id, 'a purchase is booked on the member that it names')
  else {
    const { pk } = lookupKey(lookupSecret, programmeId, 'card', named.card)
    const owners = (judge.trace.lookups.get(pk) ?? []).filter((since) => since.commit <= commit)
    ok(
      owners.some(({ state }) => state?.memberId === member),
      'a purchase is booked on a member who has or had its card',
    )
  }
}

function refusedBy(judge: Judge): ReadonlySet<symbol> {
  return new Set(judge.sent.filter(isRefused).map(({ endeavour }) => endeavour))
}

/** A purchase without a member is there because it was posted so. */
function justifyPosted(judge: Judge, { purchaseId, hash, sale, arrivedAt }: UnattachedReceipt, since: number): void {
  const refused = refusedBy(judge)
  const found = judge.sent.find(
    ({ request, endeavour, from, to, answer }) =>
      request.kind === 'purchase' &&
      request.id === purchaseId &&
      meaningOf(request.body) === hash &&
      !refused.has(endeavour) &&
      from.commit < since &&
      (answer === undefined || since <= to.commit) &&
      from.now <= arrivedAt &&
      (answer === undefined || arrivedAt <= to.now),
  )
  ok(found?.request.kind === 'purchase', `${purchaseId} is there, and nobody posted it then`)
  const { member, lines, occurredAt } = found.request.body
  strictEqual(member, undefined)
  deepStrictEqual([sale.lines, sale.occurredAt], [lines, Date.parse(occurredAt)], 'a purchase is kept as it was posted')
}

/** A purchase came to its member because they, or staff, said so, and said what was right. */
function justifyAttached(judge: Judge, { request: purchase, member, commit, attached }: Held): void {
  if (purchase.kind !== 'purchase') throw new Error('only purchases are attached')
  const refused = refusedBy(judge)
  const total = purchase.body.lines.reduce((sum, { amount }) => sum + amount, 0)
  const found = judge.sent.some(
    ({ request, endeavour, from, to, answer }) =>
      request.kind === 'attach' &&
      request.purchaseId === purchase.id &&
      request.member === member &&
      (request.said === null) === (attached!.actor !== undefined) &&
      (request.said === null || request.said.total === total) &&
      !refused.has(endeavour) &&
      from.commit < commit &&
      (answer === undefined || commit <= to.commit),
  )
  ok(found, `${purchase.id} was attached to ${member}, and nobody asked for it`)
}

function justifyStatus(judge: Judge, member: string, commit: number, status: string): void {
  const found = judge.sent.some(
    ({ request, from, to, answer }) =>
      request.kind === 'change' &&
      request.member === member &&
      request.body.status === status &&
      from.commit < commit &&
      (answer === undefined || (answer.status < 300 && commit <= to.commit)),
  )
  ok(found, `nobody asked for ${member} to be ${status}`)
}

function justifyTags(judge: Judge, member: string, commit: number, tags: readonly string[]): void {
  const found = judge.sent.some(
    ({ request, from, to, answer }) =>
      request.kind === 'tag' &&
      request.member === member &&
      isDeepStrictEqual(request.tags, tags) &&
      from.commit < commit &&
      (answer === undefined || (answer.status < 300 && commit <= to.commit)),
  )
  ok(found, `nobody gave ${member} the tags ${tags}`)
}

function justifyMember(judge: Judge, member: string): void {
  const asked = judge.sent.some((one) => one.request.kind === 'enrol' && one.request.member === member && !isRefused(one))
  const [first] = judge.ledger.members.get(member)!.bookings
  const made = judge.autoEnrol && first!.facts.some((fact) => fact.kind === 'purchase')
  const visits = [...judge.linked.values()].filter((linked) => linked === member).length
  ok(made || asked || visits === 1, `nobody enrolled ${member}`)
}
