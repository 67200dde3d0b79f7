import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it, vi } from 'vitest'
import type { RoomOf } from '../../functions/domain/campaign-awards.ts'
import type { SaleFacts } from '../../functions/domain/conditions.ts'
import { type Award, awardedPoints, type EarningLine, earn, heldOfLimited } from '../../functions/domain/earning.ts'
import { explainCampaigns } from '../../functions/domain/explanation.ts'
import { isApplied } from '../../functions/domain/limits.ts'
import { compileRevision } from '../../functions/domain/programme.ts'
import { roomAtSale } from '../../functions/domain/sale-facts.ts'
import { instant, LimitExceededError } from '../../functions/domain/units.ts'
import { applies, judgeCampaigns, type NaiveVerdict, TooLargeError } from '../model/naive-campaigns.ts'
import { basket, campaigns, documentOf, type Kind, rooms, saleFacts, timezone } from './random-campaigns.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Enough to have met each rule many times over; 20,000 of each law were run when this was written. */
const runs = Number(process.env.RUNS ?? 1500)

const every: Kind = { most: 10 ** 12, members: true, limited: true }

const kind = fc.constantFrom<Kind>(every, { ...every, most: 60 })

const situation = kind.chain((of) =>
  fc.record({ campaigns: campaigns(40, of), timezone, lines: basket, facts: saleFacts, level: fc.nat(2), rooms }),
)

type Situation = typeof situation extends fc.Arbitrary<infer Value> ? Value : never

function stand({ campaigns: list, timezone: zone, lines, facts, level, rooms: left }: Situation) {
  const revision = compileRevision(3, instant(0), documentOf(list, { timezone: zone }))
  const tier = revision.tiers[level]!
  const sale: SaleFacts = { ...facts, tier: tier.id, bought: lines }
  const roomOf: RoomOf = ({ campaign }) => left[list.indexOf(campaign)]
  const judged = (kept: readonly EarningLine[]) =>
    judgeCampaigns(revision.document, { ...facts, tier, bought: lines }, kept, (campaign) => left[list.indexOf(campaign)])
  return { revision, facts: { tier, sale }, roomOf, judged }
}

/** The awards in the model's words. */
const awardsBy = (verdicts: readonly NaiveVerdict[]): Award[] =>
  verdicts.flatMap(({ campaign, because, offered, offeredGift, limit, wanted, lines }) =>
    because !== null || (offered === 0 && offeredGift === null && limit === null)
      ? []
      : [
          {
            source: campaign.id,
            revision: 3,
            points: offered,
            lines,
            ...(offeredGift && { gift: offeredGift }),
            ...(limit && { cut: { limit, wanted } }),
          } as Award,
        ],
  )

/** What a function answers; `too large` where a number leaves those that are held exactly. */
function outcomeOf<Answer>(work: () => Answer): Answer | 'too large' {
  try {
    return work()
  } catch (error) {
    if (error instanceof LimitExceededError || error instanceof TooLargeError) return 'too large'
    throw error
  }
}

const ofCampaigns = (awards: readonly Award[]) => awards.filter(({ source }) => source !== 'base')

/** What is kept after so many tenths of each line came back. */
const keptOf = (lines: readonly EarningLine[], tenths: readonly number[]): EarningLine[] =>
  lines.map((line, index) => {
    const part = tenths[index] ?? 0
    const quantity = line.quantity - Math.floor((line.quantity * part) / 10)
    const amount = line.amount - Math.floor((line.amount * part) / 10)
    return { ...line, quantity, amount }
  })

const tenths = fc.array(fc.constantFrom(0, 0, 3, 5, 9, 10), { minLength: 8, maxLength: 8 })

