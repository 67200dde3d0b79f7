import type { GrantedReward, GrantSource } from '../domain/granted-reward.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Key, Value, Write } from './store.ts'

/** What a purchase or bonus granted a member. */
export interface GrantedRewards {
  readonly source: GrantSource
  /** In the order in which they were granted first: a grant is named by its place. */
  readonly granted: readonly GrantedReward[]
}

export const grantedRewardsOf = ({ of, g }: Item): GrantedRewards => ({ source: of, granted: g }) as unknown as GrantedRewards

/** Writes what was granted as it becomes of what was read. Few sales grant rewards, so that nothing of it is packed. */
export function grantedRewardsWrite(key: Key, { source, granted }: GrantedRewards, stored: Item | undefined): Write {
  const version = Number(stored?.[versionAttribute] ?? 0)
  const record = { of: source, g: granted } as unknown as { readonly [name: string]: Value }
  return {
    kind: 'put',
    item: { ...key, ...record, [versionAttribute]: version + 1 },
    condition: stored ? { is: 'equal', attribute: versionAttribute, value: version } : { is: 'absent' },
    replaces: stored,
  }
}
