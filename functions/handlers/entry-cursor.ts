import type { Key } from '../store/store.ts'
import { entryPrefix } from '../store/table.ts'

/** The key that a cursor stands for, in the member's own partition whatever it says; null where no page gave it. */
export function keyOfCursor(pk: string, cursor: string): Key | null {
  const position = Buffer.from(cursor, 'base64url').toString()
  return /^\d{10}#\d{3}$/.test(position) ? { pk, sk: entryPrefix + position } : null
}

/** The cursor of what comes after an entry. */
export const cursorOfEntry = ({ sk }: Pick<Key, 'sk'>): string => Buffer.from(sk.slice(entryPrefix.length)).toString('base64url')
