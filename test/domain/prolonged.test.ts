import { expect, it } from 'vitest'
import { goods } from './counter.ts'
import { at, documentWith, programmeOf } from './programmes.ts'
import { Spender } from './spender.ts'

it('lets spent points come back to live as long as those of their bucket that are only held', () => {
  const spender = new Spender(programmeOf(documentWith({ expiry: { inactivity: 1 } })), '2026-01-01T00:00:00Z')
  spender.buy('p', '2026-01-10T12:00:00Z', goods(9_000, 1_000))
  spender.spend({ kind: 'redeem', points: 20 })
  spender.spend({ kind: 'reserve', points: 'all' })
  spender.bringBack('p', 'r', '2026-01-12T12:00:00Z', goods(0, 1_000).slice(1))
  // It pays 5 of the 10 owed, and is activity: what is held lives until a month after it.
  spender.adjust(5, '2026-01-12T12:00:00Z')
  spender.spend({ kind: 'reverse', which: 0 })
  expect(spender.balance).toMatchObject({ debt: 0, expiring: [{ points: 15, expiresAt: at('2026-02-13T00:00:00Z') }] })
})
