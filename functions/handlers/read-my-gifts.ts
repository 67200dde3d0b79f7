import { readMyGifts } from '../contract/my-gifts.ts'
import { problem } from '../contract/problem.ts'
import type { MemberId } from '../domain/units.ts'
import { type GiftRecord, giftOf, keyOfListed } from '../store/gift-item.ts'
import { type Item, mostReadKeys } from '../store/store.ts'
import { giftOfListed, listedGiftPrefix, memberPartition } from '../store/table.ts'
import { type Context, implement } from './context.ts'
import { ownMember } from './own-member.ts'
import { rfc3339 } from './views.ts'

const defaultLimit = 50

/** What a member gave and was given, newest first. */
export const readMyGiftsImplementation = implement(readMyGifts, async ({ query }, context) => {
  const { runtime, programme } = context
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  const pk = memberPartition(programme.id, own)
  const after = query.cursor === undefined ? undefined : placeOf(query.cursor)
  if (after === null) return problem('invalid-cursor')
  const page = await runtime.store.query({
    pk,
    range: { prefix: listedGiftPrefix },
    descending: true,
    consistent: true,
    limit: Math.min(Number(query.limit ?? defaultLimit), mostReadKeys),
    after: after === undefined ? undefined : { pk, sk: after },
  })
  const items = (await recordsOf(context, page.items)).map((gift) => listedView(gift, own))
  const nextCursor = page.next ? Buffer.from(page.next.sk.slice(listedGiftPrefix.length)).toString('base64url') : null
  return { status: 200 as const, body: { items, nextCursor } }
})

/** The sort key that a cursor stands for; null where no page gave it. */
function placeOf(cursor: string): string | null {
  const place = Buffer.from(cursor, 'base64url').toString()
  return /^\d{15}(#[A-Za-z0-9._:-]{1,128}){2}$/.test(place) ? listedGiftPrefix + place : null
}

async function recordsOf({ runtime, programme }: Context, listed: readonly Item[]): Promise<GiftRecord[]> {
  if (listed.length === 0) return []
  const { items } = await runtime.store.read(
    listed.map((item) => keyOfListed(programme.id, item)),
    { consistent: true },
  )
  return listed.map(({ sk }, index) => {
    const { giver, giftId } = giftOfListed(sk)
    return giftOf(giver, giftId, items[index]!)
  })
}

function listedView(gift: GiftRecord, own: MemberId) {
  const { giver, giftId, points, message, at, undoUntil, undoneAt } = gift
  return {
    direction: giver === own ? ('given' as const) : ('received' as const),
    ...(giver === own && { giftId }),
    points,
    ...(message !== undefined && { message }),
    status: undoneAt === undefined ? ('given' as const) : ('undone' as const),
    at: rfc3339(at),
    undoUntil: rfc3339(undoUntil),
  }
}
