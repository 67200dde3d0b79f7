import * as z from 'zod'
import { operation } from './operation.ts'
import { listQuery, nextCursor } from './values.ts'
import { voucherAnswer } from './voucher-values.ts'

export const readMyVouchers = operation({
  name: 'readMyVouchers',
  summary: 'My vouchers with their codes, newest first',
  audience: 'member',
  office: 'rewards',
  method: 'GET',
  path: '/me/vouchers',
  scope: 'laurel/member',
  params: z.strictObject({}),
  query: listQuery,
  body: undefined,
  answers: () => ({ 200: z.object({ items: z.array(voucherAnswer()), nextCursor: nextCursor() }) }),
  problems: ['member-unknown', 'invalid-cursor'],
  example: { params: {} },
})
