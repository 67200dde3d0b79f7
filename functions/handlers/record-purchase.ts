import { isProblem, type Problem, problem, problemOf } from '../contract/problem.ts'
import { recordPurchase } from '../contract/purchases.ts'
import { awardedPoints } from '../domain/earning.ts'
import type { Account, EarnFact } from '../domain/entry.ts'
import { sumOfUses } from '../domain/limits.ts'
import { revisionAt } from '../domain/programme.ts'
import { bookPurchase, isLate, judgePurchase, limitsAsked, type Sale } from '../domain/purchase.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { KeptSale } from '../domain/returns.ts'
import { followed } from '../domain/settle.ts'
import type { Instant, Points } from '../domain/units.ts'
import { entryOf } from '../store/entry-item.ts'
import { versionAttribute } from '../store/head-item.ts'
import { type AwaitedReceipt, receiptItem, receiptOf, type SoldReceipt, type UnattachedReceipt } from '../store/receipt-item.ts'
import type { Key, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, lastEntryOf, type OpenAccount, type Opened, openAccount, peekAccount } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { type Booking, bookingOf, welcome } from './bonuses.ts'
import { type Context, type Handle, implement } from './context.ts'
import { findNamed, type Named, namedById } from './find-member.ts'
import { bodyHash } from './hash.ts'
import { noLimits, openLimits } from './limits.ts'
import { touchedLookups } from './member-record.ts'
import { newMemberWrites, openByCard } from './new-member.ts'
import { withOccasion } from './occasions.ts'
import { givePointsBack } from './points-back.ts'
import { readEntries } from './read-entries.ts'
import { giveAlong } from './referrals.ts'
import { birthdayKeys, birthdayOf, checkByRevision, checkSale, saleOf } from './sale.ts'
import { keepUnattached, unattachedAnswer } from './unattached-purchase.ts'
import { awardsView, explanationView, standing } from './views.ts'
import { voucherUsesBack } from './vouchers-back.ts'
import { applyWaiting, type EarlyReceipt, withRestored } from './waiting-returns.ts'

type Answer = Awaited<ReturnType<Handle<typeof recordPurchase>>>

/** A posted purchase and what is known of it from earlier tries. */
export interface Posting {
  readonly context: Context
  readonly sale: Sale
  readonly hash: string
  /** Whether it is asked why each campaign gave what it did. */
  readonly explain?: boolean
  /** Committed with it, or not at all. */
  readonly alongside?: readonly Write[]
}

/**
 * Books a purchase. It does not look for the receipt first: if one is there the commit fails and hands it back, which
 * tells a replay from a reused id from a sale that returns wait for.
 */
export const recordPurchaseImplementation = implement(recordPurchase, async (request, context) => {
  const { params, query, body } = request
  const { member, currency } = body
  const sale = saleOf(params.purchaseId, body)
  const wrong = checkSale(context, sale)
  if (wrong) return wrong
  if (!params.purchaseId.startsWith(`${body.storeId}:`)) return problem('store-mismatch', '/storeId')
  const posting: Posting = { context, sale, hash: bodyHash(body), explain: query.explain === 'true' }
  if (!member) return recordUnattached(posting, currency)
  let awaited: AwaitedReceipt | undefined
  return attempt<Answer>(context.runtime, async (uncertain) => {
    const stale = checkByRevision(context, sale, currency)
    if (stale) return refuse(posting, stale)
    const named = 'id' in member ? namedById(member) : await findNamed(context, member, sale.occurredAt)
    if (isProblem(named)) return refuse(posting, named)
    const turn = named.known ? named.memberId : `card ${named.card}`
    const key = `${context.programme.id} ${turn}`
    const outcome = await context.runtime.turns.take(key, () => tryBooking(posting, named, awaited, uncertain))
    if (typeof outcome !== 'object' || !('awaited' in outcome)) return outcome
    awaited = outcome.awaited
    return again
  })
})

/** Keeps a purchase without a member. Posted again once it was attached, it is answered like any other. */
async function recordUnattached(posting: Posting, currency: string): Promise<Answer> {
  const { context, sale, hash } = posting
  let awaited: AwaitedReceipt | undefined
  return attempt<Answer>(context.runtime, async (uncertain) => {
    // Nobody is there whose points could have paid.
    const isPaid = (sale.details.redemptionIds ?? []).length > 0
    const wrong = isPaid ? problem('member-missing', '/redemptionIds') : checkByRevision(context, sale, currency)
    if (wrong) return refuse(posting, wrong)
    const kept = await keepUnattached(context, sale, hash, awaited)
    if (kept === again) return again
    if (kept === 'kept') return { status: 201, body: unattachedAnswer(sale.purchaseId) }
    if (kept.state !== 'awaited') return replayOf(posting, kept, uncertain)
    awaited = kept
    return again
  })
}

