import { undoGift } from '../contract/my-gifts.ts'
import { problem, problemOf } from '../contract/problem.ts'
import { isRefusal } from '../domain/refusal.ts'
import { undoTransfer } from '../domain/transfer.ts'
import { undoneGiftWrite } from '../store/gift-item.ts'
import { bookingWrites, peekAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { implement } from './context.ts'
import { giftView, openBoth, readGift, takingTurns } from './gifts.ts'
import { ownMember } from './own-member.ts'

/** Takes a gift back from who was given it, on both accounts in one transaction. */
export const undoGiftImplementation = implement(undoGift, async ({ params }, context) => {
  const { runtime, programme } = context
  const giver = await ownMember(context)
  if (!giver) return problem('member-unknown')
  return attempt(runtime, async () => {
    const known = await readGift(context, giver, params.giftId)
    if (!known) return problem('gift-unknown')
    return takingTurns(context, [giver, known.receiver], async () => {
      const gift = (await readGift(context, giver, params.giftId))!
      if (gift.undoneAt !== undefined) {
        const { settled, ledger } = await peekAccount(context, giver)
        return { status: 200 as const, body: giftView(ledger, gift, settled!.account) }
      }
      const both = await openBoth(context, giver, gift.receiver)
      if (!both.giver || !both.receiver) throw new Error(`a gift of ${giver} is there, and one of its members is not`)
      const { ledger } = both
      const undone = undoTransfer(both.giver.account, both.receiver.account, gift, ledger.now)
      if (isRefusal(undone)) {
        // The gift was read before the accounts: another process may have taken it back since.
        return (await readGift(context, giver, params.giftId))?.undoneAt === undefined ? problemOf(undone) : again
      }
      const result = await runtime.store.commit([
        undoneGiftWrite(programme.id, gift, ledger.now),
        ...(await bookingWrites(ledger, both.giver, undone.giver.account, [undone.giver.entry])),
        ...(await bookingWrites(ledger, both.receiver, undone.receiver.account, [undone.receiver.entry])),
      ])
      if (result.outcome !== 'committed') return again
      return { status: 200 as const, body: giftView(ledger, { ...gift, undoneAt: ledger.now }, undone.giver.account) }
    })
  })
})
