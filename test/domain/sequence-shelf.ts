import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import type { Entry } from '../../functions/domain/entry.ts'
import { revisionAt } from '../../functions/domain/programme.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import type { PricedReward } from '../../functions/domain/reward.ts'
import { countedWindows } from '../../functions/domain/reward-limits.ts'
import { instant } from '../../functions/domain/units.ts'
import { useVoucher, type Voucher, voidUnused, voucherFault, withHeld, withoutHeld } from '../../functions/domain/voucher.ts'
import { expiryOf, type VoucherSeries } from '../../functions/domain/voucher-series.ts'
import { eventOf } from '../../functions/publish-events.ts'
import { entryItem } from '../../functions/store/entry-item.ts'
import { NaiveVoucher } from '../model/naive-vouchers.ts'
import { ClaimDesk } from './claim-desk.ts'
import type { Told } from './spender.ts'

/** Of which there are few, and a member may have one a month. */
export const rare = {
  ...{ id: 'rare', kind: 'product', holdMinutes: 2 * 24 * 60, price: { points: 2 } },
  ...{ stock: 2, limits: [{ window: 'month', times: 1 }] },
} as const satisfies PricedReward

export const ticket: PricedReward = { id: 'ticket', kind: 'voucher', holdMinutes: 24 * 60, price: { points: 4 }, voucher: 'film' }
export const film: VoucherSeries = {
  ...{ id: 'film', codes: { generated: { length: 10 } }, value: { kind: 'product', sku: 'cinema' } },
  ...{ uses: 2, valid: { days: 20 }, lockMinutes: 24 * 60 },
}

/** A voucher as the domain knows it, and the card of it that a shop would keep. */
interface Drawn {
  voucher: Voucher
  readonly card: NaiveVoucher
}

/** A desk with a shelf of what is rare, and vouchers that points are given for. */
export class ShelfDesk extends ClaimDesk {
  /** By the redemption that gave it. */
  readonly vouchers = new Map<string, Drawn>()
  /** Does what was done last once more. */
  again: () => void = () => {}
  #locks = 0
  #refused = 0

  /** How often there was what bears on limits, so that nobody takes nothing for a proof. */
  get happened() {
    const { told, limits } = this.counter
    const cards = [...this.vouchers.values()].map(({ card }) => card)
    return {
      rare: told.filter(({ reward }) => reward.id === rare.id).length,
      refusedRare: this.#refused,
      vouchers: cards.length,
      usedVouchers: cards.filter(({ used }) => used > 0).length,
      voidVouchers: cards.filter(({ voidAt }) => voidAt !== null).length,
      usedUpBudgets: limits.state.pots.get('scarce')?.left === 0 ? 1 : 0,
    }
  }

  /** Whether there is one left for the member, by what the entries say of those that they had. */
  hasRoomFor(reward: PricedReward): boolean {
    const hasRoom = this.#hasRoomFor(reward)
    if (!hasRoom) this.#refused += 1
    return hasRoom
  }

  #hasRoomFor(reward: PricedReward): boolean {
    const { programme, entries, now } = this.counter
    if (reward.stock === undefined) return true
    const had = hadByEntries(entries, reward.id)
    if (had.length >= reward.stock) return false
    return windowsFor(programme, reward, now).every(
      ({ name, times }) => had.filter((at) => windowsFor(programme, reward, at).some((one) => one.name === name)).length < times,
    )
  }

  /** Gives a voucher for whatever points are spent on one. */
  handOut(): void {
    const { programme, account, told, now } = this.counter
    for (const { id, reward, state } of told) {
      if (reward.kind !== 'voucher' || state !== 'captured' || this.vouchers.has(id)) continue
      const revision = revisionAt(programme, now)
      const { memberId } = account.head
      const voucher: Voucher = {
        ...{ seriesId: film.id, revision: revision.number, code: id, memberId, source: `redemption:${id}`, issuedAt: now },
        ...{ expiresAt: expiryOf(film, revision, now), uses: film.uses!, used: 0, held: [], voidAt: null },
      }
      const card = new NaiveVoucher(revision.document.timezone, film, { code: id, member: memberId, at: now })
      this.vouchers.set(id, { voucher, card })
    }
  }

  /** Voids the voucher of points that are to come back; false where that cannot be. */
  takeBack({ id }: Told): boolean {
    const drawn = this.vouchers.get(id)
    if (!drawn) return true
    const { now } = this.counter
    const voided = voidUnused(drawn.voucher, now)
    if (!voided) return true
    if (isRefusal(voided)) {
      ok(drawn.card.used > 0 || drawn.card.heldAt(now).length > 0, `${id} cannot come back: ${voided.refused}`)
      return false
    }
    drawn.card.void(now, true)
    drawn.voucher = voided
    return true
  }

  /** A till holds a use of a voucher, if it may: both think the same of it. */
  lock(id: string): string {
    const drawn = this.vouchers.get(id)!
    const { now, account } = this.counter
    const { memberId } = account.head
    const fault = voucherFault(drawn.voucher, film, { storeId: 'leeds', memberId, basket: [] }, now)
    strictEqual(fault?.refused ?? null, drawn.card.faultAt(now, memberId), `voucher ${id}`)
    if (fault) return fault.refused
    const lockId = `l-${this.#locks}`
    this.#locks += 1
    const until = instant(now + film.lockMinutes! * 60_000)
    drawn.voucher = withHeld(drawn.voucher, { lockId, until }, now)
    drawn.card.lock(lockId, now, until, memberId)
    return lockId
  }

  use(id: string, lockId: string): string {
    const drawn = this.vouchers.get(id)!
    const used = useVoucher(drawn.voucher, lockId, this.counter.now)
    if (isRefusal(used)) return used.refused
    drawn.card.use(lockId, this.counter.now)
    drawn.voucher = used
    return 'used'
  }

  unlock(id: string, lockId: string): string {
    const drawn = this.vouchers.get(id)!
    drawn.voucher = withoutHeld(drawn.voucher, lockId)
    drawn.card.release(lockId)
    return 'unlocked'
  }
}

