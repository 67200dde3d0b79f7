import { afterEach, describe, expect, test } from 'vitest'
import { enrolMe } from '../../functions/contract/me.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok } from '../support/client.ts'
import { genuine } from '../support/forged-tokens.ts'
import { Laurel } from '../support/laurel.ts'
import { back, Journey } from './journey.ts'

let shop: Journey
let members: string[]

afterEach(() => shop.end(...members))

/** The friend has 100 for a first basket of 20 pounds, who recommended them 200. */
const friends: Campaign = {
  id: 'friends',
  trigger: 'referral',
  when: { spendAtLeast: { amount: 2000 } },
  effect: { points: 100 },
  referrer: { effect: { points: 200 } },
}

async function open(campaigns: readonly Campaign[] = [friends], points: Partial<typeof demoProgramme.points> = {}) {
  const laurel = await Laurel.start('2026-03-10T10:00:00Z')
  const document = programmeDocument.parse({ ...demoProgramme, points: { ...demoProgramme.points, ...points }, campaigns })
  await createProgramme(laurel.runtime.store, 'friends', document, laurel.now)
  shop = await Journey.in(laurel, 'friends')
  members = []
}

async function enrol(member: string, referredBy?: string) {
  ok(await shop.enrol(member, referredBy === undefined ? {} : { referredBy }))
  members.push(member)
}

/** The app of a member of that e-mail address, whom it is not linked to yet. */
async function verified(member: string) {
  const { laurel } = shop
  await laurel.identify({ subject: 'app', programme: 'friends' })
  const now = Math.floor(laurel.now / 1000)
  const claims = {
    ...{ iss: 'urn:laurel:development', sub: member, client_id: 'app', scope: 'laurel/member', iat: now, exp: now + 86_400 },
    ...{ email: `${member}@example.org`, email_verified: true },
  }
  return shop.laurel.client(await genuine(shop.laurel, claims as Parameters<typeof genuine>[1]))
}

/** What members have beside what their purchases earned and debt. */
const have = async (...ids: string[]) =>
  Promise.all(
    ids.map(async (id) => {
      const { available, debt } = await shop.standing(id)
      return available - debt
    }),
  )
const buy = (id: string, member: string, amount: number) => shop.sell(id, { id: member }, [amount])

