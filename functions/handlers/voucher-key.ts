import { hash } from 'node:crypto'
import type { Programme } from '../domain/programme.ts'
import { bareCode } from '../domain/written-code.ts'

/** By what a voucher is found: a hash of its code, however it is written, and of the programme. */
export const voucherHash = ({ id }: Pick<Programme, 'id'>, code: string): string =>
  hash('sha256', `${id}\u0000voucher\u0000${bareCode(code)}`, 'base64url')
