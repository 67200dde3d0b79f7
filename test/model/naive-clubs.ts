import type { Temporal } from 'temporal-polyfill'
import { dateOf, monthsAfter, type NaiveClub, type NaiveClubRule, type NaiveDocument, never, startOf } from './naive-dates.ts'
import type { NaiveProgramme } from './naive-facts.ts'
import { type NaiveKept, tierOf } from './naive-tiers.ts'

/**
 * Who belongs to which clubs, worked out the slow and obvious way: of who joins, leaves and pays the model is told, and at every instant
 * at which another step of the calendar begins, a revision takes effect or a tier ends, and after everything that happens, it is counted
 * anew who qualifies.
 */

export interface NaiveTurn {
  readonly club: string
  readonly at: number
  readonly isIn: boolean
}

/** What it follows from whether somebody qualifies. */
export interface NaiveStandingAt {
  /** The member's tier. */
  readonly tier: () => string
  /** What is now kept of purchases; where categories are given, items of them stand for spend. */
  readonly purchases: (category?: readonly string[]) => readonly NaiveKept[]
}

interface Term {
  readonly since: number
  readonly months: number
  readonly endsAt: number
}

export class NaiveClubs {
  readonly turns: NaiveTurn[] = []
  readonly #programme: NaiveProgramme
  readonly #enrolledAt: number
  readonly #standingAt: (at: number) => NaiveStandingAt
  readonly #ids: readonly string[]
  readonly #declined = new Set<string>()
  readonly #terms = new Map<string, Term>()
  #passed: number

  constructor(programme: NaiveProgramme, enrolledAt: number, standingAt: (at: number) => NaiveStandingAt) {
    this.#programme = programme
    this.#enrolledAt = enrolledAt
    this.#standingAt = standingAt
    const clubs = programme.flatMap(({ document }) => document.clubs ?? [])
    this.#ids = [...new Set(clubs.flatMap(({ id, qualifies }) => (qualifies ? [id] : [])))]
    this.#passed = enrolledAt
  }

  /** Clubs at an instant: what is late is judged by those of then, what is in order by those that are still held now. */
  at(at: number, isLate: boolean): string[] {
    const names = [...new Set(this.turns.map(({ club }) => club))]
    return names.filter((name) => {
      const turns = this.turns.filter(({ club }) => club === name)
      if (isLate) return turns.findLast((turn) => turn.at <= at)?.isIn ?? false
      const left = turns.findLastIndex(({ isIn }) => !isIn)
      const joined = turns[left + 1]
      return joined !== undefined && joined.at <= at
    })
  }

