import { type Campaign, type Condition, givesPoints, isJudgedByPurchase, type Trigger } from '../domain/campaign.ts'

/** What of a campaign would be of no use: where it is, and why. */
export interface Misfit {
  readonly path: (string | number)[]
  readonly message: string
}

/** What can be asked of a member where there is no basket. */
const ofMembers = ['dates', 'weekdays', 'hours', 'tier', 'club', 'segment', 'birthdayMonth']
/** What can be asked where there is a store besides. */
const ofStores = ['store', 'storeGroup']
/** What is of a day is dated at its first instant, and a new member has no tags yet. */
const neverOf: { readonly [trigger: string]: string } = { birthday: 'hours', anniversary: 'hours', enrolment: 'segment' }
/** What a campaign can give without a basket. */
const ofBonuses = ['points', 'reward', 'badge', 'tierCredit']

/**
 * What of a campaign does not fit its trigger or its effect: baskets are looked at where there is one, stores where there may be
 * one, and points are counted where any are given.
 */
export function misfits(campaign: Campaign): Misfit[] {
  const { trigger, when, lines, effect, referrer, limits } = campaign
  const found: Misfit[] = idleLimits(campaign)
  const refuse = (message: string, ...path: (string | number)[]) => found.push({ path, message })
  if (trigger === 'purchase') {
    if (referrer) refuse('is for referrals alone', 'referrer')
    return found
  }
  const isOfPurchase = isJudgedByPurchase({ trigger })
  const mayHaveStore = isOfPurchase || (typeof trigger === 'object' && 'event' in trigger)
  if (trigger === 'referral' && !referrer) refuse('must say what the member has who recommended them', 'referrer')
  if (trigger !== 'referral' && referrer) refuse('is for referrals alone', 'referrer')
  for (const name of Object.keys(effect)) {
    if (!ofBonuses.includes(name)) refuse('is for purchases alone', 'effect', name)
  }
  if (lines && !isOfPurchase) refuse('is for what a purchase judges', 'lines')
  if (limits?.perPurchase !== undefined) refuse('is for purchases alone', 'limits', 'perPurchase')
  if (limits?.perStore !== undefined && !mayHaveStore) refuse('there is no store', 'limits', 'perStore')
  if (when && !isOfPurchase) {
    for (const path of unfit(when, askable(trigger, mayHaveStore)))
      refuse('asks for what there is not without a purchase', 'when', ...path)
  }
  return found
}

/** Limits in points of a campaign that gives none: nothing would ever come near them. */
function idleLimits(campaign: Campaign): Misfit[] {
  if (givesPoints(campaign)) return []
  const { perMember = [], ...limits } = campaign.limits ?? {}
  const message = 'limits points, and the campaign gives none'
  return [
    ...Object.entries(limits).flatMap(([name, most]) => (most === undefined ? [] : [{ path: ['limits', name], message }])),
    ...perMember.flatMap(({ points }, index) =>
      points === undefined ? [] : [{ path: ['limits', 'perMember', index, 'points'], message }],
    ),
  ]
}

function askable(trigger: Trigger, mayHaveStore: boolean): string[] {
  const never = typeof trigger === 'string' ? neverOf[trigger] : undefined
  return (mayHaveStore ? [...ofMembers, ...ofStores] : ofMembers).filter((name) => name !== never)
}

function unfit(condition: Condition, known: readonly string[]): (string | number)[][] {
  return Object.entries(condition).flatMap(([name, value]) => {
    if (name === 'all' || name === 'any' || name === 'none') {
      return (value as Condition[]).flatMap((part, index) => unfit(part, known).map((path) => [name, index, ...path]))
    }
    return value === undefined || known.includes(name) ? [] : [[name]]
  })
}
