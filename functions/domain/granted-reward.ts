import { addDays } from 'temporal-polyfill/fns/PlainDate'
import type { Calendar } from './calendar.ts'
import type { Gift } from './campaign.ts'
import type { Award } from './earning.ts'
import type { Effect } from './entry.ts'
import type { Head } from './head.ts'
import { type Refusal, refusal } from './refusal.ts'
import { reservationOf } from './reservation.ts'
import type { Instant } from './units.ts'

/**
 * Rewards that campaigns grant: each can be had for nothing, once. What grants them is a sale or a bonus, of which a campaign
 * grants one at most, so that campaign and sale name a grant for ever: what comes back after an undone return is the same one.
 */

/** What grants rewards: a purchase, or a bonus, dated. */
export interface GrantSource {
  readonly kind: 'purchase' | 'bonus'
  readonly id: string
  readonly at: Instant
}

interface Grant {
  readonly campaignId: string
  readonly rewardId: string
  /** From this instant on it is over; null: never. */
  readonly expiresAt: Instant | null
}

/** That a campaign grants a reward from now on, or, taken back, does so no more. */
export interface GrantChange extends Grant {
  readonly isTakenBack: boolean
}

/**
 * A granted reward. Whether it was taken back is what its sale says, and its use what redemptions say: neither changes the other,
 * so that one that was used stays used when goods come back, and is not granted once more when that is undone.
 */
export interface GrantedReward extends GrantChange {
  /** The redemption that holds it or used it; one that has lapsed is still here, and the head no longer knows it. */
  readonly use: { readonly redemptionId: string; readonly isCaptured: boolean } | null
  /** That it was used when it was taken back, and so keeps its place in its campaign's caps. */
  readonly keepsCap?: true
}

/** What an entry changes of what one sale or bonus grants. */
export interface GrantChanges {
  readonly source: GrantSource
  readonly changes: readonly GrantChange[]
}

export type GrantState = 'open' | 'reserved' | 'used' | 'taken-back' | 'lapsed'

/** What the awards of a sale or bonus grant other than they did: of an entry's effect. */
export function grantEffect(
  calendar: Calendar,
  source: GrantSource,
  before: readonly Award[],
  after: readonly Award[],
): Pick<Effect, 'rewardGrants'> {
  if (!before.some(isGrant) && !after.some(isGrant)) return {}
  const changes = [
    ...lacking(before, after).map((award) => ({ ...grantOf(calendar, source, award), isTakenBack: true })),
    ...lacking(after, before).map((award) => ({ ...grantOf(calendar, source, award), isTakenBack: false })),
  ]
  return changes.length > 0 ? { rewardGrants: { source, changes } } : {}
}

type RewardGift = Extract<Gift, { readonly reward: string }>
/** Whether an award is a reward that is granted. */
export const isGrant = (award: Award): award is Award & { readonly gift: RewardGift } =>
  award.gift !== undefined && 'reward' in award.gift

/** Those awards of rewards whose campaigns grant none among others. */
const lacking = (awards: readonly Award[], others: readonly Award[]) =>
  awards.filter(isGrant).filter(({ source }) => !others.some((other) => isGrant(other) && other.source === source))

/** Days are whole local ones after that of the sale or bonus. */
function grantOf(
  calendar: Calendar,
  { at }: GrantSource,
  { source, gift: { reward, valid } }: { source: string; gift: RewardGift },
): Grant {
  const expiresAt = valid ? calendar.startOfDay(addDays(calendar.dayOf(at).date, valid.days + 1)) : null
  return { campaignId: source, rewardId: reward, expiresAt }
}

/**
 * What a sale or bonus has granted, after some changes. What is taken back that is not there was granted before grants were kept,
 * and nobody can redeem it.
 */
export function changedGrants(granted: readonly GrantedReward[], changes: readonly GrantChange[]): readonly GrantedReward[] {
  let after = granted
  for (const change of changes) {
    const known = after.some(({ campaignId }) => campaignId === change.campaignId)
    if (known) after = after.map((one) => (one.campaignId === change.campaignId ? changed(one, change) : one))
    else if (!change.isTakenBack) after = [...after, { ...change, use: null }]
  }
  return after
}

function changed({ keepsCap: _, ...one }: GrantedReward, change: GrantChange): GrantedReward {
  return { ...one, ...change, ...(change.isTakenBack && one.use?.isCaptured && { keepsCap: true }) }
}

/** What became of a granted reward, by a settled head. A hold that lapsed holds nothing, and what was held while it was good is. */
export function grantState({ use, isTakenBack, expiresAt }: GrantedReward, head: Head, now: Instant): GrantState {
  if (use?.isCaptured) return 'used'
  if (isTakenBack) return 'taken-back'
  if (use && reservationOf(head, use.redemptionId)) return 'reserved'
  return expiresAt !== null && expiresAt <= now ? 'lapsed' : 'open'
}

const refusals = {
  reserved: 'granted-reward-used',
  used: 'granted-reward-used',
  'taken-back': 'granted-reward-taken-back',
  lapsed: 'granted-reward-over',
} as const

/** Why a member cannot have a granted reward for nothing; undefined: they can. It is of the reward that is asked for. */
export function grantFault(grant: GrantedReward | undefined, rewardId: string, head: Head, now: Instant): Refusal | undefined {
  if (grant?.rewardId !== rewardId) return refusal('granted-reward-unknown', '/grantId')
  const state = grantState(grant, head, now)
  return state === 'open' ? undefined : refusal(refusals[state], '/grantId')
}
