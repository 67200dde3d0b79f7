import type { MemberId } from '../domain/units.ts'
import type { Item } from './store.ts'
import { table } from './table.ts'

/** What a token's subject or client stands for. */
export interface Identity {
  readonly issuer: string
  readonly subject: string
  readonly programme: string
  /** Stores that a till may post for; `*`: all of the programme. */
  readonly stores?: '*' | readonly string[]
  readonly member?: MemberId
  /** Of the body by which the subject enrolled; none where somebody else said who they are. */
  readonly hash?: string
}

export function identityItem({ issuer, subject, programme, stores, member, hash }: Identity): Item {
  return {
    ...table.identity(issuer, subject),
    iss: issuer,
    sub: subject,
    p: programme,
    ...(stores !== undefined && { st: stores }),
    ...(member !== undefined && { m: member }),
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
    ...(item.h !== undefined && { hash: item.h as string }),
  }
}
