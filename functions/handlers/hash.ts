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
