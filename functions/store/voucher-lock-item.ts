import type { Instant } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Write } from './store.ts'
import { table } from './table.ts'

/** What a lock is called: its id leads to the voucher, once and for ever. */
export interface LockName {
  readonly hash: string
  /** Of the body. */
  readonly bodyHash: string
}

/** A use of a voucher that is or was held for a basket. */
export interface VoucherLock {
  readonly lockId: string
  /** `given-back`: it was used, and the purchase came back. */
  readonly state: 'locked' | 'used' | 'released' | 'given-back'
  readonly storeId: string
  readonly at: Instant
  readonly until: Instant
  /** What it takes off the basket, minor units; null where it takes off no money. */
  readonly discount: number | null
  /** By which it was used. */
  readonly purchaseId: string | null
  readonly version: number
}

export const lockNameWrite = (programme: string, lockId: string, { hash, bodyHash }: LockName): Write => ({
  kind: 'put',
  item: { ...table.lockName(programme, lockId), k: hash, h: bodyHash },
  condition: { is: 'absent' },
})

export const lockNameOf = (item: Item): LockName => ({ hash: item.k as string, bodyHash: item.h as string })

const states = { locked: 'l', used: 'u', released: 'r', 'given-back': 'b' } as const
const stateOfLetter = { l: 'locked', u: 'used', r: 'released', b: 'given-back' } as const

function lockItem(programme: string, hash: string, lock: VoucherLock): Item {
  const { lockId, state, storeId, at, until, discount, purchaseId, version } = lock
  return {
    ...table.voucherLock(programme, hash, lockId),
    [versionAttribute]: version,
    st: states[state],
    s: storeId,
    at,
    un: until,
    ...(discount !== null && { d: discount }),
    ...(purchaseId !== null && { p: purchaseId }),
  }
}

export function lockOf(lockId: string, item: Item): VoucherLock {
  return {
    lockId,
    state: stateOfLetter[item.st as keyof typeof stateOfLetter],
    storeId: item.s as string,
    at: item.at as Instant,
    until: item.un as Instant,
    discount: (item.d ?? null) as number | null,
    purchaseId: (item.p ?? null) as string | null,
    version: item[versionAttribute] as number,
  }
}

/** Writes a lock that must not be there yet. */
export const newLockWrite = (programme: string, hash: string, lock: VoucherLock): Write => ({
  kind: 'put',
  item: lockItem(programme, hash, lock),
  condition: { is: 'absent' },
})

/** Writes what became of a lock. */
export function changedLockWrite(
  programme: string,
  hash: string,
  lock: VoucherLock,
  change: Partial<Pick<VoucherLock, 'state' | 'purchaseId'>>,
): Write {
  return {
    kind: 'put',
    item: lockItem(programme, hash, { ...lock, ...change, version: lock.version + 1 }),
    condition: { is: 'equal', attribute: versionAttribute, value: lock.version },
    replaces: lockItem(programme, hash, lock),
  }
}
