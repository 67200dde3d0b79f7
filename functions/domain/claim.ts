import type { Effect, Entry, ReturnedLine } from './entry.ts'
import type { Remedied } from './guarantee.ts'
import type { Instant, MemberId } from './units.ts'

/** What an open claim waits for: a decision of staff, the goods, or what was approved to be given. */
export type Awaited = 'decision' | 'goods' | 'remedy'

/** A claim that is not over, as the member's head knows it. */
export interface OpenClaim {
  readonly claimId: string
  readonly awaits: Awaited
  /** When time moves it next; null once it has been told that it is overdue. */
  readonly dueAt: Instant | null
  /** What it takes of its guarantee's budgets, where those are limited. */
  readonly taken?: TakenOfBudget
}

/** Minor units that a claim takes of a guarantee's budgets, or of one of them; the store is that of the sale. */
export interface TakenOfBudget {
  readonly guaranteeId: string
  readonly storeId: string
  readonly amount: number
  readonly of: readonly ('budget' | 'store')[]
}

/** Who did something about a claim: the member, a store for them, a system that names no store, staff, or the guarantee's own rule. */
export type ClaimActor =
  | { readonly member: true }
  | { readonly storeId: string }
  | { readonly client: string }
  | { readonly actor: string }
  | { readonly rule: true }

/** What whoever pays is told to give for an approved claim. */
export interface Instruction {
  readonly remedy: Remedied
  /** Minor units: what is to be paid, or what other goods may be worth; 0 where it is neither. */
  readonly amount: number
  readonly currency: string
  readonly points?: number
  readonly reward?: string
}

/** Why a claim deserves a look, and how much that weighs. */
export interface Signal {
  readonly code: 'often' | 'much' | 'same-goods' | 'late' | 'at-once' | 'declined-before' | 'declined-line' | 'new-member'
  readonly weight: number
  readonly detail: string
}

/** What was claimed, as it stays. */
export interface ClaimTerms {
  readonly guaranteeId: string
  /** The revision in force at the sale: whose promise it is. */
  readonly revision: number
  readonly purchaseId: string
  /** Of the sale. */
  readonly storeId: string
  /** What was paid for them, minor units, is each line's amount. */
  readonly lines: readonly ReturnedLine[]
  /** Their sum. */
  readonly value: number
  /** What is given if it is approved. */
  readonly instruction: Instruction
  readonly goodsBack: boolean
  /** A code of the guarantee. */
  readonly reason?: string
  readonly signals: readonly Signal[]
}

/** A step of a claim. What happened is complete: the claim is told from it again. */
export type ClaimFact = { readonly claimId: string } & (
  | ({ readonly kind: 'claim-submitted'; readonly by: ClaimActor } & ClaimTerms)
  /** `instruction` where no goods are waited for. */
  | {
      readonly kind: 'claim-approved'
      readonly by: ClaimActor
      readonly why: string
      readonly instruction?: Instruction
      readonly goodwill?: number
    }
  | { readonly kind: 'claim-goods'; readonly by: ClaimActor; readonly why?: string; readonly instruction: Instruction }
  | { readonly kind: 'claim-declined' | 'claim-undone'; readonly by: ClaimActor; readonly why: string }
  | { readonly kind: 'claim-withdrawn'; readonly by: ClaimActor }
  | {
      readonly kind: 'claim-settled'
      readonly by: ClaimActor
      readonly amount: number
      readonly occurredAt: Instant
      readonly reference?: string
    }
  | { readonly kind: 'claim-overdue'; readonly awaits: Awaited }
  | { readonly kind: 'claim-lapsed'; readonly taken?: TakenOfBudget }
)

export type ClaimState = 'submitted' | 'approved' | 'declined' | 'withdrawn' | 'lapsed' | 'settled'

export interface ClaimStep {
  readonly at: Instant
  readonly step: 'submitted' | 'approved' | 'goods' | 'declined' | 'undone' | 'withdrawn' | 'settled' | 'overdue' | 'lapsed'
  readonly by: ClaimActor
  readonly why?: string
}

/** A claim as its steps have left it. */
export interface Claim extends ClaimTerms {
  readonly claimId: string
  readonly memberId: MemberId
  readonly state: ClaimState
  readonly awaits: Awaited | null
  /** By when; it stays where that has passed. */
  readonly dueAt: Instant | null
  readonly isOverdue: boolean
  readonly steps: readonly ClaimStep[]
  readonly taken?: TakenOfBudget
  /** Points beside the remedy, where staff said how many. */
  readonly goodwill?: number
  /** What its approval did to points, where it is in effect. */
  readonly effect?: { readonly forgiven: number; readonly goodwill: number }
}

/** A return that a claim is has an id that no till makes. */
export const claimReturnId = (claimId: string): string => `CLAIM#${claimId}`
/** So has its goodwill. */
export const claimGoodwillId = claimReturnId

const states = {
  'claim-submitted': 'submitted',
  'claim-approved': 'approved',
  'claim-goods': 'approved',
  'claim-declined': 'declined',
  'claim-undone': 'declined',
  'claim-withdrawn': 'withdrawn',
  'claim-settled': 'settled',
  'claim-lapsed': 'lapsed',
} as const

export function isClaimFact(fact: Entry['fact']): fact is ClaimFact {
  return fact.kind.startsWith('claim-')
}

