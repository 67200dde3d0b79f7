import { type CreditTerms, credit } from './credit.ts'
import { awardedPoints, type EarningLine, earn, eligibleSpend, heldOfLimited } from './earning.ts'
import type { Account, BucketChange, EarnFact, Effect, Entry, ReturnedLine } from './entry.ts'
import { bucketTerms } from './expiry.ts'
import { giftChanges, tierCredit } from './gifts.ts'
import { grantEffect } from './granted-reward.ts'
import { type Bucket, bucketOrder } from './head.ts'
import { type Use, usesBetween } from './limits.ts'
import { type Programme, revisionAt } from './programme.ts'
import { countedForClubs } from './qualifying.ts'
import { isRefusal, type Refusal, refusal } from './refusal.ts'
import { factsOfSale, linesOf, roomAtSale } from './sale-facts.ts'
import { withoutAsking } from './survey.ts'
import { changedKept, isAnyKept, type Kept } from './tally.ts'
import { tierLadder, withTier } from './tiers.ts'
import { type BucketId, earlier, type Instant, type Points, points } from './units.ts'

/** Goods brought back, as posted. */
export interface GoodsReturn {
  readonly returnId: string
  readonly occurredAt: Instant
  readonly storeId?: string | undefined
  readonly lines: readonly ReturnedLine[]
  /** Where a claim counts as this return. */
  readonly claimId?: string | undefined
}

/** What is left of a sale, as its receipt keeps it. */
export interface KeptSale {
  /** The sale's entry: its facts and when it is dated. */
  readonly sale: { readonly at: Instant; readonly fact: EarnFact }
  /** The bucket that the sale's points went to. */
  readonly bucket: { readonly id: BucketId; readonly spendableAt: Instant | null }
  /** Brought back so far, summed by line. */
  readonly returned: readonly ReturnedLine[]
  /** What the sale's points are now, after the returns so far. */
  readonly points: Points
  /** What open claims hold of it, summed by line: nobody else may bring it back. */
  readonly claimed?: readonly ReturnedLine[]
}

/** What was sold and what of it came back, whoever bought it. */
interface SoldGoods {
  readonly sale: { readonly fact: Pick<EarnFact, 'lines'> }
  readonly returned: readonly ReturnedLine[]
  readonly claimed?: readonly ReturnedLine[]
}

export interface BookedReturn {
  readonly entry: Entry
  readonly account: Account
  readonly kept: KeptSale
  readonly clawedBack: Points
  /** What it gives back to limited campaigns, in the windows of the sale: none above 0. */
  readonly uses: readonly Use[]
}

/**
 * Books a return on a settled account: earning is evaluated again on the lines still kept, by the revision and the tier of
 * the sale, and the difference is taken back. So many partial returns equal one whole one (promise 5). The points come from
 * the bucket that the sale's went to, or from what of it expired; then from the others, earliest expiry first; the rest
 * becomes debt, or is forgiven. `account.closed` must hold the sale's bucket if it expired.
 */
export function bookReturn(
  programme: Programme,
  account: Account,
  kept: KeptSale,
  goods: GoodsReturn,
  now: Instant,
): BookedReturn | Refusal {
  const returned = addReturned(kept, goods.lines)
  if ('refused' in returned) return returned
  return evaluateKept(programme, account, kept, returned.lines, goods, now)
}

/**
 * Undoes what a claim booked as a return: earning is evaluated on the larger basket, up to what the sale was given (design, section
 * 6), and the difference comes back to where the sale's points went, paying debt first. `forgiven` is what the claim's return forgave
 * of debt: that was never taken, and so does not come back. Refuses where a head has no place for the bucket.
 */
export function undoReturn(
  programme: Programme,
  account: Account,
  kept: KeptSale,
  goods: GoodsReturn,
  forgiven: number,
  now: Instant,
): BookedReturn | Refusal {
  const undone = { ...goods, lines: goods.lines.map((line) => ({ ...line, quantity: -line.quantity, amount: -line.amount })) }
  const returned = addReturned(kept, undone.lines)
  if ('refused' in returned) return returned
  const lines = returned.lines.filter(({ quantity, amount }) => quantity > 0 || amount > 0)
  return evaluateKept(programme, account, kept, lines, undone, now, forgiven)
}

