import * as z from 'zod'
import { campaign, mostCampaigns } from './campaign.ts'
import { club, mostClubs } from './club.ts'
import { guarantee, mostGuarantees } from './guarantee.ts'
import { operation } from './operation.ts'
import { programmeDocument } from './programme-document.ts'
import { draftState, editProblems, examples, none } from './programme-draft.ts'
import { mostRewards, reward } from './reward.ts'
import { id, listQuery, nextCursor, storeId } from './values.ts'
import { mostSeries, voucherSeries } from './voucher-series.ts'

/** Lists of the document whose elements have an id and can be edited one by one. */
export type PartList = 'campaigns' | 'clubs' | 'rewards' | 'vouchers' | 'guarantees' | 'stores'

interface Declared<Part extends z.ZodType<{ id: string }>, List extends PartList> {
  readonly list: List
  readonly most: number
  /** As operations are named: `putCampaign`, `listCampaigns`. */
  readonly one: string
  readonly part: Part
  readonly id: z.ZodType<string>
  readonly example: { readonly id: string }
}

/** The operations on one kind of part: of the draft, or of the latest revision where there is no draft. */
function partOperations<Part extends z.ZodType<{ id: string }>, const List extends PartList>(declared: Declared<Part, List>) {
  const { list, most, one, part, id: partId, example } = declared
  const many = `${list[0]!.toUpperCase()}${list.slice(1)}`
  const thing = one.toLowerCase()
  const params = z.strictObject({ id: partId })
  const common = { audience: 'admin', office: 'programme', query: none, etag: true } as const
  const path = `/admin/${list}/{id}`
  return {
    list,
    most,
    listAll: operation({
      ...common,
      name: `list${many}`,
      summary: `The ${list} of the draft, in its order`,
      method: 'GET',
      path: `/admin/${list}`,
      scope: 'laurel/admin.read',
      params: none,
      query: listQuery,
      body: undefined,
      answers: () => ({ 200: z.object({ items: z.array(part), nextCursor: nextCursor() }) }),
      problems: ['invalid-cursor'],
      example: { params: {} },
    }),
    put: operation({
      ...common,
      name: `put${one}`,
      summary: `Write a ${thing} into the draft`,
      description: 'In the place of the one of that id, or after the others. The other parts stay as they are.',
      method: 'PUT',
      path,
      scope: 'laurel/admin.marketing',
      params,
      body: part,
      ifMatch: 'optional',
      answers: () => ({ 200: draftState() }),
      problems: ['too-many-parts', ...editProblems],
      example: { params: { id: example.id }, body: example },
    }),
    read: operation({
      ...common,
      name: `read${one}`,
      summary: `A ${thing} of the draft`,
      method: 'GET',
      path,
      scope: 'laurel/admin.read',
      params,
      body: undefined,
      answers: () => ({ 200: part }),
      problems: ['part-unknown'],
      example: { params: { id: example.id } },
    }),
    remove: operation({
      ...common,
      name: `delete${one}`,
      summary: `Take a ${thing} out of the draft`,
      description: 'What is not there is out already. What names it elsewhere is found by validating.',
      method: 'DELETE',
      path,
      scope: 'laurel/admin.marketing',
      params,
      body: undefined,
      ifMatch: 'optional',
      answers: () => ({ 200: draftState() }),
      problems: editProblems,
      example: { params: { id: `old-${example.id}` } },
    }),
  }
}

export type PartOperations = ReturnType<typeof partOperations>

export const campaignParts = partOperations({
  list: 'campaigns',
  most: mostCampaigns,
  one: 'Campaign',
  part: campaign,
  id,
  example: examples.campaign,
})

export const clubParts = partOperations({
  list: 'clubs',
  most: mostClubs,
  one: 'Club',
  part: club,
  id,
  example: examples.club,
})

export const rewardParts = partOperations({
  list: 'rewards',
  most: mostRewards,
  one: 'Reward',
  part: reward,
  id,
  example: examples.reward,
})

export const voucherParts = partOperations({
  list: 'vouchers',
  most: mostSeries,
  one: 'Voucher',
  part: voucherSeries,
  id,
  example: examples.voucher,
})

export const guaranteeParts = partOperations({
  list: 'guarantees',
  most: mostGuarantees,
  one: 'Guarantee',
  part: guarantee,
  id,
  example: examples.guarantee,
})

export const storeParts = partOperations({
  list: 'stores',
  most: 5000,
  one: 'Store',
  part: programmeDocument.shape.stores.unwrap().element,
  id: storeId,
  example: examples.store,
})

/** Every kind of part. */
export const parts = [campaignParts, clubParts, rewardParts, voucherParts, guaranteeParts, storeParts] as const

const tiers = programmeDocument.shape.tiers

export const putTiers = operation({
  name: 'putTiers',
  summary: 'Write the tiers into the draft',
  audience: 'admin',
  office: 'programme',
  method: 'PUT',
  path: '/admin/tiers',
  scope: 'laurel/admin.marketing',
  params: none,
  query: none,
  body: tiers,
  ifMatch: 'optional',
  etag: true,
  answers: () => ({ 200: draftState() }),
  problems: editProblems,
  example: { params: {}, body: examples.tiers },
})

export const readTiers = operation({
  name: 'readTiers',
  summary: 'The tiers of the draft',
  audience: 'admin',
  office: 'programme',
  method: 'GET',
  path: '/admin/tiers',
  scope: 'laurel/admin.read',
  params: none,
  query: none,
  body: undefined,
  etag: true,
  answers: () => ({ 200: tiers }),
  problems: [],
  example: { params: {} },
})
