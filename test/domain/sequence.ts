import { strictEqual } from 'node:assert/strict'
import type { Claim } from '../../functions/domain/claim.ts'
import { bookGoodwill } from '../../functions/domain/goodwill.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import { nextDue } from '../../functions/domain/settle.ts'
import { instant, points } from '../../functions/domain/units.ts'
import { seededRandom } from '../laws/timeline.ts'
import type { claimSteps } from './claim-desk.ts'
import type { Goods } from './counter.ts'
import { at } from './programmes.ts'
import { judgeStep, judgeWhole } from './sequence-judge.ts'
import { guarantees, rewards, sequenceProgrammes } from './sequence-programmes.ts'
import { judgeEvents, rare, ShelfDesk, ticket } from './sequence-shelf.ts'
import type { Told } from './spender.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Chance that follows from a seed and the number of a sequence alone: each sequence can be run again by itself. */
class Chance {
  readonly #random: () => number

  constructor(seed: number, number: number) {
    this.#random = seededRandom(seed + Math.imul(number, 0x9e3779b1))
  }

  /** An integer from the least to the most, both possible. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1))
  }

  isIn(percent: number): boolean {
    return this.#random() * 100 < percent
  }

  oneOf<Value>(values: readonly Value[]): Value | undefined {
    return values[this.between(0, values.length - 1)]
  }
}

export type Happened = ShelfDesk['happened'] & { readonly steps: number }

/** What sequences came to together. */
export function summed(some: Happened, more: Happened): Happened {
  const sums = Object.entries(more).map(([name, sum]) => [name, some[name as keyof Happened] + sum])
  return Object.fromEntries(sums)
}

type Act = (desk: ShelfDesk, chance: Chance, number: number) => string

const always = () => true
const isTold =
  (state: Told['state']) =>
  ({ counter: { told, now } }: ShelfDesk): boolean =>
    told.some((one) => one.state === state && one.lapsesAt > now)
const isAwaited =
  (kind: keyof typeof claimSteps) =>
  ({ claims }: ShelfDesk): boolean =>
    [...claims.values()].some(({ awaits }) => awaited[kind].includes(awaits))

/** What may happen, when there is something for it to happen to, and how often. */
const acts: readonly (readonly [weight: number, act: Act, isFitting: (desk: ShelfDesk) => boolean])[] = [
  [14, buy, always],
  [12, bring, always],
  [7, take('reserve'), ({ counter }) => counter.balance.available > 0],
  [8, take('redeem'), ({ counter }) => counter.balance.available > 0],
  [10, change('capture'), isTold('reserved')],
  [5, change('release'), isTold('reserved')],
  [12, change('reverse'), isTold('captured')],
  [12, claim, always],
  [16, step('approve'), isAwaited('approve')],
  [2, step('decline'), isAwaited('decline')],
  [2, step('withdraw'), isAwaited('withdraw')],
  [10, step('goods'), isAwaited('goods')],
  [4, step('settle'), isAwaited('settle')],
  [12, step('undo'), isAwaited('undo')],
  [4, adjust, always],
  [2, giveGoodwill, always],
  [30, tryVoucher, ({ vouchers }) => vouchers.size > 0],
]

/** What a sequence came to, and in how many steps. Throws where a law does not hold of it. `tell` hears what is done, as it is done. */
export function runSequence(seed: number, number: number, tell: (told: string) => void = () => {}): Happened {
  const chance = new Chance(seed, number)
  const programme = sequenceProgrammes[number % sequenceProgrammes.length]!
  const desk = new ShelfDesk(programme, at('2025-10-10T09:00:00Z') + chance.between(0, 90 * 24) * hourMs)
  const steps = chance.between(6, 12)
  for (let each = 0; each < steps; each += 1) {
    desk.pass(each === 0 ? 0 : gap(desk, chance))
    const act = each === 0 ? buy : chosen(desk, chance)
    desk.again = () => {}
    const told = act(desk, chance, each)
    desk.handOut()
    tell(`${new Date(desk.counter.now).toISOString()} ${told}`)
    judgeStep(desk)
    const before = desk.counter.entries.length
    desk.again()
    strictEqual(desk.counter.entries.length, before, 'the same once more changes something (3)')
  }
  if (number % 25 === 0) judgeEvents(desk)
  const between = desk.counter.now + chance.between(0, 60) * dayMs + chance.between(0, 1) * hourMs
  const end = between + chance.between(0, 500) * dayMs
  judgeWhole(desk, instant(between), instant(end))
  return { steps, ...desk.happened }
}

/** Now and then something for which there is nothing: it is refused, and changes nothing. */
function chosen(desk: ShelfDesk, chance: Chance): Act {
  const fitting = chance.isIn(5) ? acts : acts.filter(([, , isFitting]) => isFitting(desk))
  let left = chance.between(
    1,
    fitting.reduce((sum, [weight]) => sum + weight, 0),
  )
  for (const [weight, act] of fitting) {
    left -= weight
    if (left <= 0) return act
  }
  throw new Error('the weights are their sum')
}

/** How long nothing happens: not at all, hours, days, more than points live, or until just before, at or after what is due. */
function gap({ counter: { programme, account, now } }: ShelfDesk, chance: Chance): number {
  const due = nextDue(programme, account.head)
  if (due !== null && chance.isIn(15)) return Math.max(0, due - now + chance.between(-1, 1))
  if (chance.isIn(40)) return 0
  if (chance.isIn(50)) return chance.between(1, 48 * hourMs)
  return (chance.isIn(75) ? chance.between(1, 12) : chance.between(13, 45)) * dayMs
}

function buy({ counter }: ShelfDesk, chance: Chance): string {
  const lines = Array.from({ length: chance.between(1, 3) }, (_, index): Goods => {
    const amount = chance.isIn(5) ? 0 : chance.isIn(60) ? chance.between(1, 4_000) : chance.between(4_001, 20_000)
    const quantity = chance.between(1, 4)
    return {
      lineId: String(index + 1),
      ...{ quantity, amount },
      excluded: chance.isIn(8),
      categories: chance.isIn(40) ? ['tea'] : [],
    }
  })
  const id = `p-${counter.receipts.size}`
  const late = chance.isIn(15) ? chance.between(1, 40 * 24) * hourMs : 0
  // What was spent or is held for a basket and has no basket yet pays for this one.
  const unused = counter.told.filter(
    ({ state, paysFor }) => (state === 'captured' || state === 'reserved') && paysFor === undefined,
  )
  if (unused.length > 0 && chance.isIn(80)) chance.oneOf(unused)!.paysFor = id
  const outcome = counter.purchase({ kind: 'purchase', id, occurredAt: counter.now - late, arrivedAt: counter.now, lines })
  return `buys ${id}, ${late / hourMs} h ago: ${JSON.stringify(lines)}: ${outcome}`
}

function bring(desk: ShelfDesk, chance: Chance, number: number): string {
  const purchaseId = chance.oneOf([...desk.counter.receipts.keys()])!
  const sold = desk.counter.receipts.get(purchaseId)!.sale.fact.lines
  const lines = sold.flatMap(({ lineId, quantity, amount }) => {
    if (chance.isIn(40)) return []
    const some = chance.between(chance.isIn(90) ? 1 : 0, quantity)
    return {
      lineId,
      quantity: some,
      amount: chance.isIn(80) ? Math.floor((amount * some) / quantity) : chance.between(0, amount),
    }
  })
  if (lines.length > 0) desk.bring(purchaseId, `b-${number}`, lines)
  return `brings back of ${purchaseId}: ${JSON.stringify(lines)}`
}

function take(kind: 'reserve' | 'redeem') {
  return (desk: ShelfDesk, chance: Chance): string => {
    const { counter } = desk
    const reward = chance.isIn(45) ? chance.oneOf([rare, rare, ticket])! : chance.oneOf(rewards)!
    if (!desk.hasRoomFor(reward)) return `would have ${reward.id}, of which there is none`
    const asked = chance.isIn(30) ? 'all' : chance.between(1, 120)
    const before = counter.told.length
    counter.spend({ kind, points: asked, reward })
    const taken = counter.told[before]
    if (taken && chance.isIn(40)) {
      taken.paysFor = [...counter.receipts.keys()].at(-1)
      counter.givePointsBack(taken.paysFor)
    }
    return `${kind}s ${reward.id} for ${taken?.price ?? `${asked}: refused`}${taken?.paysFor ? `, paying for ${taken.paysFor}` : ''}`
  }
}

function change(kind: 'capture' | 'release' | 'reverse') {
  return (desk: ShelfDesk, chance: Chance): string => {
    const { counter } = desk
    const state = kind === 'reverse' ? 'captured' : 'reserved'
    const isFitting = (one: Told | undefined) => one?.state === state && one.lapsesAt > counter.now
    const fitting = [...counter.told.keys()].filter((index) => isFitting(counter.told[index]))
    const which = chance.oneOf(fitting) ?? 0
    const redemption = counter.told[which]
    if (kind === 'reverse' && redemption?.state === state && !desk.takeBack(redemption)) return 'has used the voucher'
    counter.spend({ kind, which })
    desk.again = () => counter.spend({ kind, which })
    return `${kind}s redemption ${which}`
  }
}

function claim(desk: ShelfDesk, chance: Chance, number: number): string {
  const purchaseId = chance.oneOf([...desk.counter.receipts.keys()])!
  const { id } = chance.oneOf(guarantees)!
  const { lineId, quantity } = chance.oneOf(desk.counter.receipts.get(purchaseId)!.sale.fact.lines)!
  const lines = [{ lineId, quantity: chance.between(1, quantity) }]
  desk.submit(`c-${number}`, purchaseId, id, lines)
  return `claims ${id} c-${number} of ${purchaseId}: ${JSON.stringify(lines)}: ${desk.claims.get(`c-${number}`)?.state ?? 'refused'}`
}

/** What a claim waits for when a step can be made. */
const awaited: { readonly [Kind in keyof typeof claimSteps]: readonly Claim['awaits'][] } = {
  approve: ['decision'],
  decline: ['decision'],
  withdraw: ['decision', 'goods'],
  goods: ['goods'],
  settle: ['remedy'],
  undo: ['goods', 'remedy'],
}

function step(kind: keyof typeof claimSteps) {
  return (desk: ShelfDesk, chance: Chance): string => {
    const claims = [...desk.claims.values()]
    const fitting = claims.filter(({ awaits }) => awaited[kind].includes(awaits))
    const { claimId } = (chance.isIn(85) ? chance.oneOf(fitting) : undefined) ?? chance.oneOf(claims) ?? { claimId: 'none' }
    desk.step(claimId, kind)
    desk.again = () => desk.step(claimId, kind)
    return `${kind}s claim ${claimId}: ${desk.claims.get(claimId)?.state}`
  }
}

/** A till holds a use of a voucher, mostly of a good one, and perhaps uses it at once or lets it go; or uses what it held before. */
function tryVoucher(desk: ShelfDesk, chance: Chance): string {
  const good = [...desk.vouchers].filter(([, { voucher }]) => voucher.voidAt === null)
  const chosen = (chance.isIn(90) ? chance.oneOf(good) : undefined) ?? chance.oneOf([...desk.vouchers])
  if (!chosen) return 'has no voucher'
  const [id, { card }] = chosen
  const known = card.lines.findLast(({ state }) => state === 'locked')
  if (known && chance.isIn(60)) return `uses ${id}, held before: ${desk.use(id, known.lockId)}`
  const held = desk.lock(id)
  if (!card.lines.some(({ lockId }) => lockId === held)) return `may not use ${id}: ${held}`
  if (chance.isIn(30)) return `uses ${id} at once: ${desk.use(id, held)}`
  return chance.isIn(30) ? `lets ${id} go: ${desk.unlock(id, held)}` : `holds ${id}`
}

function adjust({ counter }: ShelfDesk, chance: Chance, number: number): string {
  const { available } = counter.balance
  const amount = available > 0 && chance.isIn(50) ? -available : chance.between(1, 60) * (chance.isIn(70) ? 1 : -1)
  const outcome = counter.adjustment({ kind: 'adjust', id: `a-${number}`, points: amount, arrivedAt: counter.now })
  return `is adjusted by ${amount}: ${outcome}`
}

function giveGoodwill(desk: ShelfDesk, chance: Chance, number: number): string {
  const { programme, account, now } = desk.counter
  const goodwill = { id: `g-${number}`, reason: 'late', points: points(chance.between(1, 40)) }
  const booked = bookGoodwill(programme, account, goodwill, now)
  if (!isRefusal(booked)) desk.book(booked.entry)
  return `is given ${goodwill.points}`
}
