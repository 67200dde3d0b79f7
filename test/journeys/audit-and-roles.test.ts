import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { attachPurchase } from '../../functions/contract/attaching.ts'
import { decideClaim, decideClaims, undoClaim } from '../../functions/contract/claim-office.ts'
import { submitClaimFor } from '../../functions/contract/claims.ts'
import { announceEvent, callOffEvent, makeInvitation, voidInvitation } from '../../functions/contract/club-office.ts'
import { answerComplaint, openComplaintFor, resolveComplaint } from '../../functions/contract/complaints.ts'
import { operations } from '../../functions/contract/index.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { putDraft } from '../../functions/contract/programme-draft.ts'
import { campaignParts, clubParts, parts, voucherParts } from '../../functions/contract/programme-parts.ts'
import { publishDraft, rollBack } from '../../functions/contract/programme-revisions.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { redeemReward, reverseRedemptionAsStaff } from '../../functions/contract/redemptions.ts'
import { endTierGrant, grantTier } from '../../functions/contract/tier-grants.ts'
import { issueVoucherAsStaff, uploadCodes, voidVoucherAsStaff } from '../../functions/contract/voucher-office.ts'
import { adminScopes } from '../../functions/local/tokens.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok, requestOf } from '../support/client.ts'
import { demoWithClubs } from '../support/clubs.ts'
import { Office } from '../support/programme-office.ts'
import { Journey } from './journey.ts'

let shop: Journey
let ada: Office

beforeEach(async () => {
  shop = await Journey.start('2026-11-30T23:50:00Z')
  ada = await Office.of(shop.laurel, 'ada')
  ok(await shop.enrol('m-1001'))
})

afterEach(() => shop.end('m-1001'))

/** A request: an operation's example, or something else that it is asked. */
type Step = readonly [operation: Operation, asked: Operation['example']]
const example = (operation: Operation): Step => [operation, operation.example]

const { member: _, ...saleOfNobody } = recordPurchase.example.body as { member: unknown }

const sale: Step = [recordPurchase, { ...recordPurchase.example, body: { ...saleOfNobody, member: { id: 'm-1001' } } }]
const claim: readonly Step[] = [sale, example(submitClaimFor)]

/** What must have been asked before the example of an operation changes anything. Members are there. */
const prepared: { readonly [operation: string]: readonly Step[] } = {
  ...Object.fromEntries(
    parts.map(({ put, remove }): [string, Step[]] => {
      const { params } = remove.example
      return [remove.name, [[put as Operation, { params, body: { ...(put.example.body as object), ...params } }]]]
    }),
  ),
  [attachPurchase.name]: [[recordPurchase, { params: attachPurchase.example.params, body: saleOfNobody }]],
  [voidInvitation.name]: [[makeInvitation, { ...makeInvitation.example, params: voidInvitation.example.params }]],
  [callOffEvent.name]: [[announceEvent, { ...announceEvent.example, params: callOffEvent.example.params }]],
  [answerComplaint.name]: [example(openComplaintFor)],
  [resolveComplaint.name]: [example(openComplaintFor)],
  [endTierGrant.name]: [[grantTier, { ...grantTier.example, params: endTierGrant.example.params }]],
  [publishDraft.name]: [example(putDraft)],
  [rollBack.name]: [example(putDraft), example(publishDraft)],
  [decideClaim.name]: claim,
  [decideClaims.name]: claim,
  [undoClaim.name]: [...claim, example(decideClaim)],
  [reverseRedemptionAsStaff.name]: [
    sale,
    [redeemReward, { ...redeemReward.example, body: { ...(redeemReward.example.body as object), mode: 'capture' } }],
  ],
  [issueVoucherAsStaff.name]: [example(uploadCodes)],
  [voidVoucherAsStaff.name]: [example(uploadCodes), example(issueVoucherAsStaff)],
}
/** Examples that change nothing after what was prepared, and something else that does. */
const changing: { readonly [operation: string]: Operation['example'] } = {
  [clubParts.put.name]: {
    ...clubParts.put.example,
    body: { ...(clubParts.put.example.body as object), name: 'Friends of candles' },
  },
  [voucherParts.put.name]: {
    ...voucherParts.put.example,
    body: { ...(voucherParts.put.example.body as object), name: 'Tea for three' },
  },
  [undoClaim.name]: { ...undoClaim.example, params: submitClaimFor.example.params },
  [rollBack.name]: { params: {}, body: { revision: 1, note: 'Back to the start' } },
}

