import { heldOfLimited } from '../../functions/domain/earning.ts'
import { isApplied } from '../../functions/domain/limits.ts'
import { revisionAt } from '../../functions/domain/programme.ts'
import { keptLines } from '../../functions/domain/returns.ts'
import { factsOfSale, roomAtSale } from '../../functions/domain/sale-facts.ts'
import { tierProgress } from '../../functions/domain/tier-progress.ts'
import { memberId } from '../../functions/domain/units.ts'
import type { NaiveFact, NaiveProgramme, NaiveReturn, NaiveState } from '../model/naive-facts.ts'
import { begin, type Case } from './cases.ts'
import { Counter, type Outcome } from './counter.ts'
import { arrivalOf, factOf, type Step } from './history.ts'
import { programmeOf } from './programmes.ts'

/** Lets random histories happen, and says what is there in the words of the model. */

export interface Told {
  readonly counter: Counter
  readonly facts: readonly NaiveFact[]
  readonly naive: NaiveProgramme
}

/** Lets a history happen and hands over what is there after each step. */
export function tell(of: Case, steps: readonly Step[], afterStep: (told: Told) => void): Told {
  const [, first, ...later] = of
  const counter = new Counter(programmeOf(first, ...later), begin)
  const naive: NaiveProgramme = [
    { inForceFrom: 0, document: first },
    ...later.map(([inForceFrom, document]) => ({ inForceFrom, document })),
  ]
  const facts: NaiveFact[] = []
  for (const [number, step] of steps.entries()) {
    counter.settle(arrivalOf(step, counter))
    const fact = factOf(step, number, counter, steps, facts)
    if (fact) {
      counter.post(fact)
      facts.push(fact)
    }
    afterStep({ counter, facts, naive })
  }
  return { counter, facts, naive }
}

function returnState(outcome: Outcome): NaiveReturn {
  if (outcome === 'waiting') return { status: 'waiting', clawedBack: 0, code: null }
  if ('refused' in outcome) return { status: 'refused', clawedBack: 0, code: outcome.refused }
  return { status: 'booked', clawedBack: outcome.clawedBack, code: null }
}

/** What all purchases hold of limited campaigns. */
function heldOf({ programme, receipts }: Counter): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { sale, returned } of receipts.values()) {
    const revision = revisionAt(programme, sale.at)
    const facts = factsOfSale(revision, memberId('m-1'), sale)
    const held = heldOfLimited(revision, facts, keptLines(sale.fact, returned), roomAtSale(revision, sale.fact))
    for (const { source, points } of held) if (points > 0) sums.set(source, (sums.get(source) ?? 0) + points)
  }
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What the domain says, in the shape of the model. */
export function stateOf(counter: Counter): NaiveState {
  const { head } = counter.account
  const { available, pending, debt, expiring } = counter.balance
  return {
    balance: { available, pending, debt, expiring },
    reserved: head.reserved,
    totals: head.totals,
    spendings: new Map(),
    givenAway: new Map(),
    tier: head.tier.id,
    clubs: [],
    counted: tierProgress(counter.programme, head, counter.now).progress.current,
    gifts: new Map(head.gifts.map(({ kind, id, count }) => [`${kind} ${id}`, count])),
    held: heldOf(counter),
    purchases: new Map(
      [...counter.receipts].map(([id, { sale, points }]) => {
        const booked = counter.purchases.get(id) ?? { earned: Number.NaN, pending: Number.NaN, tier: '' }
        const given = sale.fact.awards.filter((award) => award.source !== 'base' && isApplied(award))
        const campaigns = new Map(given.map(({ source, points }) => [source, points as number]))
        return [id, { at: sale.at, ...booked, kept: points, campaigns }]
      }),
    ),
    returns: new Map([...counter.returns].map(([name, outcome]) => [name, returnState(outcome)])),
    adjustments: new Map([...counter.adjustments].map(([id, outcome]) => [id, outcome === 'booked' ? 'booked' : 'refused'])),
    bonuses: new Map(),
  }
}
