import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { memberName } from './purchases.ts'
import { answeredInstant, id, storeId } from './values.ts'
import { voucherBasket, voucherCode, voucherValue } from './voucher-values.ts'

/** Vouchers at tills: looked at, locked to a basket, then used or let go. */

const none = z.strictObject({})
const lockParams = z.strictObject({ lockId: id })

const wanted = {
  code: voucherCode,
  storeId,
  member: memberName.optional().meta({ description: 'The customer: vouchers that are a member’s are taken from nobody else.' }),
  basket: voucherBasket.meta({ description: 'What the voucher is taken off, before it is.' }),
}

const discount = lazily(() =>
  z.int().nullable().meta({ description: 'What it takes off the basket, minor units; null where it takes off no money.' }),
)

const lock = lazily(() =>
  z
    .object({
      lockId: id,
      voucherId: id,
      state: z.enum(['locked', 'lapsed', 'used', 'released', 'given-back']),
      value: voucherValue(),
      discount: discount(),
      until: answeredInstant().meta({ description: 'How long the use is held for the basket.' }),
      usesLeft: z.int().meta({ description: 'Uses that are neither used nor held, now.' }),
      purchaseId: id.nullable(),
    })
    .meta({ id: 'VoucherLock' }),
)

const problemsOfCode = [
  'voucher-unknown',
  'voucher-void',
  'voucher-used-up',
  'voucher-expired',
  'voucher-not-here',
  'voucher-not-theirs',
  'voucher-minimum',
  'voucher-locked',
  'member-unknown',
  'member-closed',
  'card-replaced',
  'store-forbidden',
  'store-unknown',
] as const

const exampleWanted = {
  code: 'TEA-0000-0001',
  storeId: 'leeds',
  member: { id: 'm-1001' },
  basket: { lines: [{ sku: '85123A', quantity: 6, amount: 1530 }] },
}

export const validateVoucher = operation({
  name: 'validateVoucher',
  summary: 'What a voucher would take off a basket, or why it is not taken; nothing is stored',
  audience: 'pos',
  office: 'rewards',
  method: 'POST',
  path: '/pos/vouchers/validate',
  scope: 'laurel/pos',
  params: none,
  query: none,
  body: canonicalObject(wanted).meta({ id: 'VoucherTried' }),
  asksOnly: true,
  answers: () => ({
    200: z.object({
      voucherId: id,
      value: voucherValue(),
      discount: discount(),
      usesLeft: z.int(),
      expiresAt: answeredInstant().nullable(),
    }),
  }),
  problems: problemsOfCode,
  example: { params: {}, body: exampleWanted },
})

export const lockVoucher = operation({
  name: 'lockVoucher',
  summary: 'Hold a use of a voucher for a basket',
  description:
    'For as long as its terms say. Then it is used by the purchase, or released; left alone it lapses. What it takes off is said once ' +
    'and stays.',
  audience: 'pos',
  office: 'rewards',
  method: 'PUT',
  path: '/pos/vouchers/locks/{lockId}',
  scope: 'laurel/pos',
  params: lockParams,
  query: none,
  body: canonicalObject(wanted).meta({ id: 'VoucherWanted' }),
  answers: () => ({ 201: lock(), 200: lock() }),
  problems: [...problemsOfCode, 'id-reused'],
  example: { params: { lockId: 'leeds:till-3:l-1' }, body: exampleWanted },
})

export const useVoucherLock = operation({
  name: 'useVoucherLock',
  summary: 'Use what a lock holds, with the purchase that it was taken off',
  description:
    'When its time is over it is used all the same as long as a use is free: the customer has paid by now. Where the same purchase used ' +
    'it already, that is success.',
  audience: 'pos',
  office: 'rewards',
  method: 'POST',
  path: '/pos/vouchers/locks/{lockId}/use',
  scope: 'laurel/pos',
  params: lockParams,
  query: none,
  body: canonicalObject({ purchaseId: id }).meta({ id: 'VoucherUse' }),
  answers: () => ({ 200: lock() }),
  problems: [
    'voucher-lock-unknown',
    'voucher-lock-used',
    'voucher-lock-released',
    'voucher-void',
    'voucher-used-up',
    'voucher-locked',
    'too-many-vouchers',
    'store-forbidden',
    'store-mismatch',
  ],
  example: { params: { lockId: 'leeds:till-3:l-1' }, body: { purchaseId: 'leeds:till-3:000123' } },
})

export const releaseVoucherLock = operation({
  name: 'releaseVoucherLock',
  summary: 'Let go of what a lock holds',
  description: 'What was used stays so: the answer says what became of the lock.',
  audience: 'pos',
  office: 'rewards',
  method: 'POST',
  path: '/pos/vouchers/locks/{lockId}/release',
  scope: 'laurel/pos',
  params: lockParams,
  query: none,
  body: none,
  answers: () => ({ 200: lock() }),
  problems: ['voucher-lock-unknown', 'store-forbidden'],
  example: { params: { lockId: 'leeds:till-3:l-1' }, body: {} },
})

export const giveBackVoucherUse = operation({
  name: 'giveBackVoucherUse',
  summary: 'Give a use back, because all of the purchase came back',
  description:
    'It comes back by itself with the last piece, and then that is success. As long as anything of the purchase is kept it stays used, and the answer says so; so it does for good where the voucher is void ' +
    'or has expired since.',
  audience: 'pos',
  office: 'rewards',
  method: 'POST',
  path: '/pos/vouchers/locks/{lockId}/give-back',
  scope: 'laurel/pos',
  params: lockParams,
  query: none,
  body: none,
  answers: () => ({ 200: lock() }),
  problems: [
    'voucher-lock-unknown',
    'voucher-lock-unused',
    'voucher-void',
    'voucher-expired',
    'purchase-unknown',
    'store-forbidden',
  ],
  example: { params: { lockId: 'leeds:till-3:l-1' }, body: {} },
})
