import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { clubEventOf, type StoredEvent } from '../../functions/store/club-event-item.ts'
import { dateOf, startOf } from '../model/naive-dates.ts'
import { NaiveGuests } from '../model/naive-guests.ts'
import { people } from './operation.ts'
import { entriesOf } from './whole-checks.ts'
import type { Whole } from './whole-history.ts'

/** What became of guests, over all events. */
interface Turns {
  came: number
  waited: number
  movedUp: number
}

/**
 * The lists of every event, one change after another, are those that somebody keeps at the door: no place is taken twice, who waits
 * longest moves up. Who is in the list of those who came has the points for it, once, belonged to the club then and came in its time.
 */
export function areEventsAsTheModelSays(whole: Whole): Turns {
  const turns = { came: 0, waited: 0, movedUp: 0 }
  const { trace } = whole.world
  const events = Map.groupBy(trace.clubEvents, ({ item }) => `${item.pk} ${item.sk}`)
  const came = new Map<string, readonly string[]>()
  for (const [name, writes] of events) {
    const states = writes.map(({ item, now }) => ({ ...clubEventOf(item), now }))
    const door = new NaiveGuests(states[0]!.event.capacity)
    for (const state of states) {
      const waiting = [...door.waiting]
      step(door, state, name)
      turns.waited += door.waiting.filter((one) => !waiting.includes(one)).length
      turns.movedUp += waiting.filter((one) => door.coming.includes(one)).length
    }
    turns.came += door.came.length
    came.set(states[0]!.event.eventId, door.came)
  }
  for (const member of people) isLetIn(whole, member, came)
  for (const { name, call, answer } of whole.done) {
    if (name === 'check in' && answer.status < 300) ok(came.get(call.params!.eventId!)?.includes(call.params!.memberId!))
  }
  return turns
}

/** One change of the lists: who it is about is found by comparing them. */
function step(door: NaiveGuests, { event, guests, now }: StoredEvent & { now: number }, name: string): void {
  const before = [...door.coming, ...door.waiting]
  const after: readonly string[] = [...guests.coming, ...guests.waiting]
  const arrived = guests.came.find((one) => !door.came.includes(one))
  const accepted = after.find((one) => !before.includes(one))
  const gone = before.find((one) => !after.includes(one))
  if (event.calledOff && !door.isOff) {
    deepStrictEqual([...event.calledOff.guests], before, `${name}: who is told that it is called off`)
    door.callOff()
  } else if (arrived) door.comeIn(arrived)
  else if (accepted) door.accept(accepted)
  else if (gone) door.decline(gone)
  // A reply is judged by the clock of when it came, and is written a little later.
  if (!arrived) ok(now < event.endsAt + 600_000, `${name}: somebody replies when it is over`)
  const { coming, waiting, came } = guests
  deepStrictEqual({ coming, waiting, came }, { coming: door.coming, waiting: door.waiting, came: door.came }, name)
}

function isLetIn({ world: { trace }, timezone }: Whole, member: string, came: ReadonlyMap<string, readonly string[]>): void {
  const clubs = new Set<string>()
  const attended: string[] = []
  for (const { at, fact, effect } of entriesOf(trace, member).bookings.flat()) {
    if (effect.club) clubs[effect.club.membership === null ? 'delete' : 'add'](effect.club.id)
    if (fact.kind !== 'attend') continue
    const { event } = clubEventOf(trace.clubEvents.findLast(({ item }) => item.id === fact.eventId)!.item)
    attended.push(fact.eventId)
    ok(clubs.has(fact.clubId), `${member} comes to an event of ${fact.clubId}, and does not belong to it`)
    const opens = startOf(timezone, dateOf(timezone, event.startsAt))
    ok(at >= opens && at < event.endsAt, `${member} comes to ${fact.eventId} when it is not on`)
    ok(!event.calledOff || at < event.calledOff.at, `${member} comes to ${fact.eventId}, which is called off`)
    strictEqual(effect.totals?.issued, event.points, `what ${fact.eventId} gives`)
  }
  const expected = [...came].flatMap(([id, guests]) => (guests.includes(member) ? [id] : []))
  deepStrictEqual(attended.sort(), expected.sort(), `events that ${member} came to`)
}
