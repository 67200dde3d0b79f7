import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { type Redemption, redemptionOf } from '../../functions/store/redemption-item.ts'
import { table } from '../../functions/store/table.ts'
import type { NaiveSpend, NaiveState } from '../model/naive-facts.ts'
import { saidIn } from './sales-operations.ts'
import type { Trace } from './trace.ts'
import { bulk, moneyOff, percentageOff, rareStock, rareTimes } from './whole-catalogue.ts'
import { entriesOf } from './whole-checks.ts'
import type { Whole } from './whole-history.ts'
import { programmeId } from './world.ts'

/** What points go for in the app is said by the name that the member gave it, which its record has. */
export function asSaid({ items }: Trace, spend: NaiveSpend): NaiveSpend {
  const { pk, sk } = table.redemption(programmeId, spend.id)
  const { ownId } = redemptionOf(items.get(`${pk} ${sk}`)!)
  return ownId === null ? spend : { ...spend, ...saidIn(ownId) }
}

interface Basket {
  readonly basket?: { readonly lines: readonly { readonly amount: number }[] }
}

/** The basket that counts is that of the till that captured it, or that spent the points at once: the app knows none. */
function basketOf({ done }: Whole, { id, lapsesAt, state }: Redemption): number | undefined {
  const isCaptured = lapsesAt !== null && (state === 'captured' || state === 'reversed')
  const { call } = done.findLast(({ name, call: { params }, answer }) => {
    if (isCaptured) return name === 'capture' && params?.redemptionId === id
    return name === 'redeem' && (answer.body as { id?: string }).id === id
  })!
  return (call.body as Basket).basket?.lines[0]?.amount
}

/** What a reward takes off, minor units; null: no money, or nobody knows of what. */
function moneyOf({ rewardId, price }: Redemption, basket: number | undefined): number | null {
  if (rewardId === 'cash') return price
  if (rewardId === 'off') return basket === undefined || basket > moneyOff ? moneyOff : basket
  if (rewardId === 'bulk') return bulk.amount
  if (rewardId !== 'part' || basket === undefined) return null
  const part = Number((BigInt(basket) * BigInt(percentageOff.percentage)) / 10_000n)
  return part > percentageOff.atMost ? percentageOff.atMost : part
}

/** What hangs on a store and a basket is only handed out there, and for one that is large enough. */
function isHandedOutRightly(whole: Whole, record: Redemption): void {
  const { rewardId, state, id, memberId } = record
  if (rewardId !== 'bulk' || (state !== 'captured' && state !== 'reversed')) return
  const basket = basketOf(whole, record)
  ok(basket !== undefined && basket >= bulk.minimumBasket, `${id} is handed out for a basket of ${basket}`)
  const spent = entriesOf(whole.world.trace, memberId).bookings.flat()
  const store = spent.flatMap(({ fact }) => (fact.kind === 'redeem' && fact.redemptionId === id ? [fact.storeId] : []))
  ok(
    store.every((one) => one !== undefined && bulk.stores.includes(one)),
    `${id} is handed out at ${store}`,
  )
}

/**
 * What the records of redemptions say is what the model makes of each; and no reward was had oftener than there were, or than a member
 * may. That is told once all is at rest: of what lapsed, the stock comes back when the lapse is booked. Answers which they
 * were.
 */
export function areRewardsAsTheModelSays(whole: Whole, states: ReadonlyMap<string, NaiveState>): readonly string[] {
  const { trace } = whole.world
  const { pk: some, sk } = table.redemption(programmeId, '')
  const records = [...trace.items.values()].filter((item) => item.pk.startsWith(some) && item.sk === sk).map(redemptionOf)
  for (const record of records) {
    const { id, memberId, state, price, restored, money } = record
    const model = states.get(memberId)?.spendings.get(id)
    ok(model, `redemption ${id} has a record, and no entry`)
    // A record stays reserved when time lets it lapse.
    const known = model.state === 'lapsed' ? 'reserved' : model.state
    deepStrictEqual({ state, price, restored }, { state: known, price: model.price, restored: model.back }, `redemption ${id}`)
    strictEqual(money, moneyOf(record, basketOf(whole, record)), `redemption ${id} of ${record.rewardId}`)
    isHandedOutRightly(whole, record)
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
  return records.map(({ rewardId }) => rewardId)
}
