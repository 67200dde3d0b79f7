import type { Bounded } from '../domain/difference.ts'
import { type Instant, instant } from '../domain/units.ts'
import { compress, decompress } from './compressed.ts'
import type { Item } from './store.ts'
import { table } from './table.ts'

/** That staff changed something. Never changed and never deleted. */
export interface AuditRecord extends Bounded {
  /** Unique in its programme. */
  readonly id: string
  readonly at: Instant
  /** Subject of the token. */
  readonly actor: string
  /** Name of the operation. */
  readonly action: string
  /** What was changed: `campaigns/double-candles`, `members/m-1001/adjustments/a-1`. Ids alone. */
  readonly target: string
}

export function auditItem(programme: string, { id, at, actor, action, target, changes, omitted }: AuditRecord): Item {
  return {
    ...table.audit(programme, at, id),
    at,
    by: actor,
    op: action,
    on: target,
    diff: compress(changes),
    ...(omitted > 0 && { omitted }),
  }
}

export function auditRecordOf(item: Item): AuditRecord {
  return {
    id: item.sk.slice(item.sk.indexOf('#') + 1),
    at: instant(item.at as number),
    actor: item.by as string,
    action: item.op as string,
    target: item.on as string,
    changes: decompress(item.diff) as AuditRecord['changes'],
    omitted: Number(item.omitted ?? 0),
  }
}
