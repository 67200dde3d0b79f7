import { describe, expect, test } from 'vitest'
import { readAudit } from '../../functions/contract/audit.ts'
import { decideClaim, decideClaims, listClaims, readClaim, undoClaim } from '../../functions/contract/claim-office.ts'
import { listMyClaims, readMyClaim, submitClaimFor, withdrawMyClaim } from '../../functions/contract/claims.ts'
import { ok } from '../support/client.ts'
import { ada, claim, decide, inLine, mine, openShopForEachTest, refused, settle, shop } from './claim-journey.ts'
import { line } from './journey.ts'

/** A claim from its submission to its end, as staff decide it, a rule does, or a store makes it for a member. */

openShopForEachTest()

describe('a claim that staff decide', () => {
  test('goes from submission to refund, each step dated and told', async () => {
    const { available } = await shop.standing('ada')
    const made = await claim('first', { text: 'It smokes.' })
    expect(made).toMatchObject({
      status: 201,
      body: {
        memberId: 'ada',
        guarantee: { id: 'light' },
        lines: [{ lineId: '2', quantity: 1, amount: 4_000 }],
        value: 4_000,
        text: 'It smokes.',
        state: 'submitted',
        awaits: 'decision',
        dueAt: '2026-04-02T23:00:00Z',
        remedy: { kind: 'refund', amount: 4_000, currency: 'GBP' },
        steps: [{ at: '2026-03-30T12:00:00Z', step: 'submitted', by: 'member' }],
      },
    })
    const { id } = ok(made)
    expect(await inLine()).toEqual([id])
    expect((await shop.standing('ada')).available).toBe(available)
    expect(await claim('first', { text: 'It smokes.' })).toMatchObject({ status: 200, replayed: true })
    expect(await claim('first', { text: 'It burns.' })).toMatchObject(refused(409, 'id-reused'))
    expect(await settle(id, 4_000)).toMatchObject(refused(409, 'claim-not-approved'))
    expect(await shop.bring('leeds:1', 'r-1', [{ lineId: '2', quantity: 1, amount: 4_000 }])).toMatchObject(
      refused(409, 'line-claimed', '/lines/0/quantity'),
    )

    shop.travel('2026-03-31T12:00:00Z')
    expect(await decide(id, 'approve', 'We are sorry.')).toMatchObject({
      status: 200,
      body: { state: 'approved', awaits: 'remedy', dueAt: '2026-04-07T23:00:00Z' },
    })
    expect(await decide(id, 'approve', 'We are sorry.')).toMatchObject({ status: 200, body: { state: 'approved' } })
    expect(await decide(id, 'decline')).toMatchObject(refused(409, 'claim-not-open'))
    expect((await shop.standing('ada')).available).toBe(available - 40 + 5)
    expect(await inLine()).toEqual([])
    expect(await inLine('remedy')).toEqual([id])
    expect(await settle(id, 3_999)).toMatchObject(refused(409, 'settlement-differs', '/amount'))
    expect(await settle(id, 4_000, { currency: 'EUR' })).toMatchObject(refused(422, 'currency-mismatch', '/currency'))
    expect(await settle(id, 4_000)).toMatchObject({ status: 201, body: { state: 'settled', awaits: null, dueAt: null } })
    expect(await settle(id, 4_000)).toMatchObject({ status: 200, replayed: true })
    expect(await settle(id, 4_000, { reference: 'again' })).toMatchObject(refused(409, 'id-reused'))
    expect(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } })).toMatchObject(
      refused(409, 'claim-settled'),
    )
    expect(await inLine('remedy')).toEqual([])
    expect((await mine('first')).steps).toEqual([
      { at: '2026-03-30T12:00:00Z', step: 'submitted', by: 'member' },
      { at: '2026-03-31T12:00:00Z', step: 'approved', by: 'staff', reason: 'We are sorry.' },
      { at: '2026-03-31T12:00:00Z', step: 'settled', by: 'payment-system' },
    ])
    expect(ok(await ada.ask(listMyClaims, {})).items).toEqual([await mine(id)])
    const kinds = (await shop.activity('ada')).map(({ kind, claimId, points }) => [kind, claimId, points])
    expect(kinds.slice(0, 5)).toEqual([
      ['claim-settled', id, 0],
      ['goodwill', undefined, 5],
      ['returned', id, -40],
      ['claim-approved', id, 0],
      ['claim-submitted', id, 0],
    ])
    expect(await claim('second')).toMatchObject(refused(409, 'line-returned', '/lines/0/quantity'))
  })

  test('that is declined or withdrawn frees its lines', async () => {
    const { id } = ok(await claim('first'))
    expect(await claim('second')).toMatchObject(refused(409, 'line-claimed', '/lines/0/quantity'))
    expect(await decide(id, 'decline', 'It was burnt down.')).toMatchObject({ status: 200, body: { state: 'declined' } })
    const other = ok(await claim('second'))
    expect(await ada.ask(withdrawMyClaim, { params: { id: 'second' } })).toMatchObject({
      status: 200,
      body: { state: 'withdrawn' },
    })
    expect(await ada.ask(withdrawMyClaim, { params: { id: other.id } })).toMatchObject({ status: 200 })
    expect(await ada.ask(withdrawMyClaim, { params: { id } })).toMatchObject(refused(409, 'claim-not-open'))
    expect(await shop.bring('leeds:1', 'r-1', [{ lineId: '2', quantity: 1, amount: 4_000 }])).toMatchObject({ status: 201 })
  })

  test('is overdue once its time has passed, and can be decided still', async () => {
    const { id } = ok(await claim('first'))
    shop.travel('2026-04-02T22:59:59Z')
    expect(await mine('first')).toMatchObject({ isOverdue: false })
    shop.travel('2026-04-02T23:00:00Z')
    expect(await mine('first')).toMatchObject({ isOverdue: true, state: 'submitted' })
    expect(ok(await shop.office.ask(listClaims, { query: { overdue: 'true' } })).items).toHaveLength(1)
    expect(await decide(id, 'approve')).toMatchObject({ body: { state: 'approved' } })
    expect((await mine('first')).steps.map(({ step }) => step)).toEqual(['submitted', 'overdue', 'approved'])
    expect((await shop.activity('ada')).filter(({ kind }) => kind === 'claim-overdue')).toHaveLength(1)
  })

  test('that is undone gives the points back, once, and takes the goodwill', async () => {
    const before = await shop.standing('ada')
    const { id } = ok(await claim('first'))
    await decide(id, 'approve')
    const undo = () => shop.office.ask(undoClaim, { params: { id }, body: { reason: 'The wrong customer.', notGiven: true } })
    expect(await undo()).toMatchObject({ status: 200, body: { state: 'declined', awaits: null } })
    expect(await undo()).toMatchObject({ status: 200, body: { state: 'declined' } })
    expect(await shop.standing('ada')).toEqual({ ...before, asOf: expect.anything() })
    expect(await decide(id, 'approve')).toMatchObject(refused(409, 'claim-not-open'))
    expect(await shop.bring('leeds:1', 'r-1', [{ lineId: '2', quantity: 1, amount: 4_000 }])).toMatchObject({ status: 201 })
  })

  test('is undone only where it is known that nobody has paid, or will', async () => {
    const { id } = ok(await claim('first'))
    await decide(id, 'approve')
    const before = await shop.dump()
    expect(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.' } })).toMatchObject(
      refused(409, 'remedy-told', '/notGiven'),
    )
    expect(await shop.dump()).toEqual(before)
  })

  test('that was paid though it was undone is settled, and nobody has its lines again', async () => {
    const { id } = ok(await claim('first'))
    await decide(id, 'approve')
    const approved = await shop.standing('ada')
    ok(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } }))
    expect(await settle(id, 3_999)).toMatchObject(refused(409, 'settlement-differs', '/amount'))
    expect(await settle(id, 4_000)).toMatchObject({ status: 201, body: { state: 'settled', awaits: null } })
    expect(await settle(id, 4_000)).toMatchObject({ status: 200 })
    // The goodwill stays taken.
    expect(await shop.standing('ada')).toMatchObject({ available: approved.available - 5 })
    expect(await claim('second')).toMatchObject(refused(409, 'line-returned', '/lines/0/quantity'))
    expect((await shop.bring('leeds:1', 'r-1', [{ lineId: '2', quantity: 1, amount: 4_000 }])).status).toBe(409)
    expect(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } })).toMatchObject(
      refused(409, 'claim-settled'),
    )
  })

  test('that was paid though it was undone leaves nothing to whoever has claimed its line since', async () => {
    const { id } = ok(await claim('first'))
    await decide(id, 'approve')
    ok(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } }))
    const second = ok(await claim('second'))
    expect(second).toMatchObject({ state: 'submitted' })
    expect(await settle(id, 4_000)).toMatchObject({ status: 201, body: { state: 'settled' } })
    const deciding = { params: { id: second.id }, body: { decision: 'approve' as const, reason: 'Yes.' } }
    expect(await shop.office.ask(decideClaim, deciding)).toMatchObject(refused(409, 'line-returned'))
    ok(await shop.office.ask(decideClaim, { ...deciding, body: { decision: 'decline', reason: 'It was paid for.' } }))
    expect(await claim('third')).toMatchObject(refused(409, 'line-returned', '/lines/0/quantity'))
  })

  test('that was paid though it was undone counts as far as its goods have not come back since', async () => {
    ok(await shop.sell('york:1', { id: 'ada' }, [line('2', 6_000, 3)]))
    const { id } = ok(await claim('three', { purchaseId: 'york:1', lines: [{ lineId: '2', quantity: 3 }] }))
    await decide(id, 'approve')
    ok(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } }))
    ok(await shop.bring('york:1', 'r-1', [{ lineId: '2', quantity: 1, amount: 2_000 }]))
    expect(await settle(id, 6_000)).toMatchObject({ status: 201, body: { state: 'settled' } })
    expect((await shop.bring('york:1', 'r-2', [{ lineId: '2', quantity: 1, amount: 2_000 }])).status).toBe(409)
  })

  test('that was paid though it was undone, and whose line came back since, is only settled', async () => {
    const { id } = ok(await claim('first'))
    await decide(id, 'approve')
    ok(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } }))
    ok(await shop.bring('leeds:1', 'r-1', [{ lineId: '2', quantity: 1, amount: 4_000 }]))
    const before = await shop.standing('ada')
    expect(await settle(id, 4_000)).toMatchObject({ status: 201, body: { state: 'settled', awaits: null } })
    expect(await shop.standing('ada')).toMatchObject({ available: before.available })
  })
})

