import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'

/**
 * What two bodies of the same meaning have in common: SHA-256 of their canonical JSON (RFC 8785), as received, before
 * defaults.
 */
export function bodyHash(received: unknown): string {
  return hash('sha256', canonicalize(received) ?? '', 'base64url')
}
