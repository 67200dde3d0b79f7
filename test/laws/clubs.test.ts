import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { announceEvent, makeInvitation } from '../../functions/contract/club-office.ts'
import { checkIn, joinClubFor, leaveClubFor, payForClub } from '../../functions/contract/clubs.ts'
import { enrolMember } from '../../functions/contract/members.ts'
import { acceptEvent, declineEvent, joinMyClub, leaveMyClub } from '../../functions/contract/my-clubs.ts'
import type { Club } from '../../functions/domain/club.ts'
import { placesLeft } from '../../functions/domain/club-event.ts'
import { verify } from '../../functions/local/verify.ts'
import { clubEventOf, type StoredEvent } from '../../functions/store/club-event-item.ts'
import { entryOf, type StoredEntry } from '../../functions/store/entry-item.ts'
import { headOf } from '../../functions/store/head-item.ts'
import { invitationOf } from '../../functions/store/invitation-item.ts'
import { entryPrefix, headSort, memberOfPartition } from '../../functions/store/table.ts'
import { demoDocument } from '../domain/programmes.ts'
import { type Engine, engines } from '../store/engines.ts'
import { begin, publish } from './history.ts'
import { Insistent, weather } from './insistent.ts'
import { loggedErrors } from './logged-errors.ts'
import { seededRandom, Timeline } from './timeline.ts'
import { Trace } from './trace.ts'
import { type Answer, type Call, idsOnShard, World } from './world.ts'

/** Guests, clubs and events of which there are never enough places, codes and days. */
const ids = idsOnShard('m')
const guests = Array.from({ length: 5 }, () => ids.next().value)
const fee = 3100
const clubs: readonly Club[] = [
  { id: 'open', name: 'Open', kind: 'open' },
  { id: 'coded', name: 'Coded', kind: 'invitation' },
  {
    id: 'paid',
    name: 'Paid',
    kind: 'paid',
    term: { months: 1 },
    paid: { fee: { amount: fee }, graceDays: 2, refund: 'pro-rata' },
  },
]
const capacity = 2
const mostUses = 2
const eventPoints = 7
const events = ['only']

type Command =
  | {
      readonly do: 'join' | 'leave'
      readonly guest: number
      readonly club: number
      readonly code: number
      readonly byTill: boolean
    }
  | { readonly do: 'pay'; readonly guest: number; readonly payment: number }
  | { readonly do: 'accept' | 'decline' | 'arrive'; readonly guest: number; readonly event: number }
  | { readonly do: 'sweep' }

const guest = fc.nat(guests.length - 1)
const event = fc.nat(events.length - 1)
const reply = fc.record({ do: fc.constantFrom('accept' as const, 'decline' as const, 'arrive' as const), guest, event })
const command = fc.oneof<fc.Arbitrary<Command>[]>(
  fc.record({
    do: fc.constantFrom('join' as const, 'join' as const, 'leave' as const),
    guest,
    club: fc.nat(clubs.length - 1),
    code: fc.nat(1),
    byTill: fc.boolean(),
  }),
  fc.record({ do: fc.constant('pay' as const), guest, payment: fc.nat(4) }),
  reply,
  reply,
  reply,
  fc.constant({ do: 'sweep' as const }),
)

