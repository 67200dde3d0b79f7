import type { ProgrammeDocument } from './programme.ts'
import type { Reward } from './reward.ts'
import { type Circumstances, type ContradictionCode, type Finding, idsOf, unknownIn } from './validation.ts'

type Errors = Finding<ContradictionCode>[]

/** What rewards name that is not there, and what of their stock cannot be. */
export function rewardFindings(document: ProgrammeDocument, { taken }: Pick<Circumstances, 'taken'>): Errors {
  const tiers = idsOf(document.tiers.levels)
  const clubs = idsOf(document.clubs)
  const stores = document.stores && idsOf(document.stores)
  const vouchers = idsOf(document.vouchers)
  return (document.rewards ?? []).flatMap((reward, index) => {
    const pointer = `/rewards/${index}`
    const { requires } = reward
    return [
      ...unknownIn(requires?.tiers, tiers, `${pointer}/requires/tiers`, 'unknown-tier', 'tier'),
      ...unknownIn(requires?.clubs, clubs, `${pointer}/requires/clubs`, 'unknown-club', 'club'),
      ...(stores ? unknownIn(reward.stores, stores, `${pointer}/stores`, 'unknown-store', 'store') : []),
      ...(reward.kind === 'club-perk' && !clubs.has(reward.club)
        ? [{ pointer: `${pointer}/club`, code: 'unknown-club' as const, detail: `there is no club ${reward.club}` }]
        : []),
      ...(reward.kind === 'voucher' && !vouchers.has(reward.voucher)
        ? [{ pointer: `${pointer}/voucher`, code: 'unknown-voucher' as const, detail: `there are no vouchers ${reward.voucher}` }]
        : []),
      ...pricesOf(reward, pointer, tiers, clubs),
      ...stockOf(reward, pointer, taken?.get(reward.id) ?? 0),
    ]
  })
}

/** Stores that vouchers name and that are not there. */
export function voucherFindings({ vouchers = [], stores }: ProgrammeDocument): Errors {
  if (!stores) return []
  const known = idsOf(stores)
  return vouchers.flatMap((voucher, index) =>
    unknownIn(voucher.stores, known, `/vouchers/${index}/stores`, 'unknown-store', 'store'),
  )
}

function pricesOf(reward: Reward, pointer: string, tiers: ReadonlySet<string>, clubs: ReadonlySet<string>): Errors {
  if (!('price' in reward) || !reward.price) return []
  const { price } = reward
  return [
    ...(price.tiers ?? []).flatMap(({ tier }, index): Errors => {
      if (tiers.has(tier)) return []
      return [{ pointer: `${pointer}/price/tiers/${index}/tier`, code: 'unknown-tier', detail: `there is no tier ${tier}` }]
    }),
    ...(price.clubs ?? []).flatMap(({ club }, index): Errors => {
      if (clubs.has(club)) return []
      return [{ pointer: `${pointer}/price/clubs/${index}/club`, code: 'unknown-club', detail: `there is no club ${club}` }]
    }),
  ]
}

function stockOf({ stock, lowStock }: Reward, pointer: string, taken: number): Errors {
  const at = `${pointer}/lowStock`
  if (stock === undefined) {
    if (lowStock === undefined) return []
    return [{ pointer: at, code: 'low-stock-without-stock', detail: 'there is no stock that could be low' }]
  }
  const found: Errors = []
  if (stock < taken) {
    found.push({ pointer: `${pointer}/stock`, code: 'stock-below-taken', detail: `members have taken ${taken} already` })
  }
  if (lowStock !== undefined && lowStock > stock) {
    found.push({ pointer: at, code: 'low-stock-above-stock', detail: 'the stock would be low from the beginning' })
  }
  return found
}
