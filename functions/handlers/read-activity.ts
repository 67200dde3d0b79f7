import type * as z from 'zod'
import { readActivity } from '../contract/me.ts'
import { problem } from '../contract/problem.ts'
import type { Entry, Fact, TransferFact } from '../domain/entry.ts'
import { entryOf } from '../store/entry-item.ts'
import { entryPosition, entryPrefix, memberPartition } from '../store/table.ts'
import { peekAccount } from './account.ts'
import { implement } from './context.ts'
import { cursorOfEntry, keyOfCursor } from './entry-cursor.ts'
import { ownMember } from './own-member.ts'
import { rfc3339 } from './views.ts'

const defaultLimit = 50

type ActivityItem = z.input<(typeof readActivity.answers)[200]>['items'][number]

/** A member's entries, newest booking first. What time has brought about and nothing has booked yet comes before them. */
export const readActivityImplementation = implement(readActivity, async ({ query }, context) => {
  const { runtime, programme } = context
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  const pk = memberPartition(programme.id, own)
  const after = query.cursor === undefined ? undefined : keyOfCursor(pk, query.cursor)
  if (after === null) return problem('invalid-cursor')
  const settled = after ? undefined : (await peekAccount(context, own)).settled
  const page = await runtime.store.query({
    pk,
    range: { prefix: entryPrefix },
    descending: true,
    consistent: true,
    limit: Number(query.limit ?? defaultLimit),
    after,
  })
  const newest = page.items[0] ? entryPosition(page.items[0].sk).version : 0
  // Where another booked between the two reads, the page has what settling says, too.
  const unbooked = settled && newest <= settled.account.head.version ? settled.entries.toReversed() : []
  return {
    status: 200 as const,
    body: {
      items: [...unbooked, ...page.items.map(entryOf)].flatMap(activityOf),
      nextCursor: page.next ? cursorOfEntry(page.next) : null,
    },
  }
})

const kinds = {
  enrol: 'enrolled',
  close: 'closed',
  reopen: 'reopened',
  earn: 'earned',
  return: 'returned',
  adjust: 'adjusted',
  goodwill: 'goodwill',
  mature: 'matured',
  expire: 'expired',
  tier: 'tier-changed',
  referred: 'referred',
  bonus: 'bonus',
  'bonus-undone': 'bonus-undone',
  'bonus-restored': 'bonus-restored',
  'tier-lapsing': 'tier-lapsing',
  grant: 'tier-granted',
  'end-grant': 'tier-grant-ended',
  recount: 'recounted',
  'club-joined': 'club-joined',
  'club-renewed': 'club-renewed',
  'club-grace': 'club-grace',
  'club-lapsed': 'club-lapsed',
  'club-left': 'club-left',
  attend: 'attended',
  'claim-submitted': 'claim-submitted',
  'claim-approved': 'claim-approved',
  'claim-goods': 'claim-goods-received',
  'claim-declined': 'claim-declined',
  'claim-undone': 'claim-undone',
  'claim-withdrawn': 'claim-withdrawn',
  'claim-settled': 'claim-settled',
  'claim-overdue': 'claim-overdue',
  'claim-lapsed': 'claim-lapsed',
  'complaint-opened': 'complaint-opened',
  'complaint-answered': 'complaint-answered',
  'complaint-resolved': 'complaint-resolved',
  'complaint-rated': 'complaint-rated',
  'complaint-reopened': 'complaint-reopened',
  'complaint-overdue': 'complaint-overdue',
  'survey-asked': 'survey-asked',
  satisfaction: 'satisfaction',
  reserve: 'reserved',
  redeem: 'redeemed',
  release: 'released',
  lapse: 'lapsed',
  restore: 'restored',
} as const satisfies { [kind in Exclude<Fact['kind'], 'segments' | 'transfer'>]: ActivityItem['kind'] }

const ways = {
  given: 'gift-given',
  'given-undone': 'gift-undone',
  received: 'gift-received',
  'received-undone': 'gift-taken-back',
} as const satisfies { [way in TransferFact['way']]: ActivityItem['kind'] }

/** An entry as members see it; what marketing calls them is not theirs to see. */
function activityOf({ at, fact, effect }: Entry): ActivityItem[] {
  if (fact.kind === 'segments') return []
  const moved = (effect.buckets ?? []).reduce((sum, bucket) => sum + bucket.points, 0)
  const item = {
    at: rfc3339(at),
    kind: fact.kind === 'transfer' ? ways[fact.way] : kinds[fact.kind],
    points: moved - (effect.debt ?? 0),
    ...('purchaseId' in fact && { purchaseId: fact.purchaseId }),
    ...('returnId' in fact && fact.claimId === undefined && { returnId: fact.returnId }),
    ...('claimId' in fact && fact.claimId !== undefined && { claimId: fact.claimId }),
    ...('why' in fact && { reason: fact.why }),
    ...('adjustmentId' in fact && { adjustmentId: fact.adjustmentId, reason: fact.reason }),
    ...(fact.kind === 'goodwill' && { reason: fact.reason }),
    ...('clubId' in fact && { clubId: fact.clubId }),
    ...('redemptionId' in fact && { redemptionId: fact.redemptionId, rewardId: fact.rewardId }),
    ...('eventId' in fact && { eventId: fact.eventId }),
    ...(fact.kind === 'transfer' && fact.way.startsWith('given') && { giftId: fact.giftId }),
    ...('complaintId' in fact && { complaintId: fact.complaintId }),
    ...(fact.kind === 'bonus' && fact.event && { eventId: fact.id }),
    ...('trigger' in fact && { trigger: fact.trigger, sources: fact.awards.map(({ source }) => source) }),
    ...(effect.tier && { tier: effect.tier.id }),
  }
  return [item]
}
