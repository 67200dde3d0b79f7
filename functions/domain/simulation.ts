import { type Account, apply, type Effect, type Entry } from './entry.ts'
import { emptyHead, type Head } from './head.ts'
import type { Programme, Revision } from './programme.ts'
import type { Judgement, Sale } from './purchase.ts'
import { type Judged, linesOf, memberFacts } from './sale-facts.ts'
import { heldTierAt, tierAt, tierOfId } from './tiers.ts'
import { earlier, type Instant, type MemberId } from './units.ts'

/** A member who does not exist, as far as anybody cares to say: a new one, where nothing is said. */
export interface MadeUpMember {
  readonly tier?: string | undefined
  readonly clubs?: readonly string[] | undefined
  readonly segments?: readonly string[] | undefined
  /** The how-manieth of their purchases the sale is; 1 where nothing is said. */
  readonly purchaseNumber?: number | undefined
  /** Local days since the one before. */
  readonly daysSinceLastPurchase?: number | undefined
  readonly birthdayMonth?: boolean | undefined
  /** Eligible spend of the local calendar year of the sale before it, minor units; the tier's threshold where it is not said. */
  readonly spend?: number | undefined
}

/** By what a sale to a made-up member is judged. A tier that the revision does not have is taken for the lowest. */
export function judgeMadeUp(
  revision: Revision,
  memberId: MemberId,
  madeUp: MadeUpMember,
  sale: Sale,
  now: Instant,
): { readonly account: Account; readonly judgement: Judgement } {
  const at = earlier(sale.occurredAt, now)
  const year = revision.calendar.yearOf(at)
  const named = madeUp.tier === undefined ? undefined : tierOfId(revision, madeUp.tier)
  const amount = madeUp.spend ?? named?.threshold ?? 0
  const spend = amount > 0 ? [{ year, amount }] : []
  const tier = named ?? tierAt(revision, spend, at)
  const { clubs, segments, purchaseNumber = 1, daysSinceLastPurchase, birthdayMonth } = madeUp
  const judged: Judged = {
    purchaseNumber,
    ...(clubs && { clubs }),
    ...(segments && { segments }),
    ...(daysSinceLastPurchase !== undefined && { daysSinceLastPurchase }),
    ...(birthdayMonth && { birthdayMonth }),
  }
  const lines = linesOf(sale)
  const facts = memberFacts(revision, tier, { memberId, at, details: sale.details, bought: lines, judged })
  const head: Head = { ...emptyHead(memberId), spend, tier: { id: tier.id, year, revision: revision.number } }
  return { account: { head, closed: new Map() }, judgement: { at, revision, facts, judged, lines } }
}

/**
 * A member as of an instant in the past, by all that is known now of what happened until then: tier, purchases, status. What
 * points they had then is not worked out: no campaign asks for it.
 */
export function accountAsOf(programme: Programme, member: MemberId, entries: readonly Entry[], at: Instant): Account {
  let account: Account = { head: emptyHead(member), closed: new Map() }
  for (const entry of entries) account = apply(account, { ...entry, effect: withoutPoints(entry.effect) })
  return { ...account, head: { ...account.head, tier: heldTierAt(programme, account.head, at) } }
}

/** What an entry changes but points and the tier, which follow from the rest. */
export function withoutPoints({
  totals: _,
  debt: __,
  buckets: ___,
  closed: ____,
  prolong: _____,
  tier: ______,
  ...rest
}: Effect): Effect {
  return rest
}

/** The higher of two tiers: a sale takes nobody down, whatever the spend of a made-up member says. */
export function higherTier({ tiers }: Revision, a: string, b: string): string {
  const rank = (id: string) => tiers.findIndex((tier) => tier.id === id)
  return rank(b) > rank(a) ? b : a
}
