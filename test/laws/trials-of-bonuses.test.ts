import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinClubFor, leaveClubFor } from '../../functions/contract/clubs.ts'
import { recordEvent, undoEvent } from '../../functions/contract/events.ts'
import { changeMember, enrolMember, readMember } from '../../functions/contract/members.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import type { Club } from '../../functions/domain/club.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { verify } from '../../functions/local/verify.ts'
import { loggedErrors } from './logged-errors.ts'
import { hoursUntil, iso, ladder, Shop } from './trial-shop.ts'

/** A law of backtests: where something else than purchases gives points, tiers and clubs, they say what the ledgers say. */

const begin = Date.parse('2026-01-05T09:00:00Z')
/** Ada has an anniversary soon. */
const adaCame = Date.parse('2025-01-20T09:00:00Z')
const people = ['ada', 'bea', 'cleo', 'dora'] as const
/** Each was recommended by the one before. */
const birthdays = [undefined, '1990-02-28', '2004-02-29', '1999-01-20']

const give = (id: string, trigger: Campaign['trigger'], more: Partial<Campaign>): Campaign => ({
  ...{ id, trigger, effect: { points: 10 } },
  ...more,
})
const times = (most: number): Campaign['limits'] => ({ perMember: [{ window: 'year', times: most }], budget: 1_000_000 })
const campaigns: readonly Campaign[] = [
  give('third', 'purchase', { when: { purchaseNumber: { every: 3 } }, effect: { points: 50 } }),
  give('guests', 'purchase', { when: { club: ['regulars'] }, effect: { tierCredit: 700 } }),
  give('hello', 'enrolment', { effect: { points: 5 } }),
  give('early-bird', 'enrolment', { when: { dates: { until: '2026-01-15' } }, effect: { tierCredit: 30_000 } }),
  give('cake', 'birthday', { effect: { points: 100 }, when: { none: [{ tier: ['gold'] }] } }),
  give('year', 'anniversary', { effect: { tierCredit: 20_000 } }),
  give('course', { event: 'training' }, { effect: { points: 40 }, limits: times(2) }),
  give('medal', { event: 'training' }, { when: { store: ['leeds'] }, effect: { tierCredit: 15_000 } }),
  give('silver', { tierReached: 'silver' }, { effect: { points: 25 }, limits: times(1) }),
  give('golden', { tierReached: 'gold' }, { effect: { badge: 'golden' } }),
  give('guest', { clubJoined: 'regulars' }, { effect: { tierCredit: 25_000 } }),
  give('noble', { clubJoined: 'best' }, { effect: { points: 33 } }),
  give('wine', { clubJoined: 'wine' }, { effect: { points: 3 } }),
  give('friends', 'referral', {
    ...{ when: { spendAtLeast: { amount: 3000 } }, effect: { points: 30 }, referrer: { effect: { points: 70 } } },
    limits: times(5),
  }),
  give('fame', 'referral', {
    ...{ when: { quantityAtLeast: { quantity: 3 } }, effect: { tierCredit: 9000 } },
    referrer: { effect: { tierCredit: 28_000 } },
  }),
]
const clubs: readonly Club[] = [
  {
    ...{ id: 'regulars', name: 'Regulars', kind: 'qualifying', multiplier: 12_000 },
    qualifies: { metric: 'visits', atLeast: 3, period: { rollingMonths: 2 }, keep: 'while-met' },
  },
  { id: 'best', name: 'Our best', kind: 'qualifying', qualifies: { tier: ['silver', 'gold'] } },
  { id: 'wine', name: 'Wine', kind: 'open', term: { months: 1 } },
]
const demo: ProgrammeDocument = { ...demoProgramme, timezone: 'UTC', campaigns, clubs }
const documents: readonly ProgrammeDocument[] = [
  demo,
  { ...demo, points: { ...demo.points, expiry: { inactivity: 2 }, negative: 'forgive' } },
  { ...demo, tiers: { metric: 'spend', period: { rollingMonths: 2 }, downgrade: 'one-step', levels: ladder([25_000, 60_000]) } },
  { ...demo, tiers: { metric: 'points', period: 'lifetime', levels: ladder([20_000, 40_000]) } },
]

const who = fc.nat(people.length - 1)
const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('enrol' as const), who }) },
  {
    weight: 6,
    arbitrary: fc.record({
      ...{
        kind: fc.constant('buy' as const),
        who,
        quantity: fc.integer({ min: 1, max: 4 }),
        lateDays: fc.constantFrom(0, 0, 0, 2, 20),
      },
      amount: fc.constantFrom(900, 3000, 8000, 30_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('return' as const), which: fc.nat(20), whole: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{
        kind: fc.constant('event' as const),
        who,
        store: fc.constantFrom('leeds', 'york'),
        lateDays: fc.constantFrom(0, 0, 10),
      },
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const), which: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('join' as const, 'leave' as const),
      who,
      club: fc.constantFrom('wine', 'regulars'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('close' as const, 'reopen' as const), who }) },
)
type Action = Parameters<Parameters<(typeof action)['map']>[0]>[0]
const histories = fc.array(
  fc.record({
    gapHours: hoursUntil({ usually: 6, most: 900 }),
    action,
  }),
  { minLength: 12, maxLength: 40, size: 'max' },
)

