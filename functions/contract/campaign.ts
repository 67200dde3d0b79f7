import * as z from 'zod'
import {
  type BonusEffect,
  type Campaign,
  type CampaignEffect,
  type Condition,
  capWindows,
  type LineSelector,
  occasionNames,
  type Trigger,
  weekdays,
} from '../domain/campaign.ts'
import { misfits } from './campaign-trigger.ts'
import { amount, day, id, instant, mostAmount, quantity, storeId, text } from './values.ts'

const count = (most: number) => z.int().min(1).max(most)
/** Names of a list: at least one. */
const some = <Name extends z.ZodType>(name: Name) => z.array(name).min(1).max(500)
const skus = some(text(128))
const categories = some(text(128))

/** An object that has exactly one of these fields: faults point at the field that is wrong, not at all that it might have been. */
function oneOf<const Shape extends z.core.$ZodLooseShape, Value>(shape: Shape): z.ZodType<Value> {
  return z.strictObject(shape).refine((value) => Object.values(value).filter((field) => field !== undefined).length === 1, {
    message: `must have exactly one of ${Object.keys(shape).join(', ')}`,
    when: ({ issues }) => issues.length === 0,
  }) as unknown as z.ZodType<Value>
}

const mostBranches = 50

/** Which lines of a basket something is about. */
export const lineSelector: z.ZodType<LineSelector> = oneOf<z.core.$ZodLooseShape, LineSelector>({
  sku: skus.optional(),
  category: categories.optional(),
  get all() {
    return z.array(lineSelector).min(1).max(mostBranches).optional()
  },
  get any() {
    return z.array(lineSelector).min(1).max(mostBranches).optional()
  },
  get none() {
    return z.array(lineSelector).min(1).max(mostBranches).optional()
  },
}).meta({ id: 'LineSelector', description: 'Lines by article or category, combined with all, any and none.' })

const of = z.enum(['matching', 'basket']).optional()
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM')

/** Whether an interval of texts that sort by time ends no earlier than it begins. */
const ordered = ({ from, until }: { from?: string | undefined; until?: string | undefined }) =>
  from === undefined || until === undefined || from <= until

const condition: z.ZodType<Condition> = oneOf<z.core.$ZodLooseShape, Condition>({
  get all() {
    return z.array(condition).min(1).max(mostBranches).optional()
  },
  get any() {
    return z.array(condition).min(1).max(mostBranches).optional()
  },
  get none() {
    return z.array(condition).min(1).max(mostBranches).optional()
  },
  sku: skus.optional(),
  category: categories.optional(),
  store: some(storeId).optional(),
  storeGroup: some(id).optional(),
  channel: some(text(64)).optional(),
  spendAtLeast: z.strictObject({ amount, of }).optional(),
  quantityAtLeast: z.strictObject({ quantity, of }).optional(),
  distinctSkusAtLeast: z.strictObject({ count: count(500), of }).optional(),
  dates: z
    .strictObject({ from: day.optional(), until: day.optional() })
    .refine(({ from, until }) => from !== undefined || until !== undefined, 'must have a day')
    .refine(ordered, { message: 'ends before it begins', path: ['until'] })
    .optional(),
  weekdays: z.array(z.enum(weekdays)).min(1).max(7).optional(),
  hours: z
    .strictObject({ from: timeOfDay, until: timeOfDay })
    .refine(({ from, until }) => from !== until, { message: 'is a window of no length', path: ['until'] })
    .optional(),
  tier: some(id).optional(),
  club: some(id).optional(),
  segment: some(id).optional(),
  purchaseNumber: oneOf({
    is: count(1_000_000).optional(),
    atMost: count(1_000_000).optional(),
    every: count(1_000_000).optional(),
  }).optional(),
  daysSinceLastPurchase: z
    .strictObject({ atLeast: z.int().min(0).max(36_500).optional(), atMost: z.int().min(0).max(36_500).optional() })
    .refine(({ atLeast, atMost }) => atLeast === undefined || atMost === undefined || atLeast <= atMost, {
      message: 'is a window of no length',
      path: ['atMost'],
    })
    .optional(),
  birthdayMonth: z.literal(true).optional(),
  tender: some(text(64)).optional(),
}).meta({ id: 'Condition', description: 'What must hold of a purchase and its member, combined with all, any and none.' })

