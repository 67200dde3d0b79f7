import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { lockVoucher } from '../../functions/contract/vouchers.ts'
import type { UnattachedReceipt } from '../../functions/store/receipt-item.ts'
import type { Item } from '../../functions/store/store.ts'
import { pooledCodesPrefix, seriesPartition, voucherLockPrefix } from '../../functions/store/table.ts'
import { voucherOf } from '../../functions/store/voucher-item.ts'
import { lockOf } from '../../functions/store/voucher-lock-item.ts'
import type { NaiveState } from '../model/naive-facts.ts'
import { NaiveVoucher } from '../model/naive-vouchers.ts'
import { entriesOf } from './whole-checks.ts'
import type { claimsTold } from './whole-claims.ts'
import type { Done, Whole } from './whole-history.ts'
import { isAlwaysRegistered } from './whole-places.ts'
import { flyerOff } from './whole-programme.ts'
import { programmeId } from './world.ts'

type States = ReadonlyMap<string, NaiveState>
type Claims = ReturnType<typeof claimsTold>
type Stored = NonNullable<ReturnType<typeof voucherOf>>

interface Card {
  readonly naive: NaiveVoucher
  readonly source: string
}

const bodyOf = <Body>({ call }: Done) => call.body as Body
const isDone = ({ answer }: Done) => answer.status < 300

/**
 * What was written of vouchers, one commit after another, is what a shop would allow that keeps a card for each; each is somebody's for
 * what it was given out for, once. Answers what became of all uses that tills held.
 */
export function areVouchersAsTheModelSays(whole: Whole, states: States, claims: Claims): readonly string[] {
  const cards = new Map<string, Card>()
  const byVoucher = Map.groupBy(whole.world.trace.vouchers, ({ item }) => item.pk)
  for (const [pk, writes] of byVoucher) {
    const commits = [...Map.groupBy(writes, ({ commit }) => commit).values()]
    const card = playedBack(whole, commits)
    if (card) cards.set(pk, card)
  }
  areGivenFor(whole, states, claims, [...cards.values()])
  isPoolLeft(whole, [...cards.values()])
  areLocksAsTold(whole, [...cards.values()])
  return [...cards.values()].flatMap(({ naive }) => naive.lines.map(({ state }) => state))
}

/** A voucher from the first commit to the last; undefined where its code is in the pool still. */
function playedBack(whole: Whole, commits: readonly (readonly { readonly now: number; readonly item: Item }[])[]) {
  let card: Card | undefined
  for (const written of commits) {
    const { now } = written[0]!
    const stored = written.map(({ item }) => (item.sk === 'VOUCHER' ? voucherOf(item) : undefined)).find((one) => one)
    if (!stored) continue
    card ??= newCard(whole, stored)
    const { naive } = card
    const lock = written.map(({ item }) => item).find(({ sk }) => sk.startsWith(voucherLockPrefix))
    if (lock) step(whole, naive, lockOf(lock.sk.slice(voucherLockPrefix.length), lock), now)
    if (stored.voidAt !== null && naive.voidAt === null) naive.void(stored.voidAt, stored.voidReason === undefined)
    isAsOnTheCard(stored, naive, now)
  }
  return card
}

function newCard({ documents }: Whole, { seriesId, revision, code, memberId, issuedAt, source }: Stored): Card {
  const { vouchers, timezone } = documents[revision - 1]!
  const series = vouchers!.find(({ id }) => id === seriesId)!
  return { naive: new NaiveVoucher(timezone, series, { code, member: memberId, at: issuedAt }), source }
}

function step(whole: Whole, naive: NaiveVoucher, lock: ReturnType<typeof lockOf>, now: number): void {
  const { lockId, state } = lock
  if (state === 'used') naive.use(lockId, now)
  else if (state === 'released') naive.release(lockId)
  else if (state === 'given-back') {
    ok(isBroughtBack(whole, lock.purchaseId!), `${lockId} is given back, and its purchase is kept`)
    if (naive.isLocked(lockId)) naive.useForNothing(lockId, now)
    else naive.giveBack(lockId, now)
  } else isLocked(whole, naive, lock)
}

function isLocked(whole: Whole, naive: NaiveVoucher, { lockId, at, until, discount }: ReturnType<typeof lockOf>): void {
  const asked = whole.done.find(({ name, call: { params } }) => name === 'lock voucher' && params?.lockId === lockId)!
  const { member, basket } = bodyOf<{ member?: { id: string }; basket: { lines: [{ amount: number }] } }>(asked)
  naive.lock(lockId, at, until, member?.id)
  const { amount } = basket.lines[0]
  strictEqual(discount, naive.series.id === 'film' ? null : amount < flyerOff ? amount : flyerOff, `what ${lockId} takes off`)
}

