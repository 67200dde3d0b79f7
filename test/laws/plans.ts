import fc from 'fast-check'
import type { Goods } from '../domain/counter.ts'
import { goodsLines } from '../domain/history.ts'

/** Random plans: what a handful of tills, members and staff mean to do, and how much time passes between. */

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

/** Members are named by their place in a list of three: the first two are enrolled with the cards of their places. */
export type Named = { readonly member: number } | { readonly card: number } | 'nobody'

/** How a purchase is dated: so long before (or, negative, after) it is first posted, or as another one is. */
type When = { readonly lateMs: number } | { readonly tieWith: number }

export interface PlannedSale {
  readonly named: Named
  readonly lines: readonly Goods[]
  readonly when: When
}

export interface PlannedReturn {
  readonly sale: number
  /** What comes back of each line. */
  readonly tenths: readonly number[]
  readonly lateMs: number
  readonly wrong: 'nothing' | 'unknown line' | 'too much'
}

export interface PlannedAdjustment {
  readonly member: number
  /** `all`: what the member can spend when staff look, taken; a little given, where that is nothing. */
  readonly points: number | 'all'
}

/** An operation that a till's queue may hold, by its place in the plan. `twisted`: the same id with another body. */
export type Post =
  | { readonly do: 'purchase' | 'return'; readonly index: number; readonly twisted: boolean }
  /** `made`: a member whom a card made, if there is one. */
  | { readonly do: 'enrol'; readonly member: number | 'made'; readonly card: number | null }

export type PlannedChange =
  | { readonly status: 'active' | 'closed' }
  | { readonly card: number | null }
  | { readonly name: string }

export type Command =
  | Post
  | { readonly do: 'adjust'; readonly index: number; readonly twisted: boolean }
  /** Marketing gives a member these tags. */
  | { readonly do: 'tag'; readonly member: number; readonly tags: readonly string[] }
  /** The member, or staff for them, add a purchase that was made without a card; `wrong`: with another total. */
  | {
      readonly do: 'attach'
      readonly index: number
      readonly member: number
      readonly by: 'member' | 'staff'
      readonly wrong: boolean
    }
  | { readonly do: 'change'; readonly member: number; readonly change: PlannedChange }
  | { readonly do: 'quote'; readonly index: number }
  | { readonly do: 'read'; readonly what: 'member' | 'balance' | 'search' | 'purchase' | 'return'; readonly index: number }
  | { readonly do: 'batch'; readonly posts: readonly Post[] }
  | { readonly do: 'sweep' }
  /** A visitor enrols themselves, perhaps from two devices. */
  | { readonly do: 'enrol me'; readonly visitor: number }
  /** What comes between a sale and its return to make debt: all that its member can spend is taken. Then it all comes back. */
  | { readonly do: 'spend' | 'bring back'; readonly index: number }

export interface PlannedClient {
  readonly commands: readonly Command[]
  /** How often it sends a request that is not answered. */
  readonly tries: number
}

export type Gap = { readonly ms: number } | { readonly beforeDueMs: number }

/** Time passes, then these clients work at once. */
export interface Round {
  readonly gap: Gap
  readonly clients: readonly PlannedClient[]
}

export interface Plan {
  readonly sales: readonly PlannedSale[]
  readonly returns: readonly PlannedReturn[]
  readonly adjustments: readonly PlannedAdjustment[]
  readonly rounds: readonly Round[]
  /** Of all that is left to chance while it happens. */
  readonly seed: number
}

const weighted = <Value>(...choices: readonly (readonly [weight: number, fc.Arbitrary<Value>])[]): fc.Arbitrary<Value> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))

const twisted = weighted([12, fc.constant(false)], [1, fc.constant(true)])
/** The third is not enrolled, the fourth never is. */
const member = weighted([6, fc.constant(0)], [3, fc.constant(1)], [1, fc.constant(2)])
const card = weighted([6, fc.constant(0)], [3, fc.constant(1)], [2, fc.constant(2)], [1, fc.constant(3)])

const named = weighted<Named>(
  [12, member.map((place) => ({ member: place }))],
  [12, card.map((place) => ({ card: place }))],
  [1, fc.constant({ member: 3 })],
  [8, fc.constant('nobody')],
)

const when = weighted<When>(
  [8, fc.constant({ lateMs: 0 })],
  [1, fc.integer({ min: -23 * hourMs, max: -1 }).map((lateMs) => ({ lateMs }))],
  [2, fc.integer({ min: 1, max: 60 * 24 }).map((hours) => ({ lateMs: hours * hourMs }))],
  [2, fc.integer({ min: 61, max: 900 }).map((days) => ({ lateMs: days * dayMs }))],
  [1, fc.nat(3).map((tieWith) => ({ tieWith }))],
)

/** The first ones oftener, so that a sale is posted, its points are spent, and its goods come back. */
const index = weighted([2, fc.nat(2)], [3, fc.nat(9)])

const sale = fc.record({ named, lines: goodsLines, when })

const goodsReturn = fc.record({
  sale: index,
  tenths: fc.array(fc.constantFrom(0, 1, 3, 5, 10, 10), { minLength: 4, maxLength: 4 }),
  lateMs: fc.integer({ min: -10 * hourMs, max: 20 * dayMs }),
  wrong: weighted<PlannedReturn['wrong']>(
    [10, fc.constant('nothing')],
    [1, fc.constant('unknown line')],
    [1, fc.constant('too much')],
  ),
})

