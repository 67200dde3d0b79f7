import type { Campaign } from './campaign.ts'
import type { Club } from './club.ts'
import { below } from './difference.ts'
import { exclusiveFindings } from './exclusive-campaigns.ts'
import type { Standing } from './guarantee.ts'
import type { ProgrammeDocument } from './programme.ts'
import { isGrantable } from './reward.ts'
import { rewardFindings, voucherFindings } from './reward-findings.ts'
import { type Severity, severities, type Term } from './service-policy.ts'
import type { Instant } from './units.ts'

/** What a document contradicts. Codes are stable. */
export type ContradictionCode =
  | 'unknown-tier'
  | 'unknown-club'
  | 'unknown-reward'
  | 'reward-not-grantable'
  | 'unknown-voucher'
  | 'unknown-store'
  | 'unknown-store-group'
  | 'store-group-without-stores'
  | 'circular-club'
  | 'tiers-out-of-order'
  | 'unknown-category'
  | 'deadlines-out-of-order'
  | 'ends-before-start'
  | 'budget-below-spent'
  | 'stock-below-taken'
  | 'low-stock-above-stock'
  | 'low-stock-without-stock'
  | 'never-wins'
  | 'never-applies'
  | 'credit-uncounted'
  | 'currency-changed'
  | 'timezone-changed'
/** What is allowed, and may not be meant. */
type WarningCode = 'in-the-past' | 'undecided' | 'tier-earns-less' | 'expires-on-hold'

/** Something that was found in a document. */
export interface Finding<Code extends string = ContradictionCode | WarningCode> {
  /** RFC 6901, into the document. */
  readonly pointer: string
  readonly code: Code
  readonly detail: string
}

export interface Validation {
  /** They keep the document from being published. */
  readonly errors: readonly Finding<ContradictionCode>[]
  readonly warnings: readonly Finding<WarningCode>[]
}

/** What a document is held against, besides itself. */
export interface Circumstances {
  /** The document of the latest revision. */
  readonly published: ProgrammeDocument
  /** Points that campaigns have given so far. */
  readonly spent: ReadonlyMap<string, number>
  /** Pieces of rewards that members have taken so far; undefined: nobody has. */
  readonly taken?: ReadonlyMap<string, number>
  readonly now: Instant
}

/** What other parts a club names. */
interface NamingClub {
  readonly id: string
  readonly requires?:
    | { readonly tiers?: readonly string[] | undefined; readonly clubs?: readonly string[] | undefined }
    | undefined
}
type Document = ProgrammeDocument & { readonly clubs?: readonly NamingClub[] | undefined }

/** Findings that are told; with more of them nobody reads on. */
const mostFindings = 500

/** Finds what a document that fits the contract contradicts: itself, what is published, or what has happened. */
export function validate(document: ProgrammeDocument, circumstances: Circumstances): Validation {
  const campaigns = document.campaigns ?? []
  const { errors, warnings } = exclusiveFindings(campaigns)
  return {
    errors: [
      ...unchangeable(document, circumstances.published),
      ...tierOrder(document),
      ...clubNames(document),
      ...circularClubs(document),
      ...campaignNames(document),
      ...guaranteeNames(document),
      ...rewardFindings(document, circumstances),
      ...voucherFindings(document),
      ...idleTiers(document),
      ...serviceRules(document),
      ...campaigns.flatMap((campaign, index) => limitsOf(campaign, `/campaigns/${index}`, circumstances.spent)),
      ...errors,
    ].slice(0, mostFindings),
    warnings: [
      ...expiresOnHold(document),
      ...tierMultipliers(document),
      ...campaigns.flatMap((campaign, index) => past(campaign, `/campaigns/${index}`, circumstances.now)),
      ...warnings,
    ].slice(0, mostFindings),
  }
}

type Errors = Finding<ContradictionCode>[]
type Warnings = Finding<WarningCode>[]

