import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { deflateRawSync } from 'node:zlib'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { type Instant, instant } from '../../functions/domain/units.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import type { Store } from '../../functions/store/store.ts'
import { table } from '../../functions/store/table.ts'
import type { NaiveProgramme } from '../model/naive-facts.ts'
import { Clients } from './clients.ts'
import type { Gap, Plan } from './plans.ts'
import { members, Requests } from './requests.ts'
import { seededRandom, Timeline } from './timeline.ts'
import { Trace } from './trace.ts'
import { programmeId, type Weather, World } from './world.ts'

/** The programme of a history: the first document from the beginning of time, perhaps another from an instant on. */
export interface Programme {
  readonly first: ProgrammeDocument
  readonly later?: readonly [inForceFrom: number, ProgrammeDocument]
}

/** A history that has happened: what was sent, and the world as it is then, in which nothing goes wrong any more. */
export interface Happened {
  readonly world: World
  readonly clients: Clients
  readonly naive: NaiveProgramme
}

export const begin = instant(Date.parse('2025-10-05T09:00:00Z'))

/** Lets a plan happen on an empty store. */
export async function happen(
  store: Store,
  programme: Programme,
  plan: Plan,
  weather: Weather,
  log: readonly string[],
): Promise<Happened> {
  const random = seededRandom(plan.seed)
  const world = new World(new Timeline(begin), new Trace(store), random, log)
  await publish(world.trace, programme)
  const requests = new Requests(plan, world, programme.first.timezone)
  const clients = new Clients(world, requests, 2)
  for (const place of [0, 1]) {
    const enrolled = await world.timeline.run(clients.insist(requests.enrolment(members[place]!, place), 1))
    strictEqual(enrolled?.status, 201)
  }
  for (const { gap, clients: planned } of plan.rounds) {
    await world.change(weather)
    world.timeline.now = after(world, gap)
    await world.timeline.run(Promise.all(planned.map((client, place) => clients.work(client, place))))
  }
  await world.change(undefined)
  return { world, clients, naive: naiveOf(programme) }
}

function naiveOf({ first, later }: Programme): NaiveProgramme {
  return [{ inForceFrom: 0, document: first }, ...(later ? [{ inForceFrom: later[0], document: later[1] }] : [])]
}

/** Puts a programme into a store that is new. */
export async function publish(store: Store, { first, later }: Programme): Promise<void> {
  ok(await createProgramme(store, programmeId, first, begin))
  if (!later) return
  const [from, document] = later
  const doc = deflateRawSync(JSON.stringify(document)).toString('base64')
  const result = await store.commit([
    { kind: 'put', item: { ...table.revision(programmeId, 2), from, published: begin, doc } },
    { kind: 'put', item: { ...table.current(programmeId), n: 2 } },
  ])
  deepStrictEqual(result.outcome, 'committed')
}

function after(world: World, gap: Gap): Instant {
  const { now } = world.timeline
  if ('ms' in gap) return instant(now + gap.ms)
  const dues = world.trace.dues().filter((due) => due > now)
  return dues.length === 0 ? now : instant(Math.max(now, Math.min(...dues) - gap.beforeDueMs))
}
