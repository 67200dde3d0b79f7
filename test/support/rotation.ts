import { deepStrictEqual } from 'node:assert/strict'
import type { MemberId } from '../../functions/domain/units.ts'
import { lookupKey, lookupOf } from '../../functions/store/lookups.ts'
import { lookupsOfProfile, profileOf } from '../../functions/store/profile-item.ts'
import type { Item } from '../../functions/store/store.ts'
import { memberOfPartition, profileSort } from '../../functions/store/table.ts'

type Owned = readonly [pk: string, owner: readonly [MemberId, replacedAt: number | undefined]]

/**
 * The look-ups are those of the profiles under one key, and no others: everybody is found, by everything that is theirs, and
 * everything is one member's. Throws where that is not so.
 */
export function isKeyedBy(secret: string, items: Iterable<Item>): void {
  const wanted: Owned[] = []
  const found: Owned[] = []
  for (const item of items) {
    if (item.sk === profileSort) {
      const { programme, member } = memberOfPartition(item.pk)
      for (const { kind, value, replacedAt } of lookupsOfProfile(profileOf(item))) {
        wanted.push([lookupKey(secret, programme, kind, value).pk, [member, replacedAt]])
      }
    } else if (item.sk === 'LOOKUP') {
      const { memberId, replacedAt } = lookupOf(item)
      found.push([item.pk, [memberId, replacedAt]])
    }
  }
  deepStrictEqual(found.sort(), wanted.sort(), 'look-ups and profiles differ')
}