describe('a referral', () => {
  test('rewards both when the friend’s first purchase that qualifies is booked, and no later one', async () => {
    await open()
    await enrol('ada')
    await enrol('bea', 'ada')
    ok(await buy('leeds:1', 'bea', 1900))
    expect(await have('ada', 'bea')).toEqual([0, 19])
    expect(ok(await buy('leeds:2', 'bea', 2000))).toMatchObject({ points: { earned: 20 }, balance: { available: 139 } })
    ok(await buy('leeds:2', 'bea', 2000))
    ok(await buy('leeds:3', 'bea', 2000))
    expect(await have('ada', 'bea')).toEqual([200, 159])
    expect(await shop.activity('ada')).toMatchObject([
      { kind: 'bonus', trigger: 'referral', sources: ['friends'], points: 200 },
      { kind: 'enrolled' },
    ])
    const [latest] = (await shop.activity('ada')).filter(({ kind }) => kind === 'bonus')
    expect(latest).not.toHaveProperty('purchaseId')
  })

  test('is undone on both sides when so much comes back that it does not qualify, once, and is not rewarded again', async () => {
    await open()
    await enrol('ada')
    await enrol('bea', 'ada')
    ok(await shop.sell('leeds:1', { id: 'bea' }, [1000, 4000]))
    ok(await shop.bring('leeds:1', 'r-1', [back('2', 4000)]))
    expect(await have('ada', 'bea')).toEqual([0, 10])
    ok(await shop.bring('leeds:1', 'r-2', [back('1', 1000)]))
    ok(await buy('leeds:2', 'bea', 5000))
    expect(await have('ada', 'bea')).toEqual([0, 50])
    expect((await shop.activity('ada')).map(({ kind }) => kind)).toEqual(['bonus-undone', 'bonus', 'enrolled'])
    await shop.tryAgain(1)
  })

  test('is undone piece by piece as at once; what is spent becomes debt, or is forgiven', async () => {
    for (const [negative, left] of [
      ['debt', -200],
      ['forgive', 0],
    ] as const) {
      if (negative === 'forgive') await shop.laurel.close()
      await open([friends], { negative })
      await enrol('ada')
      await enrol('bea', 'ada')
      ok(await shop.sell('leeds:1', { id: 'bea' }, [2000, 2000]))
      ok(await shop.adjust('ada', 'spent', -200))
      ok(await shop.bring('leeds:1', 'r-1', [back('1', 2000)]))
      expect(await have('ada', 'bea')).toEqual([0, 120])
      ok(await shop.bring('leeds:1', 'r-2', [back('2', 2000)]))
      expect(await have('ada', 'bea')).toEqual([left, 0])
    }
  })

  test('is not rewarded for a purchase that came back before it arrived', async () => {
    await open()
    await enrol('ada')
    await enrol('bea', 'ada')
    expect((await shop.bring('leeds:1', 'r-1', [back('1', 2000)])).status).toBe(202)
    ok(await buy('leeds:1', 'bea', 2000))
    expect(await have('ada', 'bea')).toEqual([0, 0])
    ok(await buy('leeds:2', 'bea', 2000))
    expect(await have('ada', 'bea')).toEqual([200, 120])
    await shop.tryAgain(1)
  })

  test('has limits as a whole: so many friends, so many points of both', async () => {
    await open([{ ...friends, limits: { perMember: [{ window: 'campaign', times: 2 }], budget: 650 } }])
    await enrol('ada')
    await enrol('zoe')
    for (const [friend, by] of [
      ['bea', 'ada'],
      ['cleo', 'ada'],
      ['dora', 'ada'],
      ['eve', 'zoe'],
    ] as const) {
      await enrol(friend, by)
      ok(await buy(`leeds:${friend}`, friend, 2000))
    }
    expect(await have('ada', 'zoe', 'bea', 'cleo', 'dora', 'eve')).toEqual([400, 0, 120, 120, 20, 70])
    // One that is taken back leaves room for another.
    ok(await shop.bring('leeds:bea', 'r-1', [back('1', 2000)]))
    ok(await buy('leeds:dora:2', 'dora', 2000))
    expect(await have('ada', 'bea', 'dora')).toEqual([400, 0, 140])
  })

  test('of a budget gives a badge to who recommended as long as any of it is left', async () => {
    await open([{ ...friends, effect: { points: 11 }, referrer: { effect: { badge: 'host' } }, limits: { budget: 40 } }])
    await enrol('ada')
    for (const friend of ['bea', 'cleo', 'dora', 'eve']) {
      await enrol(friend, 'ada')
      ok(await buy(`leeds:${friend}`, friend, 2000))
    }
    expect(await have('bea', 'cleo', 'dora', 'eve')).toEqual([31, 31, 31, 27])
    expect((await shop.member('ada')).gifts).toEqual([{ badge: 'host', count: 3 }])
  })

  test('rewards the friend of a closed member alone', async () => {
    await open([{ ...friends, limits: { budget: 100 } }])
    await enrol('ada')
    await enrol('bea', 'ada')
    ok(await shop.change('ada', { status: 'closed' }))
    ok(await buy('leeds:1', 'bea', 2000))
    expect(await have('ada', 'bea')).toEqual([0, 120])
    ok(await shop.bring('leeds:1', 'r-1', [back('1', 2000)]))
    expect(await have('ada', 'bea')).toEqual([0, 0])
  })

  test('of many friends at once loses none', async () => {
    await open()
    await enrol('ada')
    const many = ['b', 'c', 'd', 'e', 'f']
    for (const friend of many) await enrol(friend, 'ada')
    const sold = await Promise.all(many.map((friend) => buy(`leeds:${friend}`, friend, 2000)))
    expect(sold.map(({ status }) => status)).toEqual(many.map(() => 201))
    expect(await have('ada', ...many)).toEqual([1000, ...many.map(() => 120)])
    await Promise.all(many.map((friend) => shop.bring(`leeds:${friend}`, 'r-1', [back('1', 2000)])))
    expect(await have('ada', ...many)).toEqual([0, ...many.map(() => 0)])
  })
})

