import { afterEach, beforeEach, expect, test } from 'vitest'
import { readGrantedRewards } from '../../functions/contract/granted-rewards.ts'
import { redeemReward } from '../../functions/contract/redemptions.ts'
import type { GrantedReward } from '../../functions/domain/granted-reward.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { memberId } from '../../functions/domain/units.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { verify } from '../../functions/local/verify.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import type { Item, Value } from '../../functions/store/store.ts'
import { grantedRewardPrefix, memberPartition } from '../../functions/store/table.ts'
import { Journey } from '../journeys/journey.ts'
import { ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'

/** Ada was granted a mug twice: she used the later one. */
const document: ProgrammeDocument = {
  ...(demoProgramme as ProgrammeDocument),
  rewards: [{ id: 'mug' }],
  campaigns: [{ id: 'mugs', trigger: 'purchase', effect: { reward: 'mug' } }],
}
let shop: Journey
let later: Item
let first: Item

beforeEach(async () => {
  const laurel = await Laurel.start('2026-03-10T12:00:00Z')
  await createProgramme(laurel.runtime.store, 'house', document, laurel.now)
  shop = await Journey.in(laurel, 'house')
  ok(await shop.enrol('ada'))
  ok(await shop.sell('leeds:1', { id: 'ada' }, [1000]))
  shop.travel('2026-03-10T12:01:00Z')
  ok(await shop.sell('leeds:2', { id: 'ada' }, [1000]))
  const { items } = ok(await shop.till.ask(readGrantedRewards, { params: { memberId: 'ada' } }))
  const body = { member: { id: 'ada' }, rewardId: 'mug', storeId: 'leeds', mode: 'capture', grantId: items[0]!.id } as const
  ok(await shop.till.ask(redeemReward, { params: { redemptionId: 'r-1' }, body }))
  const query = { pk: memberPartition('house', memberId('ada')), range: { prefix: grantedRewardPrefix } }
  ;[first, later] = (await laurel.runtime.store.query(query)).items as [Item, Item]
})
afterEach(() => shop.laurel.close())

async function differences(): Promise<string[]> {
  const found: string[] = []
  await verify(shop.laurel.runtime, 'house', ({ member, what }) => found.push(`${member}: ${what}`))
  return found
}

const changed = (item: Item, change: Partial<GrantedReward>): Item => {
  const [grant] = item.g as unknown as [GrantedReward]
  return { ...item, g: [{ ...grant, ...change }] as unknown as Value }
}
const put = (item: Item) => shop.laurel.runtime.store.commit([{ kind: 'put', item }])
const wrong = ({ sk }: Item) => [`ada: the granted rewards ${sk} are not what the entries say`]

test('what was granted and used is as it should be, and so is a hold that lapsed', async () => {
  expect(await differences()).toEqual([])
  await put(changed(first, { use: { redemptionId: 'r-0', isCaptured: false } }))
  expect(await differences()).toEqual([])
})

test.each<[string, () => [Item, Item]]>([
  ['used, and was not', () => [first, changed(first, { use: { redemptionId: 'r-1', isCaptured: true } })]],
  ['not used, and was', () => [later, changed(later, { use: null })]],
  ['taken back, and was not', () => [first, changed(first, { isTakenBack: true })]],
  ['of another reward', () => [first, changed(first, { rewardId: 'house' })]],
])('a grant that is %s is found', async (_, change) => {
  const [item, other] = change()
  await put(other)
  expect(await differences()).toEqual(wrong(item))
})

test('a record that is missing, or of no sale, is found', async () => {
  await shop.laurel.runtime.store.commit([{ kind: 'delete', key: { pk: first.pk, sk: first.sk } }])
  expect(await differences()).toEqual(wrong(first))
  await put(first)
  const stray = { ...first, sk: `${grantedRewardPrefix}000000000000000#nothing` }
  await put(stray)
  expect(await differences()).toEqual(wrong(stray))
})