function isAsOnTheCard({ uses, used, held, expiresAt, voidAt, memberId }: Stored, naive: NaiveVoucher, now: number): void {
  const names = (some: readonly { readonly lockId: string }[]) => some.map(({ lockId }) => lockId).sort()
  deepStrictEqual(
    { uses, used, held: names(held.filter(({ until }) => until > now)), expiresAt, voidAt, memberId },
    {
      ...{ uses: naive.uses, used: naive.used, held: names(naive.heldAt(now)), expiresAt: naive.expiresAt },
      ...{ voidAt: naive.voidAt, memberId: naive.member },
    },
    `voucher ${naive.code}`,
  )
}

/** Whether all pieces came back of what has no member yet. */
const isAllBack = ({ sale, returned }: UnattachedReceipt): boolean =>
  sale.lines.every(({ lineId, quantity }) => returned.find((line) => line.lineId === lineId)?.quantity === quantity)

/** Whether all pieces of a purchase came back at some time: a claim that is undone keeps them again. */
function isBroughtBack({ world: { trace } }: Whole, purchaseId: string): boolean {
  const receipt = trace.receipts.get(purchaseId)?.map(({ state }) => state) ?? []
  if (receipt.some((state) => state?.state === 'unattached' && isAllBack(state))) return true
  const member = receipt.map((state) => (state?.state === 'sold' ? state.memberId : undefined)).find((one) => one)
  if (!member) return false
  const facts = entriesOf(trace, member)
    .bookings.flat()
    .map(({ fact }) => fact)
  const sold = facts.find((fact) => fact.kind === 'earn' && fact.purchaseId === purchaseId)
  const left = new Map(sold?.kind === 'earn' ? sold.lines.map(({ lineId, quantity }) => [lineId, quantity]) : [])
  return facts.some((fact) => {
    if (fact.kind !== 'return' || fact.purchaseId !== purchaseId) return false
    for (const { lineId, quantity } of fact.lines) left.set(lineId, left.get(lineId)! - quantity)
    return [...left.values()].every((quantity) => quantity === 0)
  })
}

/** Of which vouchers a reward is one. */
const seriesFor: { readonly [reward: string]: string } = { ticket: 'film', leaflet: 'flyer' }

/** Every redemption that was captured gave one voucher, void where the points are back; every claim one that is made good by it, and every issue of staff's one. */
function areGivenFor({ done }: Whole, states: States, claims: Claims, cards: readonly Card[]): void {
  const codes = cards.map(({ naive }) => naive.code)
  strictEqual(new Set(codes).size, codes.length, 'a code is given out twice')
  const expected = new Set<string>()
  for (const [member, { spendings }] of states) {
    for (const [id, { reward, state }] of spendings) {
      const series = seriesFor[reward.id]
      if (!series) continue
      const own = cards.filter(({ source }) => source === `redemption:${id}`)
      const isGiven = state === 'captured' || state === 'reversed'
      strictEqual(own.length, isGiven ? 1 : 0, `${id} is ${state} and gave ${own.length} vouchers`)
      if (!own[0]) continue
      expected.add(own[0].source)
      const { naive } = own[0]
      deepStrictEqual([naive.member, naive.series.id], [member, series])
      if (state === 'reversed') ok(naive.voidAt !== null, `the points for ${naive.code} are back, and it is good`)
    }
  }
  for (const [member, { forms }] of claims) {
    for (const { claimId, guarantee, state } of forms.values()) {
      const own = cards.filter(({ source }) => source === `claim:${claimId}`)
      const series = 'voucher' in guarantee.remedy && seriesFor[guarantee.remedy.voucher.reward]
      const given = series && state === 'settled' ? [[member, series]] : []
      deepStrictEqual(
        own.map(({ naive }) => [naive.member, naive.series.id]),
        given,
        `vouchers that ${claimId} gave`,
      )
      if (own[0]) expected.add(own[0].source)
    }
  }
  for (const one of done.filter((each) => each.name === 'issue voucher' && isDone(each))) {
    const { issueId, code, memberId } = one.answer.body as { issueId: string; code: string; memberId: string | null }
    const own = cards.filter(({ source }) => source === `issue:${issueId}`)
    deepStrictEqual(
      own.map(({ naive }) => [naive.code, naive.member]),
      [[code, memberId]],
      `what was told of ${issueId}`,
    )
    expected.add(`issue:${issueId}`)
  }
  deepStrictEqual(new Set(cards.map(({ source }) => source)), expected, 'vouchers are given out for what nobody had')
}

