import { hash } from 'node:crypto'
import { stringify } from 'safe-stable-stringify'

/**
 * What two bodies of the same meaning have in common: SHA-256 of their canonical JSON (RFC 8785), as received, before
 * defaults. Of values that were parsed from well-formed JSON `stringify` makes just that, in half the time of a package that
 * also judges other values.
 */
export function bodyHash(received: unknown): string {
  return hash('sha256', stringify(received) ?? '', 'base64url')
}
