import { isRefusal, type RefusalCode } from '../domain/refusal.ts'
import type { SetOff } from '../domain/set-off.ts'
import type { MemberId } from '../domain/units.ts'
import { owedOf, settledWrite } from '../store/owed-item.ts'
import { eachItem } from '../store/paging.ts'
import type { Key } from '../store/store.ts'
import { memberPartition, owedPrefix } from '../store/table.ts'
import { bookingWrites, type Ledger, openAccount } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { bookingOf, giveBonus } from './bonuses.ts'

/**
 * Bonuses that something set off whose booking could not give them: a tier reached or a club joined by time, by a grant, by a
 * return. They are written down as due together with that booking, and booked here, each by the id that follows from what
 * happened: so once, however often and late this runs. One that the member has no room for is refused, once and for good, as a purchase
 * is then: tried again and again it would keep the sweep from ever leaving its day behind.
 */

/** Gives a member what they are owed. False where it is nothing. */
export async function giveOwed(arrived: Ledger, member: MemberId): Promise<boolean> {
  const { runtime, programme } = arrived
  let isGiven = false
  for await (const { pk, sk, due } of eachItem(runtime.store, {
    pk: memberPartition(programme.id, member),
    range: { prefix: owedPrefix },
  })) {
    if (due === undefined) continue
    const one = () => runtime.turns.take(`${programme.id} ${member}`, () => giveOne(arrived, member, { pk, sk }))
    if (await attempt(runtime, one)) isGiven = true
  }
  return isGiven
}

async function giveOne(arrived: Ledger, member: MemberId, key: Key): Promise<boolean | Again> {
  const { runtime } = arrived
  const { open, ledger, others } = await openAccount(arrived, member, { others: [key] })
  const owed: SetOff | undefined = others[0] && owedOf(others[0])
  if (!open || !owed) return false
  const { trigger, at, of } = owed
  const given = await giveBonus(ledger, bookingOf(open), { trigger, at }, { of })
  if (isRefusal(given)) {
    const { outcome } = await runtime.store.commit([settledWrite(others[0]!, given.refused)])
    if (outcome === 'committed') logRefused(ledger, trigger, given.refused)
    return outcome === 'committed' ? true : again
  }
  const result = await runtime.store.commit([
    settledWrite(others[0]!),
    ...(given.entries.length > 0 ? await bookingWrites(ledger, given.open, given.account, given.entries) : []),
    ...given.writes,
  ])
  return result.outcome === 'committed' ? true : again
}

/** Tells whoever runs the programme, and not of whom: the record does. */
export function logRefused({ programme }: Ledger, trigger: string, refused: RefusalCode): void {
  console.error(JSON.stringify({ level: 'warn', job: 'settle-members', programme: programme.id, bonus: trigger, refused }))
}