/** Points that members have were earned by the one and dated by the other: neither can become another under them. */
function unchangeable(document: ProgrammeDocument, published: ProgrammeDocument): Errors {
  const found: Errors = []
  const { currency, timezone } = published
  if (document.currency !== currency) {
    found.push({ pointer: '/currency', code: 'currency-changed', detail: `is ${currency}, and stays so for all that was bought` })
  }
  if (document.timezone !== timezone) {
    found.push({
      pointer: '/timezone',
      code: 'timezone-changed',
      detail: `is ${timezone}, and stays so for days that have passed`,
    })
  }
  return found
}

function tierOrder({ tiers: { levels } }: ProgrammeDocument): Errors {
  return levels.flatMap(({ id, threshold }, index) => {
    const before = levels[index - 1]
    if (!before || before.threshold < threshold) return []
    const pointer = `/tiers/levels/${index}/threshold`
    return [{ pointer, code: 'tiers-out-of-order' as const, detail: `${id} begins below ${before.id}, which stands before it` }]
  })
}

function tierMultipliers({ tiers: { levels } }: ProgrammeDocument): Warnings {
  return levels.flatMap(({ id, multiplier }, index) => {
    const before = levels[index - 1]
    if (!before || before.multiplier <= multiplier) return []
    const pointer = `/tiers/levels/${index}/multiplier`
    return [{ pointer, code: 'tier-earns-less' as const, detail: `${id} earns less than ${before.id}, which is below it` }]
  })
}

export const idsOf = (parts: readonly { readonly id: string }[] | undefined) => new Set((parts ?? []).map(({ id }) => id))

export function unknownIn(
  names: readonly string[] | undefined,
  known: ReadonlySet<string>,
  pointer: string,
  code: ContradictionCode,
  thing: string,
): Errors {
  return (names ?? []).flatMap((name, index) =>
    known.has(name) ? [] : [{ pointer: below(pointer, index), code, detail: `there is no ${thing} ${name}` }],
  )
}

function clubNames(document: Document): Errors {
  const [tiers, clubs] = [idsOf(document.tiers.levels), idsOf(document.clubs)]
  return (document.clubs ?? []).flatMap((club, index) => [
    ...unknownIn(club.requires?.tiers, tiers, `/clubs/${index}/requires/tiers`, 'unknown-tier', 'tier'),
    ...unknownIn(tiersWanted(club), tiers, `/clubs/${index}/qualifies/tier`, 'unknown-tier', 'tier'),
    ...unknownIn(club.requires?.clubs, clubs, `/clubs/${index}/requires/clubs`, 'unknown-club', 'club'),
  ])
}

function guaranteeNames(document: Document): Errors {
  const [tiers, clubs, rewards] = [idsOf(document.tiers.levels), idsOf(document.clubs), idsOf(document.rewards)]
  const standing = (named: Standing, pointer: string): Errors => [
    ...unknownIn(named.tiers, tiers, `${pointer}/tiers`, 'unknown-tier', 'tier'),
    ...unknownIn(named.clubs, clubs, `${pointer}/clubs`, 'unknown-club', 'club'),
  ]
  return (document.guarantees ?? []).flatMap(({ longer = [], automatic, remedy }, index) => {
    const pointer = `/guarantees/${index}`
    const unknownReward: Errors =
      'voucher' in remedy && !rewards.has(remedy.voucher.reward)
        ? [
            {
              pointer: `${pointer}/remedy/voucher/reward`,
              code: 'unknown-reward',
              detail: `there is no reward ${remedy.voucher.reward}`,
            },
          ]
        : []
    return [
      ...longer.flatMap((one, place) => standing(one, `${pointer}/longer/${place}`)),
      ...(automatic ? standing(automatic, `${pointer}/automatic`) : []),
      ...unknownReward,
    ]
  })
}

const tiersWanted = (club: Club) => (club.kind === 'qualifying' && 'tier' in club.qualifies ? club.qualifies.tier : undefined)

