import type { Award } from './earning.ts'
import type { HeldGift } from './head.ts'

/** A badge or reward given once more, or taken back: `count` is signed. */
export type GiftChange = HeldGift

/** Credit for tiers that awards give without points, in the tiers' metric. */
export function tierCredit(awards: readonly Award[]): number {
  let sum = 0
  for (const { gift } of awards) if (gift && 'tierCredit' in gift) sum += gift.tierCredit
  return sum
}

/** Badges and rewards that one state of a sale's awards has and the other has not. */
export function giftChanges(before: readonly Award[], after: readonly Award[]): GiftChange[] {
  const counts = new Map<string, GiftChange>()
  const count = (awards: readonly Award[], sign: number) => {
    for (const { gift } of awards) {
      if (!gift || 'tierCredit' in gift) continue
      const named = 'badge' in gift ? { kind: 'badge' as const, id: gift.badge } : { kind: 'reward' as const, id: gift.reward }
      const key = `${named.kind} ${named.id}`
      counts.set(key, { ...named, count: (counts.get(key)?.count ?? 0) + sign })
    }
  }
  count(before, -1)
  count(after, 1)
  return [...counts.values()].filter((change) => change.count !== 0)
}

/** What a member holds after some changes, by kind and id. */
export function changedGifts(held: readonly HeldGift[], changes: readonly GiftChange[]): readonly HeldGift[] {
  const order = (a: HeldGift, b: HeldGift) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.id < b.id ? -1 : 1)
  const others = held.filter((gift) => !changes.some((change) => isSame(gift, change)))
  const changed = changes.map((change) => ({
    ...change,
    count: change.count + (held.find((gift) => isSame(gift, change))?.count ?? 0),
  }))
  return [...others, ...changed.filter((gift) => gift.count > 0)].sort(order)
}

const isSame = (a: HeldGift, b: HeldGift) => a.kind === b.kind && a.id === b.id