const adjustment = fc.record({
  member,
  points: weighted<number | 'all'>(
    [3, fc.integer({ min: -300, max: 300 }).filter((points) => points !== 0)],
    [3, fc.constant('all')],
  ),
})

const post = weighted<Post>(
  [14, fc.record({ do: fc.constant('purchase' as const), index, twisted })],
  [7, fc.record({ do: fc.constant('return' as const), index, twisted })],
  [
    1,
    fc.record({
      do: fc.constant('enrol' as const),
      member: fc.oneof<fc.Arbitrary<number | 'made'>[]>(member, fc.constant('made')),
      card: fc.option<number, null>(card, { nil: null }),
    }),
  ],
)

const change = weighted<PlannedChange>(
  [3, fc.constantFrom('closed' as const, 'active' as const, 'active' as const).map((status) => ({ status }))],
  [3, fc.option(card).map((place) => ({ card: place }))],
  [2, fc.constantFrom('Bea', 'Cy').map((name) => ({ name }))],
)

const attach = fc.record({
  do: fc.constant('attach' as const),
  index,
  member,
  by: fc.constantFrom('member' as const, 'staff' as const),
  wrong: weighted([6, fc.constant(false)], [1, fc.constant(true)]),
})

const command = weighted<Command>(
  [18, post],
  [6, fc.record({ do: fc.constant('adjust' as const), index, twisted })],
  [5, attach],
  [2, fc.record({ do: fc.constant('tag' as const), member, tags: fc.subarray(['lapsed', 'student', 'vip']) })],
  [2, fc.record({ do: fc.constant('change' as const), member, change })],
  [1, fc.record({ do: fc.constant('quote' as const), index })],
  [
    4,
    fc.record({
      do: fc.constant('read' as const),
      what: fc.constantFrom('member', 'balance', 'search', 'purchase', 'return'),
      index,
    }),
  ],
  [2, fc.record({ do: fc.constant('batch' as const), posts: fc.array(post, { minLength: 1, maxLength: 5 }) })],
  [2, fc.constant({ do: 'sweep' as const })],
  [1, fc.record({ do: fc.constant('enrol me' as const), visitor: fc.nat(1) })],
)

const story = fc
  .tuple(index, index, fc.array(command, { maxLength: 2 }))
  .map(([first, second, others]): Command[] => [
    { do: 'purchase', index: first, twisted: false },
    { do: 'spend', index: first },
    ...others,
    { do: 'bring back', index: first },
    { do: 'purchase', index: second, twisted: false },
  ])

/** Goods of a purchase without a member come back before it has one, and after. */
const forgotten = fc
  .tuple(attach, fc.array(post, { maxLength: 2 }), fc.array(command, { maxLength: 2 }))
  .map(([attached, before, after]): Command[] => [
    { do: 'purchase', index: attached.index, twisted: false },
    ...before,
    attached,
    ...after,
    { do: 'bring back', index: attached.index },
  ])

const client = fc.record({
  commands: weighted([3, fc.array(command, { minLength: 1, maxLength: 6, size: 'max' })], [1, story], [1, forgotten]),
  tries: fc.integer({ min: 1, max: 6 }),
})

const gap = weighted<Gap>(
  [2, fc.constant({ ms: 0 })],
  [3, fc.integer({ min: 1, max: 48 * hourMs }).map((ms) => ({ ms }))],
  [3, fc.integer({ min: 1, max: 40 }).map((days) => ({ ms: days * dayMs }))],
  [2, fc.integer({ min: 41, max: 800 }).map((days) => ({ ms: days * dayMs }))],
  // A round that begins just before time changes something goes on while it does.
  [4, fc.integer({ min: -1, max: 20 }).map((beforeDueMs) => ({ beforeDueMs }))],
)

/** Several enrol or change the same member at once. */
const rush = fc.constantFrom(0, 2).chain((place) => {
  const member = fc.constant(place)
  const enrol = fc.record({ do: fc.constant('enrol' as const), member, card: fc.constant(null) })
  const commands = fc.array(
    weighted<Command>([1, enrol], [3, fc.record({ do: fc.constant('change' as const), member, change })]),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  return fc.array(fc.record({ commands, tries: fc.constant(3) }), { minLength: 2, maxLength: 4 })
})

const round = fc.record({
  gap,
  clients: weighted<PlannedClient[]>([7, fc.array(client, { minLength: 1, maxLength: 5, size: 'max' })], [1, rush]),
})

const several = { minLength: 3, maxLength: 10, size: 'max' } as const

/** The seed is kept while a plan shrinks: the fewer things happen, the less is left to it. */
export const plans = (mostRounds: number): fc.Arbitrary<Plan> =>
  fc.record({
    sales: fc.array(sale, several),
    returns: fc.array(goodsReturn, several),
    adjustments: fc.array(adjustment, several),
    rounds: fc.array(round, { minLength: 1, maxLength: mostRounds, size: 'max' }),
    seed: fc.noShrink(fc.integer()),
  })
