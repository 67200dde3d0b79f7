import type { Calendar } from './calendar.ts'
import { windowOf } from './limits.ts'
import type { Reward } from './reward.ts'
import type { Instant } from './units.ts'

/** How often a member had a reward in one window, and how often they may. */
export interface CountedWindow {
  /** `day#2026-11-24`, `ever#all`: what the counter is named by. */
  readonly name: string
  readonly times: number
}

/** The windows that an instant falls into in which it is counted how often a member has a reward; every one once. */
export function countedWindows(calendar: Calendar, { limits = [] }: Pick<Reward, 'limits'>, at: Instant): CountedWindow[] {
  const lowest = new Map<string, number>()
  for (const { window, times } of limits) {
    const name = `${window}#${windowOf(calendar, window === 'ever' ? 'campaign' : window, at)}`
    lowest.set(name, Math.min(times, lowest.get(name) ?? times))
  }
  return [...lowest].map(([name, times]) => ({ name, times }))
}
