import type { Award, EarningLine } from './earning.ts'
import { multiplyDivide, multiplyRemainder, type Points, points } from './units.ts'

/** What of a line its share is measured by. */
type Sharing = Pick<EarningLine, 'lineId' | 'quantity' | 'amount'>

/**
 * Shares points out in proportion to the lines' amounts by largest remainder (Hamilton's method), ties to the earlier line.
 * Lines that cost nothing share by quantity.
 */
export function allot(earned: number, lines: readonly Sharing[]): Award['lines'] {
  let total = 0
  for (const line of lines) total += line.amount
  return total > 0 ? share(earned, lines, total, (line) => line.amount) : shareByQuantity(earned, lines)
}

function shareByQuantity(earned: number, lines: readonly Sharing[]): Award['lines'] {
  let total = 0
  for (const line of lines) total += line.quantity
  return total > 0 ? share(earned, lines, total, (line) => line.quantity) : []
}

function share(earned: number, lines: readonly Sharing[], total: number, weightOf: (line: Sharing) => number): Award['lines'] {
  const shares: { lineId: string; points: number; remainder: number }[] = []
  let left = earned
  for (const line of lines) {
    const weight = weightOf(line)
    const part = {
      lineId: line.lineId,
      points: multiplyDivide(earned, weight, total),
      remainder: multiplyRemainder(earned, weight, total),
    }
    left -= part.points
    shares.push(part)
  }
  // The sort is stable: of equal remainders the earlier line's comes first.
  if (left > 0) for (const part of [...shares].sort((a, b) => b.remainder - a.remainder).slice(0, left)) part.points += 1
  const allotted: { lineId: string; points: Points }[] = []
  for (const part of shares) if (part.points > 0) allotted.push({ lineId: part.lineId, points: points(part.points) })
  return allotted
}
