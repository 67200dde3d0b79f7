import type { Calendar } from './calendar.ts'
import type { Condition, LineSelector, Scope } from './campaign.ts'
import type { EarningLine } from './earning.ts'
import type { Instant, MemberId } from './units.ts'

/** What was true of a sale and its member, as campaigns ask for it. */
export interface SaleFacts extends JudgedFacts {
  /** When the sale is judged. */
  readonly at: Instant
  readonly memberId: MemberId
  readonly storeId: string
  readonly channel?: string | undefined
  readonly tenders?: readonly { readonly type: string }[] | undefined
  /** The lines as they were bought. */
  readonly bought: readonly EarningLine[]
  /** Counters and pots of limited campaigns that a commit has room for; left out: as many as a purchase may have. */
  readonly limitRecords?: number | undefined
}

/** What is known of the member at a sale. The entry keeps it, so that a return is judged by it again. */
export interface JudgedFacts {
  readonly tier: string
  readonly clubs: readonly string[]
  readonly segments: readonly string[]
  /** The how-manieth of the member's purchases this is, by business time, whatever came back of them. */
  readonly purchaseNumber: number
  /** Local days since the one before; null where there is none. */
  readonly daysSinceLastPurchase: number | null
  readonly birthdayMonth: boolean
}

/** The lines that conditions look at: what is kept of the sale, and what was bought. None of them is excluded. */
export interface Basket {
  readonly kept: Portion
  readonly bought: Portion
}

interface Portion {
  readonly basket: readonly EarningLine[]
  /** Those that the campaign is about. */
  readonly matching: readonly EarningLine[]
}

/** A condition ready to be asked. */
export interface Test {
  holds(basket: Basket, facts: SaleFacts): boolean
  /** JSON pointer, from the condition, to the first part that does not hold; undefined where all does. */
  failing(basket: Basket, facts: SaleFacts): string | undefined
}

/** What conditions are compiled against. */
interface Surroundings {
  readonly calendar: Calendar
  /** The stores of each group. */
  readonly groups: ReadonlyMap<string, readonly string[]>
}

/**
 * Compiles a condition. Under `none`, what is asked of the lines is asked of the basket as it was bought: what shut a sale out
 * of a campaign does so still when it is brought back. So a return never adds points, and any number of returns comes to the same.
 */
export function compileCondition(condition: Condition, around: Surroundings, negated = false): Test {
  if ('all' in condition) return every(condition.all, around, negated)
  if ('any' in condition) {
    const tests = condition.any.map((part) => compileCondition(part, around, negated))
    return leaf('/any', (basket, facts) => tests.some((test) => test.holds(basket, facts)))
  }
  if ('none' in condition) {
    const tests = condition.none.map((part) => compileCondition(part, around, !negated))
    const stands = (basket: Basket, facts: SaleFacts) => tests.findIndex((test) => test.holds(basket, facts))
    return {
      holds: (basket, facts) => stands(basket, facts) === -1,
      failing: (basket, facts) => {
        const index = stands(basket, facts)
        return index === -1 ? undefined : `/none/${index}`
      },
    }
  }
  return leaf(`/${Object.keys(condition)[0]}`, predicateOf(condition, around, negated))
}

function every(parts: readonly Condition[], around: Surroundings, negated: boolean): Test {
  const tests = parts.map((part) => compileCondition(part, around, negated))
  return {
    holds: (basket, facts) => tests.every((test) => test.holds(basket, facts)),
    failing: (basket, facts) => {
      for (const [index, test] of tests.entries()) {
        const failed = test.failing(basket, facts)
        if (failed !== undefined) return `/all/${index}${failed}`
      }
      return undefined
    },
  }
}

type Predicate = Test['holds']
type Leaf = Exclude<Condition, { all: unknown } | { any: unknown } | { none: unknown }>

const leaf = (name: string, holds: Predicate): Test => ({
  holds,
  failing: (basket, facts) => (holds(basket, facts) ? undefined : name),
})

