/**
 * Points by time that was taken of budgets, in slots of one width: a power of two of milliseconds. It begins at one, so that
 * every sale has a slot of its own, and doubles whenever there are more slots than it may have. So it stays small however
 * long a period is, and says itself how finely it knows.
 */
export interface Timeline {
  widthMs: number
  /** By budget, by slot. */
  readonly taken: { [budget: string]: { [slot: string]: number } }
  slots: number
}

export const emptyTimeline = (): Timeline => ({ widthMs: 1, taken: {}, slots: 0 })

/** Thrown where there are more budgets than slots. */
export class TooManyBudgetsError extends Error {
  override readonly name = 'TooManyBudgetsError'
}

/** Adds what is taken of a budget at an instant, or given back: below 0. Throws TooManyBudgetsError. */
export function take(timeline: Timeline, budget: string, at: number, points: number, mostSlots: number): void {
  timeline.taken[budget] ??= {}
  const slots = timeline.taken[budget]
  const slot = Math.floor(at / timeline.widthMs)
  if (slots[slot] === undefined) timeline.slots += 1
  slots[slot] = (slots[slot] ?? 0) + points
  while (timeline.slots > mostSlots) {
    if (Object.keys(timeline.taken).length > mostSlots) throw new TooManyBudgetsError(`more than ${mostSlots} budgets`)
    coarsen(timeline)
  }
}

function coarsen(timeline: Timeline): void {
  timeline.widthMs *= 2
  timeline.slots = 0
  for (const [budget, fine] of Object.entries(timeline.taken)) {
    const coarse: { [slot: string]: number } = {}
    for (const [slot, points] of Object.entries(fine)) {
      const half = Math.floor(Number(slot) / 2)
      coarse[half] = (coarse[half] ?? 0) + points
    }
    timeline.taken[budget] = coarse
    timeline.slots += Object.keys(coarse).length
  }
}

/** When a budget runs out: before the slot there is enough, in it `left` points, after it nothing. Epoch ms. */
export interface RunsOut {
  readonly from: number
  readonly until: number
  left: number
}

/** When each budget runs out that does, if nothing holds it back. */
export function runningOut(timeline: Timeline, budgetOf: (budget: string) => number): { [budget: string]: RunsOut } {
  const { widthMs, taken } = timeline
  const found: { [budget: string]: RunsOut } = {}
  for (const [budget, slots] of Object.entries(taken)) {
    let left = budgetOf(budget)
    for (const [slot, points] of Object.entries(slots).sort(([a], [b]) => Number(a) - Number(b))) {
      if (points > left) {
        found[budget] = { from: Number(slot) * widthMs, until: (Number(slot) + 1) * widthMs, left: Math.max(0, left) }
        break
      }
      left -= points
    }
  }
  return found
}
