import type { Instant, MemberId } from '../domain/units.ts'
import type { HeldUse, Voucher } from '../domain/voucher.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Write } from './store.ts'
import { table } from './table.ts'

/**
 * A voucher is found by a hash of its code, so that no key bears a code: keys come into logs and metrics. The code itself is in the
 * item, because members read theirs again. A code of a pool has its item from its upload on.
 */
export const voucherItem = (programme: string, hash: string, version: number, voucher: Voucher): Item => ({
  ...table.voucher(programme, hash),
  [versionAttribute]: version,
  s: voucher.seriesId,
  c: voucher.code,
  rv: voucher.revision,
  ...(voucher.memberId !== null && { m: voucher.memberId }),
  by: voucher.source,
  is: voucher.issuedAt,
  ...(voucher.expiresAt !== null && { ex: voucher.expiresAt }),
  n: voucher.uses,
  u: voucher.used,
  ...(voucher.held.length > 0 && { l: voucher.held.map(({ lockId, until }) => [lockId, until]) }),
  ...(voucher.voidAt !== null && { vo: voucher.voidAt }),
  ...(voucher.voidReason !== undefined && { vr: voucher.voidReason }),
})

/** Undefined where the code is still in its pool: nobody was given it. */
export function voucherOf(item: Item): Voucher | undefined {
  if (item.is === undefined) return undefined
  return {
    seriesId: item.s as string,
    revision: item.rv as number,
    code: item.c as string,
    memberId: (item.m ?? null) as MemberId | null,
    source: item.by as string,
    issuedAt: item.is as Instant,
    expiresAt: (item.ex ?? null) as Instant | null,
    uses: item.n as number,
    used: item.u as number,
    held: ((item.l ?? []) as [string, Instant][]).map(([lockId, until]): HeldUse => ({ lockId, until })),
    voidAt: (item.vo ?? null) as Instant | null,
    voidReason: item.vr as string | undefined,
  }
}

/** Writes a voucher as it is given out, or as it becomes of what was read; it fails where another was at it meanwhile. */
export function voucherWrite(programme: string, hash: string, voucher: Voucher, stored: Item | undefined): Write {
  const version = Number(stored?.[versionAttribute] ?? 0)
  return {
    kind: 'put',
    item: voucherItem(programme, hash, version + 1, voucher),
    condition: stored ? { is: 'equal', attribute: versionAttribute, value: version } : { is: 'absent' },
    replaces: stored,
  }
}

/** Lists a voucher with the member whom it is given to. */
export const listedVoucherWrites = (programme: string, hash: string, { memberId, issuedAt }: Voucher): Write[] =>
  memberId === null ? [] : [{ kind: 'put', item: { ...table.memberVoucher(programme, memberId, issuedAt, hash) } }]

/** A code that is uploaded to a pool, and must be new to the programme. */
export const pooledVoucherWrite = (programme: string, hash: string, seriesId: string, code: string): Write => ({
  kind: 'put',
  item: { ...table.voucher(programme, hash), [versionAttribute]: 1, s: seriesId, c: code },
  condition: { is: 'absent' },
})
