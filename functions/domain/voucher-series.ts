import { addDays } from 'temporal-polyfill/fns/PlainDate'
import type { LineSelector } from './campaign.ts'
import { compileSelector } from './conditions.ts'
import type { Programme, Revision } from './programme.ts'
import { type Instant, multiplyDivide } from './units.ts'
import { bareCode, grouped, isWritten, pickedCharacters, withCheck } from './written-code.ts'

/** Where the codes of a series come from. */
export type VoucherSource =
  /** Made by chance: so many characters, a check after them and perhaps a prefix before. */
  | { readonly generated: { readonly length: number; readonly prefix?: string | undefined } }
  /** Uploaded by staff. An event says when fewer than `lowMark` are left. */
  | { readonly pool: { readonly lowMark?: number | undefined } }

/** What a voucher is worth, as a till has to know. */
export type VoucherValue =
  | { readonly kind: 'money-off'; readonly amount: number }
  /** Basis points of the basket, up to a ceiling in minor units. */
  | { readonly kind: 'percentage-off'; readonly percentage: number; readonly atMost?: number | undefined }
  | { readonly kind: 'product'; readonly sku: string }

/** Vouchers of one kind, as the programme document says. One that was given out keeps the terms of that revision. */
export interface VoucherSeries {
  readonly id: string
  readonly name?: string | undefined
  readonly codes: VoucherSource
  readonly value: VoucherValue
  /** How often one may be used; once, where it is left out. */
  readonly uses?: number | undefined
  /** Whether whoever has the code may use it; else only the member whom it was given to. */
  readonly bearer?: boolean | undefined
  /** Whole local days after the day on which it was given out, or an instant, RFC 3339; without end, where it is left out. */
  readonly valid?: { readonly days: number } | { readonly until: string } | undefined
  /** Where it is taken; at all stores, where it is left out. */
  readonly stores?: readonly string[] | undefined
  /** Which lines of a basket it is about; all, where it is left out. */
  readonly lines?: LineSelector | undefined
  /** What those lines must come to, minor units. */
  readonly minimumBasket?: number | undefined
  /** How long a till holds a use for a basket; a quarter of an hour, where it is left out. */
  readonly lockMinutes?: number | undefined
}

/**
 * The most that a voucher takes off in all its uses, minor units; 0 where nobody can say: goods, or a percentage without a ceiling.
 */
export function mostWorth({ value, uses = 1 }: Pick<VoucherSeries, 'value' | 'uses'>): number {
  if (value.kind === 'product') return 0
  return uses * (value.kind === 'money-off' ? value.amount : (value.atMost ?? 0))
}

const quarterOfAnHour = 15
const minuteMs = 60_000
const wholeBasisPoints = 10_000

/** A series by its id, as a revision says. */
export const seriesOf = ({ document }: Pick<Revision, 'document'>, id: string): VoucherSeries | undefined =>
  document.vouchers?.find((series) => series.id === id)

/** The terms that a voucher was given out with. Throws where its revision has no such series: a bug. */
export function termsOf(
  { revisions }: Programme,
  given: { readonly seriesId: string; readonly revision: number },
): VoucherSeries {
  const revision = revisions.find(({ number }) => number === given.revision)
  const series = revision && seriesOf(revision, given.seriesId)
  if (!series) throw new Error(`revision ${given.revision} has no vouchers ${given.seriesId}`)
  return series
}

/** All series that a programme has or once had, by their ids, the latest terms of each. */
export function seriesEver({ revisions }: Programme): Map<string, VoucherSeries> {
  return new Map(revisions.flatMap(({ document }) => (document.vouchers ?? []).map((series) => [series.id, series] as const)))
}

/** From when on a voucher that is given out now is expired; null: never. */
export function expiryOf({ valid }: VoucherSeries, { calendar }: Pick<Revision, 'calendar'>, now: Instant): Instant | null {
  if (!valid) return null
  if ('until' in valid) return Date.parse(valid.until) as Instant
  return calendar.startOfDay(addDays(calendar.dayOf(now).date, valid.days + 1))
}

export const lockEnd = ({ lockMinutes = quarterOfAnHour }: VoucherSeries, now: Instant): Instant =>
  (now + lockMinutes * minuteMs) as Instant

/** A code of a series by chance, given as hexadecimal digits, as it is told. */
export function generatedCode(
  { length, prefix = '' }: { readonly length: number; readonly prefix?: string | undefined },
  chance: string,
) {
  const code = withCheck(prefix + pickedCharacters(chance, length))
  return prefix === '' ? grouped(code) : `${prefix}-${grouped(code.slice(prefix.length))}`
}

/** What a code of a pool is made of, once blanks and dashes are left out. */
const pooled = /^[A-Z0-9]{8,32}$/

/** A code of a pool, bare; undefined where it can be none. */
export function readPoolCode(written: string): string | undefined {
  const code = bareCode(written)
  return pooled.test(code) ? code : undefined
}

/**
 * A code, bare, that may be one of the programme's; undefined where none of its series can have made it, because the check
 * is wrong or the length: nobody needs to look for it.
 */
export function readVoucherCode(programme: Programme, written: string): string | undefined {
  const code = bareCode(written)
  for (const { codes } of seriesEver(programme).values()) {
    if ('pool' in codes) {
      if (pooled.test(code)) return code
      continue
    }
    const { prefix = '', length } = codes.generated
    if (code.startsWith(prefix) && code.length === prefix.length + length + 1 && isWritten(code)) return code
  }
  return undefined
}

/** A line of the basket that a voucher is taken off. */
export interface VoucherLine {
  readonly sku: string
  readonly quantity: number
  /** Minor units. */
  readonly amount: number
  readonly categories?: readonly string[] | undefined
}

/** What the lines come to that a voucher is about, minor units. */
export function basketOf({ lines }: VoucherSeries, basket: readonly VoucherLine[]): number {
  const selects = lines && compileSelector(lines)
  let sum = 0
  for (const line of basket) if (!selects || selects({ ...line, lineId: '', excluded: false })) sum += line.amount
  return sum
}

/** What a voucher takes off a basket, minor units, rounded down; null where it takes off no money. */
export function discountOf(series: VoucherSeries, basket: readonly VoucherLine[]): number | null {
  const { value } = series
  const sum = basketOf(series, basket)
  switch (value.kind) {
    case 'money-off':
      return Math.min(value.amount, sum)
    case 'percentage-off': {
      const part = multiplyDivide(sum, value.percentage, wholeBasisPoints)
      return Math.min(part, value.atMost ?? part)
    }
    case 'product':
      return null
  }
}
