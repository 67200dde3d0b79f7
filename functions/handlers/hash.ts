import { hash } from 'node:crypto'

/**
 * What two bodies of the same meaning have in common: SHA-256 of their canonical JSON (RFC 8785), as received, before
 * defaults. The body is what its contract parsed, which stands in canonical order (contract/canonical.ts).
 */
export function bodyHash(body: object): string {
  return hash('sha256', JSON.stringify(body), 'base64url')
}

/** Hexadecimal digits that nobody can guess who cannot guess the id. */
export const chance = (id: string): string => hash('sha256', id, 'hex')

/** The same of what its contract does not put in order, such as a programme document. */
export const canonicalHash = (value: object): string => bodyHash(inOrder(value) as object)

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, field]) => [name, inOrder(field)]))
}