/** A claim after one more entry of its member; the same where the entry is not about it. */
export function afterEntry(claim: Claim, { at, fact, effect }: Entry): Claim {
  // What undoes it comes when the claim is declined by that.
  if (fact.kind === 'return' && fact.claimId === claim.claimId && claim.state !== 'declined') {
    return { ...claim, effect: { forgiven: effect.totals?.adjusted ?? 0, goodwill: 0 } }
  }
  if (fact.kind === 'goodwill' && fact.id === claimGoodwillId(claim.claimId) && claim.awaits !== null) {
    return { ...claim, effect: { forgiven: 0, ...claim.effect, goodwill: effect.totals?.adjusted ?? 0 } }
  }
  if (!isClaimFact(fact) || fact.claimId !== claim.claimId || fact.kind === 'claim-submitted') return claim
  const by = 'by' in fact ? fact.by : ({ rule: true } as const)
  const step: ClaimStep = {
    at,
    step: fact.kind.slice('claim-'.length) as ClaimStep['step'],
    by,
    ...('why' in fact && { why: fact.why }),
  }
  const steps = [...claim.steps, step]
  if (fact.kind === 'claim-overdue') return { ...claim, isOverdue: true, steps }
  const open = effect.claim?.open ?? null
  const { effect: _, ...without } = claim
  return {
    ...(fact.kind === 'claim-undone' ? without : claim),
    state: states[fact.kind],
    awaits: open?.awaits ?? null,
    dueAt: open?.dueAt ?? null,
    isOverdue: false,
    steps,
    ...(fact.kind === 'claim-approved' && fact.goodwill !== undefined && { goodwill: fact.goodwill }),
  }
}

/** A claim as its submission makes it. */
export function submittedClaim(memberId: MemberId, { at, fact, effect }: Entry): Claim {
  if (fact.kind !== 'claim-submitted') throw new Error(`a claim begins with a submission, and not with ${fact.kind}`)
  const { kind: _, by, ...terms } = fact
  const open = effect.claim?.open
  return {
    ...terms,
    memberId,
    state: 'submitted',
    awaits: open?.awaits ?? null,
    dueAt: open?.dueAt ?? null,
    isOverdue: false,
    steps: [{ at, step: 'submitted', by }],
    ...(open?.taken && { taken: open.taken }),
  }
}

/** All claims of a member, by the entries of theirs, in order. */
export function claimsOf(memberId: MemberId, entries: Iterable<Entry>): Map<string, Claim> {
  const claims = new Map<string, Claim>()
  for (const entry of entries) {
    const { fact } = entry
    if (fact.kind === 'claim-submitted') claims.set(fact.claimId, submittedClaim(memberId, entry))
    const id = claimNamed(fact)
    const claim = id === undefined ? undefined : claims.get(id)
    if (claim) claims.set(claim.claimId, afterEntry(claim, entry))
  }
  return claims
}

function claimNamed(fact: Entry['fact']): string | undefined {
  if (fact.kind === 'goodwill')
    return fact.id.startsWith(claimGoodwillId('')) ? fact.id.slice(claimGoodwillId('').length) : undefined
  return 'claimId' in fact ? fact.claimId : undefined
}

/** A claim at an instant: its record is written by what is done about it, and what time brings about follows from it. */
export function claimAt(claim: Claim, now: Instant): Claim {
  const { awaits, dueAt, isOverdue } = claim
  if (awaits === null || dueAt === null || dueAt > now || isOverdue) return claim
  const moved = movedByTime({ claimId: claim.claimId, awaits, dueAt, ...(claim.taken && { taken: claim.taken }) }, dueAt)
  return afterEntry(claim, moved)
}

/** The entry by which time moves an open claim: goods that are not brought back in time let it lapse; else it is told that it is overdue. */
export function movedByTime(open: OpenClaim, at: Instant): Entry {
  const { claimId, awaits, taken } = open
  if (awaits === 'goods') {
    return {
      at,
      fact: { kind: 'claim-lapsed', claimId, ...(taken && { taken }) },
      effect: { claim: { id: claimId, open: null } },
    }
  }
  return {
    at,
    fact: { kind: 'claim-overdue', claimId, awaits },
    effect: { claim: { id: claimId, open: { ...open, dueAt: null } } },
  }
}

/** The entry by which time moves one of some open claims at an instant; settling comes again for another. */
export function claimMoved(claims: readonly OpenClaim[], at: Instant): Entry | null {
  const moved = claims.find(({ dueAt }) => dueAt === at)
  return moved ? movedByTime(moved, at) : null
}

/** When time moves an open claim of a head next; null: never. */
export function nextClaimDue(claims: readonly OpenClaim[]): Instant | null {
  let due: Instant | null = null
  for (const { dueAt } of claims) if (dueAt !== null && (due === null || dueAt < due)) due = dueAt
  return due
}

/** The open claims after a change of one of them, by id. */
export function changedClaims(claims: readonly OpenClaim[], { id, open }: NonNullable<Effect['claim']>): readonly OpenClaim[] {
  const others = claims.filter(({ claimId }) => claimId !== id)
  return open ? [...others, open].sort((a, b) => (a.claimId < b.claimId ? -1 : 1)) : others
}
