import type { FactOf, NaiveAccount } from './naive-account.ts'
import { dateOf, daysFrom, spendableOf } from './naive-dates.ts'
import type { NaiveUnnamedSale } from './naive-facts.ts'
import { payBack } from './naive-redeeming.ts'
import { addGoods, inReturnOrder, keepAfterAll, type Returned } from './naive-returns.ts'
import { valueSale, worthOf } from './naive-sales.ts'

/** Sales and what comes back of them, in the model. */

const mostWaiting = 20

export function sell(account: NaiveAccount, fact: FactOf<'purchase'>): void {
  const { programme, purse, sales, clubs, tags } = account
  if (sales.has(fact.id)) return
  const at = Math.min(fact.occurredAt, fact.arrivedAt)
  const revision = account.inForce(at)
  const { document } = revision
  // All that arrived earlier and is dated no later: a tie is won by who arrived first.
  const before = account.salesUpTo(at)
  const previous = before.length === 0 ? null : Math.max(...before.map((other) => other.at))
  const sale = {
    ...{ at, memberId: fact.member ?? 'm-1', storeId: fact.storeId ?? 'leeds', channel: fact.channel, tenders: fact.tenders },
    tier: account.tierAt(at),
    clubs: clubs.at(at, account.isLate(at)),
    segments: tags.tagsAt(at, account.isLate(at)),
    purchaseNumber: before.length + 1,
    daysSinceLastPurchase: previous === null ? null : daysFrom(document.timezone, previous, at),
    birthdayMonth: Number(fact.birthday?.split('-')[1]) === dateOf(document.timezone, at).month,
    bought: fact.lines.map((line) => ({ ...line, sku: line.sku ?? `sku-${line.lineId}` })),
  }
  const valued = valueSale({ document, revision: programme.indexOf(revision) }, sale, [...sales.values()], fact.rooms)
  const worth = worthOf(valued, new Map())
  const spendableAt = spendableOf(document, at)
  const lot = purse.credit(worth.points, at, spendableAt, fact.arrivedAt)
  const isPending = spendableAt > fact.arrivedAt && lot.term.expiresAt > fact.arrivedAt
  purse.issued += worth.points
  const pending = isPending ? lot.points : 0
  sales.set(fact.id, { at, valued, returned: new Map(), lot, atSale: worth, pending, paidWith: fact.paidWith ?? [], worth })
  const early = account.waiting.get(fact.id) ?? []
  account.waiting.delete(fact.id)
  for (const goods of early.sort(inReturnOrder)) bringBack(account, goods, fact.arrivedAt)
}

/** A sale comes without a member: of the returns that wait for it, those that do not fit are refused. */
export function keepUnnamed({ waiting, returns }: NaiveAccount, { id, lines }: NaiveUnnamedSale): void {
  const returned: Returned = new Map()
  const fitting: FactOf<'return'>[] = []
  for (const goods of [...(waiting.get(id) ?? [])].sort(inReturnOrder)) {
    const code = addGoods(lines, returned, goods.lines)
    if (code === null) fitting.push(goods)
    else returns.set(`${id}/${goods.id}`, { status: 'refused', clawedBack: 0, code })
  }
  waiting.set(id, fitting)
}

export function bringBack(account: NaiveAccount, fact: FactOf<'return'>, arrivedAt: number) {
  const { sales, waiting, returns, purse, forgiven } = account
  const name = `${fact.purchaseId}/${fact.id}`
  const refuse = (code: string) => void returns.set(name, { status: 'refused', clawedBack: 0, code })
  const sale = sales.get(fact.purchaseId)
  if (!sale) {
    const queue = waiting.get(fact.purchaseId) ?? []
    if (queue.length >= mostWaiting) return refuse('too-many-waiting-returns')
    waiting.set(fact.purchaseId, [...queue, fact])
    returns.set(name, { status: 'waiting', clawedBack: 0, code: null })
    return
  }
  const code = addGoods(sale.valued.sale.bought, sale.returned, fact.lines)
  if (code !== null) return refuse(code)
  const left = worthOf(sale.valued, sale.returned)
  const back = sale.worth.points - left.points
  sale.worth = left
  const missing = purse.takeBack(sale.lot, back, arrivedAt, Math.min(fact.occurredAt, arrivedAt))
  if (fact.claimId !== undefined) forgiven.set(fact.claimId, missing)
  payBack(account, fact.purchaseId, sale, arrivedAt)
  returns.set(name, { status: 'booked', clawedBack: back, code: null })
}

/** A claim that counted as a return is undone: the sale is worth more again, up to what it was. What was forgiven was never taken. */
export function keepAgain({ sales, purse, forgiven }: NaiveAccount, fact: FactOf<'return'>): void {
  const { purchaseId, claimId = '', lines, arrivedAt } = fact
  const sale = sales.get(purchaseId)!
  keepAfterAll(sale.returned, lines)
  const evaluated = worthOf(sale.valued, sale.returned)
  const worth = { ...evaluated, points: Math.min(evaluated.points, sale.atSale.points) }
  const again = worth.points - sale.worth.points
  if (again < 0) throw new Error(`${purchaseId} is worth less with more of it kept`)
  sale.worth = worth
  purse.clawedBack -= again
  const untaken = Math.min(forgiven.get(claimId) ?? 0, again)
  purse.adjusted -= untaken
  purse.comeBack([{ lot: sale.lot, points: again - untaken }], arrivedAt)
}
