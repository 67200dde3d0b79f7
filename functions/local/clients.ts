import { isDeepStrictEqual } from 'node:util'
import { type Identity, identityItem, identityOf } from '../store/identity-item.ts'
import type { Store } from '../store/store.ts'
import { table } from '../store/table.ts'

/**
 * Says what a client of an issuer stands for: its programme, and the stores that it may post for. An app by which people sign
 * in has no stores. Throws where there is no such programme, or where the client stands for something else already.
 */
export async function addClient(store: Store, client: Identity): Promise<void> {
  const { items } = await store.read([table.current(client.programme)], { consistent: true })
  if (!items[0]) throw new Error(`there is no programme ${client.programme}`)
  const item = identityItem(client)
  const result = await store.commit([{ kind: 'put', item, condition: { is: 'absent' } }])
  if (result.outcome === 'committed') return
  const found = result.outcome === 'refused' ? result.failed[0].found : undefined
  if (!found || !isDeepStrictEqual({ ...identityOf(found), version: 1 }, { ...client, version: 1 }))
    throw new Error(`${client.subject} is another client already`)
}
