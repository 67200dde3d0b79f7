import { type Problem, problem } from '../contract/problem.ts'
import type { PurchaseBody } from '../contract/purchases.ts'
import { mostAmount } from '../contract/values.ts'
import { type Programme, revisionAt } from '../domain/programme.ts'
import type { Sale } from '../domain/purchase.ts'
import { earlier, type Instant, type MemberId } from '../domain/units.ts'
import { profileOf } from '../store/profile-item.ts'
import type { Item, Key } from '../store/store.ts'
import { table } from '../store/table.ts'
import { type Context, mayPostFor } from './context.ts'
import { instantOf } from './views.ts'

/** How far a till's clock may be ahead. */
const mostAheadMs = 24 * 3_600_000

/** A posted purchase as the domain takes it. */
export function saleOf(purchaseId: string, body: PurchaseBody): Sale {
  const { storeId, terminalId, channel, tenders, redemptionIds } = body
  return {
    purchaseId,
    occurredAt: instantOf(body.occurredAt),
    details: { storeId, terminalId, channel, tenders, redemptionIds },
    lines: body.lines,
  }
}

/** What of a purchase's body is wrong whenever it is posted. */
export function checkSale(
  { caller, now }: Context,
  { details: { storeId }, occurredAt, lines }: Pick<Sale, 'details' | 'occurredAt' | 'lines'>,
): Problem | undefined {
  if (!mayPostFor(caller, storeId)) return problem('store-forbidden', '/storeId')
  const ahead = checkOccurredAt(occurredAt, now)
  if (ahead) return ahead
  const repeated = repeatedLine(lines)
  if (repeated) return repeated
  let sum = 0
  for (const { amount } of lines) sum += amount
  if (sum > mostAmount) return problem('amount-too-large', '/lines')
  return undefined
}

/** What of a purchase's body is wrong by the revision in force when it happened. */
export function checkByRevision(
  { programme, now }: Context,
  { occurredAt, details: { storeId } }: Pick<Sale, 'occurredAt' | 'details'>,
  currency: string,
): Problem | undefined {
  const { document, storeIds } = revisionAt(programme, earlier(occurredAt, now))
  if (currency !== document.currency) return problem('currency-mismatch', '/currency')
  if (storeIds && !storeIds.has(storeId)) return problem('store-unknown', '/storeId')
  return undefined
}

export function checkOccurredAt(occurredAt: Instant, now: Instant): Problem | undefined {
  return occurredAt > now + mostAheadMs ? problem('occurred-in-future', '/occurredAt') : undefined
}

/** How old the news of a redemption may be: what a till without a line gave out on trust. */
const mostBehindMs = 7 * 24 * 3_600_000

/** Keeps a redemption from the prices, offers and limits of long ago. To be asked after a replay was recognised: those may be older. */
export function checkNotLongAgo(occurredAt: Instant, now: Instant): Problem | undefined {
  return occurredAt < now - mostBehindMs ? problem('occurred-long-ago', '/occurredAt') : undefined
}

export function repeatedLine(lines: readonly { readonly lineId: string }[]): Problem | undefined {
  const seen = new Set<string>()
  let index = 0
  for (const { lineId } of lines) {
    if (seen.has(lineId)) return problem('duplicate-line', `/lines/${index}/lineId`)
    seen.add(lineId)
    index += 1
  }
  return undefined
}

/** Where a member's birthday stands, if a campaign asks for it. */
export function birthdayKeys(programme: Programme, memberId: MemberId): Key[] {
  const isAsked = programme.revisions.some(({ campaigns }) => campaigns?.needs.birthdayMonth)
  return isAsked ? [table.profile(programme.id, memberId)] : []
}

/** The birthday among what was read of `birthdayKeys`, `YYYY-MM-DD`. */
export const birthdayOf = ([profile]: readonly (Item | undefined)[]): string | undefined =>
  profile && profileOf(profile).data.birthday