/** What was posted, so that it can be brought back or undone. */
interface Posted {
  readonly sales: { readonly id: string; readonly quantity: number; readonly amount: number }[]
  readonly events: string[]
}

async function act(shop: Shop, one: Action, index: number, { sales, events }: Posted): Promise<void> {
  const member = 'who' in one ? people[one.who]! : ''
  const dated = (days: number) => iso(shop.now - days * 86_400_000)
  const accepted = async (asked: ReturnType<Shop['ask']>) => (await asked).status === 201
  switch (one.kind) {
    case 'enrol': {
      const [birthday, referredBy] = [birthdays[one.who], people[one.who - 1]]
      await shop.ask(enrolMember, {
        params: { memberId: member },
        body: { ...(birthday && { birthday }), ...(referredBy && { referredBy }) },
      })
      return
    }
    case 'buy': {
      const { quantity, amount, lateDays } = one
      const body = {
        ...{ member: { id: member }, storeId: 'leeds', currency: 'GBP', occurredAt: dated(lateDays) },
        lines: [{ lineId: '1', sku: 'a', quantity, amount }],
      }
      const id = `leeds:${index}`
      if (await accepted(shop.ask(recordPurchase, { params: { purchaseId: id }, body }))) sales.push({ id, quantity, amount })
      return
    }
    case 'return': {
      const sale = sales[one.which % sales.length]
      if (!sale) return
      const back = one.whole ? sale : { quantity: 1, amount: Math.floor(sale.amount / sale.quantity) }
      const body = { occurredAt: dated(0), lines: [{ lineId: '1', quantity: back.quantity, amount: back.amount }] }
      await shop.ask(recordReturn, { params: { purchaseId: sale.id, returnId: `r-${index}` }, body })
      return
    }
    case 'event': {
      const body = { member: { id: member }, type: 'training', storeId: one.store, occurredAt: dated(one.lateDays) }
      if (await accepted(shop.ask(recordEvent, { params: { eventId: `e-${index}` }, body }))) events.push(`e-${index}`)
      return
    }
    case 'undo': {
      const eventId = events[one.which % events.length]
      if (eventId) await shop.ask(undoEvent, { params: { eventId } })
      return
    }
    case 'join':
    case 'leave': {
      const operation = one.kind === 'join' ? joinClubFor : leaveClubFor
      await shop.ask(operation, { params: { memberId: member, clubId: one.club }, ...(one.kind === 'join' && { body: {} }) })
      return
    }
    default:
      await shop.ask(changeMember, { params: { memberId: member }, body: { status: one.kind === 'close' ? 'closed' : 'active' } })
  }
}

loggedErrors()

test('a backtest of the revision that was in force finds no difference, whatever gave points, tiers and clubs', async () => {
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...documents), histories, fc.nat(100), async (document, steps, cut) => {
      const shop = await Shop.open(document, adaCame)
      try {
        const posted: Posted = { sales: [], events: [] }
        await shop.ask(enrolMember, { params: { memberId: 'ada' }, body: {} })
        shop.wait(begin - adaCame)
        for (const [index, { gapHours, action: one }] of steps.entries()) {
          await shop.waitSwept(gapHours * 3_600_000, people)
          await act(shop, one, index, posted)
          await shop.waitSwept(0, people)
        }
        const differences: unknown[] = []
        await verify(shop.runtime, undefined, (difference) => differences.push(difference))
        expect(differences).toEqual([])
        const from = begin + Math.floor(((shop.now - begin) * cut) / 200)
        const { report } = await shop.backtest('same', from, shop.now + 1, { revision: 1 })
        expect(report).toMatchObject({ members: { touched: 0 }, tiers: { up: 0, down: 0 }, refused: 0 })
        for (const { source, ...compared } of report!.sources) {
          seen.add(source)
          const { cost: _, ...counts } = compared
          for (const one of Object.values(counts)) expect(one?.under, source).toEqual(one?.recorded)
        }
        const held: { [tier: string]: number } = {}
        const joined: { [club: string]: number } = {}
        for (const memberId of people) {
          const { status, body } = await shop.ask(readMember, { params: { memberId } })
          if (status !== 200) continue
          const { tier, clubs: of } = readMember.answers[200].parse(body)
          held[tier.id] = (held[tier.id] ?? 0) + 1
          for (const { id } of of) joined[id] = (joined[id] ?? 0) + 1
        }
        const counts = (rows: readonly { readonly recorded: number; readonly under: number }[], names: readonly string[]) =>
          Object.fromEntries(rows.map(({ under }, index) => [names[index], under]))
        const { tiers, clubs: told = [] } = report!
        expect(
          counts(
            tiers.members,
            tiers.members.map(({ tier }) => tier),
          ),
        ).toEqual(held)
        expect(
          counts(
            told,
            told.map(({ club }) => club),
          ),
        ).toEqual(joined)
      } finally {
        await shop.runtime.store.close()
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 40), interruptAfterTimeLimit: 500_000 },
  )
  for (const source of ['base', 'hello', 'course', 'silver']) expect(seen).toContain(source)
}, 580_000)
