import type { Programme } from '../domain/programme.ts'
import { type BucketId, memberId, type Points } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { eachItem } from '../store/paging.ts'
import type { Item } from '../store/store.ts'
import {
  autoPrefix,
  capPrefix,
  checkInPrefix,
  closedBucketPrefix,
  entryPrefix,
  giftPrefix,
  grantedRewardPrefix,
  headSort,
  listedGiftPrefix,
  memberClaimPrefix,
  memberPartition,
  memberVoucherPrefix,
  owedPrefix,
  profileSort,
} from '../store/table.ts'
import { isOfService } from './verify-service.ts'

/** What stands in a member's partition, by what it is. */
export interface Partition {
  head: Item | undefined
  profile: Item | undefined
  readonly entries: Item[]
  /** Of limited campaigns. */
  readonly counters: Item[]
  /** Records of bonuses. */
  readonly bonuses: Item[]
  /** Their places in the member's list. */
  readonly claims: Item[]
  readonly checkIns: Item[]
  /** Records of gifts of points, and the list of them. */
  readonly gifts: Item[]
  readonly grantedRewards: Item[]
  /** The list of vouchers. */
  readonly vouchers: Item[]
  /** Bonuses that are to be asked for, or were. */
  readonly owed: Item[]
  /** Complaints, and what was said of purchases. */
  readonly service: Item[]
  readonly closed: Map<BucketId, Points>
}

/** Reads all of it. */
export async function readPartition({ store }: Runtime, programme: Programme, member: string): Promise<Partition> {
  const partition: Partition = {
    head: undefined,
    profile: undefined,
    entries: [],
    counters: [],
    bonuses: [],
    claims: [],
    checkIns: [],
    gifts: [],
    grantedRewards: [],
    vouchers: [],
    owed: [],
    service: [],
    closed: new Map(),
  }
  for await (const item of eachItem(store, { pk: memberPartition(programme.id, memberId(member)) })) {
    if (item.sk === headSort) partition.head = item
    else if (item.sk === profileSort) partition.profile = item
    else if (item.sk.startsWith(entryPrefix)) partition.entries.push(item)
    else if (item.sk.startsWith(capPrefix)) partition.counters.push(item)
    else if (item.sk.startsWith(autoPrefix)) partition.bonuses.push(item)
    else if (item.sk.startsWith(memberClaimPrefix)) partition.claims.push(item)
    else if (item.sk.startsWith(checkInPrefix)) partition.checkIns.push(item)
    else if (item.sk.startsWith(memberVoucherPrefix)) partition.vouchers.push(item)
    else if (item.sk.startsWith(giftPrefix) || item.sk.startsWith(listedGiftPrefix)) partition.gifts.push(item)
    else if (item.sk.startsWith(grantedRewardPrefix)) partition.grantedRewards.push(item)
    else if (item.sk.startsWith(owedPrefix)) partition.owed.push(item)
    else if (isOfService(item)) partition.service.push(item)
    else if (item.sk.startsWith(closedBucketPrefix)) {
      partition.closed.set(item.sk.slice(closedBucketPrefix.length) as BucketId, item.p as Points)
    }
  }
  return partition
}
