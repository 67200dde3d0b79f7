import { createReadStream, existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse'
import { Temporal } from 'temporal-polyfill'
import type { PurchaseBody, ReturnBody } from '../../functions/contract/purchases.ts'

/** Where the sample lies: beside the repository, never in it. */
export const samplePath = fileURLToPath(new URL('../../../shared/data/online-retail-sample.csv', import.meta.url))
export const sampleIsThere = existsSync(samplePath)

/** A line of the sample as it stands in the file. */
export interface InvoiceLine {
  readonly InvoiceNo: string
  readonly StockCode: string
  readonly Description: string
  readonly Quantity: string
  /** Local time in London, `YYYY-MM-DD HH:MM:SS`. */
  readonly InvoiceDate: string
  /** Pounds. */
  readonly UnitPrice: string
  readonly CustomerID: string
  readonly Country: string
}

export type PurchaseOperation = { readonly op: 'purchase'; readonly id: string; readonly body: PurchaseBody }
export type ReturnOperation = {
  readonly op: 'return'
  readonly purchaseId: string
  readonly id: string
  readonly body: ReturnBody
}

/** Why a line is left out. The first that applies counts, so that each line counts once. */
export type Reason =
  | 'no whole quantity'
  | 'negative quantity outside of a C invoice'
  | 'cancellation without a customer'
  | 'negative price'
  | 'another customer than the rest of its invoice'
  | 'cancellation without its sale'
  | 'cancellation of more than is left of its sale'

/** What became of the lines: `sold`, `returned` and those left out are all of them. */
export interface Counts {
  lines: number
  purchases: number
  /** Of them, those without a customer. */
  withoutMember: number
  sold: number
  returns: number
  returned: number
  /** Invoices whose lines bear different minutes: they are taken as of the earliest. */
  invoicesOverMinutes: number
  leftOut: { [reason in Reason]?: number }
}

export interface Converted {
  /** In the order in which they happened, so that sales come before their returns. */
  readonly operations: readonly (PurchaseOperation | ReturnOperation)[]
  readonly counts: Counts
}

/** Moved so far on, a part of the sample's points is still alive in November 2026. */
const yearsOn = 14
const zone = 'Europe/London'

/** Local time in London, years on, as an instant. 29 February may become the 28th; a time that is skipped, the one after. */
export function occurredAt(invoiceDate: string): string {
  const local = Temporal.PlainDateTime.from(invoiceDate.replace(' ', 'T')).add({ years: yearsOn })
  return local.toZonedDateTime(zone, { disambiguation: 'compatible' }).toInstant().toString()
}

/** Pence for so many at a price in pounds, half a penny rounded up. In whole numbers: 3 × 1.15 is no floating point. */
export function pence(quantity: number, pounds: string): number {
  const [whole = '', fraction = ''] = pounds.split('.')
  const scale = 10n ** BigInt(fraction.length)
  return Number((BigInt(quantity) * BigInt(whole + fraction) * 200n + scale) / (scale * 2n))
}

/** A sale's line as returns find it, with what is left of it. */
interface SoldLine {
  readonly customer: string
  readonly sku: string
  readonly purchaseId: string
  readonly storeId: string
  readonly soldAt: string
  readonly lineId: string
  quantity: number
  amount: number
}

/** Makes batch operations of the sample's lines; what cannot be one is left out and counted. */
export function convert(lines: readonly InvoiceLine[]): Converted {
  const counts: Counts = {
    lines: lines.length,
    purchases: 0,
    withoutMember: 0,
    sold: 0,
    returns: 0,
    returned: 0,
    invoicesOverMinutes: 0,
    leftOut: {},
  }
  const leaveOut = (reason: Reason) => {
    counts.leftOut[reason] = (counts.leftOut[reason] ?? 0) + 1
  }
  const invoices = new Map<string, InvoiceLine[]>()
  for (const line of lines) {
    const invoice = invoices.get(line.InvoiceNo) ?? []
    const reason = faultOf(line, invoice[0])
    if (reason) leaveOut(reason)
    else invoices.set(line.InvoiceNo, [...invoice, line])
  }
  const dated = [...invoices.values()]
    .map((invoice) => ({ invoice, at: earliest(invoice) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
  counts.invoicesOverMinutes = dated.filter(({ invoice, at }) =>
    invoice.some((line) => occurredAt(line.InvoiceDate) !== at),
  ).length

  const sold: SoldLine[] = []
  const sales = dated
    .filter(({ invoice }) => !isCancellation(invoice[0]!))
    .map(({ invoice, at }) => purchaseOf(invoice, at, sold))
  counts.purchases = sales.length
  counts.withoutMember = sales.filter(({ body }) => !body.member).length
  counts.sold = sold.length

  const bySale = soldBy(sold)
  const returns = dated
    .filter(({ invoice }) => isCancellation(invoice[0]!))
    .flatMap(({ invoice, at }) => {
      const found = invoice.flatMap((line) => {
        const taken = take(line, at, bySale)
        if ('left' in taken) leaveOut(taken.left)
        return 'left' in taken ? [] : [taken]
      })
      counts.returned += found.length
      return returnsOf(invoice[0]!.InvoiceNo, at, found)
    })
  counts.returns = returns.length
  return { operations: [...sales, ...returns].sort(asTheyHappened), counts }
}

const isCancellation = ({ InvoiceNo }: InvoiceLine) => InvoiceNo.startsWith('C')

const isOfNobody = ({ CustomerID }: InvoiceLine) => CustomerID === 'NA' || CustomerID === ''

/** Why a line can be neither sold nor returned. `first` is the first line of its invoice. */
function faultOf(line: InvoiceLine, first: InvoiceLine | undefined): Reason | undefined {
  const quantity = Number(line.Quantity)
  if (!Number.isInteger(quantity) || quantity === 0) return 'no whole quantity'
  if (quantity < 0 && !isCancellation(line)) return 'negative quantity outside of a C invoice'
  // Two strangers' sales are not told apart: whose goods came back nobody knows.
  if (isCancellation(line) && isOfNobody(line)) return 'cancellation without a customer'
  if (line.UnitPrice.startsWith('-')) return 'negative price'
  if (first && first.CustomerID !== line.CustomerID) return 'another customer than the rest of its invoice'
  return undefined
}

const earliest = (invoice: readonly InvoiceLine[]) => invoice.map((line) => occurredAt(line.InvoiceDate)).sort()[0]!

/** `EIRE` → `eire`: the country stands for a store. */
const storeOf = ({ Country }: InvoiceLine) => Country.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

/** A whole invoice as a purchase, without a member where it names no customer; its lines numbered because an article may be there twice. Adds to what was sold. */
function purchaseOf(invoice: readonly InvoiceLine[], at: string, sold: SoldLine[]): PurchaseOperation {
  const first = invoice[0]!
  const storeId = storeOf(first)
  const id = `${storeId}:${first.InvoiceNo}`
  const lines = invoice.map((line, index) => {
    const quantity = Number(line.Quantity)
    const name = line.Description.trim()
    const sale = { lineId: String(index + 1), sku: line.StockCode, quantity, amount: pence(quantity, line.UnitPrice) }
    sold.push({ ...sale, customer: first.CustomerID, purchaseId: id, storeId, soldAt: at })
    return { ...sale, ...(name && { name }) }
  })
  const member = isOfNobody(first) ? {} : { member: { card: first.CustomerID } }
  return { op: 'purchase', id, body: { ...member, storeId, occurredAt: at, currency: 'GBP', lines } }
}

/** Sold lines by customer and article, the latest first: goods come back from the latest sale that they can be of. */
function soldBy(sold: readonly SoldLine[]): Map<string, SoldLine[]> {
  const by = new Map<string, SoldLine[]>()
  for (const line of sold) by.set(nameOf(line), [line, ...(by.get(nameOf(line)) ?? [])])
  return by
}

const nameOf = ({ customer, sku }: Pick<SoldLine, 'customer' | 'sku'>) => `${customer} ${sku}`

interface Taken {
  readonly of: SoldLine
  readonly quantity: number
  readonly amount: number
}

/** Takes a cancelled line out of what is left of its sale. */
function take(line: InvoiceLine, at: string, sold: Map<string, SoldLine[]>): Taken | { readonly left: Reason } {
  const quantity = Math.abs(Number(line.Quantity))
  const amount = pence(quantity, line.UnitPrice)
  const named = sold.get(nameOf({ customer: line.CustomerID, sku: line.StockCode })) ?? []
  const earlier = named.filter(({ soldAt }) => soldAt <= at)
  const of = earlier.find((sale) => sale.quantity >= quantity && sale.amount >= amount)
  if (!of) return { left: earlier.length > 0 ? 'cancellation of more than is left of its sale' : 'cancellation without its sale' }
  of.quantity -= quantity
  of.amount -= amount
  return { of, quantity, amount }
}

/** A cancellation as returns: one for each purchase that it takes goods of, each line of which is in it once. */
function returnsOf(invoiceNo: string, at: string, taken: readonly Taken[]): ReturnOperation[] {
  const byPurchase = new Map<string, Taken[]>()
  for (const part of taken) byPurchase.set(part.of.purchaseId, [...(byPurchase.get(part.of.purchaseId) ?? []), part])
  return [...byPurchase].map(([purchaseId, parts]) => {
    const byLine = new Map<string, { lineId: string; quantity: number; amount: number }>()
    for (const { of, quantity, amount } of parts) {
      const line = byLine.get(of.lineId) ?? { lineId: of.lineId, quantity: 0, amount: 0 }
      byLine.set(of.lineId, { ...line, quantity: line.quantity + quantity, amount: line.amount + amount })
    }
    const body = { occurredAt: at, storeId: parts[0]!.of.storeId, lines: [...byLine.values()] }
    return { op: 'return', purchaseId, id: invoiceNo, body }
  })
}

type Dated = { readonly op: string; readonly id: string; readonly body: { readonly occurredAt: string } }

/** By instant; at one instant `purchase` before `return`, then by id. All instants end in `Z`, so they sort as text. */
function asTheyHappened(a: Dated, b: Dated): number {
  const order = ({ op, id, body }: Dated) => `${body.occurredAt} ${op} ${id}`
  return order(a) < order(b) ? -1 : 1
}

/** Reads a file in the form of the sample. */
export async function readSample(path: string = samplePath): Promise<InvoiceLine[]> {
  const lines: InvoiceLine[] = []
  for await (const line of createReadStream(path).pipe(parse({ columns: true }))) lines.push(line as InvoiceLine)
  return lines
}

/** Operations as `laurel import` takes them: one a line. */
export const ndjson = (operations: readonly unknown[]) => operations.map((operation) => `${JSON.stringify(operation)}\n`).join('')

if (import.meta.main) {
  const [out] = process.argv.slice(2)
  if (out === undefined) throw new Error('usage: node test/real-input/convert.ts OUT.ndjson')
  const { operations, counts } = convert(await readSample())
  writeFileSync(out, ndjson(operations))
  console.log(JSON.stringify(counts, null, 2))
}
