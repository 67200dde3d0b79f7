/** Where a page begins by its cursor, counted from the first; null where no page gave it. */
export function offsetOf(cursor: string | undefined): number | null {
  if (cursor === undefined) return 0
  const text = Buffer.from(cursor, 'base64url').toString()
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : null
}

/** The cursor of what comes after so many of a list; null at its end. */
export const nextOffset = (end: number, all: readonly unknown[]): string | null =>
  end < all.length ? Buffer.from(String(end)).toString('base64url') : null
