import type { RefusalCode } from '../domain/refusal.ts'
import type { SetOff } from '../domain/set-off.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Write } from './store.ts'
import { duePartition, shardOf, table } from './table.ts'

/**
 * The write that makes a bonus due that something set off and whose booking cannot give it. It stands in the due index by when
 * that was booked, so that the sweep has not gone by.
 */
export function owedWrite(programme: string, member: MemberId, { trigger, at, of }: SetOff, bookedAt: Instant): Write {
  const due = { due: duePartition(bookedAt, shardOf(member)), dueAt: bookedAt }
  const item = { ...table.owed(programme, member, at, trigger), [versionAttribute]: 1, tr: trigger, at, ...due }
  return { kind: 'put', item: { ...item, ...(of !== undefined && { of }) } }
}

/** What is owed by a record; undefined where campaigns were asked for it already. */
export function owedOf({ tr, at, of, due }: Item): SetOff | undefined {
  return due === undefined ? undefined : { trigger: tr as string, at: at as Instant, of: of as string | undefined }
}

/** Writes down that campaigns were asked for what was owed, and whatever they gave, or why that was refused: it is due no more. */
export function settledWrite(owed: Item, refused?: RefusalCode): Write {
  const { due: _due, dueAt: _dueAt, ...rest } = owed
  return {
    kind: 'put',
    item: { ...rest, [versionAttribute]: 2, ...(refused && { rf: refused }) },
    condition: { is: 'equal', attribute: versionAttribute, value: 1 },
    replaces: owed,
  }
}

/** Writes down that a bonus which was never due by a record of its own was refused. */
export function refusedWrite(programme: string, member: MemberId, { trigger, at, of }: SetOff, refused: RefusalCode): Write {
  const item = { ...table.owed(programme, member, at, trigger), [versionAttribute]: 2, tr: trigger, at, rf: refused }
  return { kind: 'put', item: { ...item, ...(of !== undefined && { of }) } }
}
