import { apply } from './apply.ts'
import type { Account, Effect, Entry } from './entry.ts'
import { emptyHead, type Head } from './head.ts'
import { type Programme, revisionAt } from './programme.ts'
import { datedAt, type Judgement, type Sale } from './purchase.ts'
import { type Judged, linesOf, memberFacts } from './sale-facts.ts'
import { changedSums } from './sums.ts'
import { changedKept, datedPurchase, nothingKept } from './tally.ts'
import { heldTierAt, tierAt, tierFactsBefore, tierLadder } from './tiers.ts'
import { type Instant, instant, type MemberId } from './units.ts'

/** A member who does not exist, as far as anybody cares to say: a new one, where nothing is said. */
export interface MadeUpMember {
  /** At least this one; one that the revision does not have is taken for the lowest. */
  readonly tier?: string | undefined
  readonly clubs?: readonly string[] | undefined
  readonly segments?: readonly string[] | undefined
  /** The how-manieth of their purchases the sale is; 1 where nothing is said. */
  readonly purchaseNumber?: number | undefined
  /** Local days since the one before. */
  readonly daysSinceLastPurchase?: number | undefined
  readonly birthdayMonth?: boolean | undefined
  /** Eligible spend before the sale, in the time in which tiers count it, minor units. */
  readonly spend?: number | undefined
}

/** By what a sale to a made-up member is judged in a programme of one revision. */
export function judgeMadeUp(
  programme: Programme,
  memberId: MemberId,
  madeUp: MadeUpMember,
  sale: Sale,
  now: Instant,
): { readonly account: Account; readonly judgement: Judgement } {
  const at = datedAt(sale, now)
  const revision = revisionAt(programme, at)
  const head = madeUpHead(programme, memberId, madeUp, at)
  const { clubs, segments, purchaseNumber = 1, daysSinceLastPurchase, birthdayMonth } = madeUp
  const judged: Judged = {
    purchaseNumber,
    ...(clubs && { clubs }),
    ...(segments && { segments }),
    ...(daysSinceLastPurchase !== undefined && { daysSinceLastPurchase }),
    ...(birthdayMonth && { birthdayMonth }),
  }
  const lines = linesOf(sale)
  const tier = tierAt(programme, head, at)
  const facts = memberFacts(revision, tier, { memberId, at, details: sale.details, bought: lines, judged })
  return { account: { head, closed: new Map() }, judgement: { at, revision, facts, judged, lines } }
}

/** Longer than a simulation looks ahead. */
const longMs = 366 * 86_400_000

/** The tier is as if staff had given it: so it is held whatever it is that tiers count. */
function madeUpHead(programme: Programme, memberId: MemberId, { tier, spend = 0 }: MadeUpMember, at: Instant): Head {
  const revision = revisionAt(programme, at)
  const ladder = tierLadder(programme)
  const empty = { ...emptyHead(memberId), run: revision.number, enrolledAt: at }
  const sums = changedSums([], changedKept(ladder, empty, at, nothingKept, { ...nothingKept, spend }))
  const grant = { id: 'made-up', tier: tier ?? '', from: at, until: instant(at + longMs), revision: revision.number }
  const head = { ...empty, sums, grants: tier === undefined ? [] : [grant] }
  return { ...head, tier: heldTierAt(programme, head, at) }
}

/**
 * A member as of an instant in the past, by all that is known now of what happened until then: purchases, status, tags, grants.
 * What points they had then is not worked out: no campaign asks for it. `entries` are those dated until then.
 */
export function accountAsOf(member: MemberId, entries: readonly Entry[]): Account {
  let account: Account = { head: emptyHead(member), closed: new Map() }
  for (const entry of entries) account = apply(account, { ...entry, effect: unjudged(entry.effect) })
  return account
}

/** What an entry changes that no rule makes of the member's sales: neither points, nor what tiers count of them, nor the tier. */
export function unjudged({ purchase, status, gifts, segments, granted, club }: Effect): Effect {
  return {
    ...(purchase && { purchase }),
    ...(status && { status }),
    ...(gifts && { gifts }),
    ...(segments && { segments }),
    ...(granted && { granted }),
    ...(club && { club }),
  }
}

/** An account as it is in a programme that was not its own until then: what the tiers count, counted anew from the entries. */
export function recounted(programme: Programme, account: Account, entries: readonly Entry[], at: Instant): Account {
  const ladder = tierLadder(programme)
  const facts = tierFactsBefore(programme, entries, at)
  const { run } = ladder.eras.findLast(({ from }) => from <= at) ?? ladder.eras[0]
  const counting: Head = { ...account.head, ...facts, run, latestPurchase: null }
  const { latestPurchase: latest } = account.head
  const dated = latest && datedPurchase(ladder, counting, latest.at).purchase
  const head: Head = { ...counting, latestPurchase: dated ?? null }
  return { ...account, head: { ...head, tier: heldTierAt(programme, head, at) } }
}
