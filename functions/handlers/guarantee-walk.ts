import {
  addFigures,
  emptyGuaranteeSums,
  type GuaranteeSums,
  guaranteeFigures,
  type MemberFigures,
  reportOfSums,
} from '../domain/guarantee-report.ts'
import type { Task } from '../store/job-item.ts'
import type { Ledger } from './account.ts'
import type { Walk } from './jobs.ts'
import { readEntries } from './read-entries.ts'

/** Adds up what guarantees promised, what was claimed by them, and what claimants spend afterwards. */
export const guaranteeWalk = (ledger: Ledger, { from, until }: Task): Walk<GuaranteeSums, MemberFigures> => ({
  begin: emptyGuaranteeSums,
  look: async (member) => guaranteeFigures(ledger.programme, member, await readEntries(ledger, member), from, until),
  add: (sums, _, found) => addFigures(sums, found),
  finish: (sums) => ({ report: reportOfSums(sums) }),
})
