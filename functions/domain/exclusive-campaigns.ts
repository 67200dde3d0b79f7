import { type Campaign, triggerName } from './campaign.ts'
import { isSame, type Json } from './difference.ts'
import type { Finding } from './validation.ts'

/**
 * What is odd about campaigns that exclude each other. One that applies never but where another of its group applies as well,
 * and never gives more than that one, can never win: that is an error. Two of one priority that are in force at the same time
 * are only warned of: where both give a member as much, the earlier in the document wins.
 */
export function exclusiveFindings(campaigns: readonly Campaign[]): {
  readonly errors: Finding<'never-wins'>[]
  readonly warnings: Finding<'undecided'>[]
} {
  const errors: Finding<'never-wins'>[] = []
  const warnings: Finding<'undecided'>[] = []
  for (const group of groupsOf(campaigns)) {
    const winners: Placed[] = []
    for (const placed of group) {
      const pointer = `/campaigns/${placed.index}/exclusive`
      const better = group.find((other) => other !== placed && outdoes(other, placed))
      if (better) {
        const detail = `${better.campaign.id} applies wherever this does, and gives as much or more`
        errors.push({ pointer, code: 'never-wins', detail })
        continue
      }
      const rival = winners.find((other) => isUndecided(other, placed))
      if (rival) {
        const detail = `where ${rival.campaign.id} gives as much, it wins, because it stands before this`
        warnings.push({ pointer, code: 'undecided', detail })
      }
      winners.push(placed)
    }
  }
  return { errors, warnings }
}

interface Placed {
  readonly campaign: Campaign
  readonly index: number
  /** Epoch milliseconds from, and before. */
  readonly window: readonly [from: number, until: number]
}

function groupsOf(campaigns: readonly Campaign[]): Iterable<Placed[]> {
  const groups = new Map<string, Placed[]>()
  for (const [index, campaign] of campaigns.entries()) {
    const { exclusive, schedule } = campaign
    if (exclusive === undefined) continue
    const from = schedule?.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(schedule.from)
    const until = schedule?.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(schedule.until)
    // What different triggers set off never meets.
    const name = `${triggerName(campaign.trigger)} ${exclusive}`
    groups.set(name, [...(groups.get(name) ?? []), { campaign, index, window: [from, until] }])
  }
  return groups.values()
}

const overlap = (a: Placed, b: Placed) => a.window[0] < b.window[1] && b.window[0] < a.window[1]
const covers = (a: Placed, b: Placed) => a.window[0] <= b.window[0] && b.window[1] <= a.window[1]
const priorityOf = ({ campaign }: Placed) => campaign.priority ?? 0
const isUndecided = (a: Placed, b: Placed) => priorityOf(a) === priorityOf(b) && overlap(a, b)

/** Whether one is in force and applies wherever the other does, for all members, has no limit that may stop it, and gives no less. */
function outdoes(better: Placed, worse: Placed): boolean {
  const { limits, holdOut } = better.campaign
  if (limits !== undefined || holdOut !== undefined || !covers(better, worse)) return false
  const gain = compared(better.campaign.effect, worse.campaign.effect)
  // Of two that give the same, the one of higher priority wins; of one priority the earlier.
  const first = priorityOf(better) - priorityOf(worse) || worse.index - better.index
  if (gain === undefined || gain < 0 || (gain === 0 && first < 0)) return false
  const [one, other] = [better.campaign, worse.campaign]
  return isAlike(one.trigger, other.trigger) && isAlike(one.lines, other.lines) && isAlike(one.when, other.when)
}

const isAlike = (a: unknown, b: unknown) => isSame(a as Json | undefined, b as Json | undefined)

/** How much more points an effect gives than another of its kind, by its sign; undefined where they cannot be compared. */
function compared(a: Campaign['effect'], b: Campaign['effect']): number | undefined {
  if ('multiplier' in a && 'multiplier' in b) return a.multiplier - b.multiplier
  if (!('points' in a && 'points' in b)) return isAlike(a, b) ? 0 : undefined
  const { points: one, ...ofOne } = a
  const { points: other, ...ofOther } = b
  return isAlike(ofOne, ofOther) ? one - other : undefined
}
