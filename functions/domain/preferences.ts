import { mostNotes } from './bounds.ts'
import { type Refusal, refusal } from './refusal.ts'
import type { Instant } from './units.ts'

/** Something that a guest likes, as one person wrote it down. */
export interface Note {
  /** What it is about. */
  readonly type: string
  readonly text: string
  /** The outlet whose staff wrote it; null: the member. */
  readonly storeId: string | null
  readonly at: Instant
}

/** What a guest likes. Without their consent there are no notes. */
export interface Preferences {
  readonly consent: boolean
  /** By type. */
  readonly notes: readonly Note[]
}

export interface PreferencesChange {
  readonly consent?: boolean | undefined
  /** By type; null takes a note away. */
  readonly notes?: { readonly [type: string]: { readonly text: string } | null } | undefined
}

/**
 * Preferences after a change by the member (`storeId` null) or by staff at an outlet; the very same where nothing changes. Consent
 * withdrawn leaves no note.
 */
export function changePreferences(
  known: Preferences,
  { consent = known.consent, notes: changes = {} }: PreferencesChange,
  storeId: string | null,
  at: Instant,
): Preferences | Refusal {
  const written = Object.entries(changes)
  if (!consent) {
    if (written.some(([, note]) => note !== null)) return refusal('consent-missing', '/notes')
    return known.consent ? { consent, notes: [] } : known
  }
  const notes = new Map(known.notes.map((note) => [note.type, note]))
  let isChanged = !known.consent
  for (const [type, note] of written) {
    if (notes.get(type)?.text === note?.text) continue
    isChanged = true
    if (note) notes.set(type, { type, text: note.text, storeId, at })
    else notes.delete(type)
  }
  if (notes.size > mostNotes) return refusal('too-many-notes', '/notes')
  if (!isChanged) return known
  return { consent, notes: [...notes.values()].sort((a, b) => (a.type < b.type ? -1 : 1)) }
}
