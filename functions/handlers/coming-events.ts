import { clubEventOf, type StoredEvent } from '../store/club-event-item.ts'
import { type Item, mostReadKeys } from '../store/store.ts'
import { agendaFrom, agendaPartition, eventOfAgenda, table } from '../store/table.ts'
import type { Ledger } from './account.ts'

/** The events of a programme that end next, with their items as they are stored: one query and one read of at most a hundred. */
export async function comingEvents({ runtime, programme, now }: Ledger): Promise<{ known: StoredEvent; stored: Item }[]> {
  const agenda = await runtime.store.query({
    pk: agendaPartition(programme.id),
    // What ends now is over.
    range: { from: `${agendaFrom(now)}~`, to: '~' },
    limit: mostReadKeys,
    consistent: true,
  })
  if (agenda.items.length === 0) return []
  const keys = agenda.items.map(({ sk }) => {
    const { club, event } = eventOfAgenda(sk)
    return table.clubEvent(programme.id, club, event)
  })
  const { items } = await runtime.store.read(keys, { consistent: true })
  return items.flatMap((stored) => (stored ? [{ known: clubEventOf(stored), stored }] : []))
}
