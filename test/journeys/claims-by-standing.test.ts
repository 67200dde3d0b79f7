import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { submitMyClaim } from '../../functions/contract/claims.ts'
import { joinClubFor, leaveClubFor } from '../../functions/contract/clubs.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { Journey } from './journey.ts'

/** A promise of 30 days: of 60 for gold, of 90 for a club, and for both nobody has to decide it. */
const document = programmeDocument.parse({
  ...demoProgramme,
  clubs: [{ id: 'makers', name: 'Makers', kind: 'open' }],
  guarantees: [
    {
      ...{ id: 'light', name: 'Or your money back', covers: { skus: ['sku-1'] }, window: { days: 30 } },
      longer: [
        { tiers: ['gold'], window: { days: 60 } },
        { clubs: ['makers'], window: { days: 90 } },
      ],
      automatic: { tiers: ['gold'], clubs: ['makers'] },
      ...{ remedy: { refund: { rate: 10_000 } }, goodsBack: false, days: { decide: 3, settle: 7 } },
    },
  ],
})
/** The first instants after 30, 60 and 90 days from 10 March, in London. */
const [after30, after60, after90] = ['2026-04-09T23:00:00Z', '2026-05-09T23:00:00Z', '2026-06-08T23:00:00Z'] as const
const secondBefore = (at: string) => at.replace('23:00:00', '22:59:59')

let shop: Journey

beforeEach(async () => {
  const laurel = await Laurel.start('2026-01-10T12:00:00Z')
  await createProgramme(laurel.runtime.store, 'shop', document, laurel.now)
  shop = await Journey.in(laurel, 'shop')
  for (const member of ['ada', 'bert']) ok(await shop.enrol(member))
})
afterEach(() => shop.end('ada', 'bert'))

/** What makes somebody gold. */
const spendMuch = async (member: string) => {
  ok(await shop.sell(`leeds:much-${member}`, { id: member }, [{ lineId: '2', sku: 'house', quantity: 1, amount: 200_000 }]))
  expect((await shop.standing(member)).tier).toBe('gold')
}
const buy = async (member: string) => {
  shop.travel('2026-03-10T12:00:00Z')
  ok(await shop.sell(`leeds:${member}`, { id: member }, [10_000]))
}
const claim = async (member: string) =>
  (await shop.app(member)).ask(submitMyClaim, {
    params: { id: 'first' },
    body: { purchaseId: `leeds:${member}`, lines: [{ lineId: '1', quantity: 1 }] },
  })
const join = async (member: string) =>
  ok(await shop.till.ask(joinClubFor, { params: { memberId: member, clubId: 'makers' }, body: {} }))
const leave = async (member: string) => ok(await shop.till.ask(leaveClubFor, { params: { memberId: member, clubId: 'makers' } }))

const over = { status: 409, problem: { code: 'guarantee-over', errors: [{ pointer: '/purchaseId' }] } }
const atOnce = {
  status: 201,
  body: { state: 'approved', awaits: 'remedy', steps: [{ step: 'submitted' }, { step: 'approved', by: 'rule' }] },
}
const byStaff = { status: 201, body: { state: 'submitted', awaits: 'decision' } }

describe('a gold member', () => {
  test('claims after the ordinary time, and is not made to wait; a bronze one is refused', async () => {
    await spendMuch('ada')
    await buy('ada')
    await buy('bert')
    shop.travel(after30)
    expect(await claim('bert')).toMatchObject(over)
    expect(await claim('ada')).toMatchObject(atOnce)
  })

  test.each([
    [secondBefore(after60), atOnce],
    [after60, over],
  ])('has the longer time and no more: %s', async (then, expected) => {
    await spendMuch('ada')
    await buy('ada')
    shop.travel(then)
    expect(await claim('ada')).toMatchObject(expected)
  })

  test('became one since the sale', async () => {
    await buy('ada')
    shop.travel(after30)
    await spendMuch('ada')
    expect(await claim('ada')).toMatchObject(atOnce)
  })

  test('was one at the sale, and is none now: the promise is kept', async () => {
    await spendMuch('ada')
    await buy('ada')
    ok(await shop.bring('leeds:much-ada', 'r-1', [{ lineId: '2', quantity: 1, amount: 200_000 }]))
    expect((await shop.standing('ada')).tier).toBe('bronze')
    shop.travel(after30)
    expect(await claim('ada')).toMatchObject(atOnce)
  })
})

test('a bronze member claims in the ordinary time, and staff decide', async () => {
  await buy('bert')
  shop.travel(secondBefore(after30))
  expect(await claim('bert')).toMatchObject(byStaff)
})

describe('who belongs to a club', () => {
  test.each([
    [secondBefore(after90), atOnce],
    [after90, over],
  ])('since before the sale, has its time: %s', async (then, expected) => {
    await join('bert')
    await buy('bert')
    shop.travel(then)
    expect(await claim('bert')).toMatchObject(expected)
  })

  test('only since the sale, has the ordinary time, and staff decide', async () => {
    await buy('bert')
    shop.travel('2026-03-11T12:00:00Z')
    await join('bert')
    await buy('ada')
    shop.travel('2026-03-12T12:00:00Z')
    await join('ada')
    expect(await claim('bert')).toMatchObject(byStaff)
    shop.travel(after30)
    expect(await claim('ada')).toMatchObject(over)
  })

  test('no longer, has it no longer', async () => {
    await join('bert')
    await buy('bert')
    await leave('bert')
    shop.travel(after30)
    expect(await claim('bert')).toMatchObject(over)
  })
})
