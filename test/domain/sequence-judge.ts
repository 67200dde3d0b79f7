import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Entry, ReturnedLine } from '../../functions/domain/entry.ts'
import { isConserved } from '../../functions/domain/head.ts'
import { revisionAt } from '../../functions/domain/programme.ts'
import { replay } from '../../functions/domain/replay.ts'
import type { KeptSale } from '../../functions/domain/returns.ts'
import { nextDue, settle } from '../../functions/domain/settle.ts'
import { tierAt, tierFactsBefore } from '../../functions/domain/tiers.ts'
import type { Instant } from '../../functions/domain/units.ts'
import { type ClaimDesk, judgeClaims, judgeGoods } from './claim-desk.ts'
import { monthly, scarce, tea } from './sequence-programmes.ts'
import { judgeIds, judgeShelf, judgeVouchers, type ShelfDesk } from './sequence-shelf.ts'
import { judgeSpending } from './spender.ts'

/** What must hold of a sequence, by the promises of the design (section 8). Throws where something does not. */

/** After every step. */
export function judgeStep(desk: ShelfDesk): void {
  const { counter } = desk
  const { programme, account, entries, now } = counter
  ok(isConserved(account.head), 'a point is lost, doubled or invented (1)')
  judgeGoods(desk, (sale, kept) => pointsFor(desk, sale, kept))
  judgeSpending(counter)
  const { clawedBack, issued } = account.head.totals
  ok(clawedBack >= 0 && clawedBack <= issued, 'more is clawed back than was awarded (6)')
  const closed = [...account.closed.values()]
  ok(Math.min(0, ...closed) === 0, 'more is taken of an expired bucket than expired')
  strictEqual(
    closed.reduce<number>((sum, points) => sum + points, 0),
    account.head.totals.expired,
    'what expired is what the expired buckets hold',
  )
  judgeLimits(desk)
  judgeShelf(desk)
  judgeVouchers(desk)
  const recomputed = tierAt(programme, tierFactsBefore(programme, entries, now), now)
  strictEqual(account.head.tier.id, recomputed.id, 'the tier is that of a full recomputation (8)')
  const byYears = tierByYears(desk)
  if (byYears !== undefined) strictEqual(account.head.tier.id, byYears, 'the tier is that of the spend kept of two years (8)')
}

/** After the last step, with two later instants, the first no later than the second. */
export function judgeWhole(desk: ShelfDesk, between: Instant, end: Instant): void {
  const { programme, account, entries } = desk.counter
  deepStrictEqual(replay(account.head.memberId, entries), account, 'replaying the entries rebuilds the head (2)')
  judgeClaims(desk)
  judgeForgiven(desk)
  judgeIds(desk)
  const once = settle(programme, account, end, undefined, entries)
  const half = settle(programme, account, between, undefined, entries)
  const known = [...entries, ...half.entries]
  const rest = settle(programme, half.account, end, undefined, known)
  deepStrictEqual([[...half.entries, ...rest.entries], rest.account], [once.entries, once.account], 'settling in steps (4)')
  const all: readonly Entry[] = [...entries, ...once.entries]
  strictEqual(settle(programme, once.account, end, undefined, all).entries.length, 0, 'settling twice changes nothing (4)')
  ok((nextDue(programme, once.account.head) ?? end + 1) > end, 'nothing that is due is left (4)')
  deepStrictEqual(replay(account.head.memberId, all), once.account, 'replaying what time brought rebuilds the head (2)')
}

/** What a claim's return forgave of debt was never taken: as far as points come back for an undone one, it is not given. */
function judgeForgiven({ counter: { entries } }: ClaimDesk): void {
  const forgiven = new Map<string, number>()
  for (const { fact, effect } of entries) {
    if (fact.kind !== 'return' || fact.claimId === undefined) continue
    const { adjusted = 0, clawedBack = 0 } = effect.totals ?? {}
    const before = forgiven.get(fact.claimId)
    if (before === undefined) forgiven.set(fact.claimId, adjusted)
    else strictEqual(adjusted + Math.min(before, -clawedBack), 0, 'an undone claim gives no points that were never taken')
  }
}

