import { revisionAt } from '../domain/programme.ts'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { type Voucher, voidUnused, voucherStatus } from '../domain/voucher.ts'
import { expiryOf, generatedCode, seriesOf, termsOf, type VoucherSeries } from '../domain/voucher-series.ts'
import type { Item, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { listedVoucherWrites, voucherOf, voucherWrite } from '../store/voucher-item.ts'
import type { Ledger } from './account.ts'
import { chance } from './hash.ts'
import { isPoolEmpty, takeFromPool } from './pools.ts'
import { rfc3339 } from './views.ts'
import { voucherHash } from './voucher-key.ts'

/** What a voucher is given out for. */
export interface Order {
  /** Of the programme document. */
  readonly seriesId: string
  /** Whom it is given to; null: nobody who is known. */
  readonly memberId: MemberId | null
  /** Names what it is for, once and for ever: `redemption:<id>`, `issue:<id>`. */
  readonly source: string
  /** By when it is judged which terms it has. */
  readonly at: Instant
}

/** A voucher as it is given out: there once the writes are committed, in one transaction with what it is given out for. */
export interface IssuedVoucher {
  /** By what it is found again. It is no secret, and leads nobody to the code but through the store. */
  readonly hash: string
  readonly voucher: Voucher
  readonly writes: readonly Write[]
}

/**
 * Gives a voucher out: of a code by chance, or of the pool. Nothing is stored but by the writes; where they are refused, ask again for
 * other ones. Refuses, before anything is paid for it: `voucher-unknown`, `voucher-over` and, where no code is left, `pool-empty`.
 */
export async function issueVoucher(ledger: Ledger, { seriesId, memberId, source, at }: Order): Promise<IssuedVoucher | Refusal> {
  const { programme, now, runtime } = ledger
  const revision = revisionAt(programme, at)
  const series = seriesOf(revision, seriesId)
  if (!series) return refusal('voucher-unknown')
  const expiresAt = expiryOf(series, revision, now)
  if (isOver(expiresAt, now)) return refusal('voucher-over')
  const taken =
    'pool' in series.codes
      ? await takeFromPool(ledger, series)
      : { code: generatedCode(series.codes.generated, chance(runtime.newId())), stored: undefined, writes: [] }
  if (isRefusal(taken)) return taken
  const { code } = taken
  const voucher: Voucher = {
    ...{ seriesId, revision: revision.number, code, memberId, source, issuedAt: now, expiresAt },
    ...{ uses: series.uses ?? 1, used: 0, held: [], voidAt: null },
  }
  const hash = voucherHash(programme, code)
  const writes = [
    voucherWrite(programme.id, hash, voucher, taken.stored),
    ...listedVoucherWrites(programme.id, hash, voucher),
    ...taken.writes,
  ]
  return { hash, voucher, writes }
}

const isOver = (expiresAt: Instant | null, now: Instant) => expiresAt !== null && expiresAt <= now

/** Whether there is nothing of a series to give out now: its time is over, or its pool is empty. Reads the pool alone, if there is one. */
export async function isSeriesOut(ledger: Ledger, seriesId: string): Promise<boolean> {
  const revision = revisionAt(ledger.programme, ledger.now)
  const series = seriesOf(revision, seriesId)
  if (!series || isOver(expiryOf(series, revision, ledger.now), ledger.now)) return true
  return 'pool' in series.codes && (await isPoolEmpty(ledger, seriesId))
}

/** A voucher with its terms, as it is being given out. */
export const issued = ({ programme }: Pick<Ledger, 'programme'>, given: IssuedVoucher | undefined) =>
  given && { voucher: given.voucher, series: termsOf(programme, given.voucher) }

/** A voucher that was given out, and its item. */
export interface FoundVoucher {
  readonly hash: string
  readonly voucher: Voucher
  readonly stored: Item
  readonly series: VoucherSeries
}

/** A voucher by its hash; undefined where there is none, or its code is in the pool still. */
export async function findVoucher({ runtime, programme }: Ledger, hash: string): Promise<FoundVoucher | undefined> {
  const { items } = await runtime.store.read([table.voucher(programme.id, hash)], { consistent: true })
  return foundVoucher({ programme }, hash, items[0])
}

/** The same of what was read. */
export function foundVoucher(
  { programme }: Pick<Ledger, 'programme'>,
  hash: string,
  stored: Item | undefined,
): FoundVoucher | undefined {
  const voucher = stored && voucherOf(stored)
  return voucher && { hash, voucher, stored: stored!, series: termsOf(programme, voucher) }
}

/**
 * Voids a voucher because what it was given out for is undone, to be committed with that. Nothing to write where it is void already.
 * Refuses a voucher that was used (`voucher-used`), or that a till holds a use of (`voucher-locked`). A code of a pool does not
 * go back: somebody has seen it.
 */
export async function voidVoucher(ledger: Ledger, hash: string): Promise<Write[] | Refusal> {
  const found = await findVoucher(ledger, hash)
  if (!found) throw new Error('a voucher that was given out is not there')
  const after = voidUnused(found.voucher, ledger.now)
  if (!after) return []
  return isRefusal(after) ? after : [voucherWrite(ledger.programme.id, hash, after, found.stored)]
}

const writtenOrNull = (at: Instant | null) => (at === null ? null : rfc3339(at))

/** A voucher as answers show it to whoever may see its code. */
export function voucherView({ voucher, series }: Pick<FoundVoucher, 'voucher' | 'series'>, now: Instant) {
  const { seriesId, code, uses, used, issuedAt, expiresAt } = voucher
  return {
    voucherId: seriesId,
    ...(series.name !== undefined && { name: series.name }),
    code,
    value: { ...series.value },
    status: voucherStatus(voucher, now),
    uses,
    used,
    issuedAt: rfc3339(issuedAt),
    expiresAt: writtenOrNull(expiresAt),
  } as const
}
