import { problem } from '../contract/problem.ts'
import { voidVoucherAsStaff } from '../contract/voucher-office.ts'
import { readVoucherCode } from '../domain/voucher-series.ts'
import { voucherWrite } from '../store/voucher-item.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { implement } from './context.ts'
import { voucherHash } from './voucher-key.ts'
import { findVoucher, voucherView } from './vouchers.ts'

/** Voids a voucher by its code. The audit names it by its hash; the reason may be personal, and is with the voucher. */
export const voidVoucherAsStaffImplementation = implement(voidVoucherAsStaff, ({ body }, context) => {
  const { runtime, programme, now } = context
  return attempt(runtime, async () => {
    if (readVoucherCode(programme, body.code) === undefined) return problem('voucher-unknown', '/code')
    const hash = voucherHash(programme, body.code)
    const found = await findVoucher(context, hash)
    if (!found) return problem('voucher-unknown', '/code')
    const { voucher, series, stored } = found
    if (voucher.voidAt !== null) return { status: 200 as const, body: voucherView(found, now) }
    const after = { ...voucher, held: [], voidAt: now, voidReason: body.reason }
    const result = await runtime.store.commit([
      voucherWrite(programme.id, hash, after, stored),
      auditWrite(context, {
        ...{ action: voidVoucherAsStaff.name, target: `vouchers/${voucher.seriesId}/${hash}` },
        ...{ before: { void: false }, after: { void: true } },
      }),
    ])
    return result.outcome === 'committed' ? { status: 200 as const, body: voucherView({ voucher: after, series }, now) } : again
  })
})
