import fc from 'fast-check'
import { issueVoucherAsStaff, uploadCodes, voidVoucherAsStaff } from '../../functions/contract/voucher-office.ts'
import { giveBackVoucherUse, lockVoucher, releaseVoucherLock, useVoucherLock } from '../../functions/contract/vouchers.ts'
import { define, member, type Numbered, stores, who } from './operation.ts'
import { buy, capture, purchaseIdOf, redeem } from './sales-operations.ts'
import type { Call } from './world.ts'

/** Vouchers: codes for the pool, given out by staff or for points, locked to baskets, used, let go, given back and voided. */

const upload = define({
  weight: 3,
  plan: fc.record({ count: fc.integer({ min: 1, max: 4 }) }),
  // Two uploads have some codes in common.
  call: ({ count, number }) => ({
    operation: uploadCodes,
    params: { id: 'film', uploadId: `u-${number}` },
    body: { codes: Array.from({ length: count }, (_, place) => `FILM-${10_000 + number * 3 + place}`) },
  }),
  isOnce: true,
})

const issue = define({
  weight: 4,
  plan: fc.record({ who, isAnybodys: fc.boolean(), series: fc.constantFrom('flyer', 'flyer', 'film') }),
  call: ({ who: place, isAnybodys, series, number }) => ({
    operation: issueVoucherAsStaff,
    params: { id: series, issueId: `vi-${number}` },
    body: { reason: 'a law', ...(!isAnybodys && { member: { id: member(place) } }) },
  }),
  isOnce: true,
})

/** Which voucher somebody means, by how it was given out. */
const voucher = { from: fc.constantFrom('issue', 'redeem', 'capture'), which: fc.nat(12) }
interface Meaning {
  readonly from: string
  readonly which: number
}

interface Told {
  readonly code?: string
  readonly memberId?: string | null
  readonly voucher?: { readonly code: string }
}

/** The first that was told of, from a number on. */
function toldOf({ from, which, other }: Meaning & Numbered) {
  const answers = Array.from({ length: 4 }, (_, step) => {
    if (from === 'issue') return other(issue, which + step)?.answer
    return from === 'redeem' ? other(redeem, which + step)?.answer : other(capture, which + step)?.answer
  }) as (Told | undefined)[]
  const told = answers.find((answer) => answer?.voucher ?? answer?.code)
  return told && { code: (told.voucher?.code ?? told.code)!, memberId: told.memberId ?? undefined }
}

interface Locking extends Meaning {
  readonly isTheirs: boolean
  readonly store: string
  readonly amount: number
}

const lock = define<Locking>({
  weight: 9,
  plan: fc.record({
    ...voucher,
    isTheirs: fc.integer({ min: 0, max: 6 }).map((one) => one > 0),
    store: fc.constantFrom(...stores),
    amount: fc.constantFrom(0, 60, 5_000),
  }),
  call: (planned) => {
    const told = toldOf(planned)
    const { isTheirs, store, amount, number } = planned
    if (!told) return undefined
    const basket = { lines: [{ sku: 's-1', quantity: 1, amount }] }
    const theirs = isTheirs && told.memberId !== undefined && { member: { id: told.memberId } }
    const body = { code: told.code, storeId: store, basket, ...theirs }
    return { operation: lockVoucher, params: { lockId: `vl-${number}` }, body }
  },
  isOnce: true,
})

const about = { which: fc.nat(12) }
const aboutLock = (operation: Call['operation'], locked: Numbered | undefined): Call | undefined =>
  locked && { operation, params: { lockId: `vl-${locked.number}` }, body: {} }

const use = define({
  weight: 7,
  plan: fc.record({ ...about, sale: fc.nat(12) }),
  call: ({ which, sale, other }) => {
    const locked = other(lock, which)
    if (!locked) return undefined
    const sales = Array.from({ length: 8 }, (_, step) => other(buy, sale + step))
    const sold = sales.find((one) => one?.store === locked.store)
    const purchaseId = sold ? purchaseIdOf(sold) : `${locked.store}:none`
    return { ...aboutLock(useVoucherLock, locked)!, body: { purchaseId } }
  },
})

const release = define({
  weight: 2,
  plan: fc.record(about),
  call: ({ which, other }) => aboutLock(releaseVoucherLock, other(lock, which)),
})

const giveBack = define({
  weight: 3,
  plan: fc.record(about),
  call: ({ which, other }) => aboutLock(giveBackVoucherUse, other(lock, which)),
})

const voiding = define({
  weight: 1,
  plan: fc.record(voucher),
  call: (planned) => {
    const told = toldOf(planned)
    return told && { operation: voidVoucherAsStaff, body: { code: told.code, reason: 'a law' } }
  },
})

export const voucherDeeds = {
  upload,
  'issue voucher': issue,
  'lock voucher': lock,
  'use voucher': use,
  'release voucher': release,
  'give voucher back': giveBack,
  'void voucher': voiding,
} as const
