import { addDays, addMonths, type Record as PlainDate } from 'temporal-polyfill/fns/PlainDate'
import type { Entry } from './entry.ts'
import type { Head } from './head.ts'
import type { LadderPolicy, Metric, Window } from './ladder-policy.ts'
import type { ProgrammeDocument, Revision } from './programme.ts'
import { tierOfId } from './tiers.ts'
import { type Instant, instant } from './units.ts'

/** What becomes of a fee when a member leaves: nothing, or its part for the whole days that are left comes back. */
type RefundRule = 'none' | 'pro-rata'

interface AnyClub {
  readonly id: string
  readonly name: string
  readonly description?: string | undefined
  /** What members have of it, as texts for people. */
  readonly perks?: readonly string[] | undefined
  /** What members earn by the base rule times so much, basis points, on top of the tier's; of several clubs the best counts. */
  readonly multiplier?: number | undefined
  /** Who may join: whoever holds one of the tiers, and belongs to all of the clubs. */
  readonly requires?:
    | { readonly tiers?: readonly string[] | undefined; readonly clubs?: readonly string[] | undefined }
    | undefined
}

/** How long a membership lasts; a club without a term keeps its members until they leave. */
export interface Term {
  readonly months: number
}

/** A term at whose end the membership may go on by itself. */
export interface RenewingTerm extends Term {
  /** It goes on for another term, as long as the member has what the club requires then. */
  readonly renews?: true | undefined
}

/** What must be counted of a member's purchases in a window, at what is kept of them, to belong to a club. */
export interface CountedRule {
  readonly metric: Metric
  readonly atLeast: number
  readonly period: Window
  readonly keep?: LadderPolicy['keep']
  /** Where items are counted: of these categories. */
  readonly category?: readonly string[] | undefined
}

/** A club that members belong to as long as they qualify: by what they bought, or by holding one of some tiers. */
export interface QualifyingClub extends AnyClub {
  readonly kind: 'qualifying'
  readonly term?: undefined
  readonly qualifies: CountedRule | { readonly tier: readonly string[] }
}

export interface PaidClub extends AnyClub {
  readonly kind: 'paid'
  readonly term: Term
  readonly paid: {
    /** Minor units of the programme's currency, for one term. */
    readonly fee: { readonly amount: number }
    /** Whole days after the end of a term on which members still belong to the club and may renew. */
    readonly graceDays: number
    readonly refund: RefundRule
  }
}

/** A club as marketing writes it in the programme document. */
export type Club =
  | (AnyClub & { readonly kind: 'open' | 'invitation'; readonly term?: RenewingTerm | undefined })
  | QualifyingClub
  | PaidClub

/** One term that a member paid for and that is not over. */
export interface PaidTerm {
  readonly paymentId: string
  /** Minor units. */
  readonly amount: number
  readonly from: Instant
  readonly until: Instant
  /** By the club's rule when it was paid. */
  readonly refund: RefundRule
}

/** What comes back of the fees of a member who leaves: an instruction to whoever took them. Minor units. */
export interface Refund {
  readonly amount: number
  readonly payments: readonly { readonly paymentId: string; readonly amount: number }[]
}

/** That a member belongs to a club. All of it was decided when they joined or paid: a later revision moves nobody out. */
export interface Membership {
  readonly clubId: string
  /** Of the unbroken membership. */
  readonly since: Instant
  /** The end of the term; null: it has none. */
  readonly until: Instant | null
  /** The end of the days of grace, where the club grants any. */
  readonly graceUntil: Instant | null
  /** `grace`: the term is over, and the days of grace are not. */
  readonly state: 'member' | 'grace'
  /** Months from the day of `since` to that of `until`; 0 without a term. */
  readonly months: number
  /** In order. */
  readonly payments: readonly PaidTerm[]
  /** Where the member was taken in because they qualified: it ends when they no longer do. */
  readonly isQualified?: true
}

/** The club of that id in a revision. */
export const clubOf = ({ document }: { readonly document: ProgrammeDocument }, id: string): Club | undefined =>
  document.clubs?.find((club) => club.id === id)

export const membershipIn = (head: Head, clubId: string): Membership | undefined =>
  head.clubs.find((membership) => membership.clubId === clubId)

/** The clubs that a member belonged to at an instant, by all their entries in order: what a late purchase is judged by. */
export function clubsAt(entries: readonly Entry[], at: Instant): string[] {
  const belongs = new Map<string, boolean>()
  for (const { at: since, effect } of entries) {
    if (effect.club && since <= at) belongs.set(effect.club.id, effect.club.membership !== null)
  }
  return [...belongs].flatMap(([id, is]) => (is ? [id] : [])).sort()
}

/** What the base rule is multiplied by for the best of some clubs, basis points. */
export function clubMultiplier({ document }: Pick<Revision, 'document'>, clubs: readonly string[]): number {
  let best = oneTime
  for (const { id, multiplier = oneTime } of document.clubs ?? []) if (clubs.includes(id)) best = Math.max(best, multiplier)
  return best
}

const oneTime = 10_000

/** What a member lacks to join a club; undefined: nothing. */
export interface Lacking {
  /** One of these tiers. */
  readonly tiers?: readonly string[]
  /** All of these clubs. */
  readonly clubs?: readonly string[]
}

export function lackingFor(revision: Revision, head: Head, club: Club): Lacking | undefined {
  const requires = club.kind === 'qualifying' && 'tier' in club.qualifies ? { tiers: club.qualifies.tier } : club.requires
  return lackingOf(revision, head, { tiers: requires?.tiers, clubs: club.requires?.clubs })
}

/** What a member lacks of what is required: one of the tiers, and all of the clubs; undefined: nothing. */
export function lackingOf(
  revision: Revision,
  head: Head,
  required: { readonly tiers: readonly string[] | undefined; readonly clubs: readonly string[] | undefined },
): Lacking | undefined {
  const held = tierOfId(revision, head.tier.id).id
  const tiers = required.tiers && !required.tiers.includes(held) ? required.tiers : undefined
  const clubs = required.clubs?.filter((id) => !membershipIn(head, id))
  if (!tiers && !clubs?.length) return undefined
  return { ...(tiers && { tiers }), ...(clubs?.length && { clubs }) }
}

/**
 * The end of a term: the local midnight at which the day of the same number begins, some months after the day on which the
 * unbroken membership began (the last day of the month where there is no such day). Counted from that day, so that a member
 * since the 31st who once ended on the 28th is back on the 31st.
 */
export function termEnd(revision: Revision, since: Instant, months: number): Instant {
  return revision.calendar.startOfDay(addMonths(dateOf(revision, since), months))
}

/** The end of the days of grace after a term. */
export function graceEnd(revision: Revision, until: Instant, days: number): Instant {
  return revision.calendar.startOfDay(addDays(dateOf(revision, until), days))
}

export const dateOf = (revision: Revision, at: Instant): PlainDate => revision.calendar.dayOf(at).date

/** The earliest instant at which a term or its grace ends; null: never. */
export function nextClubEnd(head: Head): Instant | null {
  let next = Number.POSITIVE_INFINITY
  for (const membership of head.clubs) next = Math.min(next, endOf(membership) ?? next)
  return next === Number.POSITIVE_INFINITY ? null : instant(next)
}

/** When time next changes a membership: its term ends or, after it, its grace. */
export const endOf = ({ state, until, graceUntil }: Membership): Instant | null => (state === 'grace' ? graceUntil : until)
