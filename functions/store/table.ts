import { fnv1a } from '../domain/hash.ts'
import type { BucketId, Instant, MemberId } from '../domain/units.ts'
import type { Key } from './store.ts'

/**
 * Every key of the one table. Nothing else builds keys.
 *
 * | pattern                                   | key or index                            | caller                          | consistency |
 * |-------------------------------------------|-----------------------------------------|---------------------------------|-------------|
 * | a redemption by its id: dedupe, state     | P#p#REDEMPTION#id / REDEMPTION          | redemptions, returns            | strong      |
 * | a member's head                           | P#p#M#m / HEAD                          | every operation on a member     | strong      |
 * | a member's entries, in order              | P#p#M#m / E#version#n                   | late purchases, activity, verify, tiers that count something else | strong |
 * | what expired of a bucket                  | P#p#M#m / B#bucket                      | returns, expiry                 | strong      |
 * | what a member had of a campaign, by window | P#p#M#m / CAP#campaign#window        | purchases, returns              | strong      |
 * | what is left of a campaign's budget       | P#p#BUDGET#campaign#n / BUDGET, the     | purchases, returns, publish     | strong      |
 * |                                           | rest of it P#p#BUDGET#campaign / BUDGET |                                 |             |
 * | what is left for a campaign at a store    | P#p#BUDGET#campaign / STORE#store       | purchases, returns              | strong      |
 * | the same of a guarantee                   | P#p#BUDGET#GUARANTEE#id…                | claims                          | strong      |
 * | a claim by its id                         | P#p#CLAIM#id / CLAIM                    | claims, verify, export          | strong      |
 * | a member's claims                         | P#p#M#m / CLAIM#id                      | read-my-claims, export          | strong      |
 * | claims that wait for staff, or for what   | P#p#CLAIMS#awaited / instant#id         | read-claims, decide-claim,      | strong      |
 * | was approved to be given, by deadline     |                                         | settle-claim, export            |             |
 * | what is left of a reward's stock          | as a budget, of the campaign #reward    | redemptions, lapses, publish    | strong      |
 * | that a stock is low                       | P#p#BUDGET##reward / E#version#000      | the event publisher             | -           |
 * | how often a member had a reward           | P#p#M#m / CAP##reward#window            | redemptions, lapses             | strong      |
 * | an adjustment by its id                   | P#p#M#m / A#adjustment                  | adjust-points                   | strong      |
 * | a payment for a club by its id            | P#p#M#m / CP#club#payment               | pay-for-club                    | strong      |
 * | what came back when a club was left       | P#p#M#m / CL#club                       | leave-club                      | strong      |
 * | a member at an event, by its id           | P#p#M#m / CE#club#event                 | check-in                        | strong      |
 * | a complaint, with all that was written    | P#p#M#m / CO#complaint                  | complaints, by staff and member | strong      |
 * | whose complaint it is, by its id          | P#p#COMPLAINT#id / COMPLAINT            | complaints, export, verify      | strong      |
 * | complaints that are not resolved, by      | P#p#COMPLAINTS / instant#id             | staff, export, verify           | strong      |
 * | their deadlines                           |                                         |                                 |             |
 * | how satisfied a member is with a purchase | P#p#M#m / SA#purchase                   | answer-satisfaction, verify     | strong      |
 * | what a member likes                       | P#p#M#m / PREFERENCES                   | look-ups, change-preferences    | strong      |
 * | what was booked of a bonus by its id      | P#p#M#m / AUTO#trigger#of               | whatever gives or undoes one    | strong      |
 * | a bonus that time or staff set off        | P#p#M#m / OWED#instant#trigger          | settle-members                  | strong      |
 * | an event by its id                        | P#p#EVENT#id / EVENT                    | record-event                    | strong      |
 * | for which revisions members are due       | P#p#OCCASIONS / SHARD#n                 | settle-members                  | strong      |
 * | wrong tries to attach a purchase          | P#p#M#m / TRIES                         | attach-purchase                 | strong      |
 * | a gift of points by its id                | P#p#M#giver / GIFT#gift                 | give-points, undo-gift,         | strong      |
 * |                                           |                                         | read-my-gifts                   |             |
 * | gifts of points to and from a member      | P#p#M#m / GIFTS#instant#giver#gift      | read-my-gifts, give-points      | strong      |
 * | rewards that a purchase or bonus granted  | P#p#M#m / RG#instant#hash of it         | whatever grants or takes one    | strong      |
 * |                                           |                                         | back, redemptions, lists        |             |
 * | wrong tries to name whom to give points   | P#p#M#m / GIFTTRIES                     | give-points                     | strong      |
 * | the code by which a till may spend        | P#p#M#m / SPEND                         | spend-codes, redeem-reward      | strong      |
 * | a voucher by its code                     | P#p#VOUCHER#hash / VOUCHER              | vouchers                        | strong      |
 * | what holds and held uses of a voucher     | P#p#VOUCHER#hash / LOCK#lock            | vouchers, export                | strong      |
 * | a lock of a voucher by its id             | P#p#VLOCK#lock / LOCK                   | vouchers                        | strong      |
 * | vouchers of a member                      | P#p#M#m / V#instant#hash                | read-my-vouchers, export        | strong      |
 * | a voucher given out by staff, by its id   | P#p#VOUCHERS#series / ISSUE#issue       | issue-voucher, export           | strong      |
 * | an upload of codes by its id              | P#p#VOUCHERS#series / UPLOAD#upload     | upload-codes                    | strong      |
 * | codes of a pool that are left, some an    | P#p#VOUCHERS#series /                   | whatever gives a voucher out,   | strong      |
 * | item; whether it was said that it is low  | CODES#upload#n, POOL                    | upload-codes                    |             |
 * | that a pool is low                        | P#p#VOUCHERS#series / E#version#000     | the event publisher             | -           |
 * | a tier given by hand, by its id           | P#p#M#m / G#grant                       | grant-tier, end-tier-grant      | strong      |
 * | personal data of a member                 | P#p#M#m / PROFILE                       | member operations               | strong      |
 * | a purchase by its id: dedupe, returns     | P#p#PURCHASE#id / RECEIPT               | purchases, returns, attaching   | strong      |
 * | a member by card, e-mail or phone         | P#p#CARD#hmac, EMAIL#, PHONE# / LOOKUP  | search, purchases by card       | strong      |
 * | all members                               | P#p#ROSTER#shard / member               | verify, export                  | strong      |
 * | purchases that returns wait for           | P#p#AWAITED#shard / purchase            | export                          | strong      |
 * | an event of a club, with its guests       | P#p#CLUB#c / EVENT#id                   | events, replies, check-ins      | strong      |
 * | that an event was changed or called off   | P#p#CLUB#c / E#event#edition            | publish-events                  | stream      |
 * | an invitation by its id, to its code      | P#p#CLUB#c / INVITATION#id              | invitations                     | strong      |
 * | an invitation by its code                 | P#p#CLUB#c / CODE#hash                  | join-club, invitations          | strong      |
 * | events by their end                       | P#p#AGENDA / instant#club#event         | read-my-clubs, export           | strong      |
 * | purchases that returns wait for, or that  | P#p#AWAITED#shard / purchase            | verify, export                  | strong      |
 * | have no member                            |                                         |                                 |             |
 * | the programme's revisions                 | P#p / REV#n, CURRENT                    | every operation, cached         | strong      |
 * | the programme's draft                     | P#p / DRAFT                             | drafts, parts, publishing       | strong      |
 * | what staff changed, by time               | P#p#AUDIT#month / instant#id            | audit, export                   | strong      |
 * | what an agent adjusted and gave out on a  | P#p#AGENT#issuer#subject / DAY#day      | agent-day                       | strong      |
 * | local day                                 |                                         |                                 |             |
 * | agents who ever did under a cap           | P#p#AGENTS / issuer#subject             | agent-day, export               | strong      |
 * | a backtest or report, by its id           | P#p#JOB#id / JOB, DOCUMENT              | who starts and reads it,        | strong      |
 * |                                           |                                         | run-jobs                        |             |
 * | the latest report on an experiment        | P#p#JOB#EXPERIMENT#campaign / LATEST    | who starts and reads it         | strong      |
 * | the latest report on guarantees, and on   | P#p#JOB#GUARANTEES, #SATISFACTION /     | who starts and reads it         | strong      |
 * | satisfaction                              | LATEST                                  |                                 |             |
 * | jobs that are not done                    | P#p#JOBS / id                           | run-jobs, who starts one        | strong      |
 * | all programmes                            | PROGRAMMES / p                          | settle-members, verify, export  | strong      |
 * | who a token's subject is                  | IDENTITY#issuer#subject / IDENTITY      | authorize, enrol-me             | strong      |
 * | members that time will change, by instant,| index DUE#day#shard                     | settle-members                  | eventual    |
 * | their heads, profiles by occasions, and   |                                         |                                 |             |
 * | bonuses that are owed                     |                                         |                                 |             |
 * | how far the sweep of a shard has come     | SWEEP / SHARD#n                         | settle-members                  | strong      |
 * | which keys look-ups are keyed by          | RING#n / RING                           | who finds nobody, or writes     | strong      |
 * |                                           |                                         | look-ups; once a process        |             |
 * | how far the re-keying of look-ups is      | RING#REKEYING / PROGRESS                | rotate-secret                   | strong      |
 *
 * Identities, sweeps and the ring are not a programme's: an identity is what tells the programme.
 */
