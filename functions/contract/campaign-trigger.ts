import { type Campaign, type Condition, isJudgedByPurchase } from '../domain/campaign.ts'

/** What of a campaign its trigger has no use for: where it is, and why. */
export interface Misfit {
  readonly path: (string | number)[]
  readonly message: string
}

/** What can be asked of a member where there is no basket. */
const ofMembers = ['dates', 'weekdays', 'hours', 'tier', 'club', 'segment', 'birthdayMonth']
/** What can be asked where there is a store besides. */
const ofStores = ['store', 'storeGroup']
/** What a campaign can give without a basket. */
const ofBonuses = ['points', 'reward', 'badge', 'tierCredit']

/** What of a campaign does not fit its trigger: baskets are looked at where there is one, stores where there may be one. */
export function misfits({ trigger, when, lines, effect, referrer, limits }: Campaign): Misfit[] {
  const found: Misfit[] = []
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
    const known = mayHaveStore ? [...ofMembers, ...ofStores] : ofMembers
    for (const path of unfit(when, known)) refuse('asks for what there is not without a purchase', 'when', ...path)
  }
  return found
}

function unfit(condition: Condition, known: readonly string[]): (string | number)[][] {
  return Object.entries(condition).flatMap(([name, value]) => {
    if (name === 'all' || name === 'any' || name === 'none') {
      return (value as Condition[]).flatMap((part, index) => unfit(part, known).map((path) => [name, index, ...path]))
    }
    return value === undefined || known.includes(name) ? [] : [[name]]
  })
}
