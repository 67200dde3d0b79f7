import { callOffEvent } from '../contract/club-office.ts'
import { problem, problemOf } from '../contract/problem.ts'
import { callOff } from '../domain/club-event.ts'
import { isRefusal } from '../domain/refusal.ts'
import { clubEventOf, editionWrites } from '../store/club-event-item.ts'
import { table } from '../store/table.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { implement } from './context.ts'
import { eventView } from './event-view.ts'

/** Calls an event off, once: whoever does so again is answered what was left of it then. */
export const callOffEventImplementation = implement(callOffEvent, ({ params: { clubId, eventId } }, context) => {
  const { runtime, programme, now } = context
  return attempt(runtime, () =>
    runtime.turns.take(`${programme.id} event ${clubId} ${eventId}`, async () => {
      const { items } = await runtime.store.read([table.clubEvent(programme.id, clubId, eventId)], { consistent: true })
      const [stored] = items
      if (!stored) return problem('event-unknown')
      const known = clubEventOf(stored)
      if (known.event.calledOff) return { status: 200 as const, ...eventView(known) }
      const ended = callOff(known.event, known.guests, now)
      if (isRefusal(ended)) return problemOf(ended)
      const changed = { ...ended, hash: known.hash }
      const result = await runtime.store.commit([
        ...editionWrites(programme.id, known, changed, stored, now),
        // Whom it concerned is of the event, not of the audit.
        auditWrite(context, {
          ...{ action: callOffEvent.name, target: `clubs/${clubId}/events/${eventId}` },
          before: { calledOff: false },
          after: { calledOff: true },
        }),
      ])
      if (result.outcome !== 'committed') return again
      return { status: 200 as const, ...eventView({ ...known, ...changed, edition: known.edition + 1 }) }
    }),
  )
})
