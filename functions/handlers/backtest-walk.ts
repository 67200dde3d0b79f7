import {
  addTried,
  type BacktestSums,
  type Compared,
  costOf,
  emptySums,
  lastOf,
  secondPass,
  sharedLimits,
} from '../domain/backtest.ts'
import { autoBonusId } from '../domain/bonus.ts'
import { asItWasUntil, candidateOf, underFrom } from '../domain/candidate.ts'
import type { Programme, ProgrammeDocument, Revision } from '../domain/programme.ts'
import type { Recorded } from '../domain/rerun.ts'
import { type Trial, tryOn } from '../domain/trial.ts'
import type { KnownOfMember } from '../domain/tried-history.ts'
import type { MemberId } from '../domain/units.ts'
import { decompress } from '../store/compressed.ts'
import { entryOf } from '../store/entry-item.ts'
import type { Job, Task } from '../store/job-item.ts'
import { eachItem } from '../store/paging.ts'
import { profileOf } from '../store/profile-item.ts'
import { UnavailableError } from '../store/store.ts'
import { entryPosition, entryPrefix, memberPartition, table } from '../store/table.ts'
import type { Ledger } from './account.ts'
import type { Walk } from './jobs.ts'
import { rfc3339 } from './views.ts'

interface Found extends KnownOfMember {
  readonly entries: readonly Recorded[]
}

/** Tries a revision on the histories of all members. */
export async function backtestWalk(
  ledger: Ledger,
  { id, startedAt }: Pick<Job, 'id' | 'startedAt'>,
  task: Extract<Task, { kind: 'backtest' }>,
): Promise<Walk<BacktestSums, Found>> {
  const { programme } = ledger
  const { from, until } = task
  const candidate = await candidateFor(ledger, id, task.under)
  const under = underFrom(programme, candidate, from)
  const trial: Trial = { recorded: asItWasUntil(programme, until), under, from, until, asOf: startedAt }
  const ladders = { recorded: lastOf(trial.recorded), candidate }
  const birthdayFor = asksBirthday(candidate) ? readBirthday : async () => undefined
  const referrerFor = asksReferrals(trial) ? readReferrer : async () => undefined
  return {
    begin: emptySums,
    async look(member) {
      const [entries, birthday] = await Promise.all([readRecorded(ledger, member), birthdayFor(ledger, member)])
      if (!entries.some(({ at }) => at < until)) return undefined
      return { entries, birthday, referrer: await referrerFor(ledger, member, entries) }
    },
    add(sums, member, { entries, ...known }) {
      addTried(sums, ladders, tryOn(trial, member, entries, sharedLimits(sums, candidate), known))
    },
    finish(sums) {
      const again = secondPass(sums, candidate)
      return again ? { again } : { report: reportOf(sums, trial, candidate) }
    },
  }
}

/** All of a member's entries, in order, each with the version that it was booked with. */
async function readRecorded({ runtime, programme }: Ledger, member: MemberId): Promise<Recorded[]> {
  const entries: Recorded[] = []
  for await (const item of eachItem(runtime.store, {
    pk: memberPartition(programme.id, member),
    range: { prefix: entryPrefix },
  })) {
    entries.push(Object.assign(entryOf(item), { version: entryPosition(item.sk).version }))
  }
  return entries
}

/** Whether any campaign of a revision asks for birthdays. */
const asksBirthday = ({ campaigns, bonuses }: Revision): boolean =>
  bonuses.has('birthday') || [campaigns, ...bonuses.values()].some((index) => index?.needs.birthdayMonth)

async function readBirthday({ runtime, programme }: Ledger, member: MemberId): Promise<string | undefined> {
  const { items } = await runtime.store.read([table.profile(programme.id, member)], { consistent: true })
  return items[0] && profileOf(items[0]).data.birthday
}

/** Whether a referral was, or would have been, worth anything. */
const asksReferrals = ({ recorded, under }: Trial): boolean =>
  [...recorded.revisions, ...under.revisions].some(({ bonuses }) => bonuses.has('referral'))

/** Of the entries of whoever recommended a member what a referral follows from: what they were given for it, and when they were closed. */
async function readReferrer(ledger: Ledger, member: MemberId, entries: readonly Recorded[]): Promise<Found['referrer']> {
  const by = entries.findLast(({ effect }) => effect.referral)?.effect.referral?.by
  if (by === undefined) return undefined
  const id = autoBonusId('referral', by, member)
  const theirs = await readRecorded(ledger, by)
  return theirs.filter(({ fact, effect }) => effect.status !== undefined || ('id' in fact && fact.id === id))
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

/** What a report is true by where campaigns are of birthdays, or of friends. */
const ofBirthdays =
  'Birthdays are those that profiles have now, as if they had been known all the time; beside them only those for which something ' +
  'was given are tried.'
const ofReferrals =
  'A referral counts with the friend, with what goes to whoever recommended them; caps of theirs are used up in the order of the roster.'
const ofReferrersCredit =
  'Credit for tiers that members have for recommending others counts in their own tier as it was recorded.'
const ofManyReferrers = 'More members recommended others than caps are counted for: of some of them no cap is heeded.'

/** What a report cannot know or leaves out, in words. */
function approximationsOf(sums: BacktestSums, trial: Trial, candidate: Revision): string[] {
  const revisions = [candidate, ...trial.recorded.revisions]
  const givesCredit = ({ document }: Revision) =>
    document.campaigns?.some(({ referrer }) => referrer && 'tierCredit' in referrer.effect) ?? false
  return [
    ...(Object.keys(sums.runsOut).length > 0 ? ofBudgets : []),
    ...(asksBirthday(candidate) ? [ofBirthdays] : []),
    ...(asksReferrals(trial) ? [ofReferrals] : []),
    ...(revisions.some(givesCredit) ? [ofReferrersCredit] : []),
    ...(sums.referrersOmitted ? [ofManyReferrers] : []),
  ]
}

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
    occasions: told(sums.occasions),
    points: told(sums.points),
    cost: valued(sums.points),
    tiers: {
      up: moved.up,
      down: moved.down,
      members: Object.entries(sums.tiers).map(([tier, counted]) => ({ tier, ...told(counted) })),
    },
    clubs: Object.entries(sums.clubs).map(([club, counted]) => ({ club, ...told(counted) })),
    sources: Object.entries(sums.sources).map(([source, of]) => ({
      source,
      points: told(of.points),
      cost: valued(of.points),
      purchases: told(of.purchases),
      occasions: told(of.occasions),
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
    approximations: approximationsOf(sums, trial, candidate),
  }
}

function costsOf(recorded: Programme, candidate: Revision, given: Compared) {
  return { recorded: costOf(lastOf(recorded), given.recorded), under: costOf(candidate, given.tried) }
}