const plan = fc.record({
  rounds: fc.array(
    fc.record({
      days: fc.oneof(fc.nat(2), fc.nat(40)),
      clients: fc.array(fc.array(command, { minLength: 1, maxLength: 8, size: 'max' }), { minLength: 2, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 4, size: 'max' },
  ),
  seed: fc.noShrink(fc.integer()),
})

const errors = loggedErrors()

/** A client that does one thing after another. */
class Client extends Insistent {
  /** Payments that were taken, as `guest payment`. */
  readonly paid: string[] = []
  /** What came back, by payment, as the answers said. */
  readonly refunds = new Map<string, number>()
  readonly #codes: readonly string[]

  constructor(world: World, codes: readonly string[]) {
    super(world)
    this.#codes = codes
  }

  async work(commands: readonly Command[]): Promise<void> {
    for (const each of commands) {
      if (each.do === 'sweep') await this.sweep()
      else this.#note(each, await this.insist(this.#callOf(each)))
    }
  }

  #note(command: Command, { status, body }: Answer): void {
    if (command.do === 'pay' && status < 300) this.paid.push(`${guests[command.guest]} p-${command.payment}`)
    if (command.do !== 'leave' || status >= 300) return
    const { refund } = body as { refund: { payments: { paymentId: string; amount: number }[] } | null }
    for (const { paymentId, amount } of refund?.payments ?? []) {
      const name: string = `${guests[command.guest]} ${paymentId}`
      strictEqual(this.refunds.get(name) ?? amount, amount, 'what came back of a payment is told in two ways')
      this.refunds.set(name, amount)
    }
  }

  #callOf(command: Exclude<Command, { do: 'sweep' }>): Call {
    const member = guests[command.guest]!
    switch (command.do) {
      case 'join': {
        const clubId = clubs[command.club]!.id
        const body = clubId === 'coded' ? { code: this.#codes[command.code] } : {}
        if (command.byTill) return { operation: joinClubFor, params: { memberId: member, clubId }, body }
        return { operation: joinMyClub, params: { clubId }, body, member }
      }
      case 'leave': {
        const clubId = clubs[command.club]!.id
        if (command.byTill) return { operation: leaveClubFor, params: { memberId: member, clubId } }
        return { operation: leaveMyClub, params: { clubId }, member }
      }
      case 'pay': {
        // One body for each id, whenever it is sent.
        const occurredAt = new Date(begin + command.payment * 12 * 86_400_000).toISOString()
        const params = { memberId: member, clubId: 'paid', paymentId: `p-${command.payment}` }
        return { operation: payForClub, params, body: { occurredAt, amount: fee, currency: 'GBP' } }
      }
      case 'arrive': {
        const params = { clubId: 'open', eventId: events[command.event]!, memberId: member }
        return { operation: checkIn, params, body: { occurredAt: new Date(begin + 1000).toISOString() } }
      }
      default: {
        const operation = command.do === 'accept' ? acceptEvent : declineEvent
        return {
          operation,
          params: { clubId: 'open', eventId: events[command.event]! },
          member,
          ...(command.do === 'accept' && { body: {} }),
        }
      }
    }
  }
}

/** Enrols the guests into the open club, makes two codes and announces the event. Gives the codes. */
async function prepare(world: World): Promise<string[]> {
  const office = new Client(world, [])
  for (const memberId of guests) {
    await office.insist({ operation: enrolMember, params: { memberId }, body: {} })
    await office.insist({ operation: joinClubFor, params: { memberId, clubId: 'open' }, body: {} })
  }
  for (const eventId of events) {
    const day = 86_400_000
    const [startsAt, endsAt] = [begin - day, begin + 1000 * day].map((at) => new Date(at).toISOString())
    const body = { name: eventId, startsAt, endsAt, capacity, points: eventPoints }
    strictEqual((await office.insist({ operation: announceEvent, params: { clubId: 'open', eventId }, body })).status, 201)
  }
  const codes: string[] = []
  for (const invitationId of ['i-1', 'i-2']) {
    const call = { operation: makeInvitation, params: { clubId: 'coded', invitationId }, body: { uses: mostUses } }
    codes.push(((await office.insist(call)).body as { code: string }).code)
  }
  return codes
}

interface Booked {
  readonly member: string
  readonly fact: StoredEntry['fact']
}

function examine(trace: Trace, clients: readonly Client[]): void {
  const items = [...trace.items.values()]
  const booked = items.flatMap((item): Booked[] =>
    item.sk.startsWith(entryPrefix) ? [{ member: memberOfPartition(item.pk).member, fact: entryOf(item).fact }] : [],
  )
  const belong = items.flatMap((item) => {
    return item.sk === headSort && headOf(item).clubs.some(({ clubId }) => clubId === 'open') ? [headOf(item).memberId] : []
  })
  for (const item of items.filter(({ sk }) => sk.startsWith('EVENT#'))) areGuestsRight(clubEventOf(item), booked, belong)
  for (const item of items.filter(({ sk }) => sk.startsWith('CODE#'))) {
    const { invitationId, uses, used } = invitationOf(item)
    ok(used <= uses, 'a code let more in than it may')
    strictEqual(used, booked.filter(({ fact }) => 'invitationId' in fact && fact.invitationId === invitationId).length)
  }
  const paid = booked.flatMap(({ member, fact }) => ('paymentId' in fact ? [`${member} ${fact.paymentId}`] : []))
  strictEqual(new Set(paid).size, paid.length, 'a payment counts once')
  const kept = items.flatMap(({ pk, sk }) =>
    sk.startsWith('CP#') ? [`${memberOfPartition(pk).member} ${sk.split('#')[2]}`] : [],
  )
  deepStrictEqual(paid.toSorted(), kept.toSorted(), 'payments and their records')
  const refunds = booked.flatMap(({ member, fact }) =>
    fact.kind === 'club-left'
      ? (fact.refund?.payments ?? []).map(({ paymentId, amount }) => [`${member} ${paymentId}`, amount] as const)
      : [],
  )
  const backOf = new Map<string, number>(refunds)
  strictEqual(backOf.size, refunds.length, 'a payment comes back once')
  for (const [name, amount] of refunds) ok(paid.includes(name) && amount <= fee, 'no more comes back than was paid')
  for (const client of clients) {
    for (const name of client.paid) ok(paid.includes(name), 'a payment that was acknowledged is booked')
    for (const [name, amount] of client.refunds) strictEqual(backOf.get(name), amount, 'what was told to come back is booked')
  }
}

/** Nobody is in an event twice, there are no more than places, nobody waits while one is free, and who came has earned once. */
function areGuestsRight(
  { event: { eventId, capacity: most }, guests: lists }: StoredEvent,
  booked: readonly Booked[],
  belong: readonly string[],
): void {
  const all = [...lists.coming, ...lists.waiting, ...lists.came]
  strictEqual(new Set(all).size, all.length, 'somebody is in an event twice')
  for (const coming of [...lists.coming, ...lists.waiting]) ok(belong.includes(coming), 'who has left the club is still to come')
  const left = placesLeft({ capacity: most }, lists)
  ok(left >= 0, 'an event has more guests than places')
  ok(left === 0 || lists.waiting.length === 0, 'somebody waits while a place is free')
  const attended = booked.flatMap(({ member, fact }) => (fact.kind === 'attend' && fact.eventId === eventId ? [member] : []))
  deepStrictEqual(attended.toSorted(), lists.came.toSorted(), 'who came and who earned for it')
}

/** Who leaves, or left long ago, is told what the ledger says of the last time. */
async function areRefundsTold(world: World): Promise<void> {
  const client = new Client(world, [])
  for (const memberId of guests) {
    const { body } = await client.insist({ operation: leaveClubFor, params: { memberId, clubId: 'paid' } })
    const entries = [...world.trace.items.values()].filter((item) => {
      return item.sk.startsWith(entryPrefix) && memberOfPartition(item.pk).member === memberId
    })
    const facts = entries.toSorted((a, b) => (a.sk < b.sk ? -1 : 1)).map((item) => entryOf(item).fact)
    const last = facts.findLast((fact) => fact.kind === 'club-left' && fact.clubId === 'paid')
    const refund = last && 'refund' in last ? { currency: 'GBP', ...last.refund } : null
    deepStrictEqual((body as { refund: unknown }).refund, refund)
  }
}

const law = (engine: Engine, runs: number) =>
  fc.assert(
    fc.asyncProperty(plan, weather, async ({ rounds, seed }, wrong) => {
      const world = new World(new Timeline(begin), new Trace(await engine.make()), seededRandom(seed), errors)
      const { timeline, trace } = world
      try {
        await publish(trace, { first: { ...demoDocument, clubs } })
        const codes = await timeline.run(prepare(world))
        const clients: Client[] = []
        for (const round of rounds) {
          await world.change(wrong)
          timeline.now = (timeline.now + round.days * 86_400_000) as typeof timeline.now
          const team = round.clients.map(() => new Client(world, codes))
          clients.push(...team)
          await timeline.run(Promise.all(team.map((client, place) => client.work(round.clients[place]!))))
        }
        await world.change(undefined)
        await trace.compare()
        examine(trace, clients)
        await timeline.run(areRefundsTold(world))
        const differences: unknown[] = []
        const { runtime } = world.start()
        const verified = await timeline.run(verify(runtime, undefined, (difference) => differences.push(difference)))
        deepStrictEqual(differences, [])
        const came = [...trace.items.values()].filter(({ sk }) => sk.startsWith('CE#')).length
        strictEqual(verified.issued, came * eventPoints)
      } finally {
        await trace.close()
      }
    }),
    { numRuns: Number(process.env.RUNS ?? runs), interruptAfterTimeLimit: 500_000 },
  )

const [sqlite] = engines
const dynamo = engines.find(({ name }) => name.startsWith('DynamoStore'))

describe('guests who join, pay, leave, reply and come in all at once', () => {
  it('never are more than there are places and uses, and each fee and each coming counts once', { timeout: 580_000 }, () =>
    law(sqlite!, 100),
  )

  it.runIf(dynamo)('on DynamoDB', { timeout: 580_000 }, () => law(dynamo!, 8))
})
