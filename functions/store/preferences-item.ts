import type { Note, Preferences } from '../domain/preferences.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Item } from './store.ts'
import { table } from './table.ts'

/** Preferences with how many times they were changed; 0 before the first. */
export interface StoredPreferences extends Preferences {
  readonly version: number
}

type PackedNote = [type: string, text: string, storeId: string | null, at: number]

export function preferencesItem(programme: string, member: MemberId, { version, consent, notes }: StoredPreferences): Item {
  return {
    ...table.preferences(programme, member),
    [versionAttribute]: version,
    co: consent,
    n: notes.map(({ type, text, storeId, at }): PackedNote => [type, text, storeId, at]),
  }
}

export function preferencesOf(item: Item | undefined): StoredPreferences {
  if (!item) return { version: 0, consent: false, notes: [] }
  const notes = item.n as unknown as PackedNote[]
  return {
    version: item[versionAttribute] as number,
    consent: item.co === true,
    notes: notes.map(([type, text, storeId, at]): Note => ({ type, text, storeId, at: at as Instant })),
  }
}
