import type * as z from 'zod'
import type { follows } from '../contract/follows.ts'
import { askedBy } from '../domain/bonus.ts'
import { type BonusVerdict, bonusVerdicts, explainOccasion, explainReferral } from '../domain/explained-bonus.ts'
import { givenBefore } from '../domain/explanation.ts'
import { usesBetween } from '../domain/limits.ts'
import { type Programme, revisionAt } from '../domain/programme.ts'
import type { MemberId } from '../domain/units.ts'
import type { Asked } from './bonuses.ts'
import type { LimitsLeft } from './limits.ts'
import { verdictView } from './views.ts'

/** What became of the campaigns that were asked for something. */
export function verdictsOn(programme: Programme, asked: Asked): BonusVerdict[] {
  switch (asked.kind) {
    case 'given-before': {
      const { trigger, at } = asked.occasion
      const revision = askedBy(revisionAt(programme, at), trigger)
      return revision ? bonusVerdicts(revision, 'member', givenBefore(revision, at)) : []
    }
    case 'occasion':
      return bonusVerdicts(asked.judged.revision, 'member', explainOccasion(asked.judged, asked.awards))
    case 'referral': {
      const { friend, shut } = asked.sides
      return explainReferral(asked.referred, { ...asked.sides, friend: [...friend, ...shut] })
    }
  }
}

/** What is left of the limits of campaigns that were tried. */
export function leftBy(asked: Asked): LimitsLeft[] {
  if (asked.kind === 'given-before') return []
  const uses = asked.kind === 'referral' ? asked.sides.uses : usesBetween(asked.judged.revision.campaigns, [], asked.awards)
  return asked.limits.left?.(uses) ?? []
}

/** Verdicts as answers show them. The sides are null where they are made up. */
export function followsView(
  verdicts: readonly BonusVerdict[],
  sides: { readonly member: MemberId | null; readonly referrer: MemberId | null },
): z.input<ReturnType<typeof follows>> {
  return verdicts.map(({ trigger, for: side, verdict }) => {
    const { lines: _, ...shown } = verdictView(verdict)
    return { ...shown, trigger, for: side, memberId: sides[side] }
  })
}