export const shards = 64

/**
 * Copies of the ring, always changed together. Transactions that check one item conflict as if they wrote it, so that a
 * single one would let members be enrolled no faster than one after another.
 */
export const ringCopies = 16

const member = (programme: string, id: string) => `P#${programme}#M#${id}`
const ringPrefix = 'RING#'

/** Parts of a budget that purchases take from, at random, so that they do not wait for each other. */
export const budgetShards = 16

/** Partitions of all that is kept of a campaign's budget. */
export const budgetPartitions = (programme: string, campaign: string): string[] => [
  budgetPartition(programme, campaign),
  ...Array.from({ length: budgetShards }, (_, shard) => table.budgetShard(programme, campaign, shard).pk),
]

/** A guarantee's budgets are kept as a campaign's of this name, which no campaign can have. */
export const guaranteeBudget = (guarantee: string): string => `GUARANTEE#${guarantee}`
/** Whether a counter of a member is of a reward. */
export const isRewardCounter = (sk: string): boolean => sk.startsWith(`${capPrefix}#`)

/** What names a reward among budgets and counters, and no campaign can be called. */
export const stockOf = (reward: string): string => `#${reward}`

export const budgetPartition = (programme: string, campaign: string): string => `P#${programme}#BUDGET#${campaign}`

export const table = {
  head: (programme: string, id: MemberId): Key => ({ pk: member(programme, id), sk: headSort }),
  profile: (programme: string, id: MemberId): Key => ({ pk: member(programme, id), sk: profileSort }),
  entry: (programme: string, id: MemberId, version: number, n: number): Key => ({
    pk: member(programme, id),
    sk: entrySort(version, n),
  }),
  closedBucket: (programme: string, id: MemberId, bucket: BucketId): Key => ({ pk: member(programme, id), sk: `B#${bucket}` }),
  adjustment: (programme: string, id: MemberId, adjustment: string): Key => ({
    pk: member(programme, id),
    sk: `A#${adjustment}`,
  }),
  clubPayment: (programme: string, id: MemberId, club: string, payment: string): Key => ({
    pk: member(programme, id),
    sk: `CP#${club}#${payment}`,
  }),
  clubLeft: (programme: string, id: MemberId, club: string): Key => ({ pk: member(programme, id), sk: `CL#${club}` }),
  checkIn: (programme: string, id: MemberId, club: string, event: string): Key => ({
    pk: member(programme, id),
    sk: `${checkInPrefix}${club}#${event}`,
  }),
  complaint: (programme: string, id: MemberId, complaint: string): Key => ({
    pk: member(programme, id),
    sk: `${complaintPrefix}${complaint}`,
  }),
  complaintOwner: (programme: string, complaint: string): Key => ({
    pk: `P#${programme}#COMPLAINT#${complaint}`,
    sk: 'COMPLAINT',
  }),
  openComplaint: (programme: string, dueAt: Instant, complaint: string): Key => ({
    pk: openComplaints(programme),
    sk: `${paddedInstant(dueAt)}#${complaint}`,
  }),
  satisfaction: (programme: string, id: MemberId, purchase: string): Key => ({
    pk: member(programme, id),
    sk: `${satisfactionPrefix}${purchase}`,
  }),
  preferences: (programme: string, id: MemberId): Key => ({ pk: member(programme, id), sk: 'PREFERENCES' }),
  clubEvent: (programme: string, club: string, event: string): Key => ({
    pk: clubPartition(programme, club),
    sk: `${clubEventPrefix}${event}`,
  }),
  clubEntry: (programme: string, club: string, event: string, edition: number): Key => ({
    pk: clubPartition(programme, club),
    sk: `${entryPrefix}${event}#${edition}`,
  }),
  invitation: (programme: string, club: string, invitation: string): Key => ({
    pk: clubPartition(programme, club),
    sk: `${invitationPrefix}${invitation}`,
  }),
  code: (programme: string, club: string, hash: string): Key => ({
    pk: clubPartition(programme, club),
    sk: `${codePrefix}${hash}`,
  }),
  agenda: (programme: string, endsAt: Instant, club: string, event: string): Key => ({
    pk: agendaPartition(programme),
    sk: `${agendaFrom(endsAt)}#${club}#${event}`,
  }),
  auto: (programme: string, id: MemberId, trigger: string, of?: string): Key => ({
    pk: member(programme, id),
    sk: `${autoPrefix}${trigger}${of === undefined ? '' : `#${of}`}`,
  }),
  owed: (programme: string, id: MemberId, at: Instant, trigger: string): Key => ({
    pk: member(programme, id),
    sk: `${owedPrefix}${String(at).padStart(15, '0')}#${trigger}`,
  }),
  event: (programme: string, event: string): Key => ({ pk: `P#${programme}#EVENT#${event}`, sk: eventSort }),
  occasions: (programme: string, shard: number): Key => ({
    pk: `P#${programme}#OCCASIONS`,
    sk: `SHARD#${String(shard).padStart(2, '0')}`,
  }),
  cap: (programme: string, id: MemberId, campaign: string, window: string): Key => ({
    pk: member(programme, id),
    sk: `${capPrefix}${campaign}#${window}`,
  }),
  /** What of a budget is in none of the shards. */
  budget: (programme: string, campaign: string): Key => ({ pk: budgetPartition(programme, campaign), sk: 'BUDGET' }),
  budgetShard: (programme: string, campaign: string, shard: number): Key => ({
    pk: `${budgetPartition(programme, campaign)}#${shard}`,
    sk: 'BUDGET',
  }),
  storeBudget: (programme: string, campaign: string, store: string): Key => ({
    pk: budgetPartition(programme, campaign),
    sk: `${storeBudgetPrefix}${store}`,
  }),
  claim: (programme: string, id: string): Key => ({ pk: `P#${programme}#CLAIM#${id}`, sk: 'CLAIM' }),
  memberClaim: (programme: string, id: MemberId, claim: string): Key => ({
    pk: member(programme, id),
    sk: `${memberClaimPrefix}${claim}`,
  }),
  claimInLine: (programme: string, awaited: string, dueAt: Instant, claim: string): Key => ({
    pk: claimsInLine(programme, awaited),
    sk: `${String(dueAt).padStart(15, '0')}#${claim}`,
  }),
  redemption: (programme: string, redemption: string): Key => ({
    pk: `P#${programme}#REDEMPTION#${redemption}`,
    sk: 'REDEMPTION',
  }),
  /** Named like an entry, because that is what is published. */
  lowStock: (programme: string, reward: string, version: number): Key => ({
    pk: budgetPartition(programme, stockOf(reward)),
    sk: entrySort(version, 0),
  }),
  voucher: (programme: string, hash: string): Key => ({ pk: voucherPartition(programme, hash), sk: 'VOUCHER' }),
  voucherLock: (programme: string, hash: string, lock: string): Key => ({
    pk: voucherPartition(programme, hash),
    sk: `${voucherLockPrefix}${lock}`,
  }),
  lockName: (programme: string, lock: string): Key => ({ pk: `P#${programme}#VLOCK#${lock}`, sk: 'LOCK' }),
  memberVoucher: (programme: string, id: MemberId, at: Instant, hash: string): Key => ({
    pk: member(programme, id),
    sk: `${memberVoucherPrefix}${String(at).padStart(15, '0')}#${hash}`,
  }),
  voucherIssue: (programme: string, series: string, issue: string): Key => ({
    pk: seriesPartition(programme, series),
    sk: `${voucherIssuePrefix}${issue}`,
  }),
  codeUpload: (programme: string, series: string, upload: string): Key => ({
    pk: seriesPartition(programme, series),
    sk: `UPLOAD#${upload}`,
  }),
  pooledCodes: (programme: string, series: string, upload: string, n: number): Key => ({
    pk: seriesPartition(programme, series),
    sk: `${pooledCodesPrefix}${upload}#${String(n).padStart(6, '0')}`,
  }),
  pool: (programme: string, series: string): Key => ({ pk: seriesPartition(programme, series), sk: 'POOL' }),
  /** Named like an entry, because that is what is published. */
  lowPool: (programme: string, series: string, version: number): Key => ({
    pk: seriesPartition(programme, series),
    sk: entrySort(version, 0),
  }),
  attachTries: (programme: string, id: MemberId): Key => ({ pk: member(programme, id), sk: 'TRIES' }),
  gift: (programme: string, giver: MemberId, gift: string): Key => ({ pk: member(programme, giver), sk: `${giftPrefix}${gift}` }),
  /** A gift among those to and from a member. */
  listedGift: (programme: string, id: MemberId, at: Instant, giver: MemberId, gift: string): Key => ({
    pk: member(programme, id),
    sk: `${listedGiftsAt(at)}#${giver}#${gift}`,
  }),
  /** What a purchase or bonus granted, by its instant and a hash of what it is. */
  grantedRewards: (programme: string, id: MemberId, at: Instant, hash: string): Key => ({
    pk: member(programme, id),
    sk: `${grantedRewardPrefix}${paddedInstant(at)}#${hash}`,
  }),
  giftTries: (programme: string, id: MemberId): Key => ({ pk: member(programme, id), sk: 'GIFTTRIES' }),
  spendCode: (programme: string, id: MemberId): Key => ({ pk: member(programme, id), sk: 'SPEND' }),
  tierGrant: (programme: string, id: MemberId, grant: string): Key => ({ pk: member(programme, id), sk: `G#${grant}` }),
  receipt: (programme: string, purchase: string): Key => ({ pk: `P#${programme}#PURCHASE#${purchase}`, sk: 'RECEIPT' }),
  lookup: (programme: string, by: LookupKind, hmac: string): Key => ({
    pk: `P#${programme}#${by.toUpperCase()}#${hmac}`,
    sk: 'LOOKUP',
  }),
  roster: (programme: string, id: MemberId): Key => ({ pk: rosterShard(programme, shardOf(id)), sk: id }),
  awaited: (programme: string, purchase: string): Key => ({ pk: awaitedShard(programme, shardOf(purchase)), sk: purchase }),
  revision: (programme: string, number: number): Key => ({ pk: `P#${programme}`, sk: `REV#${String(number).padStart(6, '0')}` }),
  current: (programme: string): Key => ({ pk: `P#${programme}`, sk: 'CURRENT' }),
  draft: (programme: string): Key => ({ pk: `P#${programme}`, sk: 'DRAFT' }),
  audit: (programme: string, at: Instant, id: string): Key => ({
    pk: auditPartition(programme, utcMonth(at)),
    sk: `${auditPosition(at)}#${id}`,
  }),
  agentDay: (programme: string, issuer: string, subject: string, day: string): Key => ({
    pk: agentPartition(programme, agentListing(issuer, subject)),
    sk: `DAY#${day}`,
  }),
  agent: (programme: string, issuer: string, subject: string): Key => ({
    pk: agentsPartition(programme),
    sk: agentListing(issuer, subject),
  }),
  job: (programme: string, id: string): Key => ({ pk: `P#${programme}#JOB#${id}`, sk: 'JOB' }),
  /** The document that a job tries, where it is of no revision. */
  jobDocument: (programme: string, id: string): Key => ({ pk: `P#${programme}#JOB#${id}`, sk: 'DOCUMENT' }),
  openJob: (programme: string, id: string): Key => ({ pk: openJobs(programme), sk: id }),
  /** Which report on an experiment was asked for last. */
  latestReport: (programme: string, campaign: string): Key => ({ pk: `P#${programme}#JOB#EXPERIMENT#${campaign}`, sk: 'LATEST' }),
  /** Which report of a period was asked for last, of one kind. */
  latestPeriodReport: (programme: string, kind: PeriodReport): Key => ({
    pk: `P#${programme}#JOB#${kind.toUpperCase()}`,
    sk: 'LATEST',
  }),
  programmeListing: (programme: string): Key => ({ pk: programmesPartition, sk: programme }),
  identity: (issuer: string, subject: string): Key => ({ pk: `IDENTITY#${issuer}#${subject}`, sk: 'IDENTITY' }),
  sweep: (shard: number): Key => ({ pk: 'SWEEP', sk: `SHARD#${String(shard).padStart(2, '0')}` }),
  ring: (copy: number): Key => ({ pk: `${ringPrefix}${copy}`, sk: 'RING' }),
  rekeying: { pk: `${ringPrefix}REKEYING`, sk: 'PROGRESS' } satisfies Key,
} as const

