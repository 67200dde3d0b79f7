/**
 * The storage port. It speaks DynamoDB's language, so that the items and the limits are the same in every engine:
 * items under (pk, sk), one sparse index, transactions whose every write may carry a condition.
 */

/** What an attribute may hold. No floating point, no undefined, no binary. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value }

export interface Key {
  readonly pk: string
  readonly sk: string
}

/** An item as it is stored. `due` and `dueAt`, where present, put it in the due index. */
export interface Item extends Key {
  readonly due?: string
  readonly dueAt?: number
  readonly [name: string]: Value | undefined
}

/** What the due index holds of an item: keys only. */
export interface IndexEntry extends Key {
  readonly due: string
  readonly dueAt: number
}

/** What must hold of the item that is there for a write to happen. */
export type Condition =
  /** No item has this key. */
  | { readonly is: 'absent' }
  /** There is an item and this attribute of it equals a number: optimistic locking. */
  | { readonly is: 'equal'; readonly attribute: string; readonly value: number }
  /** There is an item and this attribute of it is at least a number: what is left of a budget. */
  | { readonly is: 'at-least'; readonly attribute: string; readonly value: number }

export type Write =
  | {
      readonly kind: 'put'
      readonly item: Item
      readonly condition?: Condition
      /** The item as it was read, where this one replaces it: to count units as AWS does, by the larger of both, and to spare work. */
      readonly replaces?: Item | undefined
    }
  | { readonly kind: 'delete'; readonly key: Key; readonly condition?: Condition; readonly replaces?: Item | undefined }
  | { readonly kind: 'check'; readonly key: Key; readonly condition: Condition }

/** One write whose condition failed, and the item found there instead. */
export interface FailedCondition {
  readonly index: number
  readonly found: Item | undefined
}

/**
 * Units are write units by AWS's rule for transactions, index writes included; they are used up by refused commits too. Like
 * those of reads they are reckoned from the items when they are asked for, because nobody asks on the way of a purchase.
 */
export type CommitResult =
  | { readonly outcome: 'committed'; readonly units: number }
  /** At least one condition failed; nothing was written. */
  | { readonly outcome: 'refused'; readonly failed: readonly [FailedCondition, ...FailedCondition[]]; readonly units: number }
  /** Another transaction was at one of the items; nothing was written. Try again. */
  | { readonly outcome: 'conflict'; readonly units: number }

export interface ReadResult {
  /** One for each key, in the order asked for. */
  readonly items: readonly (Item | undefined)[]
  /** Read units by AWS's rule. */
  readonly units: number
}

/** A range of sort keys: all that begin so, or between two inclusive bounds. */
export type Range = { readonly prefix: string } | { readonly from: string; readonly to: string }

export interface Page<Kind> {
  readonly items: readonly Kind[]
  /** Continue after this one; undefined at the end. */
  readonly next: Key | undefined
  readonly units: number
}

export interface PartitionQuery {
  readonly pk: string
  readonly range?: Range
  /** At most this many items, 1000 where nothing is said. */
  readonly limit?: number
  /** Continue after this key. */
  readonly after?: Key | undefined
  readonly descending?: boolean
  readonly consistent?: boolean
}

export interface DueQuery {
  readonly due: string
  /** Only what is due at or before this instant (epoch ms). */
  readonly notAfter: number
  readonly limit?: number
  readonly after?: IndexEntry | undefined
}

export interface DuePage {
  readonly items: readonly IndexEntry[]
  readonly next: IndexEntry | undefined
  readonly units: number
}

export interface Store {
  /** Reads items by key, at most 100. Throws LimitError above that. */
  read(keys: readonly Key[], options: { consistent: boolean }): Promise<ReadResult>
  /** A page of a partition, by sort key. */
  query(query: PartitionQuery): Promise<Page<Item>>
  /** A page of the due index by instant. Eventually consistent: what it names may have changed. */
  queryDue(query: DueQuery): Promise<DuePage>
  /** All of the writes or none. Throws LimitError before anything happens, UnavailableError where it is not known or refused. */
  commit(writes: readonly Write[]): Promise<CommitResult>
  close(): Promise<void>
}

/** `value`: a number that is no safe integer, text that is no Unicode, a name no engine can keep, too many levels. */
export type Limit = 'writes' | 'keys' | 'distinct-keys' | 'item-bytes' | 'transaction-bytes' | 'key-bytes' | 'value'

/** A write or read that no engine takes: a bound of DynamoDB's, held in all of them. Nothing was stored. */
export class LimitError extends Error {
  override readonly name = 'LimitError'
  readonly limit: Limit
  constructor(limit: Limit, message: string) {
    super(message)
    this.limit = limit
  }
}

/** The store did not do it now: throttled, busy, timed out, unreachable. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError'
  /** `none`: nothing happened. `unknown`: a commit may have happened; read again and judge. */
  readonly effect: 'none' | 'unknown'
  constructor(effect: 'none' | 'unknown', message: string, cause?: unknown) {
    super(message, { cause })
    this.effect = effect
  }
}

export const mostWrites = 100
export const mostReadKeys = 100
export const mostItemBytes = 400 * 1024
export const mostTransactionBytes = 4 * 1024 * 1024
/** Levels of an attribute, the attribute itself the first: `{a: [1]}` has three. */
export const mostLevels = 32
export const mostPageItems = 1000
/** What one query page evaluates at most. */
export const mostPageBytes = 1024 * 1024
