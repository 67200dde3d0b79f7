import { isHeldOut } from '../domain/campaign-awards.ts'
import {
  type Behaviour,
  behaviourOf,
  compare,
  type ExperimentSums,
  emptyExperiment,
  isSmall,
  observe,
  type Sample,
} from '../domain/experiment.ts'
import type { Task } from '../store/job-item.ts'
import type { Ledger } from './account.ts'
import type { Walk } from './jobs.ts'
import { readEntries } from './read-entries.ts'

/** Compares what members did who have a campaign with what those did who are held out of it. */
export async function experimentWalk(
  ledger: Ledger,
  { campaign: id, percent, from, until }: Extract<Task, { kind: 'experiment' }>,
): Promise<Walk<ExperimentSums, Behaviour>> {
  const campaign = { id, holdOut: { percent } }
  return {
    begin: emptyExperiment,
    look: async (member) => behaviourOf(ledger.programme, await readEntries(ledger, member), from, until),
    add(sums, memberId, { spend, visits }) {
      const group = isHeldOut({ campaign }, { memberId }) ? sums.heldOut : sums.having
      observe(group.spend, spend)
      observe(group.visits, visits)
    },
    finish: ({ having, heldOut }) => {
      const told = (measure: keyof typeof having) => {
        const [a, b] = [having[measure], heldOut[measure]]
        return {
          having: meanOf(a),
          heldOut: meanOf(b),
          difference: compare(a, b) ?? null,
        }
      }
      return {
        report: {
          members: { having: having.spend.n, heldOut: heldOut.spend.n },
          spend: told('spend'),
          visits: told('visits'),
          confidence: 0.95,
          small: isSmall(having.spend, heldOut.spend),
        },
      }
    },
  }
}

/** The mean and the standard deviation of a sample; null where it is too small to have one. */
const meanOf = ({ n, mean, squares }: Sample) => ({
  mean: n > 0 ? mean : null,
  deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : null,
})
