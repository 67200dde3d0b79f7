import type { DailyGifts } from '../domain/gift-policy.ts'
import { revisionAt } from '../domain/programme.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { type GiftRecord, giftOf } from '../store/gift-item.ts'
import { eachItem } from '../store/paging.ts'
import { giftOfListed, listedGiftsAt, memberPartition, table } from '../store/table.ts'
import { type Ledger, type OpenAccount, openAccount } from './account.ts'
import type { Context } from './context.ts'
import { rfc3339, standing } from './views.ts'

/** A gift by its id with the giver; undefined where there is none. */
export async function readGift({ runtime, programme }: Ledger, giver: MemberId, giftId: string): Promise<GiftRecord | undefined> {
  const { items } = await runtime.store.read([table.gift(programme.id, giver, giftId)], { consistent: true })
  return items[0] && giftOf(giver, giftId, items[0])
}

/** What a member has given and been given on the local day of now. To be read after the head, on which both hang. */
export async function giftsToday({ runtime, programme, now }: Ledger, member: MemberId) {
  const { startsAt, endsAt } = revisionAt(programme, now).calendar.dayOf(now)
  const range = { from: listedGiftsAt(startsAt), to: listedGiftsAt(endsAt) }
  const none: DailyGifts = { points: 0, times: 0 }
  const sums = { given: none, received: none }
  for await (const { sk, p } of eachItem(runtime.store, { pk: memberPartition(programme.id, member), range })) {
    const side = giftOfListed(sk).giver === member ? 'given' : 'received'
    sums[side] = { points: sums[side].points + Number(p), times: sums[side].times + 1 }
  }
  return sums
}

/** Both accounts of a gift, settled to one instant; undefined where one is not there. */
export interface BothOpen {
  readonly giver: OpenAccount | undefined
  readonly receiver: OpenAccount | undefined
  readonly ledger: Context
}

/** Opens the accounts of giver and receiver. What was booked last on either of them is not undone by an earlier instant. */
export async function openBoth(context: Context, giver: MemberId, receiver: MemberId): Promise<BothOpen> {
  const first = await openAccount(context, giver)
  const second = await openAccount(first.ledger, receiver)
  if (second.ledger.now > first.ledger.now) return openBoth(second.ledger, giver, receiver)
  return { giver: first.open, receiver: second.open, ledger: second.ledger }
}

/** Those who would change one of two members in this process do so one after another; always in one order, so that none waits for ever. */
export function takingTurns<Result>(
  { runtime, programme }: Ledger,
  members: readonly [MemberId, MemberId],
  work: () => Promise<Result>,
): Promise<Result> {
  const [first, second] = members.map((member) => `${programme.id} ${member}`).sort()
  if (first === second) return runtime.turns.take(first!, work)
  return runtime.turns.take(first!, () => runtime.turns.take(second!, work))
}

/** A gift as its giver sees it. */
export function giftView(ledger: Ledger, gift: GiftRecord, giver: OpenAccount['account']) {
  const { giftId, points, undoneAt, at, undoUntil } = gift
  return {
    giftId,
    points,
    status: undoneAt === undefined ? ('given' as const) : ('undone' as const),
    at: rfc3339(at),
    undoUntil: rfc3339(undoUntil),
    ...standing(ledger, giver.head),
  }
}

/** The last instant until which a gift may be taken back. */
export const undoUntil = (at: Instant, hours: number): Instant => (at + hours * 3_600_000) as Instant
