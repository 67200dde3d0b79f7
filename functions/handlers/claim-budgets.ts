import type { TakenOfBudget } from '../domain/claim.ts'
import { guaranteeOf } from '../domain/claiming.ts'
import type { Entry } from '../domain/entry.ts'
import type { Guarantee } from '../domain/guarantee.ts'
import { revisionAt } from '../domain/programme.ts'
import { type Refusal, refusal } from '../domain/refusal.ts'
import { type Pot, potOf, potWrite } from '../store/budget-item.ts'
import type { Write } from '../store/store.ts'
import { guaranteeBudget, table } from '../store/table.ts'
import type { Ledger } from './account.ts'
import { openBudget, openRest, openStoreBudget } from './budgets.ts'

/**
 * A guarantee's budgets are spent by claims as those of campaigns are by purchases, in minor units of what the goods are worth: taken
 * when a claim is made, so that what is promised is there, and given back when it comes to nothing.
 */

/** The writes that take of a guarantee's budgets. Refuses where there is not so much left. */
export async function takeOfBudgets(
  ledger: Ledger,
  guarantee: Guarantee,
  saleRevision: number,
  { storeId, amount, of }: TakenOfBudget,
): Promise<Write[] | Refusal> {
  const revision = revisionAt(ledger.programme, ledger.now)
  const current = guaranteeOf(revision, guarantee.id)
  const [number, limits] = current ? [revision.number, current.limits] : [saleRevision, guarantee.limits]
  const budgeted = { id: guaranteeBudget(guarantee.id), limits }
  const pots: Pot[] = []
  if (of.includes('budget')) pots.push(await openBudget(ledger, budgeted, number, amount))
  if (of.includes('store')) pots.push(await openStoreBudget(ledger, budgeted, number, storeId))
  if (pots.some(({ left }) => left < amount)) return refusal('guarantee-spent')
  return pots.map((pot) => potWrite(pot, { left: pot.left - amount }))
}

/** The writes that give back what claims took that came to nothing. */
export async function giveBackToBudgets(ledger: Ledger, all: readonly TakenOfBudget[]): Promise<Write[]> {
  const pots = new Map<string, { pot: Pot; back: number }>()
  for (const { guaranteeId, storeId, amount, of } of all) {
    const name = guaranteeBudget(guaranteeId)
    if (of.includes('budget')) await giveTo(pots, name, amount, () => openRest(ledger, name))
    if (of.includes('store')) await giveTo(pots, `${name}#${storeId}`, amount, () => storePot(ledger, name, storeId))
  }
  return [...pots.values()].map(({ pot, back }) => potWrite(pot, { left: pot.left + back }))
}

async function giveTo(
  pots: Map<string, { pot: Pot; back: number }>,
  name: string,
  amount: number,
  open: () => Promise<Pot | undefined>,
): Promise<void> {
  const known = pots.get(name)
  const pot = known?.pot ?? (await open())
  if (!pot) throw new Error(`a claim took of ${name}, which is not there`)
  pots.set(name, { pot, back: (known?.back ?? 0) + amount })
}

async function storePot({ runtime, programme }: Ledger, name: string, storeId: string): Promise<Pot | undefined> {
  const key = table.storeBudget(programme.id, name, storeId)
  const { items } = await runtime.store.read([key], { consistent: true })
  return items[0] && potOf(key, items[0])
}

/** What claims took that time has let lapse. */
export const takenByLapsed = (entries: readonly Entry[]): TakenOfBudget[] =>
  entries.flatMap(({ fact }) => (fact.kind === 'claim-lapsed' && fact.taken ? [fact.taken] : []))