describe('who recommended a member', () => {
  const unknown = { status: 422, problem: { code: 'referrer-unknown', errors: [{ pointer: '/referredBy' }] } }

  test('is a member, active, another, and no one whom they recommended', async () => {
    await open()
    await enrol('ada')
    await enrol('gone')
    ok(await shop.change('gone', { status: 'closed' }))
    const before = await shop.dump()
    for (const referredBy of ['nobody', 'gone', 'bea']) expect(await shop.enrol('bea', { referredBy })).toMatchObject(unknown)
    expect(await shop.dump()).toEqual(before)
  })

  test('is no ring: who was enrolled at a till and joins the app names none of those whom they recommended', async () => {
    await open()
    ok(await shop.enrol('ada', { email: 'ada@example.org' }))
    members.push('ada')
    await enrol('bea', 'ada')
    await enrol('cleo', 'bea')
    await enrol('dora')
    const app = await verified('ada')
    for (const referredBy of ['ada', 'bea', 'cleo'])
      expect(await app.ask(enrolMe, { body: { referredBy } })).toMatchObject(unknown)
    ok(await app.ask(enrolMe, { body: { referredBy: 'dora' } }))
    ok(await buy('leeds:1', 'ada', 2000))
    expect(await have('dora', 'ada', 'bea', 'cleo')).toEqual([200, 120, 0, 0])
  })

  test('is no ring either where all of it is said at once', async () => {
    await open()
    const all = ['ada', 'bea', 'cleo']
    for (const member of all) {
      ok(await shop.enrol(member, { email: `${member}@example.org` }))
      members.push(member)
    }
    const apps = await Promise.all(all.map(verified))
    const said = await Promise.all(
      apps.map((app, index) => app.ask(enrolMe, { body: { referredBy: all[(index + 1) % all.length]! } })),
    )
    expect(said.map(({ status }) => status).sort()).toEqual([201, 201, 422])
  })

  test('is said once, before anything is bought', async () => {
    await open()
    await enrol('ada')
    const { memberId } = ok(await shop.sell('leeds:1', { card: '6335550001' }, [100]))
    const late = { status: 409, problem: { code: 'referral-too-late' } }
    expect(await shop.enrol(memberId, { referredBy: 'ada' })).toMatchObject(late)
    await enrol('bea', 'ada')
    expect(await shop.enrol('bea', { referredBy: 'ada' })).toMatchObject({ status: 200, replayed: true })
    expect(await shop.enrol('bea', {})).toMatchObject({ problem: { code: 'id-reused' } })
  })

  test('may be said by the friend in the app, and not of oneself with the same e-mail address', async () => {
    await open()
    await enrol('ada')
    ok(await shop.enrol('mail', { email: 'ada@example.org' }))
    const { laurel } = shop
    const token = await laurel.token({ subject: 'friends/new', programme: 'friends' }, ['laurel/member'])
    const app = laurel.client(token)
    const twice = await app.ask(enrolMe, { body: { email: 'ADA@example.org', referredBy: 'mail' } })
    expect(twice).toMatchObject({ status: 409, problem: { code: 'email-taken' } })
    const { memberId } = ok(await app.ask(enrolMe, { body: { name: 'Bea', referredBy: 'ada' } }))
    ok(await buy('leeds:1', memberId, 2000))
    expect(await have('ada', memberId)).toEqual([200, 120])
  })
})