test('a small claim is approved at once, and by staff where the member claims often', async () => {
  expect(await claim('small', { lines: [{ lineId: '1', quantity: 1 }] })).toMatchObject({
    status: 201,
    body: { state: 'approved', awaits: 'remedy', steps: [{ step: 'submitted' }, { step: 'approved', by: 'rule' }] },
  })
  ok(await shop.sell('leeds:4', { id: 'ada' }, [500]))
  ok(await shop.sell('leeds:5', { id: 'ada' }, [500]))
  const lines = [{ lineId: '1', quantity: 1 }]
  expect(await claim('small-2', { purchaseId: 'leeds:4', lines })).toMatchObject({ status: 201, body: { state: 'approved' } })
  const third = ok(await claim('small-3', { purchaseId: 'leeds:5', lines }))
  expect(third).toMatchObject({ state: 'submitted' })
  const { score } = ok(await shop.office.ask(readClaim, { params: { id: third.id } }))
  expect(score).toMatchObject({ total: 70, reviewFrom: 50 })
  expect(score.signals.map(({ code, weight }) => [code, weight])).toEqual([
    ['often', 50],
    ['same-goods', 20],
  ])
})

test('what is claimed in parts is worth what the whole of it is', async () => {
  ok(await shop.sell('leeds:7', { id: 'ada' }, [600, 600]))
  const part = (lineId: string) => ({ purchaseId: 'leeds:7', lines: [{ lineId, quantity: 1 }] })
  expect(ok(await claim('half', part('1'))).state).toBe('approved')
  expect(ok(await claim('other-half', part('2'))).state).toBe('submitted')
})

