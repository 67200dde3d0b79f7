import { allot } from './allotment.ts'
import { type Claim, claimGoodwillId, claimsOf } from './claim.ts'
import type { EarnFact, Entry, ReturnedLine, SaleLine } from './entry.ts'
import { type Comparison, compare, isSmall, observe, type Sample } from './experiment.ts'
import { isCovered } from './guarantee.ts'
import { listed, type NamedSums, sumOf } from './named-sums.ts'
import { type Programme, revisionAt } from './programme.ts'
import { rewardOf } from './reward.ts'
import type { Instant, MemberId } from './units.ts'
import { mostWorth, seriesOf } from './voucher-series.ts'

/** What was promised and what came of it. Money in minor units. */
export interface GuaranteeFigures {
  /** Lines sold under a guarantee, and what was paid for them. */
  promised: { lines: number; value: number }
  claimed: { claims: number; value: number }
  /** Those whose approval was not undone. */
  approved: { claims: number; value: number }
  /** What was given: money, or the worth of other goods, or what a voucher takes off at the most. */
  refunded: { claims: number; amount: number }
  /** Points given as remedies and beside them. */
  points: number
  /** Claims among those refunded whose voucher has no worth that anybody can say; left out where there is none. */
  unpriced?: number
}

const dimensions = ['guarantee', 'store', 'sku', 'reason'] as const
type Dimension = (typeof dimensions)[number]

/** What happened to one line, by whose names it is told. */
interface Row {
  readonly names: { readonly [dimension in Dimension]?: string | undefined }
  readonly figures: GuaranteeFigures
  /** Whether it is the first line of its claim: in what is not about articles a claim counts once. */
  readonly isFirst: boolean
}

/** What one member has in a report. */
export interface MemberFigures {
  readonly rows: readonly Row[]
  readonly isClaimant: boolean
  /** Spent after the period, at what is kept of it. */
  readonly later: number
}

export interface GuaranteeSums {
  readonly all: GuaranteeFigures
  readonly by: { readonly [dimension in Dimension]: NamedSums<GuaranteeFigures> }
  readonly later: { readonly claimants: Sample; readonly others: Sample }
}

const none = (): GuaranteeFigures => ({
  promised: { lines: 0, value: 0 },
  claimed: { claims: 0, value: 0 },
  approved: { claims: 0, value: 0 },
  refunded: { claims: 0, amount: 0 },
  points: 0,
})

export function emptyGuaranteeSums(): GuaranteeSums {
  const sample = () => ({ n: 0, mean: 0, squares: 0 })
  return {
    all: none(),
    by: { guarantee: {}, store: {}, sku: {}, reason: {} },
    later: { claimants: sample(), others: sample() },
  }
}

/**
 * What a member was promised by purchases dated in [from, until), what they claimed in it, and what they spent from `until` on. The
 * entries are all of theirs, in order. Undefined of who neither bought nor claimed anything in the period.
 */
export function guaranteeFigures(
  programme: Programme,
  memberId: MemberId,
  entries: readonly Entry[],
  from: Instant,
  until: Instant,
): MemberFigures | undefined {
  const isIn = (at: Instant) => from <= at && at < until
  const sales = entries.flatMap(({ at, fact }) => (fact.kind === 'earn' ? [{ at, fact }] : []))
  const bought = sales.filter(({ at }) => isIn(at))
  const claims = [...claimsOf(memberId, entries).values()].filter(({ steps }) => isIn(steps[0]!.at))
  if (bought.length === 0 && claims.length === 0) return undefined
  const known = new Map(sales.map(({ fact }) => [fact.purchaseId, fact]))
  return {
    rows: [
      ...bought.flatMap((sale) => promises(programme, sale)),
      ...claims.flatMap((claim) => claimRows(programme, claim, known.get(claim.purchaseId)!, entries)),
    ],
    isClaimant: claims.length > 0,
    later: spentFrom(entries, until),
  }
}

function promises(programme: Programme, { at, fact }: { readonly at: Instant; readonly fact: EarnFact }): Row[] {
  const guarantees = revisionAt(programme, at).document.guarantees ?? []
  return fact.lines.flatMap((line) =>
    guarantees
      .filter((guarantee) => isCovered(guarantee, line))
      .map(({ id }) => ({
        names: { guarantee: id, store: fact.details.storeId, sku: line.sku },
        figures: { ...none(), promised: { lines: 1, value: line.amount } },
        isFirst: true,
      })),
  )
}