/** Clubs that nobody can join, because each asks for another of them first. */
function circularClubs({ clubs = [] }: Document): Errors {
  const joinable = new Set<string>()
  const named = idsOf(clubs)
  for (let before = -1; before < joinable.size; ) {
    before = joinable.size
    for (const { id, requires } of clubs) {
      if ((requires?.clubs ?? []).every((other) => joinable.has(other) || !named.has(other))) joinable.add(id)
    }
  }
  return clubs.flatMap(({ id, requires }, index) => {
    if (joinable.has(id)) return []
    const detail = `asks for ${requires!.clubs!.join(', ')}, which nobody can join before ${id}`
    return [{ pointer: `/clubs/${index}/requires/clubs`, code: 'circular-club' as const, detail }]
  })
}

/** What campaigns have of tiers that the tiers do not take: nobody comes up to the lowest, and visits take no credit. */
function idleTiers({ tiers: { metric, levels }, campaigns = [] }: ProgrammeDocument): Errors {
  const lowest = levels.find(({ threshold }) => threshold === 0)?.id
  return campaigns.flatMap(({ trigger, effect }, index): Errors => {
    const pointer = `/campaigns/${index}`
    const isIdle = typeof trigger === 'object' && 'tierReached' in trigger && trigger.tierReached === lowest
    const isUncounted = 'tierCredit' in effect && metric !== 'spend' && metric !== 'points'
    const [never, uncounted] = [
      `nobody comes up to ${lowest}: it is the lowest tier`,
      `tiers count ${metric}, and credit is none`,
    ]
    return [
      ...(isIdle ? [{ pointer: `${pointer}/trigger/tierReached`, code: 'never-applies' as const, detail: never }] : []),
      ...(isUncounted ? [{ pointer: `${pointer}/effect/tierCredit`, code: 'credit-uncounted' as const, detail: uncounted }] : []),
    ]
  })
}

/** Points of every sale that are gone before they may be spent. */
function expiresOnHold({ points: { expiry, holdDays } }: ProgrammeDocument): Warnings {
  const [monthDays, yearDays] = [31, 366]
  if (expiry === 'none' || 'inactivity' in expiry) return []
  const longest = 'months' in expiry ? (expiry.months + (expiry.roundTo ? 1 : 0)) * monthDays : yearDays
  if (holdDays < longest) return []
  return [{ pointer: '/points/holdDays', code: 'expires-on-hold', detail: 'points expire before they may be spent' }]
}

/** The tier or club that a trigger names. */
function triggerNames(
  trigger: Campaign['trigger'],
  known: { readonly tier: ReadonlySet<string>; readonly club: ReadonlySet<string> },
  pointer: string,
): Errors {
  if (typeof trigger === 'string' || 'event' in trigger) return []
  const [name, id, among, code] =
    'tierReached' in trigger
      ? (['tierReached', trigger.tierReached, known.tier, 'unknown-tier'] as const)
      : (['clubJoined', trigger.clubJoined, known.club, 'unknown-club'] as const)
  if (among.has(id)) return []
  return [{ pointer: `${pointer}/${name}`, code, detail: `there is no ${name === 'tierReached' ? 'tier' : 'club'} ${id}` }]
}

/** What campaigns name, and what there is of it. */
function campaignNames(document: Document): Errors {
  const rewards = new Map((document.rewards ?? []).map((reward) => [reward.id, reward]))
  const stores = document.stores && idsOf(document.stores)
  const groups = document.stores && new Set(document.stores.flatMap((store) => store.groups ?? []))
  const known = { tier: idsOf(document.tiers.levels), club: idsOf(document.clubs), store: stores, storeGroup: groups }
  return (document.campaigns ?? []).flatMap((campaign, index) => {
    const pointer = `/campaigns/${index}`
    const { effect, referrer, trigger } = campaign
    const grantedReward = (given: Campaign['effect'] | undefined, at: string): Errors => {
      if (!given || !('reward' in given)) return []
      const [pointer, reward] = [`${at}/reward`, rewards.get(given.reward)]
      if (!reward) return [{ pointer, code: 'unknown-reward', detail: `there is no reward ${given.reward}` }]
      if (isGrantable(reward)) return []
      return [
        { pointer, code: 'reward-not-grantable', detail: `${given.reward} is points as money, which nobody has for nothing` },
      ]
    }
    return [
      ...(campaign.when ? conditionNames(campaign.when, known, `${pointer}/when`) : []),
      ...triggerNames(trigger, known, `${pointer}/trigger`),
      ...grantedReward(effect, `${pointer}/effect`),
      ...grantedReward(referrer?.effect, `${pointer}/referrer/effect`),
    ]
  })
}

