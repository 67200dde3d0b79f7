import { type Campaign, type CapWindow, givesPoints } from '../domain/campaign.ts'
import { type LimitedOffer, type Room, type RoomOf, unlimited } from '../domain/campaign-awards.ts'
import { type CapUse, roomIn, type Use, windowOf, windowsOf } from '../domain/limits.ts'
import type { Revision } from '../domain/programme.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { type Pot, potWrite } from '../store/budget-item.ts'
import { type Item, type Key, mostReadKeys, type Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import type { Ledger } from './account.ts'
import { openBudget, openRest, openStoreBudget, peekBudget } from './budgets.ts'

/** The sale whose campaigns are limited. */
export interface LimitedSale {
  readonly memberId: MemberId
  readonly at: Instant
  readonly revision: Revision
  readonly storeId: string
}

/** What is left for the limited campaigns of a sale, and how it is written down what is taken of it or given back. */
export interface Limits {
  readonly roomOf: RoomOf
  /** To be committed together with the head, which guards the member's counters. */
  writes(uses: readonly Use[]): Write[]
  /** Where they are only tried: what would be left. */
  left?(uses: readonly Use[]): LimitsLeft[]
}

export const noLimits: Limits = { roomOf: unlimited, writes: () => [] }

/** What is left of a campaign's limits: of those that it has. */
export interface LimitsLeft {
  readonly campaign: string
  readonly perMember: readonly { readonly window: CapWindow; readonly times?: number; readonly points?: number }[]
  readonly perStore?: number
  readonly budget?: number
}

/** What a simulated sale finds of the limits, and what it would leave. */
export interface TriedLimits extends Limits {
  left(uses: readonly Use[]): LimitsLeft[]
}

/** What a member has had of a campaign in a window, as it is stored. */
interface Counter {
  readonly key: Key
  readonly stored: Item | undefined
}

/** The counters and pots of one campaign. */
interface Open {
  readonly campaign: Campaign
  /** One for each window of its caps: several caps may have the same. */
  readonly counters: ReadonlyMap<CapWindow, Counter>
  readonly store: Pot | undefined
  readonly budget: Pot | undefined
}

/** Opens what a sale may take from: for the campaigns that it matches, the member's counters, the store's pot and one of the budget. */
export async function openLimits(ledger: Ledger, sale: LimitedSale, offers: readonly LimitedOffer[]): Promise<Limits> {
  const wanted = new Map(offers.map((offer) => [offer.compiled.campaign.id, offer.wanted]))
  const campaigns = offers.map(({ compiled }) => compiled.campaign)
  return await open(ledger, sale, campaigns, (campaign) =>
    openBudget(ledger, campaign, sale.revision.number, wanted.get(campaign.id) ?? 0),
  )
}

/** What is left for the campaigns that a sale matches, without moving anything: what a quote says. */
export async function peekLimits(ledger: Ledger, sale: LimitedSale, offers: readonly LimitedOffer[]): Promise<Limits> {
  const campaigns = offers.map(({ compiled }) => compiled.campaign)
  return await open(ledger, sale, campaigns, (campaign) => peekBudget(ledger, campaign, sale.revision.number))
}

/** What is left for the campaigns that a simulated sale matches; all there is where its member is nobody. */
export async function tryLimits(
  ledger: Ledger,
  sale: LimitedSale,
  offers: readonly LimitedOffer[],
  member: 'real' | 'made-up',
): Promise<TriedLimits> {
  const campaigns = offers.map(({ compiled }) => compiled.campaign)
  const peek = (campaign: Campaign) => peekBudget(ledger, campaign, sale.revision.number)
  const opened = member === 'real' ? await openAll(ledger, sale, campaigns, peek) : new Map(campaigns.map(untouched))
  return { roomOf: roomsOf(opened), writes: () => [], left: (uses) => leftOf(opened, uses) }
}

/** The limits of a campaign of which nothing was ever taken. */
function untouched(campaign: Campaign): [string, Open] {
  const { perStore, budget } = pointLimits(campaign)
  const full = (left: number | undefined) => (left === undefined ? undefined : { key: noKey, left, stored: undefined })
  return [campaign.id, { campaign, counters: new Map(), store: full(perStore), budget: full(budget) }]
}

/** Of what is never written. */
const noKey: Key = { pk: '', sk: '' }

/** Opens what a return gives back to, in the windows of the sale. */
export async function openGivenBack(ledger: Ledger, sale: LimitedSale, uses: readonly Use[]): Promise<Limits> {
  const campaigns = uses.flatMap(({ campaign }) => sale.revision.campaigns?.byId.get(campaign)?.campaign ?? [])
  return await open(ledger, sale, campaigns, (campaign) => openRest(ledger, campaign.id))
}

/** Opens what goods take once more that do not count as returned any longer; undefined where there is not so much left. */
export async function openTakenAgain(ledger: Ledger, sale: LimitedSale, uses: readonly Use[]): Promise<Limits | undefined> {
  const campaigns = uses.flatMap(({ campaign }) => sale.revision.campaigns?.byId.get(campaign) ?? [])
  const useOfCampaign = (id: string) => uses.find(({ campaign }) => campaign === id) ?? { points: 0, times: 0 }
  const limits = await open(
    ledger,
    sale,
    campaigns.map(({ campaign }) => campaign),
    (campaign) => openBudget(ledger, campaign, sale.revision.number, Math.max(0, useOfCampaign(campaign.id).points)),
  )
  const fits = campaigns.every((compiled) => {
    const { points, times } = useOfCampaign(compiled.campaign.id)
    return (limits.roomOf(compiled)?.points ?? Number.POSITIVE_INFINITY) >= Math.max(points, times)
  })
  return fits ? limits : undefined
}

async function open(
  ledger: Ledger,
  sale: LimitedSale,
  campaigns: readonly Campaign[],
  openPot: (campaign: Campaign) => Promise<Pot | undefined>,
): Promise<Limits> {
  if (campaigns.length === 0) return noLimits
  const opened = await openAll(ledger, sale, campaigns, openPot)
  return { roomOf: roomsOf(opened), writes: (uses) => writesOf(opened, uses) }
}

async function openAll(
  ledger: Ledger,
  sale: LimitedSale,
  campaigns: readonly Campaign[],
  openPot: (campaign: Campaign) => Promise<Pot | undefined>,
): Promise<Map<string, Open>> {
  const counters = await readCounters(ledger, sale, campaigns)
  const opened = new Map<string, Open>()
  for (const campaign of campaigns) {
    const { perStore, budget } = pointLimits(campaign)
    opened.set(campaign.id, {
      campaign,
      counters: counters.get(campaign.id) ?? new Map(),
      store: perStore === undefined ? undefined : await openStoreBudget(ledger, campaign, sale.revision.number, sale.storeId),
      budget: budget === undefined ? undefined : await openPot(campaign),
    })
  }
  return opened
}

function roomsOf(opened: ReadonlyMap<string, Open>): RoomOf {
  const rooms = new Map([...opened].map(([id, limits]) => [id, roomOf(limits)]))
  return ({ campaign }) => rooms.get(campaign.id)
}

function leftOf(opened: ReadonlyMap<string, Open>, uses: readonly Use[]): LimitsLeft[] {
  return [...opened.values()].map(({ campaign, counters, store, budget }) => {
    const use = uses.find((one) => one.campaign === campaign.id) ?? { times: 0, points: 0 }
    const perMember = (campaign.limits?.perMember ?? []).map(({ window, times, points }) => {
      const used = useOf(counters.get(window)?.stored)
      return {
        window,
        ...(times !== undefined && { times: Math.max(0, times - used.times - use.times) }),
        ...(points !== undefined && { points: Math.max(0, points - used.points - use.points) }),
      }
    })
    return {
      campaign: campaign.id,
      perMember,
      ...(store && { perStore: Math.max(0, store.left - use.points) }),
      ...(budget && { budget: Math.max(0, budget.left - use.points) }),
    }
  })
}

/** What is no points has no price in them. */
const pointLimits = (campaign: Campaign) => (givesPoints(campaign) ? { ...campaign.limits } : {})

function roomOf({ campaign, counters, store, budget }: Open): Room | undefined {
  const caps = campaign.limits?.perMember ?? []
  const used = caps.map((cap) => ({ cap, used: useOf(counters.get(cap.window)?.stored) }))
  return roomIn(used, store?.left, budget?.left)
}

/** The member's counters of some campaigns. */
async function readCounters({ runtime, programme }: Ledger, sale: LimitedSale, campaigns: readonly Campaign[]) {
  const wanted = campaigns.flatMap((campaign) =>
    windowsOf(campaign).map((window) => {
      const name = windowOf(sale.revision.calendar, window, sale.at)
      return { campaign: campaign.id, window, key: table.cap(programme.id, sale.memberId, campaign.id, `${window}#${name}`) }
    }),
  )
  const counters = new Map<string, Map<CapWindow, Counter>>()
  for (let start = 0; start < wanted.length; start += mostReadKeys) {
    const part = wanted.slice(start, start + mostReadKeys)
    const keys = part.map(({ key }) => key)
    const { items } = await runtime.store.read(keys, { consistent: true })
    for (const [index, { campaign, window, key }] of part.entries()) {
      const known = counters.get(campaign) ?? new Map<CapWindow, Counter>()
      counters.set(campaign, known.set(window, { key, stored: items[index] }))
    }
  }
  return counters
}

const useOf = (item: Item | undefined): CapUse => ({ times: Number(item?.t ?? 0), points: Number(item?.p ?? 0) })

function writesOf(opened: ReadonlyMap<string, Open>, uses: readonly Use[]): Write[] {
  return uses.flatMap(({ campaign, points, times }) => {
    const open = opened.get(campaign)
    if (!open) throw new Error(`the limits of ${campaign} were not opened`)
    const counters = [...open.counters.values()].map(({ key, stored }): Write => {
      const used = useOf(stored)
      return { kind: 'put', item: { ...key, t: used.times + times, p: used.points + points }, replaces: stored }
    })
    const pots =
      points === 0
        ? []
        : [open.store, open.budget].flatMap((pot) => pot ?? []).map((pot) => potWrite(pot, { left: pot.left - points }))
    return [...counters, ...pots]
  })
}
