import type * as z from 'zod'
import type { readClaim } from '../contract/claim-office.ts'
import type { readMyClaim } from '../contract/claims.ts'
import type { Claim, ClaimActor, ClaimStep } from '../domain/claim.ts'
import { scoreOf, usualReviewFrom } from '../domain/claim-score.ts'
import { guaranteeOfClaim } from '../domain/claim-steps.ts'
import type { Programme } from '../domain/programme.ts'
import type { StoredClaim } from '../store/claim-item.ts'
import type { Context } from './context.ts'
import { isOfTill } from './till-stores.ts'
import { rfc3339 } from './views.ts'

/** A claim as its member and tills see it: staff have no names in it, and it is not told how it was scored. */
export function claimView(programme: Programme, { claim, evidence }: StoredClaim): z.input<(typeof readMyClaim.answers)[200]> {
  const { id, name } = guaranteeOfClaim(programme, claim)
  const { remedy, amount, currency, points, reward } = claim.instruction
  return {
    id: claim.claimId,
    memberId: claim.memberId,
    purchaseId: claim.purchaseId,
    guarantee: { id, name },
    lines: claim.lines.map(({ lineId, quantity, amount: paid }) => ({ lineId, quantity, amount: paid })),
    value: claim.value,
    ...(claim.reason !== undefined && { reason: claim.reason }),
    ...(evidence.text !== undefined && { text: evidence.text }),
    ...(evidence.photos && { photos: [...evidence.photos] }),
    state: claim.state,
    awaits: claim.awaits,
    dueAt: claim.dueAt === null ? null : rfc3339(claim.dueAt),
    isOverdue: claim.isOverdue,
    remedy: { kind: remedy, amount, currency, ...(points !== undefined && { points }), ...(reward !== undefined && { reward }) },
    goodsBack: claim.goodsBack,
    steps: claim.steps.map(({ at, step, by, why }) => ({
      at: rfc3339(at),
      step,
      by: whoOf(by),
      ...reasonOf(step, why),
      ...('storeId' in by && { storeId: by.storeId }),
    })),
  }
}

/** Stores that a claim concerns: that of the sale, and those that did something about it. */
export const storesOf = ({ storeId, steps }: Claim): string[] => [
  storeId,
  ...steps.flatMap(({ by }) => ('storeId' in by ? [by.storeId] : [])),
]

/**
 * A claim as a till sees it. Any store may take goods back and needs to know of what; what the member wrote and showed, and what was
 * answered, is for stores that the claim concerns.
 */
export function claimOfTill({ programme, caller }: Context, stored: StoredClaim): ReturnType<typeof claimView> {
  if (isOfTill(caller, storesOf(stored.claim))) return claimView(programme, stored)
  const { text: _, photos: __, steps, ...told } = claimView(programme, stored)
  return { ...told, steps: steps.map(({ reason: ___, ...step }) => step) }
}

/** What a member reads of a step for which nobody says why. */
const reasons: { readonly [step in ClaimStep['step']]?: string } = {
  goods: 'The goods were brought back.',
  withdrawn: 'The member withdrew the claim.',
  lapsed: 'The goods were not brought back in time.',
}

function reasonOf(step: ClaimStep['step'], why = reasons[step]): { readonly reason?: string } {
  return why === undefined ? {} : { reason: why }
}

function whoOf(by: ClaimActor): 'member' | 'store' | 'payment-system' | 'staff' | 'rule' {
  if ('member' in by) return 'member'
  if ('storeId' in by) return 'store'
  if ('client' in by) return 'payment-system'
  return 'actor' in by ? 'staff' : 'rule'
}

/** A claim as staff see it. */
export function reviewedView(programme: Programme, stored: StoredClaim): z.input<(typeof readClaim.answers)[200]> {
  const { signals, steps } = stored.claim
  const { reviewFrom = usualReviewFrom } = guaranteeOfClaim(programme, stored.claim)
  return {
    ...claimView(programme, stored),
    score: {
      total: scoreOf(signals),
      reviewFrom,
      signals: signals.map(({ code, weight, detail }) => ({ code, weight, detail })),
    },
    actors: steps.flatMap(({ at, by }) => {
      const actor = 'actor' in by ? by.actor : 'client' in by ? by.client : undefined
      return actor === undefined ? [] : [{ at: rfc3339(at), actor }]
    }),
  }
}
