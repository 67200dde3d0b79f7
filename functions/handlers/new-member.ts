import { apply } from '../domain/apply.ts'
import type { Entry } from '../domain/entry.ts'
import { emptyHead } from '../domain/head.ts'
import { enrolment } from '../domain/membership.ts'
import { revisionAt } from '../domain/programme.ts'
import { type MemberId, memberId } from '../domain/units.ts'
import { type Profile, profileItem } from '../store/profile-item.ts'
import type { Item, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { type Ledger, newAccount, type OpenAccount } from './account.ts'
import { type Change, lookupWrites } from './member-record.ts'

const absent = { is: 'absent' } as const

/** The account of a new member: the enrolment and what follows from it at once, and who recommended them, still to be booked. */
export function openNewAccount({ programme, now }: Ledger, memberId: MemberId, referred?: Entry): OpenAccount {
  const open = newAccount(programme, memberId, { head: emptyHead(memberId), closed: new Map() }, enrolment(programme, now), now)
  if (!referred) return open
  return { ...open, account: apply(open.account, referred), settling: [...open.settling, referred] }
}

/** A card that nobody has becomes a member with a made id, where the programme says so; undefined where it does not. */
export function openByCard(ledger: Ledger): OpenAccount | undefined {
  const { programme, runtime, now } = ledger
  if (!revisionAt(programme, now).document.points.autoEnrol) return undefined
  return openNewAccount(ledger, memberId(runtime.newId()))
}

/** What is written beside a new member's head: the profile, the place in the roster, and the look-ups, which must be free. */
export function newMemberWrites(ledger: Ledger, profile: Profile, lookups: Change): Write[] {
  const { programme } = ledger
  const { memberId } = profile
  const put = (item: Item): Write => ({ kind: 'put', item, condition: absent })
  return [
    put(profileItem(programme.id, profile)),
    put({ ...table.roster(programme.id, memberId) }),
    ...lookupWrites(ledger, lookups, memberId, new Map()),
  ]
}
