import { isDeepStrictEqual } from 'node:util'
import { type Claim, claimAt, claimsOf } from '../domain/claim.ts'
import type { EarnFact, Entry } from '../domain/entry.ts'
import type { MemberId } from '../domain/units.ts'
import type { Ledger } from '../handlers/account.ts'
import { spentOf } from '../handlers/budgets.ts'
import { claimOf, lineKeyOf } from '../store/claim-item.ts'
import { eachItem } from '../store/paging.ts'
import { claimsNow, type ReceiptClaim, receiptOf, returnedClaim } from '../store/receipt-item.ts'
import type { Item } from '../store/store.ts'
import { budgetPartition, claimsInLine, guaranteeBudget, memberClaimPrefix, storeBudgetPrefix, table } from '../store/table.ts'
import { guaranteeBudgets } from './verify-limits.ts'

/** What of a member's claims is not what their entries say: the claims, the list of them, their places in line, what receipts keep. */
export async function claimDifferences(
  ledger: Ledger,
  memberId: MemberId,
  entries: readonly Entry[],
  listed: readonly Item[],
): Promise<string[]> {
  const claims = claimsOf(memberId, entries)
  const differences: string[] = []
  const names = listed.map(({ sk }) => sk.slice(memberClaimPrefix.length))
  if (!isDeepStrictEqual(new Set(names), new Set(claims.keys())))
    differences.push('the list of claims is not what the entries make')
  const stored: Claim[] = []
  for (const claim of claims.values()) {
    const [found] = await compareClaim(ledger, claim, differences)
    if (found) stored.push(found)
  }
  const sales = new Map(entries.flatMap(({ fact }) => (fact.kind === 'earn' ? [[fact.purchaseId, fact]] : [])))
  for (const purchaseId of new Set(stored.map((claim) => claim.purchaseId))) {
    differences.push(...(await receiptDifferences(ledger, sales.get(purchaseId)!, stored)))
  }
  return differences
}

async function compareClaim({ runtime, programme, now }: Ledger, claim: Claim, differences: string[]): Promise<Claim[]> {
  const { items } = await runtime.store.read([table.claim(programme.id, claim.claimId)], { consistent: true })
  const found = items[0] && claimOf(items[0]).claim
  if (!found || !isDeepStrictEqual(claimAt(found, now), claimAt(claim, now))) {
    differences.push(`claim ${claim.claimId} is not what its entries make`)
    return []
  }
  const place = lineKeyOf(programme.id, found)
  if (place && !(await runtime.store.read([place], { consistent: true })).items[0]) {
    differences.push(`claim ${claim.claimId} is not in the line in which it waits`)
  }
  return [found]
}

async function receiptDifferences(
  { runtime, programme, now }: Ledger,
  sale: EarnFact,
  claims: readonly Claim[],
): Promise<string[]> {
  const { purchaseId, lines } = sale
  const { items } = await runtime.store.read([table.receipt(programme.id, purchaseId)], { consistent: true })
  const receipt = items[0] && receiptOf(items[0])
  if (receipt?.state !== 'sold') return [`purchase ${purchaseId} has no receipt for its claims`]
  const byId = (a: ReceiptClaim, b: ReceiptClaim) => (a.claimId < b.claimId ? -1 : 1)
  const wanted = claims.filter((claim) => claim.purchaseId === purchaseId).flatMap(heldOf)
  // Holds that are over by time are there until the receipt is next written.
  const keptNow = (kept: readonly ReceiptClaim[]) => claimsNow({ claims: kept }, now).toSorted(byId)
  const found = receipt.claims.map((one) => (one.isReturned ? returnedClaim(one.claimId) : one))
  const differences = isDeepStrictEqual(keptNow(found), keptNow(wanted))
    ? []
    : [`purchase ${purchaseId} does not keep what its claims hold`]
  const isTooMuch = lines.some(({ lineId, quantity, amount }) => {
    const back = receipt.returned.find((line) => line.lineId === lineId) ?? { quantity: 0, amount: 0 }
    return back.quantity > quantity || back.amount > amount
  })
  return isTooMuch ? [...differences, `more came back of purchase ${purchaseId} than was bought`] : differences
}

/** What the receipt keeps of a claim as it was last written. */
function heldOf({ claimId, lines, awaits, dueAt, effect }: Claim): ReceiptClaim[] {
  if (effect) return [returnedClaim(claimId)]
  if (awaits === null) return []
  return [{ claimId, lines, isReturned: false, until: awaits === 'goods' ? dueAt : null }]
}

/** Places in line at which no claim waits. */
export async function* strayPlaces({ runtime, programme }: Pick<Ledger, 'runtime' | 'programme'>): AsyncGenerator<string> {
  for (const awaits of ['decision', 'remedy']) {
    for await (const { pk, sk } of eachItem(runtime.store, { pk: claimsInLine(programme.id, awaits) })) {
      const id = sk.slice(sk.indexOf('#') + 1)
      const { items } = await runtime.store.read([table.claim(programme.id, id)], { consistent: true })
      const place = items[0] && lineKeyOf(programme.id, claimOf(items[0]).claim)
      const row = await runtime.store.read([{ pk, sk }], { consistent: true })
      if (row.items[0] && (place?.pk !== pk || place.sk !== sk))
        yield `${id} stands in line for a ${awaits}, and does not wait for one`
    }
  }
}

/** Sums of what claims have of the budgets of guarantees: what the pots must say too. */
export class ClaimSums {
  /** By the name of the budget, and by that and the store. */
  readonly #budgets = new Map<string, number>()
  readonly #stores = new Map<string, number>()
  #spentBefore = new Map<string, number>()
  readonly #ledger: Ledger

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** To be called before the first member: budgets are compared only where nothing is spent meanwhile. */
  async begin(): Promise<void> {
    this.#spentBefore = await spentOf(this.#ledger, guaranteeBudgets(this.#ledger.programme))
  }

  /** Adds the claims of a member, as they are booked. */
  add(memberId: MemberId, entries: readonly Entry[]): void {
    for (const { taken, state, steps } of claimsOf(memberId, entries).values()) {
      const isUndone = steps.some(({ step }) => step === 'undone')
      if (!taken || isUndone || state === 'declined' || state === 'withdrawn' || state === 'lapsed') continue
      const name = guaranteeBudget(taken.guaranteeId)
      const count = (sums: Map<string, number>, key: string) => sums.set(key, (sums.get(key) ?? 0) + taken.amount)
      if (taken.of.includes('budget')) count(this.#budgets, name)
      if (taken.of.includes('store')) count(this.#stores, `${name} ${taken.storeId}`)
    }
  }

  /** What the pots say otherwise than the claims that were added. */
  async differences(): Promise<string[]> {
    const { programme, runtime } = this.#ledger
    const differences: string[] = []
    for (const [name, amount] of await spentOf(this.#ledger, guaranteeBudgets(programme))) {
      if (this.#spentBefore.get(name) !== amount) continue
      if (amount !== (this.#budgets.get(name) ?? 0)) differences.push(`the budget of ${name} is not what was claimed of it`)
      const query = { pk: budgetPartition(programme.id, name), range: { prefix: storeBudgetPrefix } }
      for await (const { sk, b, l } of eachItem(runtime.store, query)) {
        const store = sk.slice(storeBudgetPrefix.length)
        if (Number(b) - Number(l) === (this.#stores.get(`${name} ${store}`) ?? 0)) continue
        differences.push(`what may be claimed of ${name} at ${store} is not what is left`)
      }
    }
    return differences
  }
}
