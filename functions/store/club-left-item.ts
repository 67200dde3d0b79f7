import type { Refund } from '../domain/club.ts'
import type { Instant } from '../domain/units.ts'
import type { Item, Key } from './store.ts'

/** When a member left a club last, and what came back of their fees then. */
export function clubLeftItem(key: Key, at: Instant, refund: Refund | null): Item {
  return {
    ...key,
    at,
    ...(refund && { r: refund.amount, p: refund.payments.map(({ paymentId, amount }) => [paymentId, amount]) }),
  }
}

export function clubLeftOf(item: Item): { readonly at: Instant; readonly refund: Refund | null } {
  const at = item.at as Instant
  if (item.r === undefined) return { at, refund: null }
  const payments = (item.p as unknown as [string, number][]).map(([paymentId, amount]) => ({ paymentId, amount }))
  return { at, refund: { amount: item.r as number, payments } }
}
