import {
  addTried,
  type BacktestSums,
  budgetsOf,
  type Compared,
  costOf,
  emptySums,
  lastOf,
  leavesOutCampaigns,
  secondPass,
} from '../domain/backtest.ts'
import { asItWasUntil, candidateOf, underFrom } from '../domain/candidate.ts'
import type { Programme, ProgrammeDocument, Revision } from '../domain/programme.ts'
import { type Recorded, type Trial, tryOn } from '../domain/rerun.ts'
import type { MemberId } from '../domain/units.ts'
import { decompress } from '../store/compressed.ts'
import type { Task } from '../store/job-item.ts'
import { profileOf } from '../store/profile-item.ts'
import { UnavailableError } from '../store/store.ts'
import { table } from '../store/table.ts'
import { type Ledger, readEntries } from './account.ts'
import type { Walk } from './jobs.ts'
import { rfc3339 } from './views.ts'

interface Found {
  readonly entries: readonly Recorded[]
  readonly birthday: string | undefined
}

/** Tries a revision on the histories of all members. */
export async function backtestWalk(
  ledger: Ledger,
  id: string,
  task: Extract<Task, { kind: 'backtest' }>,
): Promise<Walk<BacktestSums, Found>> {
  const { programme, runtime } = ledger
  const { from, until } = task
  const candidate = await candidateFor(ledger, id, task.under)
  const under = underFrom(programme, candidate, from)
  const trial: Trial = { recorded: asItWasUntil(programme, until), under, from, until }
  const ladders = { recorded: lastOf(trial.recorded), candidate }
  const asksBirthday = candidate.campaigns?.needs.birthdayMonth ?? false
  const birthdayFor = async (member: MemberId) => {
    if (!asksBirthday) return undefined
    const { items } = await runtime.store.read([table.profile(programme.id, member)], { consistent: true })
    return items[0] && profileOf(items[0]).data.birthday
  }
  return {
    begin: emptySums,
    async look(member) {
      const [entries, birthday] = await Promise.all([readEntries(ledger, member), birthdayFor(member)])
      return entries.some(({ at }) => at < until) ? { entries, birthday } : undefined
    },
    add(sums, member, { entries, birthday }) {
      addTried(sums, ladders, tryOn(trial, member, entries, budgetsOf(sums, candidate), birthday))
    },
    finish(sums) {
      const again = secondPass(sums, candidate)
      return again ? { again } : { report: reportOf(sums, trial, candidate) }
    },
  }
}

async function candidateFor({ programme, runtime }: Ledger, id: string, under: number | 'document'): Promise<Revision> {
  if (under === 'document') {
    const { items } = await runtime.store.read([table.jobDocument(programme.id, id)], { consistent: true })
    return candidateOf(programme, decompress(items[0]?.doc) as ProgrammeDocument)
  }
  const found = programme.revisions.find(({ number }) => number === under)
  // It may have been published within the half minute for which a warm function uses what it knows.
  if (!found) throw new UnavailableError('none', `revision ${under} is not known yet`)
  return found
}

/** Budgets that ran out that a report tells. */
const mostRunOut = 500

/** What a report is true by where a budget has run out; a reader is told what it cannot know. */
const ofBudgets = [
  'Budgets are used up in the order in which the sales are dated, whatever the order in which they arrived.',
  'Once a budget has run out, what returns give back to it is not given again.',
  'In the slot of time in which a budget runs out, what is left of it goes to members in the order of the roster.',
]

/** What a report is true by where a campaign is of something else than purchases: bonuses are booked by what happened then. */
const ofOtherCampaigns =
  'Only campaigns of purchases are tried. What others gave (for friends, birthdays, anniversaries, enrolment, events, tiers, ' +
  'clubs) stays as it was recorded, on both sides, and is in none of the sums.'

/** The report as it is answered. */
function reportOf(sums: BacktestSums, trial: Trial, candidate: Revision) {
  const { recorded } = trial
  const { members, purchases, touched, refused, moved } = sums
  const valued = (given: Compared) => costsOf(recorded, candidate, given)
  const told = ({ recorded: was, tried: under }: Compared) => ({ recorded: was, under })
  const runsOut = Object.entries(sums.runsOut).sort(([, a], [, b]) => a.from - b.from)
  return {
    members: { looked: members, touched },
    purchases,
    points: told(sums.points),
    cost: valued(sums.points),
    tiers: {
      up: moved.up,
      down: moved.down,
      members: Object.entries(sums.tiers).map(([tier, counted]) => ({ tier, ...told(counted) })),
    },
    sources: Object.entries(sums.sources).map(([source, of]) => ({
      source,
      points: told(of.points),
      cost: valued(of.points),
      purchases: told(of.purchases),
      members: told(of.members),
    })),
    budgets: {
      runOut: runsOut.slice(0, mostRunOut).map(([name, { from, until }]) => {
        const [campaign = '', storeId] = name.split(' ')
        const between = { after: rfc3339(from as never), before: rfc3339(until as never) }
        return { campaign, ...(storeId !== undefined && { storeId }), ...between }
      }),
      omitted: Math.max(0, runsOut.length - mostRunOut),
    },
    refused,
    approximations: [
      ...(runsOut.length > 0 ? ofBudgets : []),
      ...(leavesOutCampaigns(trial, candidate) ? [ofOtherCampaigns] : []),
    ],
  }
}

function costsOf(recorded: Programme, candidate: Revision, given: Compared) {
  return { recorded: costOf(lastOf(recorded), given.recorded), under: costOf(candidate, given.tried) }
}