/**
 * One try to book a purchase on the member that it names. A receipt that is there and says more than `awaited` does is
 * judged: a replay, a reused id, or one more return to apply.
 */
export async function tryBooking(
  posting: Posting,
  named: Named,
  awaited: EarlyReceipt | undefined,
  uncertain: boolean,
): Promise<Answer | Again | { awaited: AwaitedReceipt }> {
  const { context, sale, hash } = posting
  const { runtime, programme } = context
  const birthdays = named.known ? birthdayKeys(programme, named.memberId) : []
  const opening: Opened<Context> & { readonly welcoming?: readonly Write[] } = named.known
    ? await openAccount(context, named.memberId, {
        others: [...birthdays, ...receiptKeys(posting)],
        alone: awaited !== undefined,
      })
    : await openNewByCard(context)
  const { open: opened, ledger, others } = opening
  const known = others[birthdays.length] && receiptOf(others[birthdays.length]!)
  // Whoever attaches a sale has read its receipt: it is news only where it is another by now.
  if (known && known.state !== 'awaited' && known.version !== awaited?.version) return replayOf(posting, known, uncertain)
  if (!opened) return refuse(posting, problem('member-unknown', named.known ? '/member/id' : '/member/card'))
  if (opened.account.head.status === 'closed') return refuse(posting, problem('member-closed', '/member'))

  const history = isLate(opened.account, sale, ledger.now) ? await readEntries(context, opened.memberId) : []
  const birthday = birthdayOf(others.slice(0, birthdays.length))
  const judgement = judgePurchase(programme, opened.account, sale, history, ledger.now, birthday)
  const asked = limitsAsked(judgement)
  const limited = () => ({ ...judgement, memberId: opened.memberId, storeId: sale.details.storeId })
  const limits = asked.length > 0 ? await openLimits(ledger, limited(), asked) : noLimits
  const booked = bookPurchase(programme, opened.account, sale, judgement, ledger.now, limits.roomOf)
  if (isRefusal(booked)) return refuse(posting, problemOf(booked))
  const earned = followed(programme, booked, ledger.now)
  const kept: KeptSale = { sale: booked.entry, bucket: booked.bucket, returned: [], points: booked.earned }
  const returned = applyWaiting(ledger, earned.account, kept, awaited)
  const taken = limits === noLimits ? [] : limits.writes(sumOfUses([...booked.uses, ...returned.uses]))
  const paid = bookingOf(opened, returned.account, [...earned.entries, ...returned.entries], taken)
  // Tills wait for nothing where nothing came back.
  const back =
    returned.entries.length > 0
      ? await givePointsBack(ledger, paid, { fact: booked.entry.fact }, returned.kept.returned, taken.length)
      : { booking: paid, restored: 0 as Points }
  if (isRefusal(back)) return refuse(posting, problemOf(back))
  const { booking } = back
  const mayGive = isSetOff(ledger, booking)
  const given = mayGive ? await giveAlong(ledger, booking, booked.entry, returned.kept.returned) : booking
  if (isRefusal(given)) return refuse(posting, problemOf(given))

  const receipt: SoldReceipt = {
    state: 'sold',
    purchaseId: sale.purchaseId,
    version: (awaited?.version ?? 0) + 1,
    hash,
    memberId: opened.memberId,
    entry: lastEntryOf(opened, [booked.entry]),
    bucket: booked.bucket,
    points: returned.kept.points,
    voucherLocks: awaited?.voucherLocks,
    returned: returned.kept.returned,
    returns: withRestored(returned.records, back.restored),
    claims: [],
  }
  const writes: Write[] = [
    {
      kind: 'put',
      item: receiptItem(programme.id, receipt),
      condition: awaited ? { is: 'equal', attribute: versionAttribute, value: awaited.version } : { is: 'absent' },
    },
  ]
  const head = bookingWrites(ledger, given.open, given.account, given.entries)
  writes.push(...(head instanceof Promise ? await head : head))
  if (!named.known) writes.push(...(await cardMemberWrites(context, opened, named.card)))
  if (opening.welcoming) writes.push(...opening.welcoming)
  writes.push(...given.writes)
  if (awaited) writes.push({ kind: 'delete', key: table.awaited(programme.id, sale.purchaseId) })
  if (posting.alongside) writes.push(...posting.alongside)
  if (receipt.voucherLocks) writes.push(...(await voucherUsesBack(ledger, receipt.voucherLocks, sale.lines, receipt.returned)))
  const result = await runtime.lookups.commit(writes)
  if (result.outcome === 'conflict') return again
  if (result.outcome === 'committed')
    return { status: 201, body: answerBody(posting, ledger, booked.entry, receipt, given.account) }
  // A receipt that is there outranks a version that moved.
  const found = result.failed.find((failure) => failure.index === 0)?.found
  if (!found) return again
  const standingReceipt = receiptOf(found)
  return standingReceipt.state === 'awaited' ? { awaited: standingReceipt } : replayOf(posting, standingReceipt, uncertain)
}