  /** A member comes in at a counter; to a club for whoever qualifies only who left it, since all others are in it. */
  join(id: string, at: number): void {
    const club = this.#clubAt(id, at)
    if (club.qualifies) {
      if (!this.#declined.delete(id)) return
      if (!this.#qualifies(id, at, this.#standingAt(at))) throw new Error(`${id} takes somebody back who does not qualify`)
      this.#turn(id, at, true)
      return
    }
    if (this.#isIn(id)) throw new Error(`${id} is joined twice`)
    this.#turn(id, at, true)
    if (club.term) this.#terms.set(id, this.#termOf(at, club.term.months, 0))
  }

  leave(id: string, at: number): void {
    if (!this.#isIn(id)) throw new Error(`${id} is left, and was never joined`)
    this.#turn(id, at, false)
    this.#terms.delete(id)
    if (this.#clubAt(id, at).qualifies) this.#declined.add(id)
  }

  /** A fee begins a membership, or makes the one that there is longer. */
  pay(id: string, at: number): void {
    const { term, paid } = this.#clubAt(id, at)
    const held = this.#terms.get(id)
    this.#terms.set(id, this.#termOf(held?.since ?? at, (held?.months ?? 0) + term!.months, paid?.graceDays ?? 0))
    if (!held) this.#turn(id, at, true)
  }

  /** Lets time pass; tiers that were granted end on the way at some instants. */
  pass(to: number, grantsEnd: readonly number[]): void {
    for (const [id, { endsAt }] of this.#terms) if (endsAt <= this.#passed) this.#end(id, endsAt)
    const instants = [...this.#steps(to), ...grantsEnd, ...[...this.#terms.values()].map(({ endsAt }) => endsAt)]
    for (const at of instants.filter((one) => one > this.#passed && one <= to).sort((a, b) => a - b)) {
      for (const [id, { endsAt }] of this.#terms) if (endsAt === at) this.#end(id, at)
      this.judge(at)
    }
    this.#passed = Math.max(this.#passed, to)
  }

  /** Takes in who qualifies now and lets go who does not. */
  judge(at: number): void {
    const standing = this.#standingAt(at)
    for (const id of this.#ids) {
      const isIn = !this.#declined.has(id) && this.#qualifies(id, at, standing)
      if (this.#isIn(id) !== isIn) this.#turn(id, at, isIn)
    }
  }

  #end(id: string, at: number): void {
    this.#terms.delete(id)
    this.#turn(id, at, false)
  }

  #turn(club: string, at: number, isIn: boolean): void {
    this.turns.push({ club, at, isIn })
  }

  #isIn = (id: string) => this.turns.findLast(({ club }) => club === id)?.isIn ?? false

  #documentAt(at: number): NaiveDocument {
    return this.#programme.findLast(({ inForceFrom }, index) => index === 0 || inForceFrom <= at)!.document
  }

  #clubAt(id: string, at: number): NaiveClub {
    const club = this.#documentAt(at).clubs?.find((one) => one.id === id)
    if (!club) throw new Error(`there is no club ${id}`)
    return club
  }

  #termOf(since: number, months: number, graceDays: number): Term {
    const { timezone } = this.#documentAt(since)
    const last = monthsAfter(dateOf(timezone, since), months).add({ days: graceDays })
    return { since, months, endsAt: startOf(timezone, last) }
  }

  /** Every instant up to another at which who qualifies may be others, though nobody does anything. */
  #steps(to: number): number[] {
    if (this.#ids.length === 0) return []
    const { timezone } = this.#documentAt(to)
    const months = (from: Temporal.PlainDate) => {
      const begins: number[] = []
      for (let month = 1; (begins.at(-1) ?? 0) <= to; month += 1) begins.push(startOf(timezone, monthsAfter(from, month)))
      return begins
    }
    const passed = dateOf(timezone, this.#passed)
    const enrolled = dateOf(timezone, this.#enrolledAt)
    return [...this.#programme.map(({ inForceFrom }) => inForceFrom), ...months(passed.with({ day: 1 })), ...months(enrolled)]
  }

  /** Each revision's rule is a ladder of two rungs, the upper of which nobody reaches while another rule is in force. */
  #qualifies(id: string, at: number, standing: NaiveStandingAt): boolean {
    // A club that comes with a later revision is asked about before there is one.
    const now = this.#documentAt(at).clubs?.find((one) => one.id === id)?.qualifies
    if (now && 'tier' in now && now.tier.includes(standing.tier())) return true
    return this.#programme.some(({ inForceFrom, document }, first) => {
      const own = document.clubs?.find((club) => club.id === id)?.qualifies
      if (!own || 'tier' in own || (first > 0 && inForceFrom > at)) return false
      const ladders = this.#programme.map((one, index) => ({
        inForceFrom: one.inForceFrom,
        document: { ...document, tiers: rungs(own, index === first ? own.atLeast : never) },
      }))
      const member = { enrolledAt: this.#enrolledAt, purchases: standing.purchases(own.category), grants: [] }
      return tierOf(ladders, member, at).id === 'in'
    })
  }
}

const rungs = ({ metric, period, keep }: NaiveClubRule, threshold: number) => ({
  ...{ metric: metric === 'items' ? ('spend' as const) : metric, period, keep },
  levels: [
    { id: 'out', threshold: 0, multiplier: 1 },
    { id: 'in', threshold, multiplier: 1 },
  ],
})
