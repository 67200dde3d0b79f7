import { type BatchOperation, runBatch } from '../contract/batch.ts'
import { isProblem, problemDocument } from '../contract/problem.ts'
import { type Context, type Implementation, implement } from './context.ts'
import { enrolMemberImplementation } from './enrol-member.ts'
import { type Performed, perform, type Received } from './perform.ts'
import { recordEventImplementation } from './record-event.ts'
import { recordPurchaseImplementation } from './record-purchase.ts'
import { recordReturnImplementation } from './record-return.ts'

/** The operation that a line of a queue stands for, as if it had been posted alone. */
function batched(line: BatchOperation): { implementation: Implementation; received: Received } {
  const { body } = line
  switch (line.op) {
    case 'purchase':
      return { implementation: recordPurchaseImplementation, received: { params: { purchaseId: line.id }, query: {}, body } }
    case 'return': {
      const params = { purchaseId: line.purchaseId, returnId: line.id }
      return { implementation: recordReturnImplementation, received: { params, query: {}, body } }
    }
    case 'member':
      return { implementation: enrolMemberImplementation, received: { params: { memberId: line.id }, query: {}, body } }
    case 'event':
      return { implementation: recordEventImplementation, received: { params: { eventId: line.id }, query: {}, body } }
  }
}

/** Does one line of a queue. The status and body are those that it would have had alone, problem documents included. */
export async function performBatched(line: BatchOperation, context: Context): Promise<Performed> {
  const { implementation, received } = batched(line)
  const outcome = await perform(implementation, received, context)
  if (!isProblem(outcome)) return outcome
  const body = problemDocument(outcome)
  return { status: body.status, body }
}

/** Does an offline till's queue, one after another. */
export const runBatchImplementation = implement(runBatch, async (request, context) => {
  const results: { status: number; body: unknown }[] = []
  for (const line of request.body.operations) {
    const { status, body } = await performBatched(line, context)
    results.push({ status, body })
  }
  return { status: 200 as const, body: { results } }
})
