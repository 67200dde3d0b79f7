import type { Entry } from './entry.ts'
import type { Head } from './head.ts'
import type { Instant } from './units.ts'

/** Who set the tags of a member, and why. */
export interface SegmentsFact {
  readonly kind: 'segments'
  readonly actor: string
  readonly reason?: string | undefined
}

/** The entry that gives a member these tags and no others; null where they have them already. Tags are told in order, each once. */
export function segmentsChange(
  head: Head,
  segments: readonly string[],
  by: Omit<SegmentsFact, 'kind'>,
  now: Instant,
): Entry | null {
  const wanted = [...new Set(segments)].sort()
  if (wanted.length === head.segments.length && wanted.every((tag, index) => tag === head.segments[index])) return null
  return { at: now, fact: { kind: 'segments', ...by }, effect: { segments: wanted } }
}

/** The tags that a member had at an instant, by all their entries in order: what a late purchase is judged by. */
export function segmentsAt(entries: readonly Entry[], at: Instant): readonly string[] {
  const last = entries.findLast(({ at: since, effect }) => effect.segments !== undefined && since <= at)
  return last?.effect.segments ?? []
}
