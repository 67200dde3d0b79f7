import type { Calendar } from './calendar.ts'
import { type Campaign, type Condition, givesPoints, isJudgedByPurchase, type LineSelector, triggerName } from './campaign.ts'
import { compileCondition, compileSelector, type SaleFacts, type Test } from './conditions.ts'
import type { EarningLine } from './earning.ts'
import { windowsOf } from './limits.ts'
import type { Store } from './programme.ts'

/** A campaign ready to be asked. */
export interface CompiledCampaign {
  readonly campaign: Campaign
  /** Its place in the order of evaluation: by priority, highest first, then as the document has them. */
  readonly order: number
  /** Epoch ms. */
  readonly from: number
  readonly until: number
  /** Whether it is about a line; undefined: about all. */
  readonly selects: ((line: EarningLine) => boolean) | undefined
  readonly condition: Test | undefined
  /** Whether what it gives hangs on more than this one sale. */
  readonly limited: boolean
  /** Counters and pots that a sale writes for it. */
  readonly limitRecords: number
}

/** What of the member the campaigns of a revision ask for; the rest need not be known. */
interface Needs {
  readonly clubs: boolean
  readonly segments: boolean
  readonly purchaseNumber: boolean
  readonly daysSinceLastPurchase: boolean
  readonly birthdayMonth: boolean
}

/** All campaigns of a revision, so that a sale finds those that may match it without looking at the others. */
export interface CampaignIndex {
  /** In the order of evaluation. */
  readonly campaigns: readonly CompiledCampaign[]
  readonly byId: ReadonlyMap<string, CompiledCampaign>
  readonly hasLimited: boolean
  readonly needs: Needs
  /** Campaigns that the lines and facts may meet, in the order of evaluation: none is missing, some may not match after all. */
  candidates(lines: readonly EarningLine[], facts: SaleFacts): CompiledCampaign[]
}

/** What a campaign may be found by: of each list one name must be there for it to match. */
const kinds = ['sku', 'category', 'store', 'channel', 'tier', 'club', 'segment', 'tender'] as const
type Kind = (typeof kinds)[number]
interface Clue {
  readonly kind: Kind
  readonly names: readonly string[]
}

/**
 * Compiles a revision's campaigns of purchases once; what it asks of the member is what referrals ask, too, because a purchase
 * judges them. Undefined where it has none of either.
 */
export function compileCampaigns(
  campaigns: readonly Campaign[],
  stores: readonly Store[],
  calendar: Calendar,
): CampaignIndex | undefined {
  const judged = campaigns.filter(isJudgedByPurchase)
  if (judged.length === 0) return undefined
  const ofPurchases = campaigns.filter(({ trigger }) => trigger === 'purchase')
  return { ...compileIndex(ofPurchases, stores, calendar), needs: needsOf(judged) }
}

/** Compiles the campaigns that something else than a purchase sets off, by the name of their trigger. */
export function compileBonuses(
  campaigns: readonly Campaign[],
  stores: readonly Store[],
  calendar: Calendar,
): ReadonlyMap<string, CampaignIndex> {
  const byTrigger = new Map<string, Campaign[]>()
  for (const campaign of campaigns) {
    const name = triggerName(campaign.trigger)
    if (name !== 'purchase') byTrigger.set(name, [...(byTrigger.get(name) ?? []), campaign])
  }
  return new Map([...byTrigger].map(([name, some]) => [name, compileIndex(some, stores, calendar)]))
}

function compileIndex(campaigns: readonly Campaign[], stores: readonly Store[], calendar: Calendar): CampaignIndex {
  const groups = storeGroups(stores)
  const inOrder = [...campaigns].sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0))
  const compiled = inOrder.map((campaign, order): CompiledCampaign => {
    const { schedule, lines, when } = campaign
    return {
      campaign,
      order,
      from: schedule?.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(schedule.from),
      until: schedule?.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(schedule.until),
      selects: lines && compileSelector(lines),
      condition: when && compileCondition(when, { calendar, groups }),
      limited: isLimited(campaign),
      limitRecords: limitRecords(campaign),
    }
  })
  const clues = inOrder.map((campaign) => cluesOf(campaign, groups))
  const shelves = shelve(compiled, clues)
  return {
    campaigns: compiled,
    byId: new Map(compiled.map((one) => [one.campaign.id, one])),
    hasLimited: compiled.some((one) => one.limited),
    needs: needsOf(campaigns),
    candidates: searcher(shelves, compiled.length),
  }
}

/** Whether what a campaign gives hangs on what it gave before: to the member, at the store, or in all. */
function isLimited({ limits }: Campaign): boolean {
  return limits?.perMember !== undefined || limits?.perStore !== undefined || limits?.budget !== undefined
}

function limitRecords(campaign: Campaign): number {
  const { limits } = campaign
  const pots = givesPoints(campaign) ? [limits?.perStore, limits?.budget].filter((limit) => limit !== undefined) : []
  return windowsOf(campaign).length + pots.length
}

