import type { Instant, MemberId } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Condition, Item, Write } from './store.ts'
import { table } from './table.ts'

/** The code by which a till may spend a member's points, once: a hash of it. */
export interface SpendCode {
  /** Undefined once it was used. */
  readonly hash?: string | undefined
  readonly expiresAt: Instant
  /** Wrong codes that were shown since it was made. */
  readonly tries: number
}

export const spendCodeOf = (item: Item): SpendCode => ({
  hash: item.h as string | undefined,
  expiresAt: item.ex as Instant,
  tries: Number(item.n),
})

/** Writes a member's code as it is made, tried or used; it fails where another was at it meanwhile. */
export function spendCodeWrite(programme: string, member: MemberId, code: SpendCode, stored: Item | undefined): Write {
  const version = Number(stored?.[versionAttribute] ?? 0)
  const condition: Condition = stored ? { is: 'equal', attribute: versionAttribute, value: version } : { is: 'absent' }
  return {
    kind: 'put',
    item: {
      ...table.spendCode(programme, member),
      [versionAttribute]: version + 1,
      ...(code.hash !== undefined && { h: code.hash }),
      ex: code.expiresAt,
      n: code.tries,
    },
    condition,
    replaces: stored,
  }
}