/** Reports that are of a period and of nothing besides. */
export type PeriodReport = 'guarantees' | 'satisfaction'

export const lookupKinds = ['card', 'email', 'phone'] as const
export type LookupKind = (typeof lookupKinds)[number]

/** Partitions of all look-ups and of the ring, `*` standing for anything: what a rotation of their key writes. */
export const rekeyedPartitions = (): string[] => [...lookupKinds.map((by) => table.lookup('*', by, '*').pk), `${ringPrefix}*`]

export const headSort = 'HEAD'
export const eventSort = 'EVENT'
export const profileSort = 'PROFILE'
export const entryPrefix = 'E#'
export const checkInPrefix = 'CE#'
export const clubEventPrefix = 'EVENT#'
export const invitationPrefix = 'INVITATION#'
export const codePrefix = 'CODE#'
export const closedBucketPrefix = 'B#'
export const autoPrefix = 'AUTO#'
export const voucherLockPrefix = 'LOCK#'
export const memberVoucherPrefix = 'V#'
export const voucherIssuePrefix = 'ISSUE#'
export const pooledCodesPrefix = 'CODES#'
export const giftPrefix = 'GIFT#'
export const listedGiftPrefix = 'GIFTS#'
export const grantedRewardPrefix = 'RG#'
export const owedPrefix = 'OWED#'
export const capPrefix = 'CAP#'
export const memberClaimPrefix = 'CLAIM#'
export const storeBudgetPrefix = 'STORE#'
export const complaintPrefix = 'CO#'
export const satisfactionPrefix = 'SA#'
export const programmesPartition = 'PROGRAMMES'
export const memberPartition = (programme: string, id: MemberId): string => member(programme, id)
export const rosterShard = (programme: string, shard: number): string => `P#${programme}#ROSTER#${shard}`
export const isRosterShard = (pk: string): boolean => pk.split('#')[2] === 'ROSTER'
/** Ids of jobs: no client's id has a `#`, so that none is another's. */
export const backtestJob = (id: string): string => `BACKTEST#${id}`
export const experimentJob = (campaign: string, from: Instant, until: Instant): string =>
  `EXPERIMENT#${campaign}#${from}#${until}`
