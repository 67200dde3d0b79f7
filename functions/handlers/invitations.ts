import { makeInvitation, voidInvitation } from '../contract/club-office.ts'
import { problem } from '../contract/problem.ts'
import { clubOf } from '../domain/club.ts'
import { type Invitation, invitationCode, invitationStatus } from '../domain/invitation.ts'
import { revisionAt } from '../domain/programme.ts'
import type { Instant } from '../domain/units.ts'
import { invitationItem, invitationOf, invitationWrite } from '../store/invitation-item.ts'
import type { Item } from '../store/store.ts'
import { table } from '../store/table.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { type Context, implement } from './context.ts'
import { bodyHash, chance } from './hash.ts'
import { invitationKey } from './invitation-key.ts'
import { instantOf, rfc3339 } from './views.ts'

/** Makes a code, once for the invitation's id, and tells it once. */
export const makeInvitationImplementation = implement(makeInvitation, async ({ params, body }, context) => {
  const { runtime, programme, now } = context
  const { clubId, invitationId } = params
  const key = table.invitation(programme.id, clubId, invitationId)
  const hash = bodyHash(body)
  const code = invitationCode(chance(runtime.newId()))
  const codeKey = invitationKey(programme, clubId, code)!
  return attempt(runtime, async () => {
    const known = await readInvitation(context, clubId, invitationId)
    if (known) {
      if (known.named.h !== hash) return problem('id-reused')
      // Of a try that timed out: nobody else can have made this code.
      if (known.coded.sk === codeKey.sk) return { status: 201 as const, body: view(clubId, invitationOf(known.coded), code, now) }
      return { status: 200 as const, body: view(clubId, invitationOf(known.coded), null, now), replayed: true }
    }
    const club = clubOf(revisionAt(programme, now), clubId)
    if (!club) return problem('club-unknown')
    if (club.kind !== 'invitation') return problem('club-without-invitation')
    const expiresAt = body.expiresAt === undefined ? null : instantOf(body.expiresAt)
    const invitation = { invitationId, version: 1, uses: body.uses, used: 0, expiresAt, isVoid: false }
    const result = await runtime.store.commit([
      { kind: 'put', item: { ...key, h: hash, c: codeKey.sk }, condition: { is: 'absent' } },
      { kind: 'put', item: invitationItem(codeKey, invitation), condition: { is: 'absent' } },
      auditWrite(context, { action: makeInvitation.name, target: targetOf(params), after: { uses: body.uses, expiresAt } }),
    ])
    return result.outcome === 'committed' ? { status: 201 as const, body: view(clubId, invitation, code, now) } : again
  })
})

/** Lets nobody in by an invitation any more. */
export const voidInvitationImplementation = implement(voidInvitation, async ({ params }, context) => {
  const { clubId, invitationId } = params
  return attempt(context.runtime, async () => {
    const known = await readInvitation(context, clubId, invitationId)
    if (!known) return problem('invitation-unknown')
    const invitation = invitationOf(known.coded)
    if (!invitation.isVoid) {
      const result = await context.runtime.store.commit([
        invitationWrite(known.coded, { isVoid: true }),
        auditWrite(context, {
          action: voidInvitation.name,
          target: targetOf(params),
          before: { void: false },
          after: { void: true },
        }),
      ])
      if (result.outcome !== 'committed') return again
    }
    return { status: 200 as const, body: view(clubId, { ...invitation, isVoid: true }, null, context.now) }
  })
})

const targetOf = ({ clubId, invitationId }: { clubId: string; invitationId: string }) =>
  `clubs/${clubId}/invitations/${invitationId}`

/** An invitation by its id: what names it, and what its code leads to. */
async function readInvitation({ runtime, programme }: Context, clubId: string, invitationId: string) {
  const { items } = await runtime.store.read([table.invitation(programme.id, clubId, invitationId)], { consistent: true })
  const named = items[0]
  if (!named) return undefined
  const found = await runtime.store.read([{ pk: named.pk, sk: named.c as string }], { consistent: true })
  if (!found.items[0]) throw new Error(`invitation ${invitationId} has no code`)
  return { named, coded: found.items[0] satisfies Item }
}

function view(clubId: string, invitation: Invitation, code: string | null, now: Instant) {
  const { invitationId, uses, used, expiresAt } = invitation
  return {
    invitationId,
    clubId,
    code,
    uses,
    used,
    expiresAt: expiresAt === null ? null : rfc3339(expiresAt),
    status: invitationStatus(invitation, now),
  } as const
}
