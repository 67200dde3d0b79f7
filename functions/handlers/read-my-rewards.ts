import type * as z from 'zod'
import { readMyRewards } from '../contract/my-rewards.ts'
import { problem } from '../contract/problem.ts'
import type { Head } from '../domain/head.ts'
import { revisionAt } from '../domain/programme.ts'
import { spendable } from '../domain/redemption.ts'
import { catalogue, onSale, type PricedReward, type Reward } from '../domain/reward.ts'
import { lackingForReward, needsTill, priceFor } from '../domain/reward-terms.ts'
import { mostReadKeys } from '../store/store.ts'
import { type Ledger, peekAccount } from './account.ts'
import { peekBudget } from './budgets.ts'
import { implement } from './context.ts'
import { nextOffset, offsetOf } from './offset-cursor.ts'
import { ownMember } from './own-member.ts'
import { stockBudget, stockKeys } from './reward-stock.ts'
import { rfc3339 } from './views.ts'
import { isSeriesOut } from './vouchers.ts'

type OfferedReward = z.input<(typeof readMyRewards.answers)[200]>['items'][number]

const defaultLimit = 50
/** From three quarters of the price on a reward is near. */
const nearShare = 0.75

/** The catalogue as one member sees it. */
export const readMyRewardsImplementation = implement(readMyRewards, async ({ query }, context) => {
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  const start = offsetOf(query.cursor)
  if (start === null) return problem('invalid-cursor')
  const { settled, ledger } = await peekAccount(context, own)
  if (!settled) return problem('member-unknown')
  const { head } = settled.account
  const offered = catalogue(revisionAt(ledger.programme, ledger.now)).filter((reward) => onSale(reward, ledger.now) !== 'over')
  const end = start + Number(query.limit ?? defaultLimit)
  const page = offered.slice(start, end)
  const [left, hadOften] = await Promise.all([stocksLeft(ledger, page), limitsReached(ledger, head, page)])
  const items = page.map((reward) => offer(ledger, head, reward, left.get(reward.id) ?? null, hadOften.has(reward.id)))
  return { status: 200 as const, body: { items, nextCursor: nextOffset(end, offered) } }
})

/** How many are left, by their ids, of those of which there is a stock or nothing: vouchers that are out are none, whatever the stock. */
async function stocksLeft(ledger: Ledger, rewards: readonly Reward[]): Promise<Map<string, number>> {
  const { number } = revisionAt(ledger.programme, ledger.now)
  const limited = rewards.filter(({ stock }) => stock !== undefined)
  const [pots, out] = await Promise.all([
    Promise.all(limited.map((reward) => peekBudget(ledger, stockBudget(reward), number))),
    seriesOut(ledger, rewards),
  ])
  const left = new Map(limited.map(({ id }, index) => [id, Math.max(0, pots[index]!.left)]))
  for (const reward of rewards) if (reward.kind === 'voucher' && out.has(reward.voucher)) left.set(reward.id, 0)
  return left
}

/** The vouchers of rewards of which there is nothing to give out; each is looked at once, whatever the number of its rewards. */
async function seriesOut(ledger: Ledger, rewards: readonly Reward[]): Promise<Set<string>> {
  const series = [...new Set(rewards.flatMap((reward) => (reward.kind === 'voucher' ? [reward.voucher] : [])))]
  const isOut = await Promise.all(series.map((id) => isSeriesOut(ledger, id)))
  return new Set(series.filter((_, index) => isOut[index]))
}

/** Those that a member has had as often as they may. */
async function limitsReached(ledger: Ledger, { memberId }: Head, rewards: readonly Reward[]): Promise<Set<string>> {
  const counters = rewards.flatMap((reward) =>
    stockKeys(ledger, { memberId, reward, at: ledger.now }).counters.map((counter) => ({ ...counter, id: reward.id })),
  )
  const reached = new Set<string>()
  for (let start = 0; start < counters.length; start += mostReadKeys) {
    const part = counters.slice(start, start + mostReadKeys)
    const { items } = await ledger.runtime.store.read(
      part.map(({ key }) => key),
      { consistent: true },
    )
    for (const [index, { id, times }] of part.entries()) if (Number(items[index]?.t ?? 0) >= times) reached.add(id)
  }
  return reached
}

function offer(ledger: Ledger, head: Head, reward: PricedReward, left: number | null, hadOften: boolean): OfferedReward {
  const revision = revisionAt(ledger.programme, ledger.now)
  const price = priceFor(revision, head, reward)
  const wanted = price ?? ('rate' in reward ? Math.max(reward.least ?? 1, leastWorth(reward.rate)) : 0)
  const has = spendable(head)
  const lacking = lackingForReward(revision, head, reward)
  const because: OfferedReward['because'] = [
    ...(head.status === 'closed' ? (['closed'] as const) : []),
    ...(onSale(reward, ledger.now) === 'not-yet' ? (['not-yet'] as const) : []),
    ...(lacking?.tiers ? (['tier'] as const) : []),
    ...(lacking?.clubs ? (['club'] as const) : []),
    ...(hadOften ? (['limit'] as const) : []),
    ...(left === 0 ? (['out-of-stock'] as const) : []),
  ]
  const reach = has >= wanted ? 'affordable' : has >= wanted * nearShare ? 'near' : 'far'
  const { schedule } = reward
  return {
    id: reward.id,
    ...(reward.name !== undefined && { name: reward.name }),
    kind: reward.kind,
    texts: [...(reward.texts ?? [])],
    images: [...(reward.images ?? [])],
    categories: [...(reward.categories ?? [])],
    price,
    ...(reward.kind !== 'points-as-money' && price !== reward.price.points && { regularPrice: reward.price.points }),
    ...(reward.kind === 'points-as-money' && { rate: { ...reward.rate } }),
    status: because.length > 0 ? 'locked' : reach,
    missing: Math.max(0, wanted - has),
    because,
    ...(lacking && {
      lacking: { ...(lacking.tiers && { tiers: [...lacking.tiers] }), ...(lacking.clubs && { clubs: [...lacking.clubs] }) },
    }),
    from: writtenOrNull(schedule?.from),
    until: writtenOrNull(schedule?.until),
    left,
    atTillOnly: needsTill(reward),
    ...(reward.minimumBasket !== undefined && { minimumBasket: reward.minimumBasket }),
    ...(reward.stores && { stores: [...reward.stores] }),
  }
}

/** The fewest points that are worth anything. */
const leastWorth = ({ points, amount }: { points: number; amount: number }) => Math.ceil(points / amount)

const writtenOrNull = (instant: string | undefined) =>
  instant === undefined ? null : rfc3339(Date.parse(instant) as Ledger['now'])
