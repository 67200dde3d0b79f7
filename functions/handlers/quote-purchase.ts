import { isProblem, problem, problemOf } from '../contract/problem.ts'
import { quotePurchase } from '../contract/purchases.ts'
import { awardedPoints } from '../domain/earning.ts'
import { isApplied } from '../domain/limits.ts'
import { bookPurchase, isLate, judgePurchase, limitsAsked } from '../domain/purchase.ts'
import { isRefusal } from '../domain/refusal.ts'
import { type MemberId, memberId } from '../domain/units.ts'
import { peekAccount } from './account.ts'
import { tryWelcome } from './bonuses.ts'
import { type Context, implement } from './context.ts'
import { findNamed, type Named } from './find-member.ts'
import { peekLimits } from './limits.ts'
import { openByCard, openNewAccount } from './new-member.ts'
import { readEntries } from './read-entries.ts'
import { birthdayKeys, birthdayOf, checkByRevision, checkSale, saleOf } from './sale.ts'
import { awardsView, explanationView, standing } from './views.ts'

/** Values a purchase as if it were posted now, and stores nothing. */
export const quotePurchaseImplementation = implement(quotePurchase, async ({ body, query }, context) => {
  const { programme } = context
  const sale = saleOf('', body)
  const wrong = checkSale(context, sale) ?? checkByRevision(context, sale, body.currency)
  if (wrong) return wrong
  const named = body.member && (await findNamed(context, body.member, sale.occurredAt))
  if (named && isProblem(named)) return named
  const { account, ledger, birthday, enrolment } = named?.known
    ? await accountOf(context, named.memberId)
    : await newAccountOf(context, named)
  if (!account) return problem('member-unknown', named?.known ? '/member/id' : '/member/card')
  const history = isLate(account, sale, ledger.now) ? await readEntries(context, account.head.memberId) : []
  const judgement = judgePurchase(programme, account, sale, history, ledger.now, birthday)
  const limited = { ...judgement, memberId: account.head.memberId, storeId: sale.details.storeId }
  const limits = await peekLimits(ledger, limited, limitsAsked(judgement))
  const booked = bookPurchase(programme, account, sale, judgement, ledger.now, limits.roomOf)
  if (isRefusal(booked)) return problemOf(booked)
  const { at, fact } = booked.entry
  return {
    status: 200 as const,
    body: {
      memberId: named?.known ? named.memberId : null,
      points: { earned: booked.earned, pending: fact.pending },
      ...awardsView(fact.awards),
      ...(query.explain === 'true' && { explanation: explanationView(programme, account.head.memberId, { at, fact }) }),
      ...(enrolment?.awards.some(isApplied) && {
        enrolment: { points: { earned: awardedPoints(enrolment.awards) }, ...awardsView(enrolment.awards) },
      }),
      ...standing(ledger, (enrolment?.before ?? account).head),
    },
  }
})

async function accountOf(context: Context, member: MemberId) {
  const { settled, ledger, others } = await peekAccount(context, member, birthdayKeys(context.programme, member))
  return { account: settled?.account, ledger, birthday: birthdayOf(others), enrolment: undefined }
}

/**
 * A card that nobody has enrols where the programme says so: the purchase is judged after what that gives. Whoever said nothing
 * may yet enrol.
 */
async function newAccountOf(context: Context, named: Named | undefined) {
  const isNobody = { ledger: context, birthday: undefined, enrolment: undefined }
  if (!named) return { ...isNobody, account: openNewAccount(context, memberId(context.runtime.newId())).account }
  const open = openByCard(context)
  if (!open) return { ...isNobody, account: undefined }
  const { account, awards } = await tryWelcome(context, open)
  return { ...isNobody, account, enrolment: { awards, before: open.account } }
}
