import { readEvent } from '../contract/club-office.ts'
import { problem } from '../contract/problem.ts'
import { clubEventOf } from '../store/club-event-item.ts'
import { table } from '../store/table.ts'
import { implement } from './context.ts'
import { eventView } from './event-view.ts'

/** An event for staff: who comes, who waits and who came. */
export const readEventImplementation = implement(readEvent, async ({ params }, { runtime, programme }) => {
  const key = table.clubEvent(programme.id, params.clubId, params.eventId)
  const { items } = await runtime.store.read([key], { consistent: true })
  return items[0] ? { status: 200 as const, ...eventView(clubEventOf(items[0])) } : problem('event-unknown')
})
