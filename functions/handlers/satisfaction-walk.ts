import {
  addSatisfaction,
  emptySatisfactionSums,
  type MemberSatisfaction,
  reportOfSatisfaction,
  type SatisfactionSums,
  satisfactionFigures,
} from '../domain/satisfaction-report.ts'
import type { Task } from '../store/job-item.ts'
import type { Ledger } from './account.ts'
import type { Walk } from './jobs.ts'
import { readEntries } from './read-entries.ts'

/** Adds up what members were asked and said of their purchases, and how their complaints were dealt with. */
export const satisfactionWalk = (ledger: Ledger, { from, until }: Task): Walk<SatisfactionSums, MemberSatisfaction> => ({
  begin: emptySatisfactionSums,
  look: async (member) => satisfactionFigures(ledger.programme, await readEntries(ledger, member), from, until),
  add: (sums, _, found) => addSatisfaction(sums, found),
  finish: (sums) => ({ report: reportOfSatisfaction(sums) }),
})
