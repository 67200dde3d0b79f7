import type { Membership, PaidTerm } from '../domain/club.ts'
import type { Instant } from '../domain/units.ts'
import type { Value } from './store.ts'

type PackedTerm = [paymentId: string, amount: number, from: number, until: number, refund: PaidTerm['refund']]
type PackedMembership =
  | [clubId: string, since: number]
  | [clubId: string, since: number, isQualified: true]
  | [clubId: string, since: number, months: number, until: number, graceUntil: number | null, inGrace: boolean]
  | [
      clubId: string,
      since: number,
      months: number,
      until: number,
      graceUntil: number | null,
      inGrace: boolean,
      payments: PackedTerm[],
    ]

/** A membership as a short list: one without a term is a club and an instant. */
export function packMembership(membership: Membership): Value {
  const { clubId, since, until, graceUntil, state, months, payments, isQualified } = membership
  if (isQualified) return [clubId, since, true]
  if (until === null) return [clubId, since]
  const term = [clubId, since, months, until, graceUntil, state === 'grace'] as const
  return payments.length === 0 ? term : [...term, payments.map(packTerm)]
}

const packTerm = ({ paymentId, amount, from, until, refund }: PaidTerm): PackedTerm => [paymentId, amount, from, until, refund]

export function unpackMembership(packed: Value): Membership {
  const [clubId, since, third = 0, until = null, graceUntil = null, inGrace = false, payments = []] =
    packed as unknown as PackedMembership
  return {
    clubId,
    since: since as Instant,
    until: until as Instant | null,
    graceUntil: graceUntil as Instant | null,
    state: inGrace ? 'grace' : 'member',
    months: third === true ? 0 : third,
    payments: payments.map(
      ([paymentId, amount, from, end, refund]): PaidTerm => ({
        paymentId,
        amount,
        from: from as Instant,
        until: end as Instant,
        refund,
      }),
    ),
    ...(third === true && { isQualified: true }),
  }
}