/** A low score opens a complaint of a category that there is, and who is more severe does not wait longer. */
function serviceRules({ service }: Document): Errors {
  if (!service) return []
  const { deadlines, survey } = service
  const opens = survey?.lowScore && [survey.lowScore.opens]
  const order = severities.flatMap((severity, index): Errors => {
    const below: Severity | undefined = severities[index - 1]
    if (!below || longestHours(deadlines[severity]) <= longestHours(deadlines[below])) return []
    const detail = `may take longer than what is ${below}, though it matters more`
    return [{ pointer: `/service/deadlines/${severity}`, code: 'deadlines-out-of-order', detail }]
  })
  return [
    ...order,
    ...unknownIn(opens, idsOf(service.categories), '/service/survey/lowScore/opens', 'unknown-category', 'category').map(
      (found) => {
        return { ...found, pointer: '/service/survey/lowScore/opens' }
      },
    ),
  ]
}

/** Days end at midnight after the last of them. */
const longestHours = (term: Term): number => ('hours' in term ? term.hours : (term.days + 1) * 24)

interface Known {
  readonly tier: ReadonlySet<string>
  readonly club: ReadonlySet<string>
  /** Undefined where there is no register of stores: then every store is one, and no group is. */
  readonly store: ReadonlySet<string> | undefined
  readonly storeGroup: ReadonlySet<string> | undefined
}

function conditionNames(condition: NonNullable<Campaign['when']>, known: Known, pointer: string): Errors {
  for (const combined of ['all', 'any', 'none'] as const) {
    const inner = (condition as { readonly [name in typeof combined]?: readonly NonNullable<Campaign['when']>[] })[combined]
    if (inner) return inner.flatMap((each, index) => conditionNames(each, known, `${pointer}/${combined}/${index}`))
  }
  if ('tier' in condition) return unknownIn(condition.tier, known.tier, `${pointer}/tier`, 'unknown-tier', 'tier')
  if ('club' in condition) return unknownIn(condition.club, known.club, `${pointer}/club`, 'unknown-club', 'club')
  if ('store' in condition && known.store) {
    return unknownIn(condition.store, known.store, `${pointer}/store`, 'unknown-store', 'store')
  }
  if (!('storeGroup' in condition)) return []
  const at = `${pointer}/storeGroup`
  if (known.storeGroup) return unknownIn(condition.storeGroup, known.storeGroup, at, 'unknown-store-group', 'group of stores')
  return [
    { pointer: at, code: 'store-group-without-stores', detail: 'there is no register of stores that says who is in a group' },
  ]
}

function limitsOf({ id, schedule, limits }: Campaign, pointer: string, spent: Circumstances['spent']): Errors {
  const found: Errors = []
  const { from, until } = schedule ?? {}
  if (from !== undefined && until !== undefined && Date.parse(until) <= Date.parse(from)) {
    found.push({ pointer: `${pointer}/schedule/until`, code: 'ends-before-start', detail: 'ends before it begins' })
  }
  const given = spent.get(id) ?? 0
  if (limits?.budget !== undefined && limits.budget < given) {
    const detail = `the campaign has given ${given} points already`
    found.push({ pointer: `${pointer}/limits/budget`, code: 'budget-below-spent', detail })
  }
  return found
}

function past({ schedule }: Campaign, pointer: string, now: Instant): Warnings {
  if (schedule?.until === undefined || Date.parse(schedule.until) > now) return []
  return [{ pointer: `${pointer}/schedule/until`, code: 'in-the-past', detail: 'the campaign is over' }]
}
