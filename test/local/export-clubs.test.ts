import { expect, test } from 'vitest'
import { announceEvent, callOffEvent, makeInvitation } from '../../functions/contract/club-office.ts'
import { checkIn, joinClubFor, leaveClubFor, payForClub } from '../../functions/contract/clubs.ts'
import { enrolMember } from '../../functions/contract/members.ts'
import { changeMyPreferences } from '../../functions/contract/my-preferences.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { changePreferencesFor } from '../../functions/contract/preferences.ts'
import { memberId } from '../../functions/domain/units.ts'
import { deploymentOn } from '../../functions/local/deployment.ts'
import { exportItems } from '../../functions/local/export-data.ts'
import { restoreItems } from '../../functions/local/restore.ts'
import { verify } from '../../functions/local/verify.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Item } from '../../functions/store/store.ts'
import { call } from '../handlers/calls.ts'
import { type Asked, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'

/** Everything that clubs store, put into another deployment, is the same there and goes on. */

/** The example of an operation, in its own types. */
const exampleOf = <Kind extends Operation>({ example }: Kind) => example as unknown as Asked<Kind>

async function exported(runtime: Runtime): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of exportItems(runtime)) items.push(item)
  return items
}

const clients = async (laurel: Laurel) => {
  const till = laurel.client(await laurel.token({ subject: 'till', programme: 'demo', stores: '*' }, ['laurel/pos']))
  const office = laurel.client(await laurel.token({ subject: 'office', programme: 'demo' }, ['laurel/admin.marketing']))
  const member = memberId('m-1001')
  const app = laurel.client(await laurel.token({ subject: 'ada', programme: 'demo', member }, ['laurel/member']))
  return { till, office, app }
}

/** A guest in three clubs of which they left one, a code that is half used, an event with one who came, and what they like. */
async function fill({ till, office, app }: Awaited<ReturnType<typeof clients>>) {
  ok(await till.ask(enrolMember, { params: { memberId: 'm-1001' }, body: {} }))
  const code = ok(await office.ask(makeInvitation, { ...makeInvitation.example, body: { uses: 2 } })).code!
  ok(await office.ask(announceEvent, exampleOf(announceEvent)))
  const join = (clubId: string, body: { code?: string } = {}) =>
    till.ask(joinClubFor, { params: { memberId: 'm-1001', clubId }, body })
  for (const clubId of ['candle-friends', 'first-to-know']) ok(await join(clubId))
  ok(await join('tasting-table', { code }))
  ok(await till.ask(payForClub, exampleOf(payForClub)))
  ok(await till.ask(checkIn, exampleOf(checkIn)))
  const changed = { ...exampleOf(announceEvent), params: { clubId: 'candle-friends', eventId: 'picnic' } }
  ok(await office.ask(announceEvent, changed))
  ok(await office.ask(callOffEvent, { params: changed.params }))
  ok(await till.ask(leaveClubFor, { params: { memberId: 'm-1001', clubId: 'night-opening' } }))
  ok(await app.ask(changeMyPreferences, exampleOf(changeMyPreferences)))
  ok(await till.ask(changePreferencesFor, exampleOf(changePreferencesFor)))
  return code
}

test('an export has all of the clubs’ records, and restored they are known and continued', async () => {
  const laurel = await Laurel.start()
  const code = await fill(await clients(laurel))
  const items = await exported(laurel.runtime)
  const kept = [...(await laurel.dump()).keys()]
  const missing = kept.filter((key) => !items.some(({ pk, sk }) => `${pk} ${sk}` === key))
  expect(missing.filter((key) => !/^(IDENTITY#|EMBEDDED |RING#|SWEEP |P#\w+#(CARD|EMAIL|PHONE)#)/.test(key))).toEqual([])

  const { runtime } = await deploymentOn(new SqliteStore(':memory:'), { now: () => laurel.now })
  const tally = { items: 0, known: 0, different: 0 }
  await restoreItems(runtime, items, 4, tally)
  expect(tally).toEqual({ items: items.length, known: 0, different: 0 })
  expect(await exported(runtime)).toEqual(items)
  const [there, here] = [await verify(runtime, undefined, () => {}), await verify(laurel.runtime, undefined, () => {})]
  expect(there).toEqual(here)
  expect(there).toMatchObject({ ok: true, issued: 50, available: 50 })

  // The half-used code, the payment, the check-in and what came back are known by their ids for ever.
  const asked = (operation: Operation) => call(runtime, operation, operation.example as { params: { [name: string]: string } })
  await call(runtime, enrolMember, { params: { memberId: 'm-2' }, body: {} })
  const params = { memberId: 'm-2', clubId: 'tasting-table' }
  expect(await call(runtime, joinClubFor, { params, body: { code } })).toMatchObject({ status: 201 })
  expect(await asked(payForClub)).toMatchObject({ status: 200, body: { club: null } })
  expect(await asked(checkIn)).toMatchObject({ status: 200, body: { points: { earned: 50 } } })
  const left = await call(runtime, leaveClubFor, { params: { memberId: 'm-1001', clubId: 'night-opening' } })
  expect(left.body).toMatchObject({ refund: { payments: [{ paymentId: 'pay-1', amount: 2493 }] } })
  await runtime.store.close()
  await laurel.close()
})