/** Section 6: base points of what is kept, those for tea, and those of limited campaigns up to what the sale was granted. */
function pointsFor({ counter: { programme } }: ClaimDesk, { at, fact }: KeptSale['sale'], kept: readonly ReturnedLine[]): number {
  const { document } = revisionAt(programme, at)
  const { earn } = document.points
  const { multiplier } = document.tiers.levels.find(({ id }) => id === fact.tier)!
  const eligible = eligibleOf(fact, kept)
  const amountOfTea = eligibleOf(fact, kept, 'tea')
  const base = Math.floor((eligible * earn.points * multiplier) / (earn.per * 10_000))
  const limited = heldOf(fact, 'monthly', eligible) + heldOf(fact, 'scarce', eligible)
  return base + Math.floor(amountOfTea / tea.per) + limited
}

const limitedPer = { monthly: monthly.per, scarce: scarce.per }

/** What a sale has of a limited campaign, of so much that is kept. */
function heldOf({ awards }: KeptSale['sale']['fact'], campaign: keyof typeof limitedPer, eligible: number): number {
  const granted = awards.find(({ source }) => source === campaign)?.points ?? 0
  return Math.min(granted, Math.floor(eligible / limitedPer[campaign]))
}

function eligibleOf({ lines }: KeptSale['sale']['fact'], kept: readonly ReturnedLine[], category?: string): number {
  let sum = 0
  for (const { lineId, excluded, categories = [] } of lines) {
    if (excluded || (category !== undefined && !categories.includes(category))) continue
    sum += kept.find((line) => line.lineId === lineId)?.amount ?? 0
  }
  return sum
}

/** What is kept of a sale, as its receipt says; that it is right is judged elsewhere. */
function keptEligible({ sale: { fact }, returned }: KeptSale): number {
  const back = new Map(returned.map(({ lineId, amount }) => [lineId, amount]))
  return eligibleOf(
    fact,
    fact.lines.map((line) => ({ ...line, amount: line.amount - (back.get(line.lineId) ?? 0) })),
  )
}

/** Promise 7: the monthly campaign gives a member no more than its limit in a month of the sales, and the other no more than its budget. */
function judgeLimits({ counter }: ClaimDesk): void {
  ok(counter.limits.isSound, 'something was given back to a limit that was not taken (7)')
  const months = new Map<string, number>()
  let spent = 0
  for (const kept of counter.receipts.values()) {
    const { at, fact } = kept.sale
    const month = revisionAt(counter.programme, at).calendar.dayOf(at).iso.slice(0, 7)
    months.set(month, (months.get(month) ?? 0) + heldOf(fact, 'monthly', keptEligible(kept)))
    spent += heldOf(fact, 'scarce', keptEligible(kept))
  }
  for (const sum of months.values()) ok(sum <= monthly.most, 'a campaign gives more than its limit (7)')
  ok(spent <= scarce.budget, 'a campaign gives more than its budget (7)')
  const pot = counter.limits.state.pots.get('scarce')
  strictEqual(pot?.left ?? scarce.budget, scarce.budget - spent, 'what is left of a budget is what was not given (7)')
}

/** The highest tier of this calendar year's kept spend and last year's, where nothing else ever counts. New year in London is that of UTC. */
function tierByYears({ counter: { programme, receipts, now } }: ClaimDesk): string | undefined {
  if (programme.revisions.some(({ document }) => document.tiers.period !== 'calendar-year')) return undefined
  const yearOf = (at: number) => new Date(at).getUTCFullYear()
  let [thisYear, lastYear] = [0, 0]
  for (const kept of receipts.values()) {
    const ago = yearOf(now) - yearOf(kept.sale.at)
    if (ago === 0) thisYear += keptEligible(kept)
    if (ago === 1) lastYear += keptEligible(kept)
  }
  const { levels } = programme.revisions[0].document.tiers
  return levels.findLast(({ threshold }) => Math.max(thisYear, lastYear) >= threshold)?.id
}