const points = count(mostAmount)

const valid = z
  .strictObject({ days: count(3650) })
  .meta({ description: 'Whole local days after that of the sale or bonus, in which the granted reward can be had for nothing.' })

const effectFields = {
  points: points.optional(),
  per: count(1_000_000_000).optional(),
  everyItems: count(1_000_000).optional(),
  multiplier: z.int().min(10_001).max(1_000_000).optional(),
  reward: id.optional(),
  valid: valid.optional(),
  tierCredit: points.optional(),
  badge: id.optional(),
}
const effects: readonly string[] = [
  'points',
  'points per',
  'points everyItems',
  'multiplier',
  'reward',
  'reward valid',
  'tierCredit',
  'badge',
]

const effect = z
  .strictObject(effectFields)
  .refine(
    (value) =>
      effects.includes(
        Object.keys(effectFields)
          .filter((name) => value[name as keyof typeof value] !== undefined)
          .join(' '),
      ),
    `must be one of ${effects.join('; ')}`,
  )
  .meta({ id: 'CampaignEffect' }) as unknown as z.ZodType<CampaignEffect>

const bonusEffect = z
  .strictObject({ points: points.optional(), reward: id.optional(), valid: valid.optional(), badge: id.optional() })
  .refine(({ valid: _, ...one }) => Object.values(one).filter((field) => field !== undefined).length === 1, {
    message: 'must have exactly one of points, reward, badge',
    when: ({ issues }) => issues.length === 0,
  })
  .refine(({ reward, valid: days }) => days === undefined || reward !== undefined, {
    message: 'is of rewards alone',
    path: ['valid'],
    when: ({ issues }) => issues.length === 0,
  }) as unknown as z.ZodType<BonusEffect>

const trigger = z
  .union([
    z.enum(['purchase', ...occasionNames]),
    oneOf({ event: id.optional(), tierReached: id.optional(), clubJoined: id.optional() }),
  ])
  .meta({ id: 'Trigger', description: 'What sets a campaign off.' }) as unknown as z.ZodType<Trigger>

const memberCap = z
  .strictObject({ window: z.enum(capWindows), times: count(1_000_000).optional(), points: points.optional() })
  .refine(({ times, points: most }) => times !== undefined || most !== undefined, 'must limit times or points')

/** From an instant until, and without, another. */
export const schedule = z
  .strictObject({ from: instant.optional(), until: instant.optional() })
  .refine(({ from, until }) => from === undefined || until === undefined || Date.parse(from) < Date.parse(until), {
    message: 'ends before it begins',
    path: ['until'],
  })

/** A campaign of the programme document. */
export const campaign = z
  .strictObject({
    id: id.refine((name) => name !== 'base', 'is the name of what every purchase earns'),
    name: text(256).optional(),
    trigger,
    schedule: schedule.optional(),
    lines: lineSelector.optional(),
    when: condition.optional(),
    effect,
    referrer: z.strictObject({ effect: bonusEffect }).optional(),
    limits: z
      .strictObject({
        perPurchase: points.optional(),
        perMember: z.array(memberCap).min(1).max(5).optional(),
        perStore: points.optional(),
        budget: points.optional(),
      })
      .optional(),
    exclusive: id.optional(),
    priority: z.int().min(-1000).max(1000).optional(),
    holdOut: z.strictObject({ percent: z.int().min(1).max(99) }).optional(),
  })
  .superRefine((written, context) => {
    for (const { path, message } of misfits(written)) context.addIssue({ code: 'custom', path, message })
  })
  .meta({ id: 'Campaign' }) satisfies z.ZodType<Campaign>

export const mostCampaigns = 1000