export const periodJob = (kind: PeriodReport, from: Instant, until: Instant): string => `${kind.toUpperCase()}#${from}#${until}`
export const openJobs = (programme: string): string => `P#${programme}#JOBS`
/** Partitions of all jobs, `*` standing for anything: what whoever works on them writes. */
export const jobPartitions = (): string[] => [table.job('*', '*').pk, openJobs('*')]
/** Partitions of what starting a job writes. */
export const auditedJobPartitions = (): string[] => [...jobPartitions(), auditPartition('*', '*')]

/** What a programme's partitions of other things than revisions, draft and audit begin with after its id. */
const kindsBesides = [
  ...['M', 'ROSTER', 'OCCASIONS', 'PURCHASE', 'AWAITED', 'EVENT', 'BUDGET', 'CLUB', 'AGENDA', 'AGENT', 'JOB', 'COMPLAINT'],
  ...['REDEMPTION', 'VOUCHER', 'VLOCK', 'CLAIM'],
  ...lookupKinds.map((by) => by.toUpperCase()),
]

/**
 * Partitions of drafts, revisions and the audit, `*` standing for anything: what a draft's edit or a publication writes. A
 * programme's own partition is named like the beginning of all its others, which is why those are taken out by name.
 */
export const officePartitions = (): { within: string[]; without: string[] } => ({
  within: ['P#*'],
  without: kindsBesides.map((kind) => `P#*#${kind}*`),
})
export const awaitedShard = (programme: string, shard: number): string => `P#${programme}#AWAITED#${shard}`

