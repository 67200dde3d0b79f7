/** Goods that come back of a sale. */

export interface BroughtBack {
  readonly lineId: string
  readonly quantity: number
  readonly amount: number
}

/** What came back of a sale so far, summed by line. */
export type Returned = Map<string, { quantity: number; amount: number }>

/** Adds goods to what came back of a sale, or says why they do not fit, and adds none. */
export function addGoods(
  lines: readonly BroughtBack[],
  returned: Returned,
  goods: readonly BroughtBack[],
): 'line-unknown' | 'return-exceeds-purchase' | null {
  const sums: Returned = new Map(returned)
  for (const line of goods) {
    const sold = lines.find(({ lineId }) => lineId === line.lineId)
    if (!sold) return 'line-unknown'
    const before = sums.get(line.lineId) ?? { quantity: 0, amount: 0 }
    const sum = { quantity: before.quantity + line.quantity, amount: before.amount + line.amount }
    if (sum.quantity > sold.quantity || sum.amount > sold.amount) return 'return-exceeds-purchase'
    sums.set(line.lineId, sum)
  }
  for (const [lineId, sum] of sums) returned.set(lineId, sum)
  return null
}

/** Whether a piece of any line is left, excluded from earning or not. */
export const isAnyLeft = (lines: readonly BroughtBack[], returned: Readonly<Returned>): boolean =>
  lines.some(({ lineId, quantity }) => quantity > (returned.get(lineId)?.quantity ?? 0))

interface GoodsReturn {
  readonly id: string
  readonly occurredAt: number
}

/** In which order returns that waited are looked at. */
export const inReturnOrder = (a: GoodsReturn, b: GoodsReturn): number => a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : 1)
