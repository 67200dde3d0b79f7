import { afterAll, beforeAll, describe } from 'vitest'
import type { Store } from '../../functions/store/store.ts'
import { commitContract } from './contract-commits.ts'
import { limitContract } from './contract-limits.ts'
import { queryContract } from './contract-queries.ts'
import { unitContract } from './contract-units.ts'
import { valueContract } from './contract-values.ts'

/** What every engine promises. One store serves the whole suite; each test has partitions of its own. */
export function storeContract(name: string, makeStore: () => Promise<Store>): void {
  describe(name, () => {
    let made: Store
    beforeAll(async () => {
      made = await makeStore()
    })
    afterAll(() => made.close())

    const store = () => made
    commitContract(store)
    limitContract(store)
    queryContract(store)
    unitContract(store)
    valueContract(store)
  })
}
