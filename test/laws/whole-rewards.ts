import { deepStrictEqual, ok } from 'node:assert/strict'
import { redemptionOf } from '../../functions/store/redemption-item.ts'
import { table } from '../../functions/store/table.ts'
import type { NaiveState } from '../model/naive-facts.ts'
import type { Whole } from './whole-history.ts'
import { rareStock, rareTimes } from './whole-programme.ts'
import { programmeId } from './world.ts'

/**
 * What the records of redemptions say is what the model makes of each; and no reward was had oftener than there were, or than a member
 * may. That is told once all is at rest: of what lapsed, the stock comes back when the lapse is booked. Answers how many there are.
 */
export function areRewardsAsTheModelSays({ world: { trace } }: Whole, states: ReadonlyMap<string, NaiveState>): number {
  const { pk: some, sk } = table.redemption(programmeId, '')
  const records = [...trace.items.values()].filter((item) => item.pk.startsWith(some) && item.sk === sk).map(redemptionOf)
  for (const { id, memberId, state, price, restored } of records) {
    const model = states.get(memberId)?.spendings.get(id)
    ok(model, `redemption ${id} has a record, and no entry`)
    // A record stays reserved when time lets it lapse.
    const known = model.state === 'lapsed' ? 'reserved' : model.state
    deepStrictEqual({ state, price, restored }, { state: known, price: model.price, restored: model.back }, `redemption ${id}`)
    ok(restored <= price, `more came back of ${id} than it cost`)
  }
  let had = 0
  for (const [member, { spendings }] of states) {
    const all = [...spendings.values()]
    deepStrictEqual(all.length, records.filter(({ memberId }) => memberId === member).length, `redemptions of ${member}`)
    const rare = all.filter(({ reward, state }) => reward.id === 'rare' && (state === 'reserved' || state === 'captured')).length
    ok(rare <= rareTimes, `${member} had the rare reward ${rare} times`)
    had += rare
  }
  ok(had <= rareStock, `the rare reward was had ${had} times`)
  return records.length
}
