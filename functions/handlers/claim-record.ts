import { isProblem, type Problem, problem } from '../contract/problem.ts'
import { apply } from '../domain/apply.ts'
import { afterEntry, type Claim, claimAt, submittedClaim } from '../domain/claim.ts'
import type { EarnFact, Entry } from '../domain/entry.ts'
import type { KeptSale } from '../domain/returns.ts'
import { settle } from '../domain/settle.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { claimOf, claimWrite, lineKeyOf, type StoredClaim } from '../store/claim-item.ts'
import { entryOf } from '../store/entry-item.ts'
import { versionAttribute } from '../store/head-item.ts'
import { claimedAt, claimsNow, type ReceiptClaim, receiptItem, receiptOf, type SoldReceipt } from '../store/receipt-item.ts'
import type { Item, Key, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, type OpenAccount, openAccount } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { type Booking, bookingOf } from './bonuses.ts'
import { giveBackToBudgets } from './claim-budgets.ts'
import type { Context } from './context.ts'
import { chance } from './hash.ts'

/** The sale that a claim is about, and whose it is, as they were read. */
export interface OpenedSale {
  readonly ledger: Ledger
  readonly open: OpenAccount
  readonly receipt: SoldReceipt
  readonly storedReceipt: Item
  readonly sale: KeptSale['sale']
  readonly others: readonly (Item | undefined)[]
}

/** A claim with all that a step of it needs; `claim` is as of the account's time. */
export interface OpenedClaim extends OpenedSale {
  readonly stored: StoredClaim
  readonly claim: Claim
}

/** What a step decides: the entries to book, and what the receipt keeps from then on. */
export interface ClaimStepped {
  readonly booking: Booking
  /** The sale, where what is kept of it is another. */
  readonly kept?: KeptSale
  /** What the claim has of the receipt from now on; null: nothing. Left out where that stays. */
  readonly held?: ReceiptClaim | null
  readonly settledBy?: string
}

/** The programme's name for a claim that a member made under an id of their own: theirs alone, and of one length. */
export const claimIdOf = (memberId: MemberId, own: string): string => `c-${chance(`${memberId}\u0000${own}`).slice(0, 32)}`

export async function readClaim({ runtime, programme }: Pick<Ledger, 'runtime' | 'programme'>, id: string) {
  const { items } = await runtime.store.read([table.claim(programme.id, id)], { consistent: true })
  return items[0] && claimOf(items[0])
}

/** Reads a sale and its member; undefined where there is no such sale, or none that has a member. */
export async function openSale(
  context: Context,
  purchaseId: string,
  wanted: readonly Key[] = [],
): Promise<OpenedSale | undefined> {
  const { runtime, programme } = context
  const { items } = await runtime.store.read([table.receipt(programme.id, purchaseId)], { consistent: true })
  const receipt = items[0] && receiptOf(items[0])
  if (receipt?.state !== 'sold') return undefined
  const { memberId, entry, bucket } = receipt
  const saleKey = table.entry(programme.id, memberId, entry.version, entry.n)
  const asked = { closed: bucket.id, others: [saleKey, ...wanted], alone: true }
  const { open, ledger, others } = await openAccount(context, memberId, asked)
  const [sale, ...more] = others
  if (!open || !sale) throw new Error(`receipt ${purchaseId} names an entry that is not there`)
  const { at, fact } = entryOf(sale)
  return { ledger, open, receipt, storedReceipt: items[0]!, sale: { at, fact: fact as EarnFact }, others: more }
}

/** What is left of a sale for a claim: of what is claimed, only what others claim is taken from it. */
export function keptOf({ receipt, sale, ledger }: OpenedSale, claimId: string): KeptSale {
  const { bucket, returned, points } = receipt
  const others = receipt.claims.filter((claim) => claim.claimId !== claimId)
  return { sale, bucket, returned, points, claimed: claimedAt({ claims: others }, ledger.now) }
}

/** A booking with one more entry. */
export function withEntry({ programme, now }: Ledger, booking: Booking, entry: Entry): Booking {
  const settled = settle(programme, apply(booking.account, entry), now)
  return { ...booking, account: settled.account, entries: [...booking.entries, entry, ...settled.entries] }
}

/** The claims of a receipt with one of them changed. */
function heldBy(receipt: SoldReceipt, claimId: string, held: ReceiptClaim | null, now: Instant): readonly ReceiptClaim[] {
  const others = claimsNow(receipt, now).filter((claim) => claim.claimId !== claimId)
  return held ? [...others, held] : others
}

