export const minute = 60_000
/** How long the rewards of the law are held, in minutes; others for a day. */
const holds: { readonly [reward: string]: number } = { mug: 10, rare: 30 }

/** What a shop that keeps its books by hand knows of a redemption. */
export interface Noted {
  readonly id: string
  readonly member: string
  readonly reward: string
  readonly price: number
  readonly until: number
  /** The sale that granted it, where it is had for nothing. */
  readonly granted?: Sold | undefined
  state: 'reserved' | 'captured' | 'released' | 'reversed' | 'lapsed'
  back: number
  /** The first purchase that it named or of which goods came back. */
  paysFor: Sold | undefined
  /** Whether it named that, and is not told by goods that came back while it was held. */
  isNamed: boolean
}

/** A purchase of 100 points and three pieces, of which so many were brought back, with the redemptions that it names or that name it. */
export interface Sold {
  readonly id: string
  readonly member: string
  readonly paidBy: Noted[]
  brought: number
}

/** Points of each member, and the redemptions: nothing else. Of the rare reward there are 4, of which one member has 2 at most. */
export class Naive {
  readonly points = new Map<string, number>()
  readonly debt = new Map<string, number>()
  readonly noted: Noted[] = []
  readonly sales: Sold[] = []

  credit(member: string, amount: number): void {
    const paid = Math.min(this.debt.get(member) ?? 0, amount)
    this.debt.set(member, (this.debt.get(member) ?? 0) - paid)
    this.points.set(member, (this.points.get(member) ?? 0) + amount - paid)
  }

  lapse(now: number): void {
    for (const one of this.noted) {
      if (one.state !== 'reserved' || one.until > now) continue
      one.state = 'lapsed'
      this.credit(one.member, one.price)
    }
  }

  #held = (reward: string) =>
    this.noted.filter((one) => one.reward === reward && (one.state === 'reserved' || one.state === 'captured'))

  /** What a sale granted is had once, while the goods are kept. */
  have(id: string, granted: Sold, state: 'reserved' | 'captured', now: number): string {
    const users = this.#held('rare').filter((one) => one.granted === granted)
    if (users.some((one) => one.state === 'captured')) return 'granted-reward-used'
    if (granted.brought > 0) return 'granted-reward-taken-back'
    if (users.length > 0) return 'granted-reward-used'
    return this.redeem({ id, member: granted.member, reward: 'rare', price: 0, state, granted }, now, undefined)
  }

  saleOf(member: string, which: number | null): Sold | undefined {
    const own = this.sales.filter((sale) => sale.member === member)
    return which === null ? undefined : own[which % own.length]
  }

  /** Spends what a redemption costs: what is due for goods that came back by then comes back at once. */
  #spend(one: Noted, sale: Sold | undefined): void {
    if (sale && !one.isNamed && (!one.paysFor || one.state === 'captured')) {
      one.paysFor = sale
      one.isNamed = true
      if (!sale.paidBy.includes(one)) sale.paidBy.push(one)
    }
    if (one.state === 'captured' && one.paysFor) this.#giveBack(one, one.paysFor)
  }

  #giveBack(one: Noted, { brought }: Sold): number {
    const due = one.reward === 'cash' ? Math.floor((one.price * amountOf(brought)) / 10_000) - one.back : 0
    one.back += due
    this.credit(one.member, due)
    return due
  }

  redeem(wanted: Omit<Noted, 'until' | 'back' | 'paysFor' | 'isNamed'>, now: number, sale: Sold | undefined): string {
    const { member, reward, price } = wanted
    const has = this.points.get(member) ?? 0
    if (has < price) return 'insufficient-points'
    if (reward === 'rare') {
      const taken = this.#held('rare')
      if (taken.filter((one) => one.member === member).length >= 2) return 'reward-limit'
      if (taken.length >= 4) return 'out-of-stock'
    }
    this.points.set(member, has - price)
    const one = { ...wanted, until: now + (holds[reward] ?? 24 * 60) * minute, back: 0, paysFor: undefined, isNamed: false }
    this.noted.push(one)
    this.#spend(one, sale)
    return 'done'
  }

  change(one: Noted, to: 'capture' | 'release' | 'reverse', sale?: Sold): string {
    const done = { capture: 'captured', release: 'released', reverse: 'reversed' } as const
    if (one.state === done[to]) return 'done'
    const from = to === 'reverse' ? 'captured' : 'reserved'
    if (one.state !== from) return one.state === 'reserved' ? 'redemption-not-captured' : `redemption-${one.state}`
    if (to === 'capture' && one.granted && one.granted.brought > 0) return 'granted-reward-taken-back'
    one.state = done[to]
    if (to === 'capture') this.#spend(one, sale)
    if (to === 'release') this.credit(one.member, one.price)
    if (to === 'reverse') {
      this.credit(one.member, one.price - one.back)
      one.back = one.price
    }
    return 'done'
  }

  bring(sale: Naive['sales'][number]): { clawedBack: number; restored: number } {
    sale.brought += 1
    const kept = Math.floor((10_000 * (3 - sale.brought)) / 3 / 100)
    const before = Math.floor((10_000 * (4 - sale.brought)) / 3 / 100)
    const clawedBack = before - kept
    const has = this.points.get(sale.member) ?? 0
    this.points.set(sale.member, has - Math.min(has, clawedBack))
    this.debt.set(sale.member, (this.debt.get(sale.member) ?? 0) + Math.max(0, clawedBack - has))
    let restored = 0
    for (const one of sale.paidBy) {
      if ((one.paysFor ?? sale) !== sale || one.reward !== 'cash') continue
      const due = one.state === 'captured' ? this.#giveBack(one, sale) : 0
      if (due > 0 || one.state === 'reserved') one.paysFor = sale
      restored += due
    }
    return { clawedBack, restored }
  }
}

/** What so many of three pieces for 100.00 in all were paid. */
export const amountOf = (pieces: number) => 10_000 - Math.ceil((10_000 * (3 - pieces)) / 3)
