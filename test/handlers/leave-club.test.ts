import { expect, test } from 'vitest'
import { announceEvent, readEvent } from '../../functions/contract/club-office.ts'
import { joinClubFor, leaveClubFor } from '../../functions/contract/clubs.ts'
import { acceptEvent } from '../../functions/contract/my-clubs.ts'
import { type Operation, serverOf } from '../../functions/contract/operation.ts'
import { deploymentOn } from '../../functions/local/deployment.ts'
import { servedBy } from '../../functions/local/functions.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Key, ReadResult } from '../../functions/store/store.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { demoWithClubs } from '../support/clubs.ts'
import { PassingStore } from '../support/passing-store.ts'
import { call, enrol, noon } from './calls.ts'

const params = { clubId: 'candle-friends', eventId: 'advent' }

/** Lets something happen between the reading of an event and whatever is made of it, once. */
class Interrupted extends PassingStore {
  meanwhile: (() => Promise<unknown>) | undefined

  override async read(keys: readonly Key[], options: { consistent: boolean }): Promise<ReadResult> {
    const result = await super.read(keys, options)
    const { meanwhile } = this
    if (!meanwhile || !keys.every(({ sk }) => sk.startsWith('EVENT#'))) return result
    this.meanwhile = undefined
    await meanwhile()
    return result
  }
}

const runtimeOn = async (store: Interrupted | SqliteStore): Promise<Runtime> =>
  (await deploymentOn(store, { now: () => (noon + 1) as never })).runtime

const ask = async (runtime: Runtime, operation: Operation, body?: unknown) => {
  const serve = servedBy[serverOf(operation)]
  const context = { ...demoTill, scopes: operation.scope, member: 'ada', subject: 'ada' }
  const answer = await callAs(serve(runtime), context, operation, { params, body })
  return { status: answer.statusCode, body: JSON.parse(answer.body ?? 'null') as { [name: string]: unknown } }
}

test('who says that they will come while they are leaving does not come', async () => {
  const store = new SqliteStore(':memory:')
  const interrupted = new Interrupted(store)
  const [slow, quick] = [await runtimeOn(interrupted), await runtimeOn(store)]
  await createProgramme(store, 'demo', demoWithClubs, slow.now())
  await enrol(quick, 'ada', {})
  const membership = { memberId: 'ada', clubId: params.clubId }
  await call(quick, joinClubFor, { params: membership, body: {} })
  const { body } = announceEvent.example
  expect(await ask(quick, announceEvent, body)).toMatchObject({ status: 201 })

  interrupted.meanwhile = async () => {
    expect(await ask(quick, acceptEvent, {})).toMatchObject({ status: 201, body: { reply: 'coming' } })
  }
  expect(await call(slow, leaveClubFor, { params: membership })).toMatchObject({ status: 200 })
  expect(interrupted.meanwhile).toBeUndefined()
  expect(await ask(quick, readEvent)).toMatchObject({ status: 200, body: { coming: [], waiting: [], came: [] } })
  await store.close()
})
