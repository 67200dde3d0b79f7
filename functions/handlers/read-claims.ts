import { listClaims, readClaim as readClaimAsStaff } from '../contract/claim-office.ts'
import { listMyClaims, readClaimAtStore, readMyClaim } from '../contract/claims.ts'
import { isProblem, type Problem, problem } from '../contract/problem.ts'
import { claimAt } from '../domain/claim.ts'
import { claimOf, type StoredClaim } from '../store/claim-item.ts'
import { mostReadKeys, type Range } from '../store/store.ts'
import { claimsDueAfter, claimsInLine, memberClaimPrefix, memberPartition, table } from '../store/table.ts'
import { claimIdOf, readClaim } from './claim-record.ts'
import { type Context, type Implementation, implement } from './context.ts'
import { ownMember } from './own-member.ts'
import { claimOfTill, claimView, reviewedView } from './views-of-claims.ts'

/** A claim of whoever calls, by the id that they gave it or by the programme's. */
export async function ownClaim(context: Context, id: string): Promise<StoredClaim | Problem> {
  const memberId = await ownMember(context)
  if (!memberId) return problem('member-unknown')
  const found = (await readClaim(context, claimIdOf(memberId, id))) ?? (await readClaim(context, id))
  return found?.claim.memberId === memberId ? found : problem('claim-unknown')
}

const asOf = ({ now }: Context, stored: StoredClaim): StoredClaim => ({ ...stored, claim: claimAt(stored.claim, now) })

export const readClaimImplementations: readonly Implementation[] = [
  implement(readMyClaim, async ({ params }, context) => {
    const own = await ownClaim(context, params.id)
    return isProblem(own) ? own : { status: 200 as const, body: claimView(context.programme, asOf(context, own)) }
  }),
  implement(readClaimAtStore, async ({ params }, context) => {
    const stored = await readClaim(context, params.id)
    return stored ? { status: 200 as const, body: claimOfTill(context, asOf(context, stored)) } : problem('claim-unknown')
  }),
  implement(readClaimAsStaff, async ({ params }, context) => {
    const stored = await readClaim(context, params.id)
    return stored
      ? { status: 200 as const, body: reviewedView(context.programme, asOf(context, stored)) }
      : problem('claim-unknown')
  }),
]

interface Page {
  readonly claims: readonly StoredClaim[]
  readonly nextCursor: string | null
}

/** A page of claims that rows of a partition name, by what follows the first `#` of their places. */
async function readPage(
  context: Context,
  pk: string,
  range: Range,
  places: RegExp,
  query: { readonly cursor?: string | undefined; readonly limit?: string | undefined },
): Promise<Page | undefined> {
  const { runtime, programme } = context
  const sk = query.cursor === undefined ? undefined : Buffer.from(query.cursor, 'base64url').toString()
  if (sk !== undefined && (!places.test(sk) || ('to' in range && sk > range.to))) return undefined
  const limit = Math.min(Number(query.limit ?? 50), mostReadKeys)
  const page = await runtime.store.query({ pk, range, consistent: true, limit, after: sk === undefined ? undefined : { pk, sk } })
  const keys = page.items.map((row) => table.claim(programme.id, row.sk.slice(row.sk.indexOf('#') + 1)))
  const { items } = keys.length > 0 ? await runtime.store.read(keys, { consistent: true }) : { items: [] }
  return {
    claims: items.flatMap((item) => (item ? [asOf(context, claimOf(item))] : [])),
    nextCursor: page.next ? Buffer.from(page.next.sk).toString('base64url') : null,
  }
}

export const listMyClaimsImplementation = implement(listMyClaims, async ({ query }, context) => {
  const { programme } = context
  const memberId = await ownMember(context)
  if (!memberId) return problem('member-unknown')
  const page = await readPage(
    context,
    memberPartition(programme.id, memberId),
    { prefix: memberClaimPrefix },
    /^CLAIM#[A-Za-z0-9._:-]{1,128}$/,
    query,
  )
  if (!page) return problem('invalid-cursor')
  const { claims, nextCursor } = page
  return { status: 200 as const, body: { items: claims.map((one) => claimView(programme, one)), nextCursor } }
})

/** The line in which claims wait, the most urgent first. What was decided between the two reads is left out. */
export const listClaimsImplementation = implement(listClaims, async ({ query }, context) => {
  const { programme, now } = context
  const { awaits = 'decision', overdue } = query
  const range = { from: '0', to: overdue === undefined ? '9' : claimsDueAfter(now) }
  const page = await readPage(context, claimsInLine(programme.id, awaits), range, /^0\d{14}#[A-Za-z0-9._:-]{1,128}$/, query)
  if (!page) return problem('invalid-cursor')
  const items = page.claims.filter(({ claim }) => claim.awaits === awaits).map((one) => reviewedView(programme, one))
  return { status: 200 as const, body: { items, nextCursor: page.nextCursor } }
})
