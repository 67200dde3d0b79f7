import type { MemberId } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Write } from './store.ts'
import { table } from './table.ts'

/** What a token's subject or client stands for. */
export interface Identity {
  readonly issuer: string
  readonly subject: string
  readonly programme: string
  /** Stores that a till may post for; `*`: all of the programme. */
  readonly stores?: '*' | readonly string[]
  readonly member?: MemberId
  /** Of the staff; who has none is an agent. */
  readonly role?: 'supervisor'
  /** Of the body by which the subject enrolled; none where somebody else said who they are. */
  readonly hash?: string
  /** How many times it was said. An item of before there were versions has none. */
  readonly version?: number
}

export function identityItem({ issuer, subject, programme, stores, member, role, hash, version = 1 }: Identity): Item {
  return {
    ...table.identity(issuer, subject),
    [versionAttribute]: version,
    iss: issuer,
    sub: subject,
    p: programme,
    ...(stores !== undefined && { st: stores }),
    ...(member !== undefined && { m: member }),
    ...(role !== undefined && { r: role }),
    ...(hash !== undefined && { h: hash }),
  }
}

export function identityOf(item: Item): Identity {
  return {
    issuer: item.iss as string,
    subject: item.sub as string,
    programme: item.p as string,
    ...(item.st !== undefined && { stores: item.st as '*' | string[] }),
    ...(item.m !== undefined && { member: item.m as MemberId }),
    ...(item.r !== undefined && { role: item.r as 'supervisor' }),
    ...(item.h !== undefined && { hash: item.h as string }),
    ...(item[versionAttribute] !== undefined && { version: item[versionAttribute] as number }),
  }
}

/** That an identity is still what it was when it was read: two who link one subject at once make one member. */
export function isStill(known: Identity | undefined): Pick<Write, 'condition'> {
  if (!known) return { condition: { is: 'absent' } }
  if (known.version === undefined) return {}
  return { condition: { is: 'equal', attribute: versionAttribute, value: known.version } }
}
