import { type EventBody, recordEvent } from '../contract/events.ts'
import { isProblem, type Problem, problem, problemOf } from '../contract/problem.ts'
import { occasionOf } from '../domain/bonus.ts'
import { triggerName } from '../domain/campaign.ts'
import { awardedPoints } from '../domain/earning.ts'
import type { Account, BonusFact, PostedEvent } from '../domain/entry.ts'
import { explainCampaigns } from '../domain/explanation.ts'
import { revisionAt } from '../domain/programme.ts'
import { isRefusal } from '../domain/refusal.ts'
import { earlier, type Instant } from '../domain/units.ts'
import { type BonusRecord, bonusOf } from '../store/bonus-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, openAccount, peekAccount } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { bookEvent, bookingOf } from './bonuses.ts'
import { type Context, type Handle, implement, mayPostFor } from './context.ts'
import { findNamed } from './find-member.ts'
import { bodyHash } from './hash.ts'
import { knownBonus } from './referrals.ts'
import { checkOccurredAt } from './sale.ts'
import { awardsView, instantOf, standing, verdictsView } from './views.ts'

type Answer = Awaited<ReturnType<Handle<typeof recordEvent>>>

interface Posting {
  readonly context: Context
  readonly eventId: string
  readonly body: EventBody
  readonly hash: string
  readonly explain: boolean
  /** Written in the same transaction. */
  readonly alongside: readonly Write[]
}

/** Books what a till says of a member that is no purchase. */
export const recordEventImplementation = implement(recordEvent, async ({ params, query, body }, context) => {
  if (body.storeId !== undefined && !mayPostFor(context.caller, body.storeId)) return problem('store-forbidden', '/storeId')
  const { eventId } = params
  return bookPosted({ context, eventId, body, hash: bodyHash(body), explain: query.explain === 'true', alongside: [] })
})

/** Books an event, once for its id, whoever posted it. */
export async function bookPosted(posting: Posting): Promise<Answer> {
  const { context, eventId, body, hash, alongside } = posting
  const { runtime, programme, now } = context
  const ahead = checkOccurredAt(instantOf(body.occurredAt), now)
  if (ahead) return ahead
  const key = table.event(programme.id, eventId)
  return attempt<Answer>(runtime, async (uncertain) => {
    const { items } = await runtime.store.read([key], { consistent: true })
    // A replay is recognised before anything that may have changed since is judged.
    if (items[0]) return replayOf(posting, bonusOf(items[0]), uncertain)
    const at = earlier(instantOf(body.occurredAt), now)
    const { storeIds } = revisionAt(programme, at)
    if (body.storeId !== undefined && storeIds && !storeIds.has(body.storeId)) return problem('store-unknown', '/storeId')
    const named = await findNamed(context, body.member, at)
    if (isProblem(named)) return named
    if (!named.known) return problem('member-unknown', '/member/card')
    return runtime.turns.take(`${programme.id} ${named.memberId}`, async () => {
      const { open, ledger } = await openAccount(context, named.memberId)
      if (!open) return problem('member-unknown', 'id' in body.member ? '/member/id' : '/member/card')
      if (open.account.head.status === 'closed') return refuse(posting, problem('member-closed', '/member'))
      const occasion = { trigger: triggerName({ event: body.type }), at, event: postedEvent(body) }
      const booked = await bookEvent(ledger, bookingOf(open), occasion, { id: eventId, key, hash })
      if (isRefusal(booked)) return refuse(posting, problemOf(booked))
      const { open: booking, account, entries, writes } = booked.booking
      const head = await bookingWrites(ledger, booking, account, entries)
      const result = await runtime.store.commit([...head, ...writes, ...alongside])
      if (result.outcome !== 'committed') return again
      return { status: 201, body: answerBody(posting, ledger, account, { at, fact: booked.fact }) }
    })
  })
}

function postedEvent({ type, occurredAt, storeId, attributes }: EventBody): PostedEvent {
  return {
    type,
    occurredAt: instantOf(occurredAt),
    ...(storeId !== undefined && { storeId }),
    ...(attributes && { attributes }),
  }
}

/** Another may have booked this very event since it was looked for: then that is what is answered. */
async function refuse({ context, eventId }: Posting, refused: Problem): Promise<Problem | Again> {
  const { items } = await context.runtime.store.read([table.event(context.programme.id, eventId)], { consistent: true })
  return items[0] ? again : refused
}

async function replayOf(posting: Posting, known: BonusRecord, mayBeOwn: boolean): Promise<Answer> {
  if (known.hash !== posting.hash) return problem('id-reused')
  const { settled, ledger } = await peekAccount(posting.context, known.memberId!)
  if (!settled) throw new Error(`event ${posting.eventId} names a member who is not there`)
  const body = answerBody(posting, ledger, settled.account, await knownBonus(ledger, known.memberId!, known))
  return mayBeOwn ? { status: 201, body } : { status: 200, body, replayed: true }
}

function answerBody(
  { eventId, body, explain }: Posting,
  ledger: Ledger,
  { head }: Account,
  bonus: { readonly at: Instant; readonly fact: BonusFact },
) {
  const { awards } = bonus.fact
  return {
    eventId,
    memberId: head.memberId,
    type: body.type,
    points: { earned: awardedPoints(awards) },
    ...awardsView(awards),
    ...(explain && { explanation: explanationOf(ledger, head.memberId, bonus) }),
    ...standing(ledger, head),
  }
}

function explanationOf(
  { programme }: Ledger,
  ...[memberId, bonus]: [Account['head']['memberId'], { at: Instant; fact: BonusFact }]
) {
  const occasion = occasionOf(programme, memberId, bonus)
  if (!occasion) return []
  return verdictsView(explainCampaigns(occasion.revision, occasion.facts, occasion.lines, bonus.fact.awards))
}
