import type { ProgrammeDocument } from '../domain/programme.ts'
import { memberId } from '../domain/units.ts'
import { attempt } from '../handlers/attempt.ts'
import { enrol } from '../handlers/enrolment.ts'
import { bodyHash } from '../handlers/hash.ts'
import type { Runtime } from '../runtime.ts'
import { createProgramme } from '../store/programmes.ts'

export const demoProgrammeId = 'demo'
export const demoMemberId = memberId('demo-member')

/** The programme that tutorials and clients rely on (design, section 6). */
export const demoProgramme: ProgrammeDocument = {
  name: 'Laurel demo',
  currency: 'GBP',
  timezone: 'Europe/London',
  points: {
    earn: { points: 1, per: 100 },
    expiry: { months: 12, roundTo: 'month' },
    holdDays: 0,
    negative: 'debt',
    autoEnrol: true,
  },
  tiers: {
    metric: 'spend',
    period: 'calendar-year',
    levels: [
      { id: 'bronze', threshold: 0, multiplier: 10_000 },
      { id: 'silver', threshold: 50_000, multiplier: 12_500 },
      { id: 'gold', threshold: 200_000, multiplier: 15_000 },
    ],
  },
}

/** Makes the demo programme and its member, once. */
export async function seed(runtime: Runtime): Promise<void> {
  const now = runtime.now()
  await createProgramme(runtime.store, demoProgrammeId, demoProgramme, now)
  const programme = await runtime.programmes.get(demoProgrammeId)
  if (!programme) throw new Error('the demo programme could not be made')
  const caller = { programme: demoProgrammeId, scopes: [], stores: [], issuer: 'urn:laurel:seed', subject: 'seed' }
  const data = { name: 'Demo Member' }
  const enrolment = { memberId: demoMemberId, data, hash: bodyHash(data) }
  await attempt(runtime, (uncertain) => enrol({ runtime, programme, caller, now }, enrolment, uncertain))
}