function predicateOf(condition: Leaf, { calendar, groups }: Surroundings, negated: boolean): Predicate {
  const portionOf = (basket: Basket) => (negated ? basket.bought : basket.kept)
  const linesOf = (basket: Basket, of: Scope | undefined) => portionOf(basket)[of ?? 'basket']
  if ('sku' in condition || 'category' in condition) {
    const selects = compileSelector(condition)
    return (basket) => portionOf(basket).basket.some(selects)
  }
  if ('spendAtLeast' in condition) {
    const { amount, of } = condition.spendAtLeast
    return (basket) => sumOf(linesOf(basket, of), (line) => line.amount) >= amount
  }
  if ('quantityAtLeast' in condition) {
    const { quantity, of } = condition.quantityAtLeast
    return (basket) => sumOf(linesOf(basket, of), (line) => line.quantity) >= quantity
  }
  if ('distinctSkusAtLeast' in condition) {
    const { count, of } = condition.distinctSkusAtLeast
    return (basket) => new Set(linesOf(basket, of).map((line) => line.sku)).size >= count
  }
  if ('store' in condition) return oneOf(condition.store, (facts) => facts.storeId)
  if ('storeGroup' in condition) {
    return oneOf(
      condition.storeGroup.flatMap((group) => groups.get(group) ?? []),
      (facts) => facts.storeId,
    )
  }
  if ('channel' in condition) return oneOf(condition.channel, (facts) => facts.channel)
  if ('tier' in condition) return oneOf(condition.tier, (facts) => facts.tier)
  if ('club' in condition) return anyOf(condition.club, (facts) => facts.clubs)
  if ('segment' in condition) return anyOf(condition.segment, (facts) => facts.segments)
  if ('tender' in condition) return anyOf(condition.tender, (facts) => facts.tenders?.map(({ type }) => type) ?? [])
  if ('birthdayMonth' in condition) return (_, facts) => facts.birthdayMonth
  if ('purchaseNumber' in condition) {
    const { purchaseNumber: wanted } = condition
    if ('is' in wanted) return (_, facts) => facts.purchaseNumber === wanted.is
    if ('atMost' in wanted) return (_, facts) => facts.purchaseNumber <= wanted.atMost
    return (_, facts) => facts.purchaseNumber % wanted.every === 0
  }
  if ('daysSinceLastPurchase' in condition) {
    const { atLeast = 0, atMost = Number.POSITIVE_INFINITY } = condition.daysSinceLastPurchase
    return (_, { daysSinceLastPurchase: days }) => days !== null && days >= atLeast && days <= atMost
  }
  if ('dates' in condition) {
    const { from = '0000', until = '9999' } = condition.dates
    return (_, facts) => {
      const { iso } = calendar.dayOf(facts.at)
      return from <= iso && iso <= until
    }
  }
  if ('weekdays' in condition) {
    const days = new Set<string>(condition.weekdays)
    return (_, facts) => days.has(calendar.dayOf(facts.at).weekday)
  }
  const [from, until] = [minutesOf(condition.hours.from), minutesOf(condition.hours.until)]
  return (_, facts) => {
    const minute = calendar.minuteOfDay(facts.at)
    return from < until ? minute >= from && minute < until : minute >= from || minute < until
  }
}

function oneOf(names: readonly string[], of: (facts: SaleFacts) => string | undefined): Predicate {
  const wanted = new Set(names)
  return (_, facts) => {
    const name = of(facts)
    return name !== undefined && wanted.has(name)
  }
}

function anyOf(names: readonly string[], of: (facts: SaleFacts) => readonly string[]): Predicate {
  const wanted = new Set(names)
  return (_, facts) => of(facts).some((name) => wanted.has(name))
}

function minutesOf(timeOfDay: string): number {
  const [hours = 0, minutes = 0] = timeOfDay.split(':').map(Number)
  return hours * 60 + minutes
}

function sumOf(lines: readonly EarningLine[], value: (line: EarningLine) => number): number {
  let sum = 0
  for (const line of lines) sum += value(line)
  return sum
}

/** Compiles which lines a campaign is about. */
export function compileSelector(selector: LineSelector): (line: EarningLine) => boolean {
  if ('sku' in selector) {
    const skus = new Set(selector.sku)
    return (line) => skus.has(line.sku)
  }
  if ('category' in selector) {
    const categories = new Set(selector.category)
    return (line) => line.categories?.some((category) => categories.has(category)) ?? false
  }
  if ('all' in selector) {
    const parts = selector.all.map(compileSelector)
    return (line) => parts.every((part) => part(line))
  }
  if ('any' in selector) {
    const parts = selector.any.map(compileSelector)
    return (line) => parts.some((part) => part(line))
  }
  const parts = selector.none.map(compileSelector)
  return (line) => !parts.some((part) => part(line))
}
