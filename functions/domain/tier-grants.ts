import { mostGrants } from './bounds.ts'
import type { Account, Entry } from './entry.ts'
import type { TierGrant } from './head.ts'
import { type Programme, revisionAt } from './programme.ts'
import { type Refusal, refusal } from './refusal.ts'
import { withTier } from './tiers.ts'
import type { Instant } from './units.ts'

/** A tier given by staff, at least until an instant. */
interface Grant {
  readonly grantId: string
  readonly tier: string
  /** From this instant on it is over. */
  readonly until: Instant
  readonly reason: string
  readonly actor: string
}

interface BookedGrant {
  readonly entry: Entry
  readonly account: Account
}

/** Books a grant on a settled account: from now on the member holds at least that tier. Of several at once the best counts. */
export function bookGrant(programme: Programme, account: Account, grant: Grant, now: Instant): BookedGrant | Refusal {
  const { grantId, tier, until, reason, actor } = grant
  const { head } = account
  if (head.status === 'closed') return refusal('member-closed')
  const revision = revisionAt(programme, now)
  if (!revision.tiers.some(({ id }) => id === tier)) return refusal('tier-unknown', '/tier')
  if (until <= now) return refusal('grant-over', '/until')
  // One that is over is kept for purchases that come late; where there are too many, the one that was over first is given up.
  const [first] = head.grants.length < mostGrants ? [] : [...head.grants].sort((a, b) => a.until - b.until)
  if (first && first.until > now) return refusal('too-many-grants')
  const granted: TierGrant = { id: grantId, tier, from: now, until, revision: revision.number }
  const effect = { granted, ...(first && { overGrants: [first.id] }) }
  return withTier(programme, account, { at: now, fact: { kind: 'grant', grantId, reason, actor }, effect }, now)
}

/** Ends a grant of a settled account; null where it is over already. */
export function endGrant(
  programme: Programme,
  account: Account,
  grantId: string,
  actor: string,
  now: Instant,
): BookedGrant | null {
  const grant = account.head.grants.find(({ id }) => id === grantId)
  if (!grant || grant.until <= now) return null
  const granted = { ...grant, until: now }
  return withTier(programme, account, { at: now, fact: { kind: 'end-grant', grantId, actor }, effect: { granted } }, now)
}
