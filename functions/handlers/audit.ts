import { bounded, differences, type Json } from '../domain/difference.ts'
import { auditItem } from '../store/audit-item.ts'
import type { Write } from '../store/store.ts'
import type { Context } from './context.ts'

/** What an operation of the staff changes. */
export interface Audited {
  /** The operation's name. */
  readonly action: string
  /** What is changed, by ids alone: `campaigns/double-candles`, `members/m-1001/adjustments/a-1`. */
  readonly target: string
  /** What it was and becomes, without anything personal; undefined: it was or will be nothing. */
  readonly before?: unknown
  readonly after?: unknown
}

/** UTF-16 units of JSON that the changes of one record have; what there is no room for is counted. */
const mostChanges = 32 * 1024

/**
 * The write that records who changed what, when, from what to what. It belongs into the transaction that does it: then neither
 * is there without the other.
 */
export function auditWrite({ runtime, programme, caller, now }: Context, { action, target, before, after }: Audited): Write {
  const found = bounded(differences(before as Json | undefined, after as Json | undefined), mostChanges)
  // Unguessable ids are made for members, and say so.
  const id = runtime.newId().replace(/^m-/, '')
  const record = { id, at: now, actor: caller.subject, action, target, ...found }
  return { kind: 'put', item: auditItem(programme.id, record), condition: { is: 'absent' } }
}
