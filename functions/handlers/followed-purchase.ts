import { askedBy, occasionOf } from '../domain/bonus.ts'
import type { Award } from '../domain/earning.ts'
import type { BonusFact } from '../domain/entry.ts'
import { type BonusVerdict, bonusVerdicts, explainReferral } from '../domain/explained-bonus.ts'
import { explainCampaigns, givenBefore } from '../domain/explanation.ts'
import { revisionAt } from '../domain/programme.ts'
import { referredSale } from '../domain/referral.ts'
import { keptLines } from '../domain/returns.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { bonusOf } from '../store/bonus-item.ts'
import { entryOf, type StoredEntry } from '../store/entry-item.ts'
import { headOf } from '../store/head-item.ts'
import { eachItem } from '../store/paging.ts'
import type { SoldReceipt } from '../store/receipt-item.ts'
import { entriesBookedAfter, memberPartition, table } from '../store/table.ts'
import type { Ledger } from './account.ts'
import { followsView } from './follows.ts'
import { type BookedSale, knownBonus, referralTrigger } from './referrals.ts'

/**
 * What followed from a recorded purchase: the clubs and bonuses that were booked with it, and what became of its member's referral.
 * What it led to and gave nothing for is not told, because that was not written down; of a referral it is, by judging it again.
 */
export async function followedFrom(ledger: Ledger, receipt: SoldReceipt, sale: BookedSale) {
  const { memberId } = receipt
  const entries = await bookedWith(ledger, receipt)
  const { by, verdicts } = await ofReferral(ledger, receipt, sale, entries)
  const led = entries.flatMap(({ at, fact }) =>
    fact.kind === 'bonus' && fact.trigger !== referralTrigger ? ofBonus(ledger, memberId, { at, fact }) : [],
  )
  const follows = followsView([...verdicts, ...led], { member: memberId, referrer: by })
  const clubsJoined = entries.flatMap(({ fact }) => (fact.kind === 'club-joined' ? [fact.clubId] : []))
  return { ...(clubsJoined.length > 0 && { clubsJoined }), ...(follows.length > 0 && { follows }) }
}

/** The entries that were booked with a purchase's own, after it. */
async function bookedWith({ runtime, programme }: Ledger, { memberId, entry }: SoldReceipt): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = []
  const query = { pk: memberPartition(programme.id, memberId), range: entriesBookedAfter(entry) }
  for await (const item of eachItem(runtime.store, query)) entries.push(entryOf(item))
  return entries
}

function ofBonus({ programme }: Ledger, memberId: MemberId, bonus: { at: Instant; fact: BonusFact }): BonusVerdict[] {
  const occasion = occasionOf(programme, memberId, bonus)
  if (!occasion) return []
  const { revision, facts, lines } = occasion
  return bonusVerdicts(revision, 'member', explainCampaigns(revision, facts, lines, bonus.fact.awards))
}

interface ExplainedReferral {
  readonly by: MemberId | null
  readonly verdicts: readonly BonusVerdict[]
}

async function ofReferral(
  ledger: Ledger,
  receipt: SoldReceipt,
  sale: BookedSale,
  entries: readonly StoredEntry[],
): Promise<ExplainedReferral> {
  const { programme } = ledger
  const { memberId, entry, returned } = receipt
  const revision = askedBy(revisionAt(programme, sale.at), referralTrigger)
  if (!revision) return { by: null, verdicts: [] }
  const judged = (friend: readonly Award[], referrer: readonly Award[], back: typeof returned) =>
    explainReferral(referredSale(revision, memberId, sale, keptLines(sale.fact, back)), { friend, referrer })
  for (const { fact, effect } of entries) {
    if (fact.kind !== 'bonus' || fact.trigger !== referralTrigger || !effect.referral) continue
    const { by } = effect.referral
    return { by, verdicts: judged(fact.awards, await awardsOfReferrer(ledger, by, memberId), []) }
  }
  const { referral, rewardedBy } = await readReferral(ledger, memberId)
  if (!referral) return { by: null, verdicts: [] }
  const { by } = referral
  if (rewardedBy && rewardedBy.version < entry.version) {
    return { by, verdicts: bonusVerdicts(revision, 'member', givenBefore(revision, sale.at)) }
  }
  const bought = judged([], [], [])
  // What met the conditions and was not rewarded may have come back before it arrived.
  const isMet = bought.some(({ verdict }) => !verdict.applied && verdict.because === 'limit')
  return { by, verdicts: isMet ? judged([], [], returned) : bought }
}

/** Who recommended a member, and the place of the bonus that they had for it, if they did. */
async function readReferral({ runtime, programme }: Ledger, memberId: MemberId) {
  const keys = [table.head(programme.id, memberId), table.auto(programme.id, memberId, referralTrigger)]
  const [head, bonus] = (await runtime.store.read(keys, { consistent: true })).items
  return { referral: head && headOf(head).referral, rewardedBy: bonus && bonusOf(bonus).entry }
}

async function awardsOfReferrer(ledger: Ledger, by: MemberId, friend: MemberId): Promise<readonly Award[]> {
  const { runtime, programme } = ledger
  const key = table.auto(programme.id, by, referralTrigger, friend)
  const { items } = await runtime.store.read([key], { consistent: true })
  return items[0] ? (await knownBonus(ledger, by, bonusOf(items[0]))).fact.awards : []
}
