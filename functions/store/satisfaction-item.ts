import type { Satisfaction } from '../domain/satisfaction.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import type { Item } from './store.ts'
import { memberOfPartition, satisfactionPrefix, table } from './table.ts'

/** What a member said of a purchase, kept with them for ever. What they wrote is the complaint's, where it opened one. */
export interface StoredSatisfaction extends Omit<Satisfaction, 'storeId'> {
  readonly memberId: MemberId
  readonly at: Instant
  readonly complaintId: string | null
}

export function satisfactionItem(programme: string, satisfaction: StoredSatisfaction): Item {
  const { memberId, purchaseId, score, text, hash, at, complaintId } = satisfaction
  return {
    ...table.satisfaction(programme, memberId, purchaseId),
    h: hash,
    n: score,
    a: at,
    ...(complaintId !== null && { co: complaintId }),
    ...(complaintId === null && text !== undefined && { t: text }),
  }
}

export function satisfactionOf(item: Item): StoredSatisfaction {
  return {
    memberId: memberOfPartition(item.pk).member,
    purchaseId: item.sk.slice(satisfactionPrefix.length),
    score: item.n as number,
    ...(item.t !== undefined && { text: item.t as string }),
    hash: item.h as string,
    at: item.a as Instant,
    complaintId: (item.co ?? null) as string | null,
  }
}