/** What staff changed in a month of UTC, `YYYY-MM`. */
export const auditPartition = (programme: string, month: string): string => `P#${programme}#AUDIT#${month}`
/** Where an instant is among the audit records of its month: those of it come after this, those before it come before. */
export const auditPosition = (at: Instant): string => new Date(at).toISOString()

/** The month of an instant in UTC, `YYYY-MM`. */
export const utcMonth = (at: Instant): string => utcDay(at).slice(0, 7)

/** The month before another, both `YYYY-MM`. */
export const monthBefore = (month: string): string => utcMonth((Date.parse(`${month}-01T00:00:00Z`) - 86_400_000) as Instant)

/** The number of a revision's sort key. */
export const revisionNumberOf = (sk: string): number => Number(sk.slice('REV#'.length))
const agentListing = (issuer: string, subject: string) => `${issuer}#${subject}`
export const agentsPartition = (programme: string): string => `P#${programme}#AGENTS`
/** The days of an agent, by their place in the list of agents. */
export const agentPartition = (programme: string, listing: string): string => `P#${programme}#AGENT#${listing}`
export const clubPartition = (programme: string, club: string): string => `P#${programme}#CLUB#${club}`
/** Claims that wait for staff or for what was approved, by deadline. */
export const claimsInLine = (programme: string, awaited: string): string => `P#${programme}#CLAIMS#${awaited}`
/** Where claims due after an instant begin in a line. */
export const claimsDueAfter = (at: Instant): string => String(at + 1).padStart(15, '0')
export const agendaPartition = (programme: string): string => `P#${programme}#AGENDA`

