import { ok } from 'node:assert/strict'
import fc from 'fast-check'
import { instant } from '../../functions/domain/units.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { UnavailableError } from '../../functions/store/store.ts'
import type { NaiveProgramme } from '../model/naive-facts.ts'
import { publishNext } from '../support/publish.ts'
import { begin, publish } from './history.ts'
import { type Numbered, type Operation, people } from './operation.ts'
import { type Deed, deeds, enrolmentOf, operations, stories } from './operations.ts'
import { dayMs } from './plans.ts'
import { seededRandom, Timeline } from './timeline.ts'
import { Trace } from './trace.ts'
import { type WholeProgramme, wholeProgrammes } from './whole-programme.ts'
import { type Answer, type Call, Killed, memberShard, type Process, programmeId, type Weather, World } from './world.ts'

type Step = Deed | { readonly do: 'sweep' }

export interface WholePlan {
  readonly programme: WholeProgramme
  /** Clients who work at once, and the days after them. */
  readonly rounds: readonly { readonly clients: readonly (readonly Step[])[]; readonly days: number }[]
  readonly seed: number
}

const mostRounds = 6
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: deeds },
  { weight: 1, arbitrary: fc.constant({ do: 'sweep' as const }) },
)

const steps: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 1, arbitrary: fc.array(step, { minLength: 1, maxLength: 8, size: 'max' }) },
  { weight: 1, arbitrary: stories },
)

export const wholePlans: fc.Arbitrary<WholePlan> = fc.record({
  programme: wholeProgrammes(mostRounds),
  rounds: fc.array(
    fc.record({
      clients: fc.array(steps, { minLength: 1, maxLength: 3 }),
      days: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 4, max: 150 })),
    }),
    { minLength: 1, maxLength: mostRounds, size: 'max' },
  ),
  seed: fc.noShrink(fc.integer()),
})

/** Something that was done, and acknowledged by an answer. */
export interface Done {
  readonly name: Deed['do']
  readonly call: Call
  readonly answer: Answer
}

/** What is left of a history once nothing goes wrong any more and all that time has brought is booked. */
export interface Whole {
  readonly world: World
  readonly naive: NaiveProgramme
  readonly timezone: string
  readonly documents: readonly WholeProgramme['first'][]
  readonly done: readonly Done[]
}

/** Numbers the deeds of a plan, by kind; each happens when it is first sent. */
class Numbers {
  readonly #deeds: ReadonlyMap<string, readonly Deed[]>
  readonly #world: World
  readonly #timezone: string
  readonly #said = new Map<Deed, string>()
  readonly #answers = new Map<Deed, unknown>()
  /** Which deed another is about, once that was asked: it is about no other ever after. */
  readonly #chosen = new Map<string, number>()

  constructor({ rounds, programme }: WholePlan, world: World) {
    const all = rounds.flatMap(({ clients }) => clients.flat()).filter((one): one is Deed => one.do !== 'sweep')
    this.#deeds = Map.groupBy(all, (deed) => deed.do)
    this.#world = world
    this.#timezone = programme.timezone
  }

  call(deed: Deed): Call | undefined {
    const { call } = operations[deed.do] as Operation<unknown>
    const { lateMs = 0 } = deed.plan as { lateMs?: number }
    if (!this.#said.has(deed)) this.#said.set(deed, new Date(this.#world.timeline.now - lateMs).toISOString())
    return call(this.#numbered(deed) as never)
  }

  /** Remembers what was answered first. */
  tell(deed: Deed, { status, body }: Answer): void {
    if (status < 300 && !this.#answers.has(deed)) this.#answers.set(deed, body)
  }

  /** When it is said to have happened is not known of a deed that is only meant yet. */
  #numbered(deed: Deed): Numbered {
    const place = this.#deeds.get(deed.do)!.indexOf(deed)
    return {
      ...deed.plan,
      ...{ timezone: this.#timezone, number: place, occurredAt: this.#said.get(deed) ?? '', answer: this.#answers.get(deed) },
      other: <Plan>(operation: Operation<Plan>, number: number) => {
        const [name] = Object.entries(operations).find(([, one]) => (one as unknown) === operation)!
        const known = this.#deeds.get(name) ?? []
        if (known.length === 0) return undefined
        const asked = `${deed.do} ${place} ${name} ${number}`
        const chosen = this.#chosen.get(asked) ?? this.#choose(known, number)
        this.#chosen.set(asked, chosen)
        return this.#numbered(known[chosen]!) as Plan & Numbered
      },
    }
  }

  /** Mostly one of those sent last, so that one thing leads to another; now and then any, so that what follows comes first. */
  #choose(known: readonly Deed[], number: number): number {
    const sent = [...known.keys()].filter((place) => this.#said.has(known[place]!))
    if (sent.length === 0 || number % 6 === 5) return number % known.length
    return sent.at(-1 - (number % Math.min(sent.length, 5)))!
  }
}

/** Lets a plan happen on an empty store. */
export async function happenWhole(plan: WholePlan, weather: Weather): Promise<Whole> {
  const timeline = new Timeline(begin)
  const trace = new Trace(new SqliteStore(':memory:'), () => timeline.now)
  const world = new World(timeline, trace, seededRandom(plan.seed), [])
  const { first, later, timezone } = plan.programme
  await publish(trace, { first })
  const naive = [{ inForceFrom: 0, document: first }]
  const numbers = new Numbers(plan, world)
  const done: Done[] = []
  await world.change(weather)
  await timeline.run(enrolSome(world, done))
  for (const [round, { clients, days }] of plan.rounds.entries()) {
    await world.change(weather)
    for (const { afterMs, document } of later.filter((one) => one.round === round)) {
      const inForceFrom = Math.max(timeline.now + afterMs, naive.at(-1)!.inForceFrom + 1)
      await publishNext(trace, programmeId, document, new Date(inForceFrom).toISOString())
      naive.push({ inForceFrom, document })
    }
    await timeline.run(Promise.all(clients.map((steps) => work(world, numbers, steps, done))))
    timeline.now = instant(timeline.now + days * dayMs)
  }
  await world.change(undefined)
  return { world, naive, timezone, documents: naive.map(({ document }) => document), done }
}

async function enrolSome(world: World, done: Done[]): Promise<void> {
  for (const place of people.slice(0, -1).keys()) {
    const call = enrolmentOf(place)
    done.push({ name: 'enrol', call, answer: await insist(world, call) })
  }
}

async function work(world: World, numbers: Numbers, steps: readonly Step[], done: Done[]): Promise<void> {
  for (const one of steps) {
    if (one.do === 'sweep') {
      await sweep(world.start())
      continue
    }
    const call = numbers.call(one)
    if (!call) continue
    // Now and then two send it at once, or somebody sends what was answered already.
    const times = world.random() < 0.2 ? 2 : 1
    const answers = await Promise.all(Array.from({ length: times }, () => insist(world, call)))
    for (const answer of answers) {
      ok(answer.status < 500, `${call.operation.name} was answered by ${answer.status}`)
      numbers.tell(one, answer)
      done.push({ name: one.do, call, answer })
    }
  }
}

/** Sends something until it is answered, by another process where one has died. */
async function insist(world: World, call: Call): Promise<Answer> {
  for (let process = world.start(); ; process = process.alive ? process : world.start()) {
    const answer = await process.send(call)
    if (process.alive && answer.status !== 503) return answer
    await world.timeline.sleep(1000)
  }
}

async function sweep({ runtime }: Process): Promise<void> {
  try {
    await settleMembers(runtime, [memberShard])
  } catch (error) {
    if (!(error instanceof UnavailableError || error instanceof Killed)) throw error
  }
}