describe('every operation by which staff change something', () => {
  const writes = operations.filter(
    ({ audience, method, asksOnly }) => audience === 'admin' && method !== 'GET' && asksOnly !== true,
  )

  test.each(writes.map((operation) => [operation.name, operation] as const))(
    '%s leaves one audit record with what it did, and none where it is refused or done already',
    async (name, operation) => {
      const programme = `audited-${name}`
      await createProgramme(shop.laurel.runtime.store, programme, demoWithClubs, shop.laurel.now)
      ok(await (await Journey.in(shop.laurel, programme)).enrol('m-1001'))
      const till = await shop.laurel.token({ subject: `${name}/till`, programme, stores: '*' }, ['laurel/pos'])
      const staff = await shop.laurel.token({ subject: `${name}/staff`, programme }, adminScopes)
      const reader = await shop.laurel.token({ subject: `${name}/reader`, programme }, ['laurel/admin.read'])
      const send = ([asked, how]: Step, token = asked.audience === 'admin' ? staff : till) =>
        shop.laurel.send(requestOf(asked, token, how))
      const records = async () => [...(await shop.dump()).keys()].filter((key) => key.startsWith(`P#${programme}#AUDIT#`))
      for (const step of prepared[name] ?? []) {
        const { status, text } = await send(step)
        expect(status, text).toBeLessThan(300)
      }
      const known = await records()
      const step: Step = [operation, changing[name] ?? operation.example]
      expect((await send(step, reader)).status).toBe(403)
      expect(await records()).toEqual(known)
      const { status, text } = await send(step)
      expect(status, text).toBeLessThan(300)
      const after = await records()
      expect(after).toHaveLength(known.length + 1)
      await send(step)
      expect(await records()).toEqual(after)
      // Of many at once each is recorded as if it had been decided alone.
      const action = name === decideClaims.name ? decideClaim.name : name
      const [latest, ...others] = await (await Office.of(shop.laurel, `${name}/reader`, undefined, programme)).audit({ action })
      expect(others).toEqual([])
      expect(latest).toMatchObject({ actor: `${name}/staff`, action, at: '2026-11-30T23:50:00Z' })
      expect(latest?.changes.length).toBeGreaterThan(0)
    },
  )
})

describe('the audit', () => {
  const put = (id: string, points: number, office = ada) =>
    office.ask(campaignParts.put, { params: { id }, body: { id, trigger: 'purchase', effect: { points } } })

  test('says who changed what from what to what, over months, filtered and page by page', async () => {
    const bert = await Office.of(shop.laurel, 'bert')
    ok(await put('spring', 5))
    shop.travel('2026-11-30T23:51:00Z')
    ok(await put('spring', 6, bert))
    shop.travel('2027-02-01T00:10:00Z')
    ok(await ada.ask(campaignParts.remove, { params: { id: 'spring' } }))
    shop.travel('2027-02-01T00:11:00Z')
    ok(await ada.adjust('m-1001', 'a-1', 50))
    const all = await ada.audit({ limit: '1' })
    const spring = { id: 'spring', trigger: 'purchase', effect: { points: 6 } }
    expect(all.map(({ id: _, ...record }) => record)).toEqual(
      [
        {
          ...{ at: '2027-02-01T00:11:00Z', actor: 'ada', action: 'adjustPoints', target: 'members/m-1001/adjustments/a-1' },
          changes: [{ kind: 'added', pointer: '', after: { points: 50 } }],
        },
        {
          ...{ at: '2027-02-01T00:10:00Z', actor: 'ada', action: 'deleteCampaign', target: 'campaigns/spring' },
          changes: [{ kind: 'removed', pointer: '', before: spring }],
        },
        {
          ...{ at: '2026-11-30T23:51:00Z', actor: 'bert', action: 'putCampaign', target: 'campaigns/spring' },
          changes: [{ kind: 'changed', pointer: '/effect/points', before: 5, after: 6 }],
        },
        {
          ...{ at: '2026-11-30T23:50:00Z', actor: 'ada', action: 'putCampaign', target: 'campaigns/spring' },
          changes: [{ kind: 'added', pointer: '', after: { ...spring, effect: { points: 5 } } }],
        },
      ].map((record) => ({ ...record, omitted: 0 })),
    )
    const count = async (query: Parameters<Office['audit']>[0]) => (await ada.audit(query)).length
    expect(await count({ actor: 'bert' })).toBe(1)
    expect(await count({ action: 'putCampaign' })).toBe(2)
    expect(await count({ target: 'campaigns/' })).toBe(3)
    expect(await count({ target: 'members/m-1001', action: 'putCampaign' })).toBe(0)
    expect(await count({ from: '2026-12-01T00:00:00Z' })).toBe(2)
    expect(await count({ until: '2026-12-01T00:00:00Z' })).toBe(2)
    expect(await count({ from: '2026-11-30T23:50:00Z', until: '2027-02-01T00:10:00Z' })).toBe(2)
    expect(await count({ from: '2027-03-01T00:00:00Z' })).toBe(0)
  })

  test('has nothing personal in it', async () => {
    const personal = { points: 5, reason: 'Mrs Lovelace of 12 Elm Row rang', actor: 'Grace Hopper' }
    ok(await ada.ask(adjustPoints, { params: { id: 'm-1001', adjustmentId: 'a-1' }, body: personal }))
    expect(JSON.stringify(await ada.audit())).not.toMatch(/Lovelace|Elm|Grace/)
  })

  test('keeps of what is large as much as it has room for, and says how much more there was', async () => {
    const campaigns = Array.from({ length: 900 }, (_, n) => ({
      ...{ id: `c-${n}`, name: 'x'.repeat(100), trigger: 'purchase' as const, effect: { points: 1 } },
    }))
    ok(await ada.edit((document) => ({ ...document, name: 'Many', campaigns: campaigns.slice(0, 1) })))
    ok(await ada.edit((document) => ({ ...document, campaigns })))
    const [large, small] = await ada.audit()
    const [big, little] = large!.changes.length > small!.changes.length ? [large!, small!] : [small!, large!]
    expect(little).toMatchObject({ omitted: 0 })
    expect(big.omitted).toBeGreaterThan(500)
    expect(big.changes.length + big.omitted).toBe(899)
  })
})