export const voucherPartition = (programme: string, hash: string): string => `P#${programme}#VOUCHER#${hash}`
export const seriesPartition = (programme: string, series: string): string => `P#${programme}#VOUCHERS#${series}`
/** The voucher among those of a member. */
export const hashOfMemberVoucher = (sk: string): string => sk.slice(sk.lastIndexOf('#') + 1)

/** Complaints of a programme that are not resolved. */
export const openComplaints = (programme: string): string => `P#${programme}#COMPLAINTS`

/** Where gifts of an instant or later begin among those of a member. */
export const listedGiftsAt = (at: Instant): string => `${listedGiftPrefix}${paddedInstant(at)}`

/** Giver and id of a gift among those of a member. */
export function giftOfListed(sk: string): { giver: MemberId; giftId: string } {
  const [, , giver, giftId] = sk.split('#')
  return { giver: giver as MemberId, giftId: giftId! }
}

/** An instant as keys have it where they are in the order of time. */
const paddedInstant = (at: Instant): string => String(at).padStart(15, '0')

/** Where what ends at an instant or later begins in the agenda. */
export const agendaFrom = paddedInstant

/** Club and event of a place in the agenda. */
export function eventOfAgenda(sk: string): { club: string; event: string } {
  const [, club, event] = sk.split('#')
  return { club: club!, event: event! }
}

