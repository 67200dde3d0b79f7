import type { GrantChange, GrantedReward, GrantSource } from '../domain/granted-reward.ts'
import type { Instant } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Key, Value, Write } from './store.ts'

/** What a purchase or bonus granted a member. */
export interface GrantedRewards {
  readonly source: GrantSource
  /** In the order in which they were granted first: a grant is named by its place. */
  readonly granted: readonly GrantedReward[]
}

export const packGrantChange = ({ campaignId, rewardId, expiresAt, isTakenBack }: GrantChange): Value[] => [
  ...[campaignId, rewardId, expiresAt, isTakenBack],
]

export function unpackGrantChange(packed: Value): GrantChange {
  const [campaignId, rewardId, expiresAt, isTakenBack] = packed as [string, string, Instant | null, boolean]
  return { campaignId, rewardId, expiresAt, isTakenBack }
}

function unpackGranted(packed: Value): GrantedReward {
  const [, , , , redemptionId, isCaptured] = packed as [string, string, Instant | null, boolean, string?, boolean?]
  const use = redemptionId === undefined ? null : { redemptionId, isCaptured: isCaptured === true }
  return { ...unpackGrantChange(packed), use }
}

export function grantedRewardsOf(item: Item): GrantedRewards {
  return {
    source: { kind: item.k as GrantSource['kind'], id: item.id as string, at: item.at as Instant },
    granted: (item.g as Value[]).map(unpackGranted),
  }
}

/** Writes what was granted as it becomes of what was read. */
export function grantedRewardsWrite(key: Key, { source, granted }: GrantedRewards, stored: Item | undefined): Write {
  const version = Number(stored?.[versionAttribute] ?? 0)
  const packed = granted.map(({ use, ...change }) => [
    ...packGrantChange(change),
    ...(use ? [use.redemptionId, use.isCaptured] : []),
  ])
  return {
    kind: 'put',
    item: { ...key, [versionAttribute]: version + 1, k: source.kind, id: source.id, at: source.at, g: packed },
    condition: stored ? { is: 'equal', attribute: versionAttribute, value: version } : { is: 'absent' },
    replaces: stored,
  }
}