/** Books that another part of a sale is kept from now on. */
function evaluateKept(
  programme: Programme,
  account: Account,
  kept: KeptSale,
  returned: readonly ReturnedLine[],
  goods: GoodsReturn,
  now: Instant,
  forgiven?: number,
): BookedReturn | Refusal {
  const { sale } = kept
  const revision = revisionAt(programme, sale.at)
  const before = keptLines(kept.sale.fact, kept.returned)
  const after = keptLines(kept.sale.fact, returned)
  const facts = factsOfSale(revision, account.head.memberId, sale)
  const room = roomAtSale(revision, sale.fact)
  const awards = earn(revision, facts, after, room)
  // Without campaigns only the points can differ, and what they were is known.
  const awarded = revision.campaigns ? earn(revision, facts, before, room) : awards
  const evaluated = awardedPoints(awards)
  const ceiling = forgiven === undefined ? kept.points : awardedPoints(sale.fact.awards)
  const left = points(Math.min(ceiling, evaluated))
  const clawedBack = points(kept.points - left)
  const at = earlier(goods.occurredAt, now)
  const forgives = revisionAt(programme, at).document.points.negative === 'forgive'
  const was: Kept = {
    spend: eligibleSpend(before),
    points: kept.points,
    tierCredit: tierCredit(awarded),
    isKept: isAnyKept(sale.fact, kept.returned),
    lines: before,
  }
  const is: Kept = {
    spend: eligibleSpend(after),
    points: left,
    tierCredit: tierCredit(awards),
    isKept: isAnyKept(sale.fact, returned),
    lines: after,
  }
  const sums = changedKept(tierLadder(programme), account.head, sale.at, was, is)
  const gifts = giftChanges(awarded, awards)
  const lostCredit = was.tierCredit - is.tierCredit
  const moved =
    clawedBack < 0
      ? giveBack(
          account,
          { ...bucketTerms(revision, account.head, sale.at), spendableAt: kept.bucket.spendableAt },
          -clawedBack,
          forgiven ?? 0,
          now,
        )
      : takeBack(account, kept.bucket, clawedBack, forgives, now)
  if (isRefusal(moved)) return moved
  const untiered: Entry = {
    at,
    fact: {
      kind: 'return',
      purchaseId: sale.fact.purchaseId,
      ...goods,
      saleAt: sale.at,
      ...(lostCredit !== 0 && { tierCredit: -lostCredit }),
    },
    effect: {
      ...moved,
      ...(sums.length > 0 && { sums }),
      ...(gifts.length > 0 && { gifts }),
      ...grantEffect(revision.calendar, { kind: 'purchase', id: sale.fact.purchaseId, at: sale.at }, awarded, awards),
      ...countedForClubs(programme, account.head, sale.at, was, is),
      ...(!is.isKept && withoutAsking(account.head, sale.fact.purchaseId)),
    },
  }
  const booked = withTier(programme, account, untiered, now)
  const [held, holds] = [before, after].map((lines) => heldOfLimited(revision, facts, lines, room))
  const uses = usesBetween(revision.campaigns, held!, holds!)
  return { ...booked, kept: { ...kept, returned, points: left }, clawedBack, uses }
}

