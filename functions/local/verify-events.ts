import { type Guests, placesLeft } from '../domain/club-event.ts'
import type { AttendFact, Entry } from '../domain/entry.ts'
import type { Programme } from '../domain/programme.ts'
import type { MemberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { clubEventOf, type StoredEvent } from '../store/club-event-item.ts'
import { invitationOf } from '../store/invitation-item.ts'
import { eachItem } from '../store/paging.ts'
import { type Item, type Key, mostReadKeys } from '../store/store.ts'
import {
  agendaPartition,
  clubEventPrefix,
  clubPartition,
  codePrefix,
  entryPrefix,
  eventOfAgenda,
  invitationPrefix,
  table,
} from '../store/table.ts'
import { clubsEver } from './clubs-ever.ts'

/** What does not add up of the clubs' own records: events with their guests, the agenda, invitations. */
export async function* clubDifferences(runtime: Runtime, programme: Programme): AsyncGenerator<string> {
  for (const club of clubsEver(programme)) {
    for await (const item of eachItem(runtime.store, { pk: clubPartition(programme.id, club) })) {
      const named = `${item.sk} of club ${club}`
      for (const what of await differencesOf(runtime, programme.id, club, item)) yield `${named}: ${what}`
    }
  }
  for await (const { sk } of eachItem(runtime.store, { pk: agendaPartition(programme.id) })) {
    const { club, event } = eventOfAgenda(sk)
    const key = table.clubEvent(programme.id, club, event)
    const placed = async () => {
      const stored = await readOne(runtime, key)
      return stored !== undefined && table.agenda(programme.id, clubEventOf(stored).event.endsAt, club, event).sk === sk
    }
    // Moved meanwhile, it stands there no more: that is done in one commit.
    if (!(await placed()) && (await readOne(runtime, { pk: agendaPartition(programme.id), sk }))) {
      yield `the agenda has ${event} of club ${club} where it does not end`
    }
  }
}

async function differencesOf(runtime: Runtime, programme: string, club: string, item: Item): Promise<string[]> {
  try {
    if (item.sk.startsWith(clubEventPrefix)) return await eventDifferences(runtime, programme, item)
    if (item.sk.startsWith(invitationPrefix)) {
      const coded = await readOne(runtime, { pk: item.pk, sk: String(item.c) })
      return coded && invitationOf(coded).invitationId === named(item) ? [] : ['it has no code']
    }
    if (!item.sk.startsWith(codePrefix)) return []
    const { invitationId, uses, used } = invitationOf(item)
    const invitation = await readOne(runtime, table.invitation(programme, club, invitationId))
    return [
      ...(invitation?.c === item.sk ? [] : ['it is the code of no invitation']),
      ...(used >= 0 && used <= uses ? [] : ['more have joined with it than may']),
    ]
  } catch (error) {
    if (error instanceof TypeError) return [`it cannot be read: ${error.message}`]
    throw error
  }
}

const named = ({ sk }: Item) => sk.slice(sk.indexOf('#') + 1)

async function eventDifferences(runtime: Runtime, programme: string, item: Item): Promise<string[]> {
  const stored = clubEventOf(item)
  const differences = guestDifferences(stored)
  const { guests, event, edition } = stored
  const { clubId, eventId, endsAt } = event
  for (let number = 2; number <= edition; number += 1) {
    const entry = await readOne(runtime, table.clubEntry(programme, clubId, eventId, number))
    if (!entry) differences.push(`there is no ${entryPrefix} of its edition ${number}`)
  }
  const heads = unique([...guests.coming, ...guests.waiting]).map((member) => table.head(programme, member))
  if (await isAnyMissing(runtime, heads)) differences.push('it has guests who are no members')
  const checkIns = unique(guests.came).map((member) => table.checkIn(programme, member, clubId, eventId))
  if (await isAnyMissing(runtime, checkIns)) differences.push('somebody came who was never let in')
  // Moved meanwhile, it has another version by now.
  if (!(await readOne(runtime, table.agenda(programme, endsAt, clubId, eventId)))) {
    const now = await readOne(runtime, item)
    if (now && clubEventOf(now).edition === edition) differences.push('it is not in the agenda')
  }
  return differences
}

function guestDifferences({ event, guests }: StoredEvent): string[] {
  const { calledOff: _, ...terms } = event
  const { coming, waiting, came } = guests
  const all = [...coming, ...waiting, ...came]
  const free = placesLeft(terms, guests)
  return [
    ...(new Set(all).size === all.length ? [] : ['somebody is in it twice']),
    ...(free >= 0 ? [] : ['more have a place than there are']),
    ...(waiting.length === 0 || free <= 0 ? [] : ['somebody waits while there is a place']),
    ...(event.calledOff && coming.length + waiting.length > 0 ? ['it was called off, and somebody comes'] : []),
  ]
}

/** What a member's check-ins, found in their partition, say otherwise than their entries, and the events otherwise than either. */
export async function attendanceDifferences(
  runtime: Runtime,
  programme: string,
  member: string,
  entries: readonly Entry[],
  checkIns: readonly Item[],
): Promise<string[]> {
  const attended = entries.flatMap(({ fact }) => (fact.kind === 'attend' ? [fact] : []))
  const keyOf = ({ clubId, eventId }: AttendFact) => table.checkIn(programme, member as MemberId, clubId, eventId)
  const bySort = new Map(attended.map((fact) => [keyOf(fact).sk, fact]))
  const found = new Set(checkIns.map(({ sk }) => sk))
  const differences = [
    ...attended.filter((fact) => !found.has(keyOf(fact).sk)).map(({ eventId }) => `there is no check-in to event ${eventId}`),
    ...[...found].filter((sk) => !bySort.has(sk)).map((sk) => `the check-in ${sk} has no entry`),
    ...(bySort.size === attended.length ? [] : ['the member came to an event twice']),
  ]
  const events = [...bySort.values()]
  for (let start = 0; start < events.length; start += mostReadKeys) {
    const part = events.slice(start, start + mostReadKeys)
    const keys = part.map(({ clubId, eventId }) => table.clubEvent(programme, clubId, eventId))
    const { items } = await runtime.store.read(keys, { consistent: true })
    for (const [index, { clubId, eventId }] of part.entries()) {
      const item = items[index]
      if (!item || !came(clubEventOf(item).guests, member))
        differences.push(`event ${eventId} of club ${clubId} knows nothing of them`)
    }
  }
  return differences
}

const unique = <Name>(names: readonly Name[]): Name[] => [...new Set(names)]

const came = (guests: Guests, member: string) => guests.came.some((guest) => guest === member)

async function readOne({ store }: Runtime, key: Key): Promise<Item | undefined> {
  const { items } = await store.read([{ pk: key.pk, sk: key.sk }], { consistent: true })
  return items[0]
}

async function isAnyMissing({ store }: Runtime, keys: readonly Key[]): Promise<boolean> {
  for (let start = 0; start < keys.length; start += mostReadKeys) {
    const { items } = await store.read(keys.slice(start, start + mostReadKeys), { consistent: true })
    if (items.includes(undefined)) return true
  }
  return false
}