function claimRows(programme: Programme, claim: Claim, sale: EarnFact, entries: readonly Entry[]): Row[] {
  const isApproved = claim.state === 'approved' || claim.state === 'settled'
  const isRefunded = claim.state === 'settled'
  const worth = isRefunded ? worthOf(programme, claim) : 0
  const amountOf = sharesOf(worth ?? 0, claim)
  const pointsOf = sharesOf(isApproved ? pointsGiven(claim, entries) : 0, claim)
  return claim.lines.map((line, index) => {
    const isFirst = index === 0
    const counted = (counts: boolean) => ({ claims: counts ? 1 : 0, value: counts ? line.amount : 0 })
    return {
      names: { guarantee: claim.guaranteeId, store: claim.storeId, sku: skuOf(sale.lines, line.lineId), reason: claim.reason },
      figures: {
        promised: { lines: 0, value: 0 },
        claimed: counted(true),
        approved: counted(isApproved),
        refunded: { claims: isRefunded ? 1 : 0, amount: amountOf(line) },
        points: pointsOf(line),
        ...(worth === undefined && { unpriced: 1 }),
      },
      isFirst,
    }
  })
}

/**
 * What was given for a claim costs, minor units: money, the worth of other goods, or what a voucher takes off at the most by the terms in
 * force when it was given. Undefined where nobody can say that: of goods, and of a percentage without a ceiling.
 */
function worthOf(programme: Programme, { instruction, steps }: Claim): number | undefined {
  const { remedy, amount, reward: rewardId } = instruction
  if (remedy !== 'voucher' || rewardId === undefined) return amount
  const revision = revisionAt(programme, steps.findLast(({ step }) => step === 'settled')!.at)
  const reward = rewardOf(revision, rewardId)
  const series = reward?.kind === 'voucher' ? seriesOf(revision, reward.voucher) : undefined
  if (series) return mostWorth(series) || undefined
  return reward?.kind === 'money-off' ? reward.amount : undefined
}

/** What each line of a claim has of the points or money given for all of them, so that those of its articles add up to the whole. */
function sharesOf(given: number, { lines }: Claim): (line: ReturnedLine) => number {
  const shares = new Map(allot(given, lines).map(({ lineId, points }) => [lineId, points as number]))
  return ({ lineId }) => shares.get(lineId) ?? 0
}

const skuOf = (lines: readonly SaleLine[], lineId: string) => lines.find((line) => line.lineId === lineId)?.sku

function pointsGiven({ claimId }: Claim, entries: readonly Entry[]): number {
  let given = 0
  for (const { fact, effect } of entries) {
    if (fact.kind === 'goodwill' && fact.id === claimGoodwillId(claimId)) given += effect.totals?.adjusted ?? 0
  }
  return given
}

/** What a member spent on purchases dated at an instant or later, less what came back of them. */
function spentFrom(entries: readonly Entry[], from: Instant): number {
  let spent = 0
  for (const { at, fact } of entries) {
    if (fact.kind === 'earn' && at >= from) spent += fact.lines.reduce((sum, { amount }) => sum + amount, 0)
    if (fact.kind === 'return' && fact.saleAt >= from) spent -= fact.lines.reduce((sum, { amount }) => sum + amount, 0)
  }
  return spent
}

/** Adds a member to a report. */
export function addFigures(sums: GuaranteeSums, { rows, isClaimant, later }: MemberFigures): void {
  for (const row of rows) {
    addTo(sums.all, row, row.isFirst)
    for (const dimension of dimensions) {
      const name = row.names[dimension]
      if (name === undefined) continue
      addTo(sumOf(sums.by[dimension], name, none), row, row.isFirst || dimension === 'sku')
    }
  }
  observe(isClaimant ? sums.later.claimants : sums.later.others, later)
}

function addTo(sum: GuaranteeFigures, { figures }: Row, countsClaim: boolean): void {
  sum.promised.lines += figures.promised.lines
  sum.promised.value += figures.promised.value
  for (const stage of ['claimed', 'approved'] as const) {
    sum[stage].claims += countsClaim ? figures[stage].claims : 0
    sum[stage].value += figures[stage].value
  }
  sum.refunded.claims += countsClaim ? figures.refunded.claims : 0
  sum.refunded.amount += figures.refunded.amount
  sum.points += figures.points
  const unpriced = (sum.unpriced ?? 0) + (countsClaim ? (figures.unpriced ?? 0) : 0)
  if (unpriced > 0) sum.unpriced = unpriced
}

/** What a report says once all members are in it. */
export interface GuaranteeReport {
  readonly all: GuaranteeFigures
  readonly by: { readonly [dimension in Dimension]: readonly (GuaranteeFigures & { readonly name: string })[] }
  readonly later: {
    readonly claimants: { readonly members: number; readonly mean: number | null }
    readonly others: { readonly members: number; readonly mean: number | null }
    readonly difference: Comparison | null
    readonly small: boolean
  }
}

export function reportOfSums({ all, by, later: { claimants, others } }: GuaranteeSums): GuaranteeReport {
  const list = (figures: NamedSums<GuaranteeFigures>) => listed(figures, (figure) => figure)
  const told = ({ n, mean }: Sample) => ({ members: n, mean: n > 0 ? mean : null })
  return {
    all,
    by: { guarantee: list(by.guarantee), store: list(by.store), sku: list(by.sku), reason: list(by.reason) },
    later: {
      claimants: told(claimants),
      others: told(others),
      difference: compare(claimants, others) ?? null,
      small: isSmall(claimants, others),
    },
  }
}
