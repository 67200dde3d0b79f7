import { isDeepStrictEqual } from 'node:util'
import { askedBy } from '../domain/bonus.ts'
import type { BonusFact, Entry, RestoredFact, UndoneFact } from '../domain/entry.ts'
import { sumOfUses } from '../domain/limits.ts'
import { type Programme, revisionAt } from '../domain/programme.ts'
import { memberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { type BonusRecord, bonusOf } from '../store/bonus-item.ts'
import { type Item, type Key, mostReadKeys } from '../store/store.ts'
import { entryPosition, table } from '../store/table.ts'
import type { KeptUses } from './verify-limits.ts'

type ChangedFact = UndoneFact | RestoredFact

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
  const changed = entries.flatMap(({ fact }) => (fact.kind === 'bonus-undone' || fact.kind === 'bonus-restored' ? [fact] : []))
  for (const { id } of changed) {
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
    const ofThis = changed.filter(({ id }) => id === fact.id)
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
function saysTheSame({ undone }: BonusRecord, facts: readonly ChangedFact[]): boolean {
  const times = timesTaken(facts)
  if (facts.length === 0) return undone.length === 0
  return [...times].every(([source, taken]) => undone.includes(source) === taken > 0)
}

function isWithin({ awards }: BonusFact, facts: readonly ChangedFact[]): boolean {
  const isOnce = [...timesTaken(facts).values()].every((taken) => taken === 0 || taken === 1)
  const changed = facts.flatMap((fact) => fact.awards)
  return isOnce && changed.every((one) => awards.some((award) => isDeepStrictEqual(award, one)))
}

/** How often a bonus was taken back of each campaign and not given again. */
function timesTaken(facts: readonly ChangedFact[]): Map<string, number> {
  const times = new Map<string, number>()
  for (const { kind, awards } of facts) {
    for (const { source } of awards) times.set(source, (times.get(source) ?? 0) + (kind === 'bonus-undone' ? 1 : -1))
  }
  return times
}
