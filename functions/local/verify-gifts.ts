import type { Entry, TransferFact } from '../domain/entry.ts'
import type { Programme } from '../domain/programme.ts'
import { memberId } from '../domain/units.ts'
import { readGift } from '../handlers/gifts.ts'
import type { Runtime } from '../runtime.ts'
import type { Item } from '../store/store.ts'
import { giftOfListed, listedGiftPrefix } from '../store/table.ts'

/** Entries of the gifts of points that a member gave or was given. */
interface Booked {
  readonly fact: TransferFact
  readonly points: number
}

/**
 * What of a member's gifts their entries, the records and the lists say otherwise. The two sides are held together by the one
 * record: what a member was given and somebody gave must be as much.
 */
export async function giftDifferences(
  runtime: Runtime,
  programme: Programme,
  member: string,
  entries: readonly Entry[],
  items: readonly Item[],
): Promise<string[]> {
  const own = memberId(member)
  const differences: string[] = []
  const booked = new Map<string, Booked[]>()
  for (const { fact, effect } of entries) {
    if (fact.kind !== 'transfer') continue
    const giver = fact.way.startsWith('given') ? own : fact.other
    const name = `${giver}#${fact.giftId}`
    booked.set(name, [...(booked.get(name) ?? []), { fact, points: effect.totals?.adjusted ?? 0 }])
  }
  const listed = items.filter(({ sk }) => sk.startsWith(listedGiftPrefix)).map(({ sk }) => giftOfListed(sk))
  const names = new Set([...booked.keys(), ...listed.map(({ giver, giftId }) => `${giver}#${giftId}`)])
  if (listed.length !== booked.size || names.size !== booked.size) differences.push('the gifts listed are not those booked')
  for (const [name, sides] of booked) {
    const [giver, giftId] = name.split('#') as [string, string]
    const gift = await readGift({ runtime, programme, now: runtime.now() }, memberId(giver), giftId)
    const isGiver = giver === member
    const ways = isGiver ? ['given', 'given-undone'] : ['received', 'received-undone']
    const expected = gift?.undoneAt === undefined ? ways.slice(0, 1) : ways
    const isAsBooked =
      gift !== undefined &&
      (isGiver || gift.receiver === member) &&
      sides.length === expected.length &&
      sides.every(({ fact, points }, index) => {
        const sign = isGiver === (index === 0) ? -1 : 1
        return fact.way === expected[index] && points === sign * gift.points && (!isGiver || fact.other === gift.receiver)
      })
    if (!isAsBooked) differences.push(`the gift ${giftId} is not recorded as it is booked`)
  }
  const records = items.length - listed.length
  const given = [...booked].filter(([name]) => name.startsWith(`${member}#`)).length
  if (records !== given) differences.push('there are records of gifts that were not booked')
  return differences
}
