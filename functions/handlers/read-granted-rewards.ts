import type * as z from 'zod'
import { readGrantedRewards, readMyGrantedRewards } from '../contract/granted-rewards.ts'
import { problem } from '../contract/problem.ts'
import { grantState } from '../domain/granted-reward.ts'
import type { Head } from '../domain/head.ts'
import { revisionAt } from '../domain/programme.ts'
import { rewardOf } from '../domain/reward.ts'
import type { MemberId } from '../domain/units.ts'
import { grantedRewardsOf } from '../store/granted-reward-item.ts'
import type { Item } from '../store/store.ts'
import { grantedRewardPrefix, memberPartition } from '../store/table.ts'
import { type Ledger, peekAccount } from './account.ts'
import { type Context, type Implementation, implement } from './context.ts'
import { grantIdOf } from './granted-rewards.ts'
import { ownMember } from './own-member.ts'
import { rfc3339 } from './views.ts'

type Listed = z.input<(typeof readMyGrantedRewards.answers)[200]>['items'][number]

const defaultLimit = 50

/** What a member was granted, newest first, a purchase or bonus at a time. */
async function listFor(context: Context, memberId: MemberId, query: { cursor?: string | undefined; limit?: string | undefined }) {
  const { runtime, programme } = context
  const pk = memberPartition(programme.id, memberId)
  const after = query.cursor === undefined ? undefined : placeOf(query.cursor)
  if (after === null) return problem('invalid-cursor')
  // The head first: what it holds is then held, let go or used by what is read of it.
  const { settled, ledger } = await peekAccount(context, memberId)
  if (!settled) return problem('member-unknown')
  const { head } = settled.account
  const page = await runtime.store.query({
    pk,
    range: { prefix: grantedRewardPrefix },
    descending: true,
    consistent: true,
    limit: Number(query.limit ?? defaultLimit),
    after: after === undefined ? undefined : { pk, sk: after },
  })
  const nextCursor = page.next ? Buffer.from(page.next.sk.slice(grantedRewardPrefix.length)).toString('base64url') : null
  return { status: 200 as const, body: { items: page.items.flatMap((item) => grantedViews(ledger, head, item)), nextCursor } }
}

/** The sort key that a cursor stands for; null where no page gave it. */
function placeOf(cursor: string): string | null {
  const place = Buffer.from(cursor, 'base64url').toString()
  return /^\d{15}#[\w-]{22}$/.test(place) ? grantedRewardPrefix + place : null
}

function grantedViews({ programme, now }: Ledger, head: Head, item: Item): Listed[] {
  const { source, granted } = grantedRewardsOf(item)
  const revision = revisionAt(programme, now)
  return granted.map((grant, place) => {
    const { rewardId, campaignId, expiresAt, use } = grant
    const state = grantState(grant, head, now)
    const name = rewardOf(revision, rewardId)?.name
    return {
      id: grantIdOf(item, place),
      rewardId,
      ...(name !== undefined && { name }),
      campaignId,
      ...(source.kind === 'purchase' && { purchaseId: source.id }),
      state,
      grantedAt: rfc3339(source.at),
      expiresAt: expiresAt === null ? null : rfc3339(expiresAt),
      ...(use && (state === 'reserved' || state === 'used') && { redemptionId: use.redemptionId }),
    }
  })
}

/** The lists of granted rewards: a member's own, and a till's of a member. */
export const grantedRewardImplementations: readonly Implementation[] = [
  implement(readMyGrantedRewards, async ({ query }, context) => {
    const own = await ownMember(context)
    return own ? listFor(context, own, query) : problem('member-unknown')
  }),
  implement(readGrantedRewards, ({ params, query }, context) => listFor(context, params.memberId as MemberId, query)),
]
