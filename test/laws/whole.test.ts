import { ok } from 'node:assert/strict'
import fc from 'fast-check'
import { it } from 'vitest'
import { loggedErrors } from './logged-errors.ts'
import { people } from './operation.ts'
import { areAttachedOnce } from './whole-attach.ts'
import { onTerms } from './whole-catalogue.ts'
import {
  areAsTheModelSays,
  areGivenOnce,
  areReferralsWhole,
  areWithinLimits,
  comesToRest,
  entriesOf,
  isReplayed,
} from './whole-checks.ts'
import { areClaimsAsTheModelSays, claimsTold } from './whole-claims.ts'
import { areEventsAsTheModelSays } from './whole-club-events.ts'
import { areClubsAsTheModelSays, areRequirementsKept } from './whole-clubs.ts'
import { areGiftsWhole } from './whole-gifts.ts'
import { happenWhole, wholePlans } from './whole-history.ts'
import { arePlacesKept } from './whole-places.ts'
import { areRewardsAsTheModelSays } from './whole-rewards.ts'
import { isServiceAsTheModelSays } from './whole-service.ts'
import { broughtByTime } from './whole-time.ts'
import { placeCampaigns, timezones } from './whole-variants.ts'
import { areVouchersAsTheModelSays, areVouchersTaken } from './whole-vouchers.ts'
import type { Weather } from './world.ts'

const weather = fc.constantFrom<Weather>(
  { torn: 0.3 },
  {
    conflict: 0.08,
    timeoutBefore: 0.04,
    timeoutAfter: 0.05,
    timeoutLate: 0.05,
    unread: 0.01,
    staleIndex: 0.3,
    torn: 0.3,
    kill: 0.005,
  },
)

loggedErrors()

const kinds = [
  ...['earn', 'return', 'adjust', 'grant', 'club-joined', 'club-left', 'club-lapsed', 'bonus'],
  ...['bonus-undone', 'segments', 'tier', 'expire', 'recount', 'reserve', 'redeem', 'release', 'lapse', 'restore'],
  ...['claim-submitted', 'claim-approved', 'claim-goods', 'claim-declined', 'claim-undone', 'claim-withdrawn', 'claim-settled'],
  ...['claim-overdue', 'claim-lapsed'],
  ...['goodwill', 'transfer', 'complaint-opened', 'complaint-resolved', 'complaint-reopened'],
  ...['satisfaction', 'survey-asked', 'complaint-overdue', 'complaint-rated'],
]
/** A share of the price, other goods, points, and what a voucher or people hand over. */
const remedies = ['share', 'swap', 'thanks', 'token']

const add = (counts: Map<string, number>, more: Readonly<Record<string, number>>) => {
  for (const [name, count] of Object.entries(more)) counts.set(name, (counts.get(name) ?? 0) + count)
}

const rarities = [
  ...placeCampaigns.map(({ id }) => id),
  ...['store-unknown', 'matured', 'expired by months', 'expired by fixedDate'],
  ...['moved by calendar-year', 'moved by rolling months', 'moved by anniversary', 'moved by lifetime'],
  ...timezones.map((zone) => `expired in ${zone}`),
]

it('with all of it on at once, any history is what a naive recomputation says, within all limits', {
  timeout: 580_000,
}, async () => {
  const seen = new Map<string, number>()
  const met: string[] = []
  const counts = new Map<string, number>()
  let given = 0
  const redeemed: string[] = []
  const claims: string[] = []
  let gifts = 0
  let turns = 0
  const locks: string[] = []
  let asked = 0
  await fc.assert(
    fc.asyncProperty(wholePlans, weather, async (plan, wrong) => {
      const whole = await happenWhole(plan, wrong)
      await comesToRest(whole)
      const states = areAsTheModelSays(whole)
      redeemed.push(...areRewardsAsTheModelSays(whole, states))
      gifts += areGiftsWhole(whole, states)
      turns += areClubsAsTheModelSays(whole, states)
      const told = claimsTold(whole)
      claims.push(...areClaimsAsTheModelSays(whole, told))
      locks.push(...areVouchersAsTheModelSays(whole, states, told))
      asked += isServiceAsTheModelSays(whole)
      areWithinLimits(whole)
      given += areGivenOnce(whole)
      areReferralsWhole(whole)
      add(counts, { ...areAttachedOnce(whole), ...areEventsAsTheModelSays(whole), ...areRequirementsKept(whole) })
      met.push(...arePlacesKept(whole), ...broughtByTime(whole))
      await isReplayed(whole)
      await areVouchersTaken(whole)
      for (const member of people) {
        for (const { fact } of entriesOf(whole.world.trace, member).bookings.flat()) {
          seen.set(fact.kind, (seen.get(fact.kind) ?? 0) + 1)
        }
      }
      await whole.world.trace.close()
    }),
    { numRuns: Number(process.env.RUNS ?? 250), interruptAfterTimeLimit: 500_000 },
  )
  for (const kind of kinds) ok((seen.get(kind) ?? 0) > 0, `too little happened: ${kind} ${seen.get(kind) ?? 0} times`)
  for (const name of rarities) ok(met.includes(name), `too little happened: ${name}`)
  for (const [name, count] of counts) ok(count > 0, `too little happened: ${name} ${count} times`)
  ok(redeemed.length > 30, `too little happened: ${redeemed.length} redemptions`)
  ok(
    redeemed.some((reward) => onTerms.includes(reward)),
    'nobody had a reward that hangs on a tier, a club, a day, a store or a basket',
  )
  ok(claims.length > 30, `too little happened: ${claims.length} claims`)
  const settled = claims.filter((fate) => fate.endsWith('settled'))
  for (const id of remedies)
    ok(
      settled.some((fate) => fate.startsWith(id)),
      `nothing was given for ${id}`,
    )
  ok(turns > 300, `too little happened: ${turns} times that somebody came into a club or went`)
  ok(asked > 30, `too little happened: ${asked} times that somebody was asked`)
  for (const state of ['locked', 'used', 'released', 'given-back']) ok(locks.includes(state), `no voucher is ${state}`)
  ok(locks.length > 25, `too little happened: ${locks.length} times that a till held a voucher`)
  ok(gifts > 4, `too little happened: ${gifts} gifts`)
  ok(given > 300, `too little happened: ${given} bonuses`)
})