/** The due index's partition for an instant and a shard. */
export const duePartition = (at: Instant, shard: number): string => `DUE#${utcDay(at)}#${shard}`

/** The day of an instant in UTC, `YYYY-MM-DD`. */
export function utcDay(at: Instant): string {
  const day = Math.floor(at / 86_400_000)
  // Most heads are due on one of the same few days.
  if (day !== lastDay.day) lastDay = { day, text: new Date(at).toISOString().slice(0, 10) }
  return lastDay.text
}

let lastDay = { day: Number.NaN, text: '' }

/** What the record that a stock is low is called among entries. */
export const lowStockKind = 'low-stock'

/** The programme of any of its partitions. */
export const programmeOfPartition = (pk: string): string => pk.split('#')[1]!

/** Programme and member of a head's partition key, as the due index hands it out. */
export function memberOfPartition(pk: string): { programme: string; member: MemberId } {
  const [, programme, , id] = pk.split('#')
  if (!programme || !id) throw new Error(`${pk} is not a member's partition`)
  return { programme, member: id as MemberId }
}

/** Version and n of an entry's sort key. */
export function entryPosition(sk: string): { version: number; n: number } {
  const [, version, n] = sk.split('#')
  return { version: Number(version), n: Number(n) }
}

/** A stable shard of an id. */
export const shardOf = (id: string): number => fnv1a(id) % shards

/** The sort key of an entry: in the order of its member's versions. */
const entrySort = (version: number, n: number) =>
  `${entryPrefix}${String(version).padStart(10, '0')}#${String(n).padStart(3, '0')}`

/** Sort keys of the entries that were booked together with one, after it. */
export const entriesBookedAfter = ({ version, n }: { version: number; n: number }): { from: string; to: string } => ({
  from: entrySort(version, n + 1),
  to: entriesUpTo(version).to,
})

/** Sort keys of a member's entries up to those of a version of the head. */
export const entriesUpTo = (version: number): { from: string; to: string } => ({
  from: entryPrefix,
  to: entrySort(version, 999),
})