/** Adds up what came back, by line. Refuses an unknown line, and more than was bought in quantity or amount over all returns. */
export function addReturned(kept: SoldGoods, lines: readonly ReturnedLine[]): { lines: ReturnedLine[] } | Refusal {
  const sums = new Map(kept.returned.map((line) => [line.lineId, line]))
  const bought = new Map(kept.sale.fact.lines.map((line) => [line.lineId, line]))
  const claimed = new Map(kept.claimed?.map((line) => [line.lineId, line]))
  for (const [index, line] of lines.entries()) {
    const sold = bought.get(line.lineId)
    if (!sold) return refusal('line-unknown', `/lines/${index}/lineId`)
    const sum = sums.get(line.lineId)
    const quantity = (sum?.quantity ?? 0) + line.quantity
    const amount = (sum?.amount ?? 0) + line.amount
    if (quantity > sold.quantity) return refusal('return-exceeds-purchase', `/lines/${index}/quantity`)
    if (amount > sold.amount) return refusal('return-exceeds-purchase', `/lines/${index}/amount`)
    const held = claimed.get(line.lineId)
    if (held && quantity + held.quantity > sold.quantity) return refusal('line-claimed', `/lines/${index}/quantity`)
    if (held && amount + held.amount > sold.amount) return refusal('line-claimed', `/lines/${index}/amount`)
    sums.set(line.lineId, { lineId: line.lineId, quantity, amount })
  }
  return { lines: [...sums.values()] }
}

/** Whether every piece of a sale was brought back, whatever was paid for it. Of an empty basket nothing can be. */
export const isAllBack = (sold: readonly ReturnedLine[], returned: readonly ReturnedLine[]): boolean =>
  sold.length > 0 && sold.every(({ lineId, quantity }) => returned.find((line) => line.lineId === lineId)?.quantity === quantity)

/** The lines of a sale, each at what is kept of it. */
export function keptLines(sale: EarnFact, returned: readonly ReturnedLine[]): EarningLine[] {
  const back = new Map(returned.map((line) => [line.lineId, line]))
  return linesOf(sale).map((line) => {
    const gone = back.get(line.lineId)
    return gone ? { ...line, quantity: line.quantity - gone.quantity, amount: line.amount - gone.amount } : line
  })
}

/** Gives points back that were taken back, to their bucket, less what was forgiven of them. Those past their expiry are expired by settling. */
export function giveBack(account: Account, terms: CreditTerms, amount: number, forgiven: number, now: Instant): Effect | Refusal {
  const unforgiven = Math.min(forgiven, amount)
  const spendableAt = terms.spendableAt !== null && terms.spendableAt > now ? terms.spendableAt : null
  const credited = credit(account, points(amount - unforgiven), { ...terms, spendableAt }, now)
  if (isRefusal(credited)) return credited
  return { totals: { clawedBack: points(-amount), ...(unforgiven > 0 && { adjusted: points(-unforgiven) }) }, ...credited.effect }
}

/**
 * Takes points back: from the bucket that they went to, or from what of it expired; then from the others, earliest expiry first;
 * the rest becomes debt, or is forgiven.
 */
export function takeBack(account: Account, from: KeptSale['bucket'], amount: Points, forgives: boolean, now: Instant): Effect {
  if (amount === 0) return {}
  const { head, closed } = account
  let missing: number = amount
  const take = (there: number) => {
    const taken = Math.min(there, missing)
    missing -= taken
    return points(taken)
  }
  const spendableAt = from.spendableAt !== null && from.spendableAt > now ? from.spendableAt : null
  const isOwn = (bucket: Bucket) => bucket.id === from.id && bucket.spendableAt === spendableAt
  const takes: BucketChange[] = []
  const takeFrom = (bucket: Bucket) => {
    const taken = take(bucket.points)
    if (taken > 0) takes.push({ ...bucket, points: points(-taken) })
  }
  for (const bucket of head.buckets.filter(isOwn)) takeFrom(bucket)
  const reclaimed = take(closed.get(from.id) ?? 0)
  for (const bucket of head.buckets.filter((other) => !isOwn(other)).sort(bucketOrder)) takeFrom(bucket)
  return {
    totals: {
      clawedBack: amount,
      ...(reclaimed > 0 && { expired: points(-reclaimed) }),
      ...(forgives && missing > 0 && { adjusted: points(missing) }),
    },
    ...(takes.length > 0 && { buckets: takes }),
    ...(reclaimed > 0 && { closed: [{ id: from.id, points: points(-reclaimed) }] }),
    ...(!forgives && missing > 0 && { debt: points(missing) }),
  }
}
