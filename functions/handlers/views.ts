import type * as z from 'zod'
import type { memberAnswer } from '../contract/members.ts'
import type { membership as membershipSchema, memberships } from '../contract/memberships.ts'
import type { preferenceNotes } from '../contract/notes.ts'
import type {
  awards as awardsSchema,
  balance as balanceSchema,
  explanation as explanationSchema,
  gifts as giftsSchema,
  tier as tierSchema,
} from '../contract/values.ts'
import type { Gift } from '../domain/campaign.ts'
import { clubOf, type Membership } from '../domain/club.ts'
import type { Award } from '../domain/earning.ts'
import type { EarnFact } from '../domain/entry.ts'
import { explainCampaigns, type Verdict } from '../domain/explanation.ts'
import { balanceOf, type Head } from '../domain/head.ts'
import type { Preferences } from '../domain/preferences.ts'
import { type Programme, revisionAt } from '../domain/programme.ts'
import { factsOfSale, linesOf } from '../domain/sale-facts.ts'
import { tierProgress } from '../domain/tier-progress.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import type { Profile } from '../store/profile-item.ts'
import type { PublishedRevision } from '../store/revision-item.ts'
import type { Ledger } from './account.ts'

const dayMs = 86_400_000
const datesRemembered = 1000
/** By days since 1970: answers name today and a few days of expiry, over and over. */
const dates = new Map<number, string>()

/** RFC 3339 in UTC, without fractions where there are none. */
export function rfc3339(at: Instant): string {
  const day = Math.floor(at / dayMs)
  let date = dates.get(day)
  if (date === undefined) {
    if (dates.size === datesRemembered) dates.clear()
    const text = new Date(at).toISOString()
    date = text.slice(0, text.indexOf('T') + 1)
    dates.set(day, date)
  }
  const ms = at - day * dayMs
  if (ms === 0) return `${date}00:00:00Z`
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const time = `${date}${padded(Math.floor(minutes / 60))}:${padded(minutes % 60)}:${padded(seconds % 60)}`
  return ms % 1000 === 0 ? `${time}Z` : `${time}.${String(ms % 1000).padStart(3, '0')}Z`
}

const padded = (number: number) => (number < 10 ? `0${number}` : `${number}`)

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
  return { balance: balanceView(head, now), tier: tierView(programme, head, now) }
}

function tierView(programme: Programme, head: Head, now: Instant): Standing['tier'] {
  const { id, progress, perks, keeping } = tierProgress(programme, head, now)
  if (!perks && !keeping) return { id, progress }
  const written = (at: Instant | null) => (at === null ? null : rfc3339(at))
  return {
    id,
    progress,
    ...(perks && { perks: [...perks] }),
    ...(keeping && { keeping: { ...keeping, until: written(keeping.until), by: written(keeping.by) } }),
  }
}

export function balanceView(head: Head, now: Instant): Standing['balance'] {
  const { available, pending, reserved, debt, expiring, asOf } = balanceOf(head, now)
  return {
    available,
    pending,
    reserved,
    debt,
    expiring: expiring.map(({ points, expiresAt }) => ({ points, expiresAt: expiresAt === null ? null : rfc3339(expiresAt) })),
    asOf: rfc3339(asOf),
  }
}

/** What a return did to points: that some came back is told only where the purchase was paid with them. */
export const returnedPoints = ({ clawedBack, restored = 0 }: { clawedBack: number; restored?: number | undefined }) => ({
  clawedBack,
  ...(restored > 0 && { restored }),
})

/** What a sale was given: the points, and where there are any what is no points. */
export function awardsView(awards: readonly Award[]): {
  awards: z.input<ReturnType<typeof awardsSchema>>
  gifts?: z.input<ReturnType<typeof giftsSchema>>
} {
  const gifts: z.input<ReturnType<typeof giftsSchema>> = []
  const shown: z.input<ReturnType<typeof awardsSchema>> = []
  for (const { source, revision, points, lines, gift, cut } of awards) {
    if (gift) gifts.push({ source, revision, ...giftView(gift) })
    if (points > 0) shown.push({ source, revision, points, lines: [...lines], ...(cut && { cut: { ...cut } }) })
  }
  return gifts.length > 0 ? { awards: shown, gifts } : { awards: shown }
}

/** Until when a reward can be had for nothing the lists of those say. */
const giftView = (gift: Gift) => ('reward' in gift ? { reward: gift.reward } : { ...gift })

/** Why each campaign gave a sale what it did. */
export function explanationView(
  programme: Programme,
  memberId: MemberId,
  sale: { readonly at: Instant; readonly fact: EarnFact },
): z.input<ReturnType<typeof explanationSchema>> {
  const revision = revisionAt(programme, sale.at)
  return verdictsView(explainCampaigns(revision, factsOfSale(revision, memberId, sale), linesOf(sale.fact), sale.fact.awards))
}

/** What became of each campaign, as answers show it. */
export function verdictsView(verdicts: readonly Verdict[]): z.input<ReturnType<typeof explanationSchema>> {
  return verdicts.map(verdictView)
}

export const verdictView = (verdict: Verdict): z.input<ReturnType<typeof explanationSchema>>[number] =>
  verdict.applied
    ? {
        ...verdict,
        lines: [...verdict.lines],
        gift: verdict.gift && giftView(verdict.gift),
        cut: verdict.cut && { ...verdict.cut },
      }
    : { ...verdict }

/** The clubs of a settled head. */
export function clubsView(ledger: Pick<Ledger, 'programme' | 'now'>, head: Head): z.input<ReturnType<typeof memberships>> {
  return head.clubs.map((membership) => membershipView(ledger, membership))
}

export function membershipView(
  { programme, now }: Pick<Ledger, 'programme' | 'now'>,
  { clubId, since, until, graceUntil, state }: Membership,
): z.input<ReturnType<typeof membershipSchema>> {
  const club = clubOf(revisionAt(programme, now), clubId)
  return {
    id: clubId,
    ...(club && { name: club.name }),
    since: rfc3339(since),
    until: until === null ? null : rfc3339(until),
    inGrace: state === 'grace',
    graceUntil: graceUntil === null ? null : rfc3339(graceUntil),
    perks: [...(club?.perks ?? [])],
  }
}

export function notesView({ notes }: Preferences): z.input<ReturnType<typeof preferenceNotes>> {
  return notes.map(({ type, text, storeId, at }) => ({
    type,
    text,
    by: storeId === null ? { member: true } : { storeId },
    at: rfc3339(at),
  }))
}

/** What a look-up shows of what a guest likes: nothing without their consent. */
export const shownPreferences = (preferences: Preferences) => (preferences.consent ? { preferences: notesView(preferences) } : {})

export function memberView(ledger: Ledger, head: Head, profile: Profile): z.input<ReturnType<typeof memberAnswer>> {
  return {
    memberId: head.memberId,
    status: head.status,
    profile: { ...profile.data, enrolledAt: rfc3339(profile.enrolledAt) },
    ...standing(ledger, head),
    clubs: clubsView(ledger, head),
    ...(head.gifts.length > 0 && { gifts: head.gifts.map(({ kind, id, count }) => ({ [kind]: id, count })) }),
  }
}
