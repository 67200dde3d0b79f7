import { isDeepStrictEqual } from 'node:util'
import { askedBy } from '../domain/bonus.ts'
import type { BonusFact, Entry, UndoneFact } from '../domain/entry.ts'
import { sumOfUses } from '../domain/limits.ts'
import { type Programme, revisionAt } from '../domain/programme.ts'
import { memberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { type BonusRecord, bonusOf } from '../store/bonus-item.ts'
import { type Item, type Key, mostReadKeys } from '../store/store.ts'
import { entryPosition, table } from '../store/table.ts'
import type { KeptUses } from './verify-limits.ts'

/** The key of a bonus's record by its id: under the member where it follows from what happened, else the event's. */
export function bonusKey(programme: string, id: string): Key {
  const [auto, trigger, member, of] = id.split('#')
  return auto === 'AUTO' && trigger && member ? table.auto(programme, memberId(member), trigger, of) : table.event(programme, id)
}

/** Every bonus has its record, which names its entry and says what was taken back; and every record has its bonus. */
export async function compareBonuses(
  { store }: Runtime,
  programme: Programme,
  member: string,
  items: readonly Item[],
  entries: readonly Entry[],
  /** Those in the member's partition. */
  records: readonly Item[],
): Promise<{ readonly differences: readonly string[]; readonly kept: readonly KeptUses[] }> {
  const differences: string[] = []
  const kept: KeptUses[] = []
  const given = entries.flatMap(({ at, fact }, index) =>
    fact.kind === 'bonus' ? [{ at, fact, position: entryPosition(items[index]!.sk) }] : [],
  )
  const undone = entries.flatMap(({ fact }) => (fact.kind === 'bonus-undone' ? [fact] : []))
  for (const { id } of undone) {
    if (!given.some(({ fact }) => fact.id === id)) differences.push(`bonus ${id} is taken back and was never given`)
  }
  const found = new Map<string, BonusRecord>()
  for (let start = 0; start < given.length; start += mostReadKeys) {
    const part = given.slice(start, start + mostReadKeys)
    const read = await store.read(
      part.map(({ fact }) => bonusKey(programme.id, fact.id)),
      { consistent: true },
    )
    for (const [index, { fact }] of part.entries()) {
      const item = read.items[index]
      if (item) found.set(fact.id, bonusOf(item))
    }
  }
  for (const { at, fact, position } of given) {
    const record = found.get(fact.id)
    const ofThis = undone.filter(({ id }) => id === fact.id)
    if (!record || !isDeepStrictEqual(record.entry, position) || (record.memberId ?? member) !== member) {
      differences.push(`bonus ${fact.id} has no record that names it`)
    } else if (!saysTheSame(record, ofThis)) differences.push(`the record of bonus ${fact.id} says otherwise what was taken back`)
    if (!isWithin(fact, ofThis)) differences.push(`more of bonus ${fact.id} is taken back than it gave`)
    const revision = askedBy(revisionAt(programme, at), fact.trigger)
    const uses = sumOfUses([fact, ...ofThis].flatMap((one) => one.uses ?? []))
    if (revision && uses.length > 0) kept.push({ at, revision, storeId: fact.storeId ?? fact.event?.storeId ?? '', uses })
  }
  const named = new Set([...found.values()].map(({ key }) => key.sk))
  for (const { sk } of records) if (!named.has(sk)) differences.push(`the record ${sk} names no bonus`)
  return { differences, kept }
}

/** What both sides of a referral lost is with both, whoever of them was given something by it. */
function saysTheSame({ undone }: BonusRecord, facts: readonly UndoneFact[]): boolean {
  const taken = facts.flatMap(({ awards }) => awards.map(({ source }) => source))
  return facts.length === 0 ? undone.length === 0 : undone.length > 0 && taken.every((source) => undone.includes(source))
}

function isWithin({ awards }: BonusFact, facts: readonly UndoneFact[]): boolean {
  const taken = facts.flatMap((fact) => fact.awards)
  const sources = taken.map(({ source }) => source)
  const isOnce = new Set(sources).size === sources.length
  return isOnce && taken.every((one) => awards.some((award) => isDeepStrictEqual(award, one)))
}
