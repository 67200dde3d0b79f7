import fc from 'fast-check'
import { attachMyPurchase, attachPurchase } from '../../functions/contract/attaching.ts'
import { dateOf } from '../model/naive-dates.ts'
import { define, member, type Numbered, who } from './operation.ts'
import { buy, purchaseIdOf } from './sales-operations.ts'

/** A purchase that was made without a card comes to whom it belongs, or to somebody who says so. */

interface Attaching {
  readonly who: number
  readonly which: number
  readonly byStaff: boolean
  /** Whether the member has another total in mind than the receipt. */
  readonly isWrong: boolean
}

/** The first that was made without a card, from a number on. */
const unnamed = ({ which, other }: Attaching & Numbered) =>
  Array.from({ length: 8 }, (_, step) => other(buy, which + step)).find((one) => one?.isUnnamed)

export const attach = define<Attaching>({
  weight: 6,
  plan: fc.record({
    ...{ who, which: fc.nat(30), byStaff: fc.boolean() },
    isWrong: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
  }),
  call: (planned) => {
    const sold = unnamed(planned)
    if (!sold || sold.occurredAt === '') return undefined
    const { who: place, byStaff, isWrong, timezone } = planned
    const id = purchaseIdOf(sold)
    if (byStaff) {
      const body = { member: { id: member(place) }, reason: 'a law' }
      return { operation: attachPurchase, params: { purchaseId: id }, body }
    }
    const paid = sold.lines.reduce((total, { amount }) => total + amount, 0)
    const day = dateOf(timezone, Date.parse(sold.occurredAt)).toString()
    const body = { total: paid + (isWrong ? 1 : 0), day }
    return { operation: attachMyPurchase, params: { id }, member: member(place), body }
  },
  isOnce: true,
})
