import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { memberName } from './purchases.ts'
import { id, text } from './values.ts'
import { voucherAnswer, voucherCode } from './voucher-values.ts'

/** What staff do about vouchers. */

const none = z.strictObject({})

const issued = lazily(() => voucherAnswer().extend({ issueId: id, memberId: id.nullable() }).meta({ id: 'IssuedVoucher' }))

export const issueVoucherAsStaff = operation({
  name: 'issueVoucherAsStaff',
  summary: 'Give a voucher to a member or, of a kind that whoever has the code may use, to anybody',
  description: 'Within the agent’s caps of the day, together with those that they give by approving claims.',
  audience: 'admin',
  office: 'rewards',
  method: 'PUT',
  path: '/admin/vouchers/{id}/issues/{issueId}',
  scope: 'laurel/admin.service',
  params: z.strictObject({ id, issueId: id }),
  query: none,
  body: canonicalObject({ member: memberName.optional(), reason: text(512) }).meta({ id: 'VoucherIssue' }),
  answers: () => ({ 201: issued(), 200: issued() }),
  problems: [
    'voucher-unknown',
    'voucher-over',
    'pool-empty',
    'voucher-without-member',
    'voucher-cap',
    'member-unknown',
    'member-closed',
    'card-replaced',
    'id-reused',
  ],
  example: { params: { id: 'tea-voucher', issueId: 'i-1' }, body: { member: { id: 'm-1001' }, reason: 'Rained on the terrace' } },
})

export const voidVoucherAsStaff = operation({
  name: 'voidVoucherAsStaff',
  summary: 'Void a voucher, by its code',
  description: 'Uses that tills hold end with it; those that were used stay. Where it is void already, that is success.',
  audience: 'admin',
  office: 'rewards',
  method: 'POST',
  path: '/admin/vouchers/void',
  scope: 'laurel/admin.service',
  params: none,
  query: none,
  body: canonicalObject({ code: voucherCode, reason: text(512) }).meta({ id: 'VoucherVoid' }),
  answers: () => ({ 200: voucherAnswer() }),
  problems: ['voucher-unknown'],
  example: { params: {}, body: { code: 'TEA-0000-0001', reason: 'Sent to the wrong guest' } },
})

export const mostCodes = 5000

const upload = lazily(() =>
  z
    .object({
      uploadId: id,
      voucherId: id,
      taken: z.int().meta({ description: 'Codes that are in the pool by this upload, or were.' }),
      duplicates: z.array(z.string()).meta({ description: 'Codes that came twice, or that the programme had already.' }),
      left: z.int().meta({ description: 'Codes that are left in the pool now; 20000 where it is as many or more.' }),
    })
    .meta({ id: 'CodeUpload' }),
)

export const uploadCodes = operation({
  name: 'uploadCodes',
  summary: 'Put codes into the pool of a kind of vouchers',
  description: 'Cut off in the middle, the same request again goes on where it was.',
  audience: 'admin',
  office: 'rewards',
  method: 'PUT',
  path: '/admin/vouchers/{id}/codes/{uploadId}',
  scope: 'laurel/admin.marketing',
  params: z.strictObject({ id, uploadId: id }),
  query: none,
  body: canonicalObject({
    codes: z
      .array(z.string().regex(/^[A-Za-z0-9 -]{8,64}$/))
      .min(1)
      .max(mostCodes)
      .meta({ description: '8 to 32 letters and digits each; blanks, dashes and small letters do not matter.' }),
  }).meta({ id: 'Codes' }),
  answers: () => ({ 201: upload(), 200: upload() }),
  problems: ['voucher-unknown', 'voucher-without-pool', 'id-reused'],
  example: { params: { id: 'tea-voucher', uploadId: 'u-1' }, body: { codes: ['TEA-0000-0001'] } },
})

export const readPool = operation({
  name: 'readPool',
  summary: 'How many codes are left in a pool, up to 20000',
  audience: 'admin',
  office: 'rewards',
  method: 'GET',
  path: '/admin/vouchers/{id}/codes',
  scope: 'laurel/admin.read',
  params: z.strictObject({ id }),
  query: none,
  body: undefined,
  answers: () => ({ 200: z.object({ voucherId: id, left: z.int() }) }),
  problems: ['voucher-unknown', 'voucher-without-pool'],
  example: { params: { id: 'tea-voucher' } },
})
