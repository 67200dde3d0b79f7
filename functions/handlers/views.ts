import type * as z from 'zod'
import type { memberAnswer } from '../contract/members.ts'
import type { awards as awardsSchema, balance as balanceSchema, tier as tierSchema } from '../contract/values.ts'
import type { Award } from '../domain/earning.ts'
import { balanceOf, type Head } from '../domain/head.ts'
import { tierProgress } from '../domain/tiers.ts'
import type { Instant } from '../domain/units.ts'
import type { Profile } from '../store/profile-item.ts'
import type { PublishedRevision } from '../store/revision-item.ts'
import type { Ledger } from './account.ts'

/** RFC 3339 in UTC, without fractions where there are none. */
export function rfc3339(at: Instant): string {
  const text = new Date(at).toISOString()
  return at % 1000 === 0 ? `${text.slice(0, -5)}Z` : text
}

/** Epoch ms of an instant that the contract has checked; finer fractions are cut off. */
export const instantOf = (text: string): Instant => Date.parse(text) as Instant

/** A revision as answers show it, without its document. */
export function revisionView(revision: Omit<PublishedRevision, 'document'>) {
  const { number, inForceFrom, publishedAt, author = null, note = null, restores = null } = revision
  const from = number === 1 ? null : rfc3339(inForceFrom)
  return { number, inForceFrom: from, publishedAt: rfc3339(publishedAt), author, note, restores }
}

export interface Standing {
  readonly balance: z.input<ReturnType<typeof balanceSchema>>
  readonly tier: z.input<ReturnType<typeof tierSchema>>
}

/** Balance and tier of a settled head as answers show them. */
export function standing({ programme, now }: Pick<Ledger, 'programme' | 'now'>, head: Head): Standing {
  return { balance: balanceView(head, now), tier: tierProgress(programme, head, now) }
}

export function balanceView(head: Head, now: Instant): Standing['balance'] {
  const { expiring, asOf, ...sums } = balanceOf(head, now)
  return {
    ...sums,
    expiring: expiring.map(({ points, expiresAt }) => ({ points, expiresAt: expiresAt === null ? null : rfc3339(expiresAt) })),
    asOf: rfc3339(asOf),
  }
}

export function awardsView(awards: readonly Award[]): z.input<ReturnType<typeof awardsSchema>> {
  return awards.map((award) => ({ ...award, lines: [...award.lines] }))
}

export function memberView(ledger: Ledger, head: Head, profile: Profile): z.input<ReturnType<typeof memberAnswer>> {
  return {
    memberId: head.memberId,
    status: head.status,
    profile: { ...profile.data, enrolledAt: rfc3339(profile.enrolledAt) },
    ...standing(ledger, head),
    clubs: [],
  }
}
