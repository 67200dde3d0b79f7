import type { PurchaseOperation, ReturnOperation } from './convert.ts'

/** What the demo programme owes a customer for sales and returns of the sample, worked out without any of Laurel's code. */
export interface Standing {
  issued: number
  clawedBack: number
  /** Points kept of sales up to October 2025: expired on 1 November 2026 or before. */
  expired: number
  /** Points kept of later sales. */
  available: number
  /** Pence now kept of sales, by London's calendar year. */
  spend: { [year: string]: number }
  purchases: number
  returns: number
}

interface Sold {
  readonly at: string
  readonly multiplier: number
  readonly earned: number
  kept: number
}

type Lines = readonly { readonly amount: number }[]

const sum = (lines: Lines) => lines.reduce((total, { amount }) => total + amount, 0)
/** Shop hours are far from midnight, so that London's year and month are those of UTC. */
const yearOf = (at: string) => at.slice(0, 4)
const pointsOf = (pence: number, multiplier: number) => Math.floor((pence * multiplier) / 1_000_000)

/** Standings by card, of operations in the order in which they arrive: all of them long after they happened. */
export function standingsByHand(operations: readonly (PurchaseOperation | ReturnOperation)[]): Map<string, Standing> {
  const customers = new Map<string, Map<string, Sold>>()
  const soldTo = new Map<string, Map<string, Sold>>()
  const waiting = new Map<string, number>()
  const returns = new Map<string, number>()
  for (const operation of operations) {
    if (operation.op === 'return') {
      const { purchaseId, body } = operation
      const sale = soldTo.get(purchaseId)?.get(purchaseId)
      if (sale) sale.kept -= sum(body.lines)
      else waiting.set(purchaseId, (waiting.get(purchaseId) ?? 0) + sum(body.lines))
      returns.set(purchaseId, (returns.get(purchaseId) ?? 0) + 1)
      continue
    }
    const { id, body } = operation
    // Who did not say who they are is owed nothing yet.
    if (!body.member) continue
    const card = 'card' in body.member ? body.member.card : ''
    const sales = customers.get(card) ?? new Map<string, Sold>()
    const total = sum(body.lines)
    const multiplier = multiplierOf([...sales.values()], body.occurredAt)
    sales.set(id, { at: body.occurredAt, multiplier, earned: pointsOf(total, multiplier), kept: total - (waiting.get(id) ?? 0) })
    customers.set(card, sales)
    soldTo.set(id, sales)
  }
  return new Map([...customers].map(([card, sales]) => [card, standingOf(sales, returns)]))
}

/** By the spend of the year of a sale or the year before, of sales known that were not later. */
function multiplierOf(known: readonly Sold[], at: string): number {
  const years = [yearOf(at), String(Number(yearOf(at)) - 1)]
  const spent = years.map((year) =>
    known.filter((sale) => sale.at <= at && yearOf(sale.at) === year).reduce((total, { kept }) => total + kept, 0),
  )
  const best = Math.max(...spent)
  return best >= 200_000 ? 15_000 : best >= 50_000 ? 12_500 : 10_000
}

function standingOf(sales: ReadonlyMap<string, Sold>, returns: ReadonlyMap<string, number>): Standing {
  const standing: Standing = { issued: 0, clawedBack: 0, expired: 0, available: 0, spend: {}, purchases: 0, returns: 0 }
  for (const [id, { at, multiplier, earned, kept }] of sales) {
    const keptPoints = pointsOf(kept, multiplier)
    standing.issued += earned
    standing.clawedBack += earned - keptPoints
    standing[at < '2025-11' ? 'expired' : 'available'] += keptPoints
    if (kept > 0) standing.spend[yearOf(at)] = (standing.spend[yearOf(at)] ?? 0) + kept
    standing.purchases += 1
    standing.returns += returns.get(id) ?? 0
  }
  return standing
}
