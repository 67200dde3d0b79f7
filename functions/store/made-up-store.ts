import type { Item, Store } from './store.ts'

/** A store of a few items that are made up, to which nothing can be written. */
export function madeUpStore(items: readonly Item[]): Store {
  const stored = new Map(items.map((item) => [`${item.pk} ${item.sk}`, item]))
  const never = () => Promise.reject(new Error('what is made up is asked, and nothing else'))
  return {
    read: async (keys) => ({ items: keys.map(({ pk, sk }) => stored.get(`${pk} ${sk}`)), units: 0 }),
    query: async () => ({ items: [], next: undefined, units: 0 }),
    queryDue: never,
    commit: never,
    close: async () => {},
  }
}
