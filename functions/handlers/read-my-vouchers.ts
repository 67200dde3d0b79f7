import { readMyVouchers } from '../contract/my-vouchers.ts'
import { problem } from '../contract/problem.ts'
import { mostReadKeys } from '../store/store.ts'
import { hashOfMemberVoucher, memberPartition, memberVoucherPrefix, table } from '../store/table.ts'
import { implement } from './context.ts'
import { ownMember } from './own-member.ts'
import { foundVoucher, voucherView } from './vouchers.ts'

const defaultLimit = 50

/** A member's vouchers with their codes, newest first. */
export const readMyVouchersImplementation = implement(readMyVouchers, async ({ query }, context) => {
  const { runtime, programme, now } = context
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  const pk = memberPartition(programme.id, own)
  const after = query.cursor === undefined ? undefined : placeOf(query.cursor)
  if (after === null) return problem('invalid-cursor')
  const page = await runtime.store.query({
    pk,
    range: { prefix: memberVoucherPrefix },
    descending: true,
    consistent: true,
    limit: Math.min(Number(query.limit ?? defaultLimit), mostReadKeys),
    after: after === undefined ? undefined : { pk, sk: after },
  })
  const hashes = page.items.map(({ sk }) => hashOfMemberVoucher(sk))
  const keys = hashes.map((hash) => table.voucher(programme.id, hash))
  const items = keys.length > 0 ? (await runtime.store.read(keys, { consistent: true })).items : []
  const nextCursor = page.next ? Buffer.from(page.next.sk.slice(memberVoucherPrefix.length)).toString('base64url') : null
  return {
    status: 200 as const,
    body: { items: hashes.map((hash, index) => voucherView(foundVoucher(context, hash, items[index])!, now)), nextCursor },
  }
})

/** The sort key that a cursor stands for; null where no page gave it. */
function placeOf(cursor: string): string | null {
  const place = Buffer.from(cursor, 'base64url').toString()
  return /^\d{15}#[\w-]{43}$/.test(place) ? memberVoucherPrefix + place : null
}
