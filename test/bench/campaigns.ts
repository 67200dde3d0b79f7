import type { Campaign, Condition, Weekday } from '../../functions/domain/campaign.ts'
import { isKept, matchingCampaigns, matchOf } from '../../functions/domain/campaign-awards.ts'
import { type EarningLine, earn } from '../../functions/domain/earning.ts'
import { compileRevision, type Revision } from '../../functions/domain/programme.ts'
import { memberFacts } from '../../functions/domain/sale-facts.ts'
import { type Instant, instant, memberId } from '../../functions/domain/units.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { atMost, type Figure, median, rounded } from './figure.ts'

const active = 1000
const matched = 10
const rounds = 5
const repeats = 4000

/** A Tuesday at noon in London. */
const at = instant(Date.UTC(2026, 10, 24, 12)) as Instant

/** What of 1,000 active campaigns a basket of 10 lines meets: 10. Found by index and by looking at all, interleaved, median of five. */
export async function campaignSpeed(): Promise<Figure[]> {
  const revision = compileRevision(1, instant(0), {
    ...demoProgramme,
    stores: Array.from({ length: 60 }, (_, n) => ({ id: `store-${n}`, groups: [`region-${n % 6}`] })),
    campaigns: Array.from({ length: active }, (_, n) => campaign(n)),
  })
  const lines = basket()
  const facts = memberFacts(revision, revision.tiers[1]!, {
    memberId: memberId('m-1'),
    at,
    details: { storeId: 'store-7', channel: 'shop', tenders: [{ type: 'card', amount: 10_000 }] },
    bought: lines,
    judged: { purchaseNumber: 7 },
  })
  const sale = facts.sale!
  const index = revision.campaigns!
  const kept = lines.filter(isKept)
  const byIndex = () => matchingCampaigns(index, sale, kept).length
  const byScan = () => index.campaigns.filter((one) => isOn(one, at) && !('because' in matchOf(one, sale, kept))).length
  const all = () => earn(revision, facts, lines).length
  const found = [byIndex(), byScan(), all()]
  if (found.join() !== [matched, matched, matched + 1].join()) throw new Error(`the basket meets ${found.join()} campaigns`)
  for (const work of [byIndex, byScan, all]) time(work, repeats)
  const times = Array.from({ length: rounds }, () => ({
    index: time(byIndex, repeats),
    scan: time(byScan, repeats / 10),
    earning: time(all, repeats),
  }))
  const detail = {
    active,
    matched,
    lines: lines.length,
    spread: times.map((one) => [one.index, one.scan, one.earning].map(rounded)),
  }
  return [
    atMost('campaigns-matching', median(times.map((one) => one.index)), 'µs', 5, detail),
    atMost('campaigns-earning', median(times.map((one) => one.earning)), 'µs', 40),
    atMost('campaigns-of-a-scan', median(times.map((one) => one.index / one.scan)), 'of a naive scan', 0.3),
  ]
}

const isOn = ({ from, until }: NonNullable<Revision['campaigns']>['campaigns'][number], now: number) => from <= now && now < until

function time(work: () => number, times: number): number {
  const begun = process.hrtime.bigint()
  for (let n = 0; n < times; n += 1) work()
  return Number(process.hrtime.bigint() - begun) / 1000 / times
}

/** Ten articles of five categories. */
const basket = (): EarningLine[] =>
  Array.from({ length: 10 }, (_, n) => ({
    lineId: String(n + 1),
    sku: `sku-${n * 37}`,
    quantity: 1 + (n % 3),
    amount: 990 + n * 110,
    categories: [`category-${n % 5}`],
    excluded: false,
  }))

/** A campaign as retailers have them: by article, category, store, tier, day; ten of the thousand meet the basket. */
function campaign(n: number): Campaign {
  const meets = n % (active / matched) === 0
  const named = { id: `campaign-${n}`, trigger: 'purchase', schedule: { from: '2026-01-01T00:00:00Z' } } as const
  if (meets) {
    const k = n / (active / matched)
    const when: Condition = { all: [{ tier: ['silver', 'gold'] }, { spendAtLeast: { amount: 500, of: 'matching' } }] }
    if (k < 4) return { ...named, lines: { sku: [`sku-${k * 37}`] }, when, effect: { multiplier: 20_000 } }
    if (k < 7) return { ...named, lines: { category: [`category-${k - 4}`] }, when, effect: { points: 2, per: 100 } }
    if (k < 9) return { ...named, when: { all: [{ store: ['store-7'] }, { weekdays: ['tue'] }] }, effect: { points: 50 } }
    return {
      ...named,
      when: { all: [{ storeGroup: ['region-1'] }, { quantityAtLeast: { quantity: 5 } }] },
      effect: { points: 5, everyItems: 3 },
    }
  }
  const weekend: Weekday[] = ['sat', 'sun']
  switch (n % 5) {
    case 0:
      return { ...named, lines: { sku: [`article-${n}`, `article-${n + 1}`] }, effect: { multiplier: 15_000 } }
    case 1:
      return { ...named, lines: { category: [`range-${n % 90}`] }, when: { tier: ['gold'] }, effect: { points: 3, per: 100 } }
    case 2:
      return {
        ...named,
        when: { all: [{ store: [`store-${20 + (n % 40)}`] }, { spendAtLeast: { amount: 2_000 } }] },
        effect: { points: 100 },
      }
    case 3:
      return { ...named, when: { all: [{ sku: [`article-${n}`] }, { weekdays: weekend }] }, effect: { points: 20 } }
    default:
      return {
        ...named,
        lines: { category: [`range-${n % 90}`] },
        when: { hours: { from: '22:00', until: '02:00' } },
        effect: { multiplier: 20_000 },
      }
  }
}