/** Every code that was uploaded is somebody's, or in the pool. */
function isPoolLeft({ world: { trace }, done }: Whole, cards: readonly Card[]): void {
  const uploads = done.filter((each) => each.name === 'upload' && isDone(each))
  const all = new Set(uploads.flatMap((one) => bodyOf<{ codes: string[] }>(one).codes))
  const bare = (code: string) => code.replaceAll('-', '')
  const pool = seriesPartition(programmeId, 'film')
  const items = [...trace.items.values()].filter(({ pk, sk }) => pk === pool && sk.startsWith(pooledCodesPrefix))
  const left = items.flatMap(({ c }) => c as string[])
  const given = cards.filter(({ naive }) => naive.series.id === 'film').map(({ naive }) => naive.code)
  deepStrictEqual([...left, ...given].map(bare).sort(), [...all].map(bare).sort(), 'codes of the pool')
}

/** What was acknowledged of locks is so, and none was refused without cause. */
function areLocksAsTold({ done, documents }: Whole, cards: readonly Card[]): void {
  const lines = new Map(cards.flatMap(({ naive }) => naive.lines.map((line) => [line.lockId, { line, naive }] as const)))
  for (const one of done) {
    const lockId = one.call.params?.lockId
    const { state, code } = one.answer.body as { state?: string; code?: string }
    if (one.name === 'void voucher' && isDone(one)) {
      const card = cards.find(({ naive }) => naive.code === bodyOf<{ code: string }>(one).code)
      ok(card?.naive.voidAt !== null, 'a voucher is told to be void, and is good')
    }
    if (lockId === undefined) continue
    const known = lines.get(lockId)
    if (isDone(one)) ok(known, `${lockId} was acknowledged and is not there`)
    const now = known?.line.state
    if (state === 'given-back') strictEqual(now, state, lockId)
    if (state === 'used') ok(now === 'used' || now === 'given-back', `${lockId} is told to be used, and is ${now}`)
    if (state === 'released') strictEqual(now, state, lockId)
    if (one.name === 'lock voucher' && !isDone(one))
      isRefusedFor(one, code!, cards, (storeId) => isAlwaysRegistered(documents, storeId))
  }
}

function isRefusedFor(one: Done, code: string, cards: readonly Card[], isStore: (storeId: string) => boolean): void {
  const asked = bodyOf<{ code: string; storeId: string; member?: { id: string } }>(one)
  const naive = cards.find((card) => card.naive.code === asked.code)!.naive
  const { uses, mostUsed, lines, voidAt, expiresAt, series, member } = naive
  const causes: { readonly [code: string]: boolean } = {
    'voucher-void': voidAt !== null,
    'voucher-used-up': mostUsed === uses,
    'voucher-expired': expiresAt !== null,
    'voucher-not-theirs': series.bearer !== true && asked.member?.id !== member,
    'voucher-locked': lines.length >= uses,
    'member-closed': asked.member !== undefined,
    'store-unknown': !isStore(asked.storeId),
  }
  ok(causes[code], `${JSON.stringify(asked)} is refused: ${code}`)
}

/** Once all is at rest, each voucher is taken as often as it is free and by those who may, and then no more. */
export async function areVouchersTaken(whole: Whole): Promise<void> {
  const { world } = whole
  const { trace, timeline } = world
  const process = world.start()
  let number = 0
  for (const pk of new Set(trace.vouchers.map(({ item }) => item.pk))) {
    const writes = trace.vouchers.filter(({ item }) => item.pk === pk)
    const card = playedBack(whole, [...Map.groupBy(writes, ({ commit }) => commit).values()])
    if (!card) continue
    const { naive } = card
    for (let turn = 0; turn <= naive.uses; turn += 1) {
      const member = naive.member === null ? {} : { member: { id: naive.member } }
      const body = { code: naive.code, storeId: 'leeds', basket: { lines: [{ sku: 's', quantity: 1, amount: 1 }] }, ...member }
      const lockId = `after-${number}`
      number += 1
      const { status, body: told } = await timeline.run(process.send({ operation: lockVoucher, params: { lockId }, body }))
      const code = (told as { code?: string }).code
      if (code === 'member-closed') break
      const fault = naive.faultAt(timeline.now, naive.member ?? undefined)
      deepStrictEqual([status, code], fault === null ? [201, undefined] : [409, fault], `${naive.code} once all is at rest`)
      if (fault !== null) break
      const { until } = told as { until: string }
      naive.lock(lockId, timeline.now, Date.parse(until), naive.member ?? undefined)
    }
  }
}
