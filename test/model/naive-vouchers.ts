import { ok, strictEqual } from 'node:assert/strict'
import { dateOf, startOf } from './naive-dates.ts'

/**
 * A voucher as a shop keeps it on a card: whose it is, and a line for each till that asked for it. How often it was used, and what is
 * held, is counted from the lines each time anew.
 */

export interface NaiveSeries {
  readonly id: string
  readonly uses?: number | undefined
  readonly bearer?: boolean | undefined
  readonly valid?: { readonly days: number } | { readonly until: string } | undefined
  readonly lockMinutes?: number | undefined
}

interface Line {
  readonly lockId: string
  readonly until: number
  state: 'locked' | 'used' | 'released' | 'given-back'
}

/** A request is judged by the clock of when it came, and is written a little later: by none of both is it refused that fits the other. */
const onTheWayMs = 10 * 60_000

export class NaiveVoucher {
  readonly series: NaiveSeries
  readonly code: string
  readonly member: string | null
  readonly uses: number
  /** From when on it is no longer taken; null: never. */
  readonly expiresAt: number | null
  readonly lines: Line[] = []
  voidAt: number | null = null
  mostUsed = 0

  constructor(timezone: string, series: NaiveSeries, given: { code: string; member: string | null; at: number }) {
    this.series = series
    this.code = given.code
    this.member = given.member
    this.uses = series.uses ?? 1
    const { valid } = series
    this.expiresAt = valid && 'days' in valid ? startOf(timezone, dateOf(timezone, given.at).add({ days: valid.days + 1 })) : null
  }

  get used(): number {
    return this.lines.filter(({ state }) => state === 'used').length
  }

  heldAt(now: number): Line[] {
    return this.voidAt !== null ? [] : this.lines.filter(({ state, until }) => state === 'locked' && until > now)
  }

  freeAt(now: number): number {
    return this.uses - this.used - this.heldAt(now).length
  }

  /** Why it is not taken from whoever asks; null: it is. */
  faultAt(now: number, asking: string | undefined): string | null {
    if (this.voidAt !== null) return 'voucher-void'
    if (this.used === this.uses) return 'voucher-used-up'
    if (this.expiresAt !== null && now >= this.expiresAt) return 'voucher-expired'
    if (this.series.bearer !== true && asking !== this.member) return 'voucher-not-theirs'
    return this.freeAt(now) > 0 ? null : 'voucher-locked'
  }

  /** A till holds a use, by what is known of who asks. */
  lock(lockId: string, at: number, until: number, asking: string | undefined): void {
    strictEqual(this.faultAt(at, asking), null, `${lockId} holds what it cannot`)
    strictEqual(until, at + (this.series.lockMinutes ?? 15) * 60_000, `${lockId} holds it until`)
    this.lines.push({ lockId, until, state: 'locked' })
  }

  /** It is used as long as it is held, or still free. */
  use(lockId: string, now: number): void {
    const line = this.#line(lockId, 'locked')
    ok(this.voidAt === null, `${lockId} uses what is void`)
    ok(line.until > now - onTheWayMs || this.freeAt(now) > 0, `${lockId} uses what others hold`)
    line.state = 'used'
    ok(this.used <= this.uses, `${this.code} is used too often`)
    this.mostUsed = Math.max(this.mostUsed, this.used)
  }

  isLocked(lockId: string): boolean {
    return this.lines.some((line) => line.lockId === lockId && line.state === 'locked')
  }

  release(lockId: string): void {
    this.#line(lockId, 'locked').state = 'released'
  }

  /** It is used for what is back already: the use comes back at once. */
  useForNothing(lockId: string, now: number): void {
    ok(
      this.heldAt(now - onTheWayMs).some((line) => line.lockId === lockId) || this.freeAt(now) > 0,
      `${lockId} uses what others hold`,
    )
    ok(this.voidAt === null, `${lockId} uses what is void`)
    this.#line(lockId, 'locked').state = 'given-back'
  }

  giveBack(lockId: string, now: number): void {
    this.#line(lockId, 'used').state = 'given-back'
    ok(this.voidAt === null, `${lockId} gives back what is void`)
    ok(this.expiresAt === null || this.expiresAt > now - onTheWayMs, `${lockId} gives back what is over`)
  }

  /** Nobody may have used it where the points for it come back. */
  void(at: number, isForPoints: boolean): void {
    ok(!isForPoints || (this.used === 0 && this.heldAt(at).length === 0), `the points for ${this.code} are back, and it was used`)
    this.voidAt = at
  }

  #line(lockId: string, state: Line['state']): Line {
    const line = this.lines.find((one) => one.lockId === lockId)
    ok(line?.state === state, `${lockId} is ${line?.state}, and was to be ${state}`)
    return line
  }
}
