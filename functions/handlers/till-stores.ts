import { type Problem, problem } from '../contract/problem.ts'
import { type Caller, mayPostFor } from './context.ts'

/**
 * Which stores' records a till may act on and read. Any store may act in its own name on what another began, as any store may take goods
 * back: the ledger then says which one did. A till that names no store acts for the record's.
 */

/** The stores that a record names; none, where a member made it in the app. */
type Stores = readonly (string | null)[]

/** Whether a record is of a store that a till may post for, or of none. */
export function isOfTill(caller: Caller, stores: Stores): boolean {
  const named = stores.filter((store) => store !== null)
  return named.length === 0 || named.some((store) => mayPostFor(caller, store))
}

/** What is wrong with the store that a till names, or with its naming none, where it acts on a record of some stores. */
export function storeFault(caller: Caller, storeId: string | undefined, ofRecord: Stores): Problem | undefined {
  const may = storeId === undefined ? isOfTill(caller, ofRecord) : mayPostFor(caller, storeId)
  return may ? undefined : problem('store-forbidden', '/storeId')
}

/** The store of a purchase: its id begins with the store's, which has no colon, and one. */
export const storeOfPurchase = (purchaseId: string): string => purchaseId.split(':', 1)[0]!
