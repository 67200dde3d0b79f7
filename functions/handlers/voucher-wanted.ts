import { isProblem, type Problem, problem } from '../contract/problem.ts'
import type { lockVoucher } from '../contract/vouchers.ts'
import { revisionAt } from '../domain/programme.ts'
import type { MemberId } from '../domain/units.ts'
import type { Wanted } from '../domain/voucher.ts'
import { readVoucherCode } from '../domain/voucher-series.ts'
import { type Context, type Handle, mayPostFor } from './context.ts'
import { findNamed } from './find-member.ts'
import { voucherHash } from './voucher-key.ts'

type Body = Parameters<Handle<typeof lockVoucher>>[0]['body']

/** A voucher as a till wants it: by what it is found, and what it is judged by. */
export interface WantedVoucher {
  readonly hash: string
  readonly wanted: Wanted
}

/** Finds out what a till wants. A code that no voucher can have is refused before anything is looked for. */
export async function wantedVoucher(context: Context, body: Body): Promise<WantedVoucher | Problem> {
  const { programme, caller, now } = context
  const { storeId, member, basket } = body
  if (!mayPostFor(caller, storeId)) return problem('store-forbidden', '/storeId')
  const { storeIds } = revisionAt(programme, now)
  if (storeIds && !storeIds.has(storeId)) return problem('store-unknown', '/storeId')
  if (readVoucherCode(programme, body.code) === undefined) return problem('voucher-unknown', '/code')
  let memberId: MemberId | undefined
  if (member) {
    const named = await findNamed(context, member, now)
    if (isProblem(named)) return named
    if (!named.known) return problem('member-unknown', '/member/card')
    memberId = named.memberId
  }
  return { hash: voucherHash(programme, body.code), wanted: { storeId, memberId, basket: basket.lines } }
}
