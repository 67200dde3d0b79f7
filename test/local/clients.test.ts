import { afterAll, describe, expect, it } from 'vitest'
import { instant } from '../../functions/domain/units.ts'
import { addClient } from '../../functions/local/clients.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { identityOf } from '../../functions/store/identity-item.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { table } from '../../functions/store/table.ts'

const issuer = 'https://issuer.example'
const store = new SqliteStore(':memory:')
afterAll(() => store.close())

describe('a client of the issuer', () => {
  const shop = { issuer, subject: 'shop-leeds', programme: 'demo', stores: ['leeds'] }

  it('belongs to a programme that there is', async () => {
    await expect(addClient(store, shop)).rejects.toThrow('there is no programme demo')
    await createProgramme(store, 'demo', demoProgramme, instant(0))
    await addClient(store, shop)
    const { items } = await store.read([table.identity(issuer, 'shop-leeds')], { consistent: true })
    expect(items[0] && identityOf(items[0])).toEqual({ ...shop, version: 1 })
  })

  it('or somebody of the staff may be a supervisor', async () => {
    const grace = { issuer, subject: 'grace', programme: 'demo', role: 'supervisor' } as const
    await addClient(store, grace)
    const { items } = await store.read([table.identity(issuer, 'grace')], { consistent: true })
    expect(items[0] && identityOf(items[0])).toEqual({ ...grace, version: 1 })
  })

  it('may be added again as it is, and not as another', async () => {
    await addClient(store, shop)
    await expect(addClient(store, { ...shop, stores: '*' })).rejects.toThrow('shop-leeds is another client already')
  })
})
