import { deepStrictEqual, ok } from 'node:assert/strict'
import { people } from './operation.ts'
import { entriesOf } from './whole-checks.ts'
import type { Whole } from './whole-history.ts'
import { placeCampaigns } from './whole-variants.ts'

/** Whether a store may post by each of some documents. */
export const isAlwaysRegistered = (documents: Whole['documents'], storeId: string): boolean =>
  documents.every(({ stores }) => stores?.some(({ id }) => id === storeId) ?? true)

/**
 * A store that is in no register sells nothing, and is refused for no other reason. Answers what came of places: campaigns that gave
 * something for where, when or how somebody bought, and stores that were refused.
 */
export function arePlacesKept({ world: { trace }, naive, documents, done }: Whole): readonly string[] {
  const met: string[] = []
  for (const member of people) {
    for (const { at, fact } of entriesOf(trace, member).bookings.flat()) {
      if (fact.kind !== 'earn') continue
      const { storeId } = fact.details
      const { stores } = naive.findLast(({ inForceFrom }, index) => index === 0 || inForceFrom <= at)!.document
      ok(!stores || stores.some(({ id }) => id === storeId), `${fact.purchaseId} is sold at ${storeId}, which there is not`)
      met.push(...fact.awards.map(({ source }) => source).filter((source) => placeCampaigns.some(({ id }) => id === source)))
    }
  }
  for (const { name, call, answer } of done) {
    if (name !== 'buy' || (answer.body as { code?: string }).code !== 'store-unknown') continue
    const { storeId } = call.body as { storeId: string }
    deepStrictEqual([answer.status, isAlwaysRegistered(documents, storeId)], [422, false], `${storeId} is refused`)
    met.push('store-unknown')
  }
  return met
}
