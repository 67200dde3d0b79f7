import { ok, strictEqual } from 'node:assert/strict'
import type { Fact, ReturnedLine } from '../../functions/domain/entry.ts'
import { budgetPartition, guaranteeBudget as nameOfBudget } from '../../functions/store/table.ts'
import { people } from './operation.ts'
import { entriesOf } from './whole-checks.ts'
import type { Whole } from './whole-history.ts'
import { guaranteeBudget } from './whole-programme.ts'
import { programmeId } from './world.ts'

type FactOf<Kind> = Extract<Fact, { kind: Kind }>

/**
 * Of a line no more comes back than was sold, by returns and claims together, and never less than nothing; a claim is settled once,
 * for what it is worth, told once to whoever pays, and gives the goodwill of the document in force at the sale. Answers how many
 * claims there are.
 */
export function areClaimsGivenOnce({ world: { trace }, documents }: Whole): number {
  let claims = 0
  let ofBudget = 0
  for (const member of people) {
    const entries = entriesOf(trace, member).bookings.flat()
    const facts = entries.map(({ fact }) => fact)
    const only = <Kind extends Fact['kind']>(kind: Kind) => facts.filter((fact): fact is FactOf<Kind> => fact.kind === kind)
    for (const { purchaseId, lines } of only('earn')) {
      const back = only('return').filter((one) => one.purchaseId === purchaseId)
      for (const line of lines) isWithinSold(line, back, purchaseId)
    }
    const became = (claimId: string, ends: RegExp) =>
      facts.some((fact) => ends.test(fact.kind) && 'claimId' in fact && fact.claimId === claimId)
    const isOver = (claimId: string) => became(claimId, /^claim-(declined|undone|withdrawn|lapsed)$/)
    for (const { claimId, guaranteeId, revision, value, instruction } of only('claim-submitted')) {
      claims += 1
      const settled = only('claim-settled').filter((fact) => fact.claimId === claimId)
      ok(settled.length <= 1, `${claimId} is settled twice`)
      if (settled[0]) strictEqual(settled[0].amount, instruction.amount, `${claimId} is settled for something else`)
      // What was given although the approval had been undone is told all the same.
      const isDead = became(claimId, /^claim-(declined|withdrawn|lapsed)$/)
      ok(settled.length === 0 || !isDead, `${claimId} is settled and over`)
      const told = [...only('claim-approved'), ...only('claim-goods')].filter(
        (fact) => fact.claimId === claimId && fact.instruction,
      )
      ok(told.length <= 1, `who pays for ${claimId} is told twice`)
      const guarantee = documents[revision - 1]!.guarantees!.find(({ id }) => id === guaranteeId)!
      const points = (guarantee.goodwill ?? 0) + (guaranteeId === 'thanks' ? Math.floor(value / 100) : 0)
      const [given, ...takenBack] = entries.filter(({ fact }) => fact.kind === 'goodwill' && fact.id === `CLAIM#${claimId}`)
      // Nothing is given beside the remedy where the member is closed by then.
      const least = guaranteeId === 'thanks' ? Math.floor(value / 100) : 0
      if (given) ok([points, least].includes(given.effect.totals!.adjusted!), `${claimId} gave ${given.effect.totals!.adjusted}`)
      ok(takenBack.length <= 1, `what ${claimId} gave is taken back twice`)
      if (guaranteeId === 'capped' && !isOver(claimId)) ofBudget += value
    }
  }
  ok(ofBudget <= guaranteeBudget, `claims of ${ofBudget} are within the budget`)
  const pots = [...trace.items.values()].filter(({ pk }) => pk.startsWith(budgetPartition(programmeId, nameOfBudget('capped'))))
  ok(
    pots.every(({ l = 0 }) => Number(l) >= 0),
    'the budget of a guarantee is overspent',
  )
  return claims
}

function isWithinSold(sold: ReturnedLine, returns: readonly FactOf<'return'>[], purchaseId: string): void {
  let [quantity, amount] = [0, 0]
  for (const { lines } of returns) {
    for (const line of lines.filter(({ lineId }) => lineId === sold.lineId)) {
      quantity += line.quantity
      amount += line.amount
      ok(quantity >= 0 && quantity <= sold.quantity && amount >= 0 && amount <= sold.amount, `what came back of ${purchaseId}`)
    }
  }
}