function storeGroups(stores: readonly Store[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const store of stores) {
    for (const group of store.groups ?? []) groups.set(group, [...(groups.get(group) ?? []), store.id])
  }
  return groups
}

/** What must be there for a campaign to match: of its selector, and of its conditions as far as all of them must hold. */
function cluesOf({ lines, when }: Campaign, groups: ReadonlyMap<string, readonly string[]>): Clue[] {
  return [...(lines ? selectorClues(lines) : []), ...(when ? conditionClues(when, groups) : [])]
}

function selectorClues(selector: LineSelector): Clue[] {
  if ('sku' in selector) return [{ kind: 'sku', names: selector.sku }]
  if ('category' in selector) return [{ kind: 'category', names: selector.category }]
  return 'all' in selector ? selector.all.flatMap(selectorClues) : []
}

function conditionClues(condition: Condition, groups: ReadonlyMap<string, readonly string[]>): Clue[] {
  if ('all' in condition) return condition.all.flatMap((part) => conditionClues(part, groups))
  if ('storeGroup' in condition) {
    return [{ kind: 'store', names: condition.storeGroup.flatMap((group) => groups.get(group) ?? []) }]
  }
  for (const kind of kinds) {
    const names = (condition as { readonly [name: string]: unknown })[kind]
    if (names) return [{ kind, names: names as string[] }]
  }
  return []
}

interface Shelves {
  readonly by: Readonly<Record<Kind, ReadonlyMap<string, CompiledCampaign[]>>>
  /** Those that nothing of the sale tells. */
  readonly always: readonly CompiledCampaign[]
}

/** Puts each campaign under the clue that the fewest campaigns share. */
function shelve(compiled: readonly CompiledCampaign[], clues: readonly (readonly Clue[])[]): Shelves {
  const shared = new Map<string, number>()
  const nameOf = (kind: Kind, name: string) => `${kind} ${name}`
  for (const { kind, names } of clues.flat()) {
    for (const name of names) shared.set(nameOf(kind, name), (shared.get(nameOf(kind, name)) ?? 0) + 1)
  }
  const by = Object.fromEntries(kinds.map((kind) => [kind, new Map()])) as Record<Kind, Map<string, CompiledCampaign[]>>
  const always: CompiledCampaign[] = []
  const crowd = ({ kind, names }: Clue) => Math.max(...names.map((name) => shared.get(nameOf(kind, name)) ?? 0), 0)
  for (const [index, campaign] of compiled.entries()) {
    const [best] = [...(clues[index] ?? [])].sort((a, b) => crowd(a) - crowd(b))
    if (!best) {
      always.push(campaign)
      continue
    }
    for (const name of new Set(best.names)) by[best.kind].set(name, [...(by[best.kind].get(name) ?? []), campaign])
  }
  return { by, always }
}

/**
 * Gathers the campaigns that a sale's clues lead to. Which ones are gathered already is marked by the number of the search, in an
 * array of the index's own, because a set of them costs more than all the rest.
 */
function searcher({ by, always }: Shelves, size: number): CampaignIndex['candidates'] {
  const foundIn = new Uint32Array(size)
  let search = 0
  return (lines, facts) => {
    search += 1
    const found: CompiledCampaign[] = []
    const { at } = facts
    const take = (campaigns: readonly CompiledCampaign[] | undefined) => {
      if (!campaigns) return
      for (const campaign of campaigns) {
        if (foundIn[campaign.order] === search || campaign.from > at || at >= campaign.until) continue
        foundIn[campaign.order] = search
        found.push(campaign)
      }
    }
    take(always)
    for (const { sku, categories } of lines) {
      take(by.sku.get(sku))
      if (categories) for (const category of categories) take(by.category.get(category))
    }
    take(by.store.get(facts.storeId))
    if (facts.channel !== undefined) take(by.channel.get(facts.channel))
    take(by.tier.get(facts.tier))
    for (const club of facts.clubs) take(by.club.get(club))
    for (const segment of facts.segments) take(by.segment.get(segment))
    for (const { type } of facts.tenders ?? []) take(by.tender.get(type))
    return found.sort((a, b) => a.order - b.order)
  }
}

/** What any part of any condition asks for. */
function needsOf(campaigns: readonly Campaign[]): Needs {
  const asked = new Set<string>()
  const look = (condition: Condition) => {
    for (const [name, value] of Object.entries(condition)) {
      if (name === 'all' || name === 'any' || name === 'none') for (const part of value as Condition[]) look(part)
      else asked.add(name)
    }
  }
  for (const { when } of campaigns) if (when) look(when)
  return {
    clubs: asked.has('club'),
    segments: asked.has('segment'),
    purchaseNumber: asked.has('purchaseNumber'),
    daysSinceLastPurchase: asked.has('daysSinceLastPurchase'),
    birthdayMonth: asked.has('birthdayMonth'),
  }
}
