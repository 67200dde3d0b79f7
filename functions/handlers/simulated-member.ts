import { type Problem, problem } from '../contract/problem.ts'
import { alwaysUnder, underFrom } from '../domain/candidate.ts'
import type { Account, Entry } from '../domain/entry.ts'
import { isBefore } from '../domain/head.ts'
import { type Revision, revisionAt } from '../domain/programme.ts'
import { settle } from '../domain/settle.ts'
import { accountAsOf, type MadeUpMember, madeUpAccount, recounted } from '../domain/simulation.ts'
import { type Instant, type MemberId, memberId } from '../domain/units.ts'
import { headItem } from '../store/head-item.ts'
import { madeUpStore } from '../store/made-up-store.ts'
import { profileItem } from '../store/profile-item.ts'
import { type Ledger, type OpenAccount, peekAccount, triedAccount } from './account.ts'
import type { Context } from './context.ts'
import { readEntries } from './read-entries.ts'
import { birthdayKeys, birthdayOf } from './sale.ts'

/** A made-up member's place in everything that goes by ids, and that of who recommended them. */
const nobody = memberId('made-up')
const nobodyElse = memberId('made-up-referrer')

/** What is tried, and when. */
export interface Tried {
  readonly context: Context
  readonly revision: Revision
  /** When it would be posted. */
  readonly at: Instant
  /** By when it is judged and dated. */
  readonly judgedAt: Instant
}

/** A member as a trial finds them. */
export interface TriedMember {
  /** The programme in which it would be booked, and when. */
  readonly ledger: Ledger
  readonly open: OpenAccount
  /** All of the member's entries, where what is tried is dated before what is known. */
  readonly history: readonly Entry[]
  readonly birthday: string | undefined
}

/** A member who is made up, in a store where there is nobody but them and who recommended them. */
export function madeUpMember(
  { context, revision, at, judgedAt }: Tried,
  { referred, ...madeUp }: MadeUpMember & { readonly referred?: boolean | undefined },
): TriedMember {
  const programme = alwaysUnder(context.programme, revision)
  const account = madeUpAccount(programme, nobody, madeUp, judgedAt, referred ? nobodyElse : undefined)
  const other = madeUpAccount(programme, nobodyElse, {}, judgedAt)
  const [own, theirs] = [account, other].map(({ head }) => headItem(programme.id, head, null, judgedAt))
  const month = revision.calendar.dayOf(judgedAt).iso.slice(0, 7)
  const data = madeUp.birthdayMonth ? { birthday: `${month}-01` } : {}
  const profile = { memberId: nobody, version: 1, enrolledAt: judgedAt, data, replacedCards: [] }
  const store = madeUpStore([own!, theirs!, profileItem(programme.id, profile)])
  const ledger = { runtime: { ...context.runtime, store }, programme, now: at }
  return { ledger, open: triedAccount(account, own), history: [], birthday: data.birthday }
}

/**
 * A real member, as they will be, or as they were by all that is known now. Where the revision is another than was or will be in
 * force then, it is as if it were from then on.
 */
export async function realMember({ context, revision, at, judgedAt }: Tried, id: MemberId): Promise<TriedMember | Problem> {
  const { runtime, programme: published } = context
  const inForce = revisionAt(published, judgedAt) === revision
  const programme = inForce ? published : underFrom(published, revision, judgedAt)
  const asked = birthdayKeys({ ...published, revisions: [revision] }, id)
  const { settled, stored, ledger, others } = await peekAccount(context, id, asked)
  if (!settled) return problem('member-unknown', '/member/id')
  const found = (account: Account, history: readonly Entry[]): TriedMember => ({
    ledger: { runtime, programme, now: at },
    open: triedAccount(account, stored),
    history,
    birthday: birthdayOf(others),
  })
  const isPast = at < ledger.now
  if (inForce && !isPast && !isBefore(settled.account.head, judgedAt)) {
    const future = settle(published, settled.account, at)
    if (!future.needsHistory) return found(future.account, [])
  }
  const entries = await readEntries(context, id)
  if (inForce && !isPast) return found(settle(published, settled.account, at, undefined, entries).account, entries)
  const history = isPast ? entries.filter((entry) => entry.at <= at) : entries
  const known = isPast ? accountAsOf(id, history) : settle(published, settled.account, at, undefined, entries).account
  const { account, settling } = recounted(programme, known, history, at, judgedAt)
  return found(account, [...history, ...settling])
}