const windowsFor = (programme: ShelfDesk['counter']['programme'], reward: PricedReward, at: number) =>
  countedWindows(revisionAt(programme, instant(at)).calendar, reward, instant(at))

/** By when each of a reward was judged that the member has or holds, as the entries say: what the shelf and the counters go by. */
function hadByEntries(entries: readonly Entry[], rewardId: string): number[] {
  const had = new Map<string, number>()
  for (const { fact } of entries) {
    if (!('redemptionId' in fact) || fact.rewardId !== rewardId) continue
    if (fact.kind === 'reserve' || fact.kind === 'redeem') had.set(fact.redemptionId, fact.judgedAt)
    else if (fact.kind !== 'restore' || fact.reversed) had.delete(fact.redemptionId)
  }
  return [...had.values()]
}

/** Promise 7: of what is rare nobody has more than there is, or than a member may, by what was asked and the clock alone. */
export function judgeShelf({ counter: { told, entries, now, programme } }: ShelfDesk): void {
  const isHad = ({ state, lapsesAt }: Told) => state === 'captured' || (state === 'reserved' && lapsesAt > now)
  const had = told.filter((one) => one.reward.id === rare.id && isHad(one))
  strictEqual(hadByEntries(entries, rare.id).length, had.length, 'what is off the shelf is what members have')
  ok(had.length <= rare.stock, `${had.length} are had of ${rare.stock} (7)`)
  const monthOf = (at: number) => revisionAt(programme, instant(at)).calendar.dayOf(instant(at)).iso.slice(0, 7)
  const months = [...Map.groupBy(had, ({ takenAt }) => monthOf(takenAt)).values()]
  ok(
    months.every((some) => some.length <= rare.limits[0]!.times),
    'a member has more in a month than they may (7)',
  )
}

/** Each redemption of one gave one voucher, which is what its card says; where the points are back, it is void, and nobody used it. */
export function judgeVouchers({ counter: { told, now }, vouchers }: ShelfDesk): void {
  for (const { id, reward, state } of told) {
    if (reward.kind !== 'voucher') continue
    const drawn = vouchers.get(id)
    strictEqual(drawn !== undefined, state === 'captured' || state === 'reversed', `${id} is ${state}`)
    if (!drawn) continue
    const { voucher, card } = drawn
    const { used, uses, voidAt, expiresAt, held } = voucher
    deepStrictEqual(
      { used, voidAt, expiresAt, held: held.filter(({ until }) => until > now && voidAt === null).map(({ lockId }) => lockId) },
      { used: card.used, voidAt: card.voidAt, expiresAt: card.expiresAt, held: card.heldAt(now).map(({ lockId }) => lockId) },
      `voucher ${id}`,
    )
    ok(used <= uses)
    if (state === 'reversed') ok(voidAt !== null && used === 0, `the points for ${id} are back, and its voucher is good`)
    else strictEqual(voidAt, null, `the points for ${id} are spent, and its voucher is void`)
  }
}

/** Promise 3, as far as entries tell it: nothing that has an id happened twice; what a claim gave may be taken back once. */
export function judgeIds({ counter: { entries } }: ShelfDesk): void {
  const seen = new Set<string>()
  for (const { fact } of entries) {
    const name = nameOf(fact)
    if (name === undefined) continue
    const told = fact.kind === 'goodwill' && fact.id.startsWith('CLAIM#') && seen.has(name) ? `${name} taken back` : name
    ok(!seen.has(told), `${told} has two effects (3)`)
    seen.add(told)
  }
}

function nameOf(fact: Entry['fact']): string | undefined {
  switch (fact.kind) {
    case 'earn':
      return `earn ${fact.purchaseId}`
    case 'return':
      return `return ${fact.purchaseId} ${fact.returnId} ${fact.lines.some(({ quantity, amount }) => quantity < 0 || amount < 0)}`
    case 'restore':
      return fact.reversed && `reverse ${fact.redemptionId}`
    case 'adjust':
      return `adjust ${fact.adjustmentId}`
    case 'goodwill':
      return `goodwill ${fact.id}`
    case 'claim-overdue':
      return `${fact.kind} ${fact.claimId} ${fact.awaits}`
    default:
      if ('redemptionId' in fact) return `${fact.kind} ${fact.redemptionId}`
      return 'claimId' in fact ? `${fact.kind} ${fact.claimId}` : undefined
  }
}

/** Promise 9: an entry that is written yields one event, the same however often it is read, and no other entry yields it. */
export function judgeEvents({ counter: { account, entries, now } }: ShelfDesk): void {
  const { memberId } = account.head
  const idsOf = () =>
    entries.map((entry, n) => {
      const NewImage = marshall(entryItem('demo', memberId, 1, n, entry, now), { removeUndefinedValues: true })
      return eventOf({ eventName: 'INSERT', dynamodb: { NewImage } } as DynamoDBRecord)!.id
    })
  const ids = idsOf()
  strictEqual(new Set(ids).size, entries.length, 'two entries yield one event (9)')
  deepStrictEqual(idsOf(), ids, 'an entry yields two events (9)')
}