/** A claim as a booking leaves it; without `before` the booking submits it. */
export function claimAfter(before: Claim | undefined, memberId: MemberId, claimId: string, { entries }: Booking): Claim {
  let claim = before
  for (const entry of entries) {
    if (!claim && entry.fact.kind === 'claim-submitted' && entry.fact.claimId === claimId) claim = submittedClaim(memberId, entry)
    else if (claim) claim = afterEntry(claim, entry)
  }
  if (!claim) throw new Error(`nothing that is booked is about ${claimId}`)
  return claim
}

/** The writes of a step: the claim, its place in line, the receipt where it changes, and whatever was booked. */
export async function claimWrites(
  { ledger, receipt, storedReceipt }: OpenedSale,
  before: StoredClaim | undefined,
  after: StoredClaim,
  { booking, kept, held }: ClaimStepped,
): Promise<Write[]> {
  const { programme } = ledger
  const { claimId } = after.claim
  const [was, is] = [before && lineKeyOf(programme.id, before.claim), lineKeyOf(programme.id, after.claim)]
  const isSame = was?.pk === is?.pk && was?.sk === is?.sk
  const changed: SoldReceipt = {
    ...receipt,
    version: receipt.version + 1,
    ...(kept && { points: kept.points, returned: kept.returned }),
    ...(held !== undefined && { claims: heldBy(receipt, claimId, held, ledger.now) }),
  }
  const receiptWrite: Write = {
    kind: 'put',
    item: receiptItem(programme.id, changed),
    condition: { is: 'equal', attribute: versionAttribute, value: receipt.version },
    replaces: storedReceipt,
  }
  return [
    claimWrite(programme.id, after),
    ...(kept || held !== undefined ? [receiptWrite] : []),
    ...(was && !isSame ? [{ kind: 'delete', key: was } satisfies Write] : []),
    ...(is && !isSame ? [{ kind: 'put', item: { ...is } } satisfies Write] : []),
    ...(await bookingWrites(ledger, booking.open, booking.account, booking.entries)),
    ...booking.writes,
  ]
}

/** What a change of a claim came to; `isNew` where this request did it. */
export interface ChangedClaim {
  readonly stored: StoredClaim
  readonly ledger: Ledger
  readonly isNew: boolean
}

/**
 * Changes a claim: reads it, then its receipt, then its member, so that each is at least as new as what names it. `decide` answers what
 * the step books, what is wrong with it, or that it is done already.
 */
export function changeClaim(
  context: Context,
  claimId: string,
  decide: (opened: OpenedClaim) => Promise<ClaimStepped | Problem | Again | 'done'>,
  wanted: readonly Key[] = [],
): Promise<ChangedClaim | Problem> {
  const { runtime, programme } = context
  return attempt<ChangedClaim | Problem>(runtime, async (uncertain) => {
    const found = await readClaim(context, claimId)
    if (!found) return problem('claim-unknown')
    const { purchaseId, memberId } = found.claim
    return runtime.turns.take(table.receipt(programme.id, purchaseId).pk, () =>
      runtime.turns.take(`${programme.id} ${memberId}`, async () => {
        const stored = await readClaim(context, claimId)
        const opened = stored && (await openSale(context, purchaseId, wanted))
        if (!opened) throw new Error(`claim ${claimId} names a purchase that is not there`)
        const claim = claimAt(stored.claim, opened.ledger.now)
        const stepped = await decide({ ...opened, stored, claim })
        if (stepped === again) return again
        if (stepped === 'done') return { stored: { ...stored, claim }, ledger: opened.ledger, isNew: uncertain }
        if (isProblem(stepped)) {
          // The receipt and the head may be of after this very step: what is done is recognised before anything is refused.
          return (await readClaim(context, claimId))?.version === stored.version ? stepped : again
        }
        const changed = claimAfter(claim, memberId, claimId, stepped.booking)
        const isNothing = changed.state === 'declined' || changed.state === 'withdrawn'
        const back = isNothing && changed.taken ? await giveBackToBudgets(opened.ledger, [changed.taken]) : []
        const { settledBy = stored.settledBy } = stepped
        const after: StoredClaim = { ...stored, claim: changed, settledBy }
        const result = await runtime.store.commit([...(await claimWrites(opened, stored, after, stepped)), ...back])
        if (result.outcome !== 'committed') return again
        return { stored: after, ledger: opened.ledger, isNew: true }
      }),
    )
  })
}

export const bookingOfClaim = ({ open }: OpenedSale): Booking => bookingOf(open)
