import { type Refusal, refusal } from './refusal.ts'
import type { Instant, MemberId } from './units.ts'
import { basketOf, type VoucherLine, type VoucherSeries } from './voucher-series.ts'

/** A use that is held for a basket. */
export interface HeldUse {
  readonly lockId: string
  readonly until: Instant
}

/** A voucher that was given out. */
export interface Voucher {
  readonly seriesId: string
  /** The revision whose terms it has. */
  readonly revision: number
  /** As it was told. */
  readonly code: string
  /** Whom it was given to; null: to nobody who is known. */
  readonly memberId: MemberId | null
  /** What for: a redemption, or an issue by staff. */
  readonly source: string
  readonly issuedAt: Instant
  /** From when on it is expired; null: never. */
  readonly expiresAt: Instant | null
  /** How often it may be used, and was. */
  readonly uses: number
  readonly used: number
  /** Held uses; of those whose time is over none counts. */
  readonly held: readonly HeldUse[]
  readonly voidAt: Instant | null
  /** Why staff voided it. */
  readonly voidReason?: string | undefined
}

/** Whether a voucher may still be used at all and, if not, why. */
export function voucherStatus({ voidAt, used, uses, expiresAt }: Voucher, now: Instant) {
  if (voidAt !== null) return 'void'
  if (used >= uses) return 'used-up'
  return expiresAt !== null && now >= expiresAt ? 'expired' : 'good'
}

const heldAt = ({ held }: Voucher, now: Instant) => held.filter(({ until }) => now < until)

/** Uses that are neither used nor held. */
export const freeUses = (voucher: Voucher, now: Instant): number => voucher.uses - voucher.used - heldAt(voucher, now).length

/** Who wants to use a voucher, where, and on what. */
export interface Wanted {
  readonly storeId: string
  /** The customer; undefined where the till knows none. */
  readonly memberId?: MemberId | undefined
  readonly basket: readonly VoucherLine[]
}

/**
 * Why a voucher cannot be used now; undefined: it can. In this order: what is wrong with the voucher, with the store, with the
 * member and with the basket, then that all uses are held for other baskets.
 */
export function voucherFault(voucher: Voucher, series: VoucherSeries, wanted: Wanted, now: Instant): Refusal | undefined {
  const status = voucherStatus(voucher, now)
  if (status !== 'good') return refusal(`voucher-${status}`)
  if (series.stores && !series.stores.includes(wanted.storeId)) return refusal('voucher-not-here', '/storeId')
  if (!series.bearer && wanted.memberId !== voucher.memberId) return refusal('voucher-not-theirs', '/member')
  const sum = basketOf(series, wanted.basket)
  if (sum < (series.minimumBasket ?? 0) || (series.lines && sum === 0)) return refusal('voucher-minimum', '/basket')
  return freeUses(voucher, now) > 0 ? undefined : refusal('voucher-locked')
}

/** A voucher one of whose free uses is held for a basket. */
export const withHeld = (voucher: Voucher, use: HeldUse, now: Instant): Voucher => ({
  ...voucher,
  held: [...heldAt(voucher, now), use],
})

/** A voucher that no longer holds a use for a basket. */
export const withoutHeld = (voucher: Voucher, lockId: string): Voucher => ({
  ...voucher,
  held: voucher.held.filter((use) => use.lockId !== lockId),
})

/**
 * Uses what is held for a basket. When the time of the lock is over, it is used all the same as long as a use is free, though the
 * voucher may have expired since: it was good when it was locked, and the customer has paid by now.
 */
export function useVoucher(voucher: Voucher, lockId: string, now: Instant): Voucher | Refusal {
  if (voucher.voidAt !== null) return refusal('voucher-void')
  const isHeld = heldAt(voucher, now).some((use) => use.lockId === lockId)
  if (!isHeld && freeUses(voucher, now) < 1) return refusal(voucher.used < voucher.uses ? 'voucher-locked' : 'voucher-used-up')
  const others = withoutHeld(voucher, lockId)
  return { ...others, held: heldAt(others, now), used: voucher.used + 1 }
}

/** A voucher one of whose uses comes back, because the purchase did: as long as it is good but for that. */
export function withoutUse(voucher: Voucher, now: Instant): Voucher | Refusal {
  const before = { ...voucher, used: voucher.used - 1 }
  const status = voucherStatus(before, now)
  return status === 'good' ? before : refusal(`voucher-${status}`)
}

/** Voids a voucher whose points are to come back: refused where it was used, or is about to be. Undefined: it is void already. */
export function voidUnused(voucher: Voucher, now: Instant): Voucher | Refusal | undefined {
  if (voucher.used > 0) return refusal('voucher-used')
  if (voucher.voidAt !== null) return undefined
  return heldAt(voucher, now).length > 0 ? refusal('voucher-locked') : { ...voucher, voidAt: now }
}
