import type { Calendar } from './calendar.ts'
import { type Claim, claimsOf, type Signal } from './claim.ts'
import type { Entry, SaleLine } from './entry.ts'
import type { Instant, MemberId } from './units.ts'

/** How far back claims and purchases are looked at, in local days. */
const lookBackDays = 365
/** Fewer claims than that are no rate. */
const fewestClaims = 3

/** A claim about to be made. */
export interface Attempted {
  readonly now: Instant
  readonly purchaseId: string
  readonly lineIds: readonly string[]
  /** Articles of the lines. */
  readonly skus: readonly string[]
  /** Minor units. */
  readonly value: number
  /** When the sale's guarantee began and ends. */
  readonly saleAt: Instant
  readonly until: Instant
}

/** The score from which staff look at a claim, where the guarantee does not say. */
export const usualReviewFrom = 50

export const scoreOf = (signals: readonly Signal[]): number => signals.reduce((sum, { weight }) => sum + weight, 0)

/**
 * What about a member's claims deserves a look by staff, each with its weight: how often and how much they claim of what they
 * bought in the last 365 days, and in what way. It only ever turns an automatic approval into one by staff. The entries are all
 * of the member's, in order.
 */
export function signalsOf(calendar: Calendar, memberId: MemberId, entries: readonly Entry[], claim: Attempted): Signal[] {
  const isRecent = (at: Instant) => at <= claim.now && calendar.daysBetween(at, claim.now) <= lookBackDays
  const sales = entries.flatMap(({ at, fact }) => (fact.kind === 'earn' ? [{ at, fact }] : []))
  const bought = sales.filter(({ at }) => isRecent(at))
  const spent = bought.reduce((sum, { fact }) => sum + fact.lines.reduce((total, { amount }) => total + amount, 0), 0)
  const all = [...claimsOf(memberId, entries).values()]
  const before = all.filter(({ state, steps }) => state !== 'withdrawn' && isRecent(steps[0]!.at))
  const claims = before.length + 1
  const value = before.reduce((sum, one) => sum + one.value, claim.value)
  const lines = new Map(sales.map(({ fact }) => [fact.purchaseId, fact.lines]))
  const again = claim.skus.find((sku) => before.some((one) => skusOf(one, lines.get(one.purchaseId) ?? []).includes(sku)))
  const declined = before.filter(({ state }) => state === 'declined').length
  const refused = all.find(
    ({ state, purchaseId, lines }) =>
      state === 'declined' && purchaseId === claim.purchaseId && lines.some(({ lineId }) => claim.lineIds.includes(lineId)),
  )
  const open = before.filter(({ state }) => state === 'submitted').length
  const enrolledAt = entries.find(({ fact }) => fact.kind === 'enrol')?.at
  const signals: (Signal | false)[] = [
    claims >= fewestClaims &&
      claims * 10 >= bought.length && {
        code: 'often',
        weight: claims * 3 >= bought.length ? 50 : 25,
        detail: `${claims} claims of ${bought.length} purchases in a year`,
      },
    claims > 1 &&
      value * 4 >= spent && {
        code: 'much',
        weight: value * 2 >= spent ? 50 : 25,
        detail: `${value} claimed of ${spent} spent in a year, minor units`,
      },
    again !== undefined && { code: 'same-goods', weight: 20, detail: `${again} was claimed before` },
    (claim.now - claim.saleAt) * 20 >= (claim.until - claim.saleAt) * 19 && {
      code: 'late',
      weight: 10,
      detail: 'in the last twentieth of its time',
    },
    open >= 2 && { code: 'at-once', weight: 15, detail: `${open} claims are to be decided` },
    declined > 0 && { code: 'declined-before', weight: Math.min(60, 20 * declined), detail: `${declined} declined in a year` },
    // What staff have said of a line, no rule takes back.
    refused !== undefined && {
      code: 'declined-line',
      weight: usualReviewFrom,
      detail: `${refused.claimId} for a line of it was declined`,
    },
    enrolledAt !== undefined &&
      calendar.daysBetween(enrolledAt, claim.now) < 14 && {
        code: 'new-member',
        weight: 10,
        detail: 'a member for less than 14 days',
      },
  ]
  return signals.filter((signal) => signal !== false)
}

function skusOf(claim: Claim, lines: readonly SaleLine[]): string[] {
  return claim.lines.flatMap(({ lineId }) => lines.find((line) => line.lineId === lineId)?.sku ?? [])
}