/** Whether a purchase may set off campaigns of another trigger: most programmes have none, and tills wait for no promise then. */
function isSetOff({ programme, now }: Ledger, { account: { head } }: Booking): boolean {
  return revisionAt(programme, now).bonuses.size > 0 || (head.referral !== null && !head.referral.rewarded)
}

/** A member whom a card alone makes, with what the campaigns of the enrolment give. */
async function openNewByCard(context: Context) {
  const made = openByCard(context)
  const { open, writes } = made ? await welcome(context, made) : { open: undefined, writes: [] }
  return { open, welcoming: writes, ledger: context, others: [], booked: false }
}

/**
 * Where there are budgets the receipt is looked for after all, in the read that there is anyway: opening a budget may move parts
 * of it, and a replay changes nothing.
 */
function receiptKeys({ context: { programme }, sale }: Posting): Key[] {
  const isLimited = programme.revisions.some(({ campaigns, bonuses }) =>
    [campaigns, ...bonuses.values()].some((index) => index?.hasLimited),
  )
  return isLimited ? [table.receipt(programme.id, sale.purchaseId)] : []
}

/** What is written beside the head of a member whom a card alone made. */
async function cardMemberWrites(context: Context, { memberId }: OpenAccount, card: string): Promise<Write[]> {
  const told = { memberId, version: 1, enrolledAt: context.now, data: { card }, replacedCards: [] }
  const profile = withOccasion(context.programme, told, context.now)
  return newMemberWrites(context, profile, await touchedLookups(context, {}, profile.data))
}

/** A refusal by what may have changed since: a replay is recognised first. */
async function refuse(posting: Posting, refused: Problem): Promise<Answer> {
  const { runtime, programme } = posting.context
  // Whoever attaches a sale has read its receipt, and reads it again.
  if (posting.sale.attached) return refused
  const { items } = await runtime.store.read([table.receipt(programme.id, posting.sale.purchaseId)], { consistent: true })
  const receipt = items[0] && receiptOf(items[0])
  if (!receipt || receipt.state === 'awaited') return refused
  return replayOf(posting, receipt, false)
}

/** The first answer's outcome with balance and tier as of now; or a problem, where the id was used for something else. */
export async function replayOf(
  posting: Pick<Posting, 'context' | 'hash' | 'explain'>,
  receipt: SoldReceipt | UnattachedReceipt,
  mayBeOwn: boolean,
): Promise<Answer> {
  const { context, hash } = posting
  if (receipt.hash !== hash) return problem('id-reused')
  if (receipt.state === 'unattached') {
    const body = unattachedAnswer(receipt.purchaseId)
    return mayBeOwn ? { status: 201, body } : { status: 200, body, replayed: true }
  }
  const { memberId, entry } = receipt
  const entryKey = table.entry(context.programme.id, memberId, entry.version, entry.n)
  const { settled, ledger, others } = await peekAccount(context, memberId, [entryKey])
  if (!settled || !others[0]) throw new Error(`receipt ${receipt.purchaseId} names an entry that is not there`)
  const { at, fact } = entryOf(others[0])
  const body = answerBody(posting, ledger, { at, fact: fact as EarnFact }, receipt, settled.account)
  return mayBeOwn ? { status: 201, body } : { status: 200, body, replayed: true }
}

function answerBody(
  { explain }: Pick<Posting, 'explain'>,
  ledger: Ledger,
  sale: { readonly at: Instant; readonly fact: EarnFact },
  { purchaseId, memberId }: SoldReceipt,
  { head }: Account,
) {
  const { awards, pending } = sale.fact
  return {
    purchaseId,
    memberId,
    points: { earned: awardedPoints(awards), pending },
    ...awardsView(awards),
    ...(explain && { explanation: explanationView(ledger.programme, memberId, sale) }),
    ...standing(ledger, head),
  }
}