test('what staff have declined, or undone, is not approved at once when the line is claimed again', async () => {
  const line = { lines: [{ lineId: '1', quantity: 1 }] }
  const first = ok(await claim('first', line))
  expect(first.state).toBe('approved')
  ok(await shop.office.ask(undoClaim, { params: { id: first.id }, body: { reason: 'It was lit for weeks.', notGiven: true } }))
  const second = ok(await claim('second', line))
  expect(second.state).toBe('submitted')
  const { score } = ok(await shop.office.ask(readClaim, { params: { id: second.id } }))
  expect(score.signals).toContainEqual({
    ...{ code: 'declined-line', weight: 50 },
    detail: `${first.id} for a line of it was declined`,
  })
})

test('a store claims for a member under an id of its own', async () => {
  const body = { memberId: 'ada', storeId: 'leeds', purchaseId: 'leeds:1', lines: [{ lineId: '2', quantity: 1 }] }
  const put = (id: string, more: Partial<typeof body> = {}) =>
    shop.till.ask(submitClaimFor, { params: { id }, body: { ...body, ...more } })
  expect(await put('york:c-1')).toMatchObject(refused(422, 'store-mismatch', '/storeId'))
  expect(await put('leeds:c-1', { memberId: 'bert' })).toMatchObject(refused(404, 'purchase-unknown', '/purchaseId'))
  expect(await put('leeds:c-1')).toMatchObject({
    status: 201,
    body: { id: 'leeds:c-1', steps: [{ by: 'store', storeId: 'leeds' }] },
  })
  expect(await put('leeds:c-1')).toMatchObject({ status: 200, replayed: true })
  expect(await mine('leeds:c-1')).toMatchObject({ id: 'leeds:c-1' })
  const bert = await shop.app('bert')
  expect(await bert.ask(readMyClaim, { params: { id: 'leeds:c-1' } })).toMatchObject(refused(404, 'claim-unknown'))
})

test('decisions in bulk are each judged for itself, and audited', async () => {
  const first = ok(await claim('first'))
  const second = ok(await claim('second', { purchaseId: 'leeds:2', lines: [{ lineId: '1', quantity: 1 }] }))
  ok(await ada.ask(withdrawMyClaim, { params: { id: 'second' } }))
  const reason = 'So it is.'
  const decisions = [
    { id: first.id, decision: 'approve' as const, reason, goodwill: 50 },
    { id: second.id, decision: 'approve' as const, reason },
    { id: 'leeds:nothing', decision: 'decline' as const, reason },
  ]
  expect(ok(await shop.office.ask(decideClaims, { body: { decisions } })).results).toEqual([
    { id: first.id, status: 200, state: 'approved' },
    { id: second.id, status: 409, code: 'claim-not-open' },
    { id: 'leeds:nothing', status: 404, code: 'claim-unknown' },
  ])
  expect((await shop.activity('ada')).find(({ kind }) => kind === 'goodwill')).toMatchObject({ points: 50, reason })
  const { items } = ok(await shop.office.ask(readAudit, { query: { target: 'claims/' } }))
  expect(items).toMatchObject([{ action: 'decideClaim', target: `claims/${first.id}`, actor: 'office/candles' }])
})
