import type { FactOf, KnownSale, NaiveAccount } from './naive-account.ts'
import type { Part } from './naive-lots.ts'
import { faultOf, graceEnd, heldUntil, lastOf, type NaiveSpending, priceOf, rewardIn, shareBack } from './naive-spending.ts'

/** Points that go for rewards, and that come back, in the model. */

/** Lets what is held for too long go. */
export function lapse({ spendings, purse }: NaiveAccount, at: number): void {
  const over = [...spendings.values()].filter(({ state, lapsesAt }) => state === 'reserved' && lapsesAt <= at)
  for (const one of over.sort((a, b) => a.lapsesAt - b.lapsesAt)) {
    one.state = 'lapsed'
    purse.comeBack(one.parts, one.lapsesAt)
  }
}

export function spend(account: NaiveAccount, fact: FactOf<'spend' | 'hold'>) {
  const { kind, id, reward: name, at, arrivedAt, points, purchaseId } = fact
  const { spendings, purse } = account
  const held = spendings.get(id)
  if (held) {
    held.state = 'captured'
    held.purchaseId ??= purchaseId
    return payBackFor(account, held, arrivedAt)
  }
  const { document } = account.inForce(at)
  const reward = rewardIn(document, name)
  const tier = account.tierNow(arrivedAt).id
  const belongsTo = account.clubs.at(arrivedAt, false)
  const fault = faultOf(reward, tier, belongsTo, at)
  if (fault !== null) throw new Error(`${id} is spent on ${name}, and ${fault}`)
  const price = priceOf(reward, points, tier, belongsTo)
  const parts = purse.take(price, arrivedAt)
  if (parts.reduce((sum, part) => sum + part.points, 0) < price) throw new Error(`${id} spends points that are not there`)
  const state = kind === 'hold' ? 'reserved' : 'captured'
  const lapsesAt = heldUntil(document, reward, arrivedAt)
  const one: NaiveSpending = { id, reward, price, parts, lapsesAt, state, back: 0, purchaseId }
  spendings.set(id, one)
  if (state === 'captured') payBackFor(account, one, arrivedAt)
}

export function letGo({ spendings, purse }: NaiveAccount, { id, arrivedAt }: FactOf<'let go'>): void {
  const held = spendings.get(id)!
  held.state = 'released'
  purse.comeBack(held.parts, arrivedAt)
}

export function reverse(account: NaiveAccount, { id, arrivedAt }: FactOf<'reversed'>): void {
  const spent = account.spendings.get(id)!
  spent.state = 'reversed'
  restore(account, spent, spent.price - spent.back, arrivedAt)
}

/** Goods may have come back before the points were spent for them. */
function payBackFor(account: NaiveAccount, { purchaseId }: NaiveSpending, at: number): void {
  const sale = purchaseId === undefined ? undefined : account.sales.get(purchaseId)
  if (purchaseId !== undefined && sale) payBack(account, purchaseId, sale, at)
}

/** Points that were spent come back: those that would have expired meanwhile for some days, or to expire. */
function restore(account: NaiveAccount, one: NaiveSpending, amount: number, at: number) {
  const { purse } = account
  const parts = lastOf(one, amount)
  one.back += amount
  const until = graceEnd(account.inForce(at).document, at)
  const isOver = ({ lot }: Part) => lot.term.expiresAt <= at
  const over = parts.filter(isOver).reduce((sum, { points }) => sum + points, 0)
  if (until === null || over === 0) return purse.comeBack(parts, at)
  purse.comeBack([{ lot: purse.emptyLot(until, at), points: over }, ...parts.filter((part) => !isOver(part))], at)
}

/** Points that a purchase was paid with come back with its goods, in proportion. */
export function payBack(account: NaiveAccount, purchaseId: string, sale: KnownSale, at: number): void {
  const { spendings } = account
  const { valued, returned, paidWith } = sale
  const naming = [...spendings.values()].filter((one) => one.purchaseId === purchaseId)
  for (const one of new Set([...paidWith.flatMap((id) => spendings.get(id) ?? []), ...naming])) {
    if ((one.purchaseId ?? purchaseId) !== purchaseId || !takesOff.has(one.reward.kind)) continue
    if (one.state === 'reserved' && returned.size > 0) one.purchaseId = purchaseId
    if (one.state !== 'captured') continue
    const amount = shareBack(one.price, valued.sale.bought, returned) - one.back
    if (amount <= 0) continue
    one.purchaseId = purchaseId
    restore(account, one, amount, at)
  }
}

/** Rewards that take something off a basket. */
const takesOff: ReadonlySet<string | undefined> = new Set(['money-off', 'percentage-off', 'points-as-money'])
