import { recordStaffEvent } from '../contract/staff-events.ts'
import { auditWrite } from './audit.ts'
import { implement } from './context.ts'
import { bodyHash } from './hash.ts'
import { bookPosted } from './record-event.ts'

/** Books what staff say of a member that is no purchase. */
export const recordStaffEventImplementation = implement(recordStaffEvent, async ({ params, query, body }, context) => {
  const { eventId } = params
  // What else is said of the member is of their entry: it may be personal, and can be erased with them.
  const audited = {
    action: recordStaffEvent.name,
    target: `events/${eventId}`,
    after: { memberId: body.member.id, type: body.type },
  }
  const alongside = [auditWrite(context, audited)]
  return bookPosted({ context, eventId, body, hash: bodyHash(body), explain: query.explain === 'true', alongside })
})