describe('what an agent may adjust', () => {
  const caps = {
    agent: { perAdjustment: { credit: 100 }, perAgentDay: { credit: 150, debit: 40 } },
    supervisor: { perAgentDay: { credit: 1000 } },
  }
  const capped = { status: 409, problem: { code: 'adjustment-cap', errors: [{ pointer: '/points' }] } }

  beforeEach(async () => {
    ok(await ada.edit(() => ({ ...demoWithClubs, adjustments: caps })))
    ok(await ada.publish('Caps'))
    shop.travel('2026-12-01T12:00:00Z')
  })

  test('is capped at once and by the local day, each agent for themselves', async () => {
    const bert = await Office.of(shop.laurel, 'bert')
    ok(await shop.enrol('m-2'))
    expect(await ada.adjust('m-1001', 'too-much', 101)).toMatchObject(capped)
    ok(await ada.adjust('m-1001', 'a-1', 100))
    const before = await shop.dump()
    expect(await ada.adjust('m-2', 'a-2', 51)).toMatchObject(capped)
    expect(await ada.adjust('m-1001', 'a-1', 100)).toMatchObject({ status: 200, replayed: true })
    expect(await shop.dump()).toEqual(before)
    ok(await ada.adjust('m-2', 'a-3', 50))
    expect(await ada.adjust('m-1001', 'a-4', 1)).toMatchObject(capped)
    ok(await ada.adjust('m-1001', 'a-5', -40))
    expect(await ada.adjust('m-1001', 'a-6', -1)).toMatchObject(capped)
    ok(await bert.adjust('m-1001', 'a-7', 100))
    // Midnight in London.
    shop.travel('2026-12-02T00:00:00Z')
    ok(await ada.adjust('m-1001', 'a-8', 100))
  })

  test('is not more for many at once', async () => {
    const members = Array.from({ length: 6 }, (_, n) => `m-${n}`)
    for (const member of members) ok(await shop.enrol(member))
    const asked = await Promise.all(members.map((member) => ada.adjust(member, 'a-1', 40)))
    const given = asked.filter(({ status }) => status === 201)
    expect(asked.map(({ status }) => status).filter((status) => status !== 201 && status !== 409 && status !== 503)).toEqual([])
    expect(given.length).toBeGreaterThan(0)
    expect(given.length).toBeLessThanOrEqual(3)
  })

  test('is more for a supervisor, by their own identity', async () => {
    const grace = await Office.of(shop.laurel, 'grace', 'supervisor')
    ok(await grace.adjust('m-1001', 'a-1', 900))
    expect(await grace.adjust('m-1001', 'a-2', 101)).toMatchObject(capped)
    // A client whose identity is a supervisor's makes none of those who sign in by it.
    await shop.laurel.identify({ subject: 'desk-app', programme: 'demo', role: 'supervisor' })
    const token = await shop.laurel.sign({ subject: 'henry', client: 'desk-app', scopes: ['laurel/admin.service'] })
    const asked = { params: { id: 'm-1001', adjustmentId: 'a-3' }, body: { points: 101, reason: 'a test' } }
    expect(await shop.laurel.client(token).ask(adjustPoints, asked)).toMatchObject(capped)
  })
})

test('each scope allows its own operations alone', async () => {
  const admin = operations.filter(({ audience }) => audience === 'admin')
  for (const scope of adminScopes) {
    const token = await shop.laurel.token({ subject: `only-${scope}`, programme: 'demo' }, [scope])
    for (const operation of admin) {
      const { status } = await shop.laurel.send(requestOf(operation, token, operation.example))
      expect([operation.name, scope, status === 403]).toEqual([operation.name, scope, operation.scope !== scope])
    }
  }
  expect(new Set(admin.map(({ scope }) => scope))).toEqual(new Set(adminScopes))
  for (const { method, scope } of admin) if (method === 'GET') expect(scope).toBe('laurel/admin.read')
})