describe('whatever the campaigns, the basket and the limits', () => {
  it('they earn what a scan of all campaigns says, of all lines and of those that are kept', () => {
    let met = 0
    fc.assert(
      fc.property(situation, tenths, (of, back) => {
        const { revision, facts, roomOf, judged } = stand(of)
        for (const kept of [of.lines, keptOf(of.lines, back)]) {
          const told = outcomeOf(() => ofCampaigns(earn(revision, facts, kept, roomOf)))
          const scanned = outcomeOf(() => awardsBy(judged(kept)))
          deepStrictEqual(told, scanned)
          met += typeof told === 'string' ? 0 : told.length
        }
      }),
      { numRuns: runs },
    )
    ok(met > runs, 'the baskets meet campaigns')
  })

  it('what a limit leaves nothing of is cut, and every point is on a line', () => {
    fc.assert(
      fc.property(situation, (of) => {
        const { revision, facts, roomOf } = stand(of)
        const awards = outcomeOf(() => earn(revision, facts, of.lines, roomOf))
        if (awards === 'too large') return
        for (const award of awards) {
          strictEqual(
            award.lines.reduce((sum, line) => sum + line.points, 0),
            award.points,
          )
          ok(award.lines.every(({ points }) => points > 0))
          ok(isApplied(award) || award.cut !== undefined)
          const campaign = of.campaigns.find(({ id }) => id === award.source)
          if (!campaign) continue
          const room = of.rooms[of.campaigns.indexOf(campaign)]
          ok(award.points <= (campaign.limits?.perPurchase ?? Number.POSITIVE_INFINITY))
          ok(award.points <= Math.max(0, room?.points ?? Number.POSITIVE_INFINITY))
          if (award.cut) ok(award.points < award.cut.wanted || award.cut.wanted === 0)
        }
      }),
      { numRuns: runs },
    )
  })

  it('the explanation says of each campaign that was on what the scan says', () => {
    fc.assert(
      fc.property(situation, (of) => {
        const { revision, facts, roomOf, judged } = stand(of)
        const awards = outcomeOf(() => earn(revision, facts, of.lines, roomOf))
        if (awards === 'too large') return
        const verdicts = explainCampaigns(revision, facts, of.lines, awards)
        deepStrictEqual(JSON.parse(JSON.stringify(verdicts)), JSON.parse(JSON.stringify(judged(of.lines).map(explained))))
      }),
      { numRuns: runs },
    )
  })
})

/** A verdict as answers explain it. */
function explained(verdict: NaiveVerdict) {
  const { campaign, because, offered, offeredGift, limit, wanted, lines, failed, than } = verdict
  const named = { campaign: campaign.id, revision: 3 }
  if (applies(verdict)) {
    const cut = limit ? { limit, wanted } : undefined
    return { ...named, applied: true, points: offered, lines, gift: offeredGift ?? undefined, cut }
  }
  if (because === null) return { ...named, applied: false, because: 'limit', limit }
  return { ...named, applied: false, because, failed: failed ?? undefined, than: than ?? undefined }
}

const pointsOf = (awards: readonly Award[]) => new Map(awards.map((award) => [award.source, award.points]))
const giftsOf = (awards: readonly Award[]) => awards.flatMap(({ source, gift }) => (gift ? [source] : []))

describe('whatever comes back of a sale', () => {
  const small = fc.record({
    ...{ campaigns: campaigns(25, { ...every, most: 60 }), timezone, lines: basket },
    ...{ facts: saleFacts, level: fc.nat(2), rooms },
  })

  it('never earns more, the less is kept', () => {
    fc.assert(
      fc.property(small, tenths, tenths, (of, first, second) => {
        const { revision, facts } = stand(of)
        const some = keptOf(of.lines, first)
        const fewer = keptOf(some, second)
        const [all, part, rest] = [of.lines, some, fewer].map((kept) => awardedPoints(earn(revision, facts, kept)))
        ok(all! >= part! && part! >= rest!)
        strictEqual(awardedPoints(earn(revision, facts, keptOf(of.lines, Array(8).fill(10)))), 0)
      }),
      { numRuns: runs },
    )
  })

  it('limited campaigns give no more than they granted at the sale, and what they let go of is gone for good', () => {
    fc.assert(
      fc.property(small, tenths, tenths, (of, first, second) => {
        const { revision, facts, roomOf } = stand(of)
        const granted = earn(revision, facts, of.lines, (compiled) => (compiled.limited ? roomOf(compiled) : undefined))
        const room = roomAtSale(revision, { awards: granted })
        const stages = [of.lines, keptOf(of.lines, first), keptOf(keptOf(of.lines, first), second)]
        const awards = stages.map((kept) => earn(revision, facts, kept, room))
        const held = stages.map((kept) => heldOfLimited(revision, facts, kept, room))
        deepStrictEqual(
          awards[0]!.filter(isApplied).map(({ source, points, gift }) => ({ source, points, gift })),
          granted.filter(isApplied).map(({ source, points, gift }) => ({ source, points, gift })),
          'of the whole sale it is what was granted',
        )
        for (const [stage, now] of awards.entries()) {
          const before = awards[stage - 1] ?? granted
          ok(awardedPoints(now) <= awardedPoints(before))
          ok(
            giftsOf(now).every((source) => giftsOf(before).includes(source)),
            'nothing that is no points is won by a return',
          )
          const [had, has] = [pointsOf(held[stage - 1] ?? granted), pointsOf(held[stage]!)]
          for (const [source, points] of has)
            ok(points <= (had.get(source as string) ?? 0), 'what it let go of is not taken again')
          for (const { source, points } of now) {
            if (revision.campaigns?.byId.get(source)?.limited) ok(points <= has.get(source)!, 'it holds what it gives')
          }
        }
      }),
      { numRuns: runs },
    )
  })
})
