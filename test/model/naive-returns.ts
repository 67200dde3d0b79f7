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

/** Takes goods out of what came back: they are kept after all. Lines of what came back are below 0. */
export function keepAfterAll(returned: Returned, goods: readonly BroughtBack[]): void {
  for (const { lineId, quantity, amount } of goods) {
    const before = returned.get(lineId)
    if (!before || before.quantity + quantity < 0 || before.amount + amount < 0)
      throw new Error(`more of ${lineId} is kept than came back`)
    const after = { quantity: before.quantity + quantity, amount: before.amount + amount }
    if (after.quantity > 0 || after.amount > 0) returned.set(lineId, after)
    else returned.delete(lineId)
  }
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
