import type { LimitName } from '../../functions/domain/campaign.ts'
import type { NaiveState } from '../model/naive-facts.ts'

/** The parts of an answer that are judged. */
export interface Told {
  readonly purchaseId?: string
  readonly segments?: readonly string[]
  readonly memberId?: string | null
  readonly status?: string
  readonly code?: string
  readonly points?: { readonly earned: number; readonly pending: number; readonly clawedBack: number; readonly kept: number }
  readonly awards?: readonly {
    readonly source: string
    readonly points: number
    readonly lines: readonly { readonly points: number }[]
    readonly cut?: { readonly limit: LimitName }
  }[]
  readonly gifts?: readonly { readonly source: string }[]
  readonly profile?: { readonly card?: string; readonly name?: string }
  readonly balance?: ToldBalance
  readonly tier?: { readonly id: string; readonly progress: { readonly current: number } }
  readonly items?: readonly Told[]
  readonly returns?: readonly (Told & { readonly returnId: string })[]
}

export interface ToldBalance {
  readonly available: number
  readonly pending: number
  readonly debt: number
  readonly expiring: readonly { readonly points: number; readonly expiresAt: string | null }[]
  readonly asOf: string
}

export const sumOfPoints = (parts: readonly { readonly points: number }[]) =>
  parts.reduce((total, { points }) => total + points, 0)

/** What the model says of what a client was told: balance, and where it was told the tier, too. */
export function standingOf({ balance, tier, counted }: NaiveState, told: Told) {
  const { available, pending, debt, expiring } = balance
  return { available, pending, debt, expiring, ...(told.tier && { tier, counted }) }
}

/** What a client was told, in the words of `standingOf`. */
export function toldStanding({ balance, tier, status }: Told) {
  const { available, pending, debt, expiring } = balance!
  return {
    available,
    pending,
    debt,
    expiring: expiring.map(({ points, expiresAt }) => ({ points, expiresAt: expiresAt === null ? null : Date.parse(expiresAt) })),
    ...(tier && { tier: tier.id, counted: tier.progress.current }),
    ...(status === 'active' || status === 'closed' ? { status } : {}),
  }
}

/** Whether a purchase that was read is what the model has of it. */
export function isSamePurchase(state: NaiveState, purchaseId: string, body: Told): boolean {
  const purchase = state.purchases.get(purchaseId)
  if (!purchase || purchase.earned !== body.points!.earned || purchase.kept !== body.points!.kept) return false
  const returns = [...state.returns].filter(([name]) => name.startsWith(`${purchaseId}/`))
  return (
    returns.length === body.returns!.length &&
    body.returns!.every(({ returnId, status, points, code }) => {
      const known = state.returns.get(`${purchaseId}/${returnId}`)
      return (
        known !== undefined &&
        known.status === status &&
        known.clawedBack === (points?.clawedBack ?? 0) &&
        known.code === (code ?? null)
      )
    })
  )
}
