import { compileRevision, type PointsPolicy, type Programme, type ProgrammeDocument } from '../../functions/domain/programme.ts'
import { type Instant, instant } from '../../functions/domain/units.ts'

/** The demo programme of the design's section 6. */
export const demoDocument: ProgrammeDocument = {
  name: 'Demo',
  currency: 'GBP',
  timezone: 'Europe/London',
  points: {
    earn: { points: 1, per: 100 },
    expiry: { months: 12, roundTo: 'month' },
    holdDays: 0,
    negative: 'debt',
    autoEnrol: true,
  },
  tiers: {
    metric: 'spend',
    period: 'calendar-year',
    levels: [
      { id: 'bronze', threshold: 0, multiplier: 10_000 },
      { id: 'silver', threshold: 50_000, multiplier: 12_500 },
      { id: 'gold', threshold: 200_000, multiplier: 15_000 },
    ],
  },
}

/** The demo's document with another points policy, and perhaps another time zone or other tiers. */
export function documentWith(
  points: Partial<PointsPolicy>,
  others: Partial<Pick<ProgrammeDocument, 'timezone' | 'tiers'>> = {},
): ProgrammeDocument {
  return { ...demoDocument, ...others, points: { ...demoDocument.points, ...points } }
}

/** A programme whose revisions are these documents: the first from the beginning of time, the others from the instants said. */
export function programmeOf(first: ProgrammeDocument, ...later: readonly [inForceFrom: number, ProgrammeDocument][]): Programme {
  return {
    id: 'demo',
    revisions: [
      compileRevision(1, instant(0), first),
      ...later.map(([from, document], index) => compileRevision(index + 2, instant(from), document)),
    ],
  }
}

export const demo = programmeOf(demoDocument)

/** An instant from how a person writes it. */
export const at = (text: string): Instant => instant(Date.parse(text))

/** How a person writes an instant; `never` where there is none. */
export const written = (epochMs: number | null): string =>
  epochMs === null ? 'never' : new Date(epochMs).toISOString().replace('.000Z', 'Z')
