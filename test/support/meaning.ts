import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** The hash of a body's meaning, by another implementation of RFC 8785 than Laurel's own way. */
export const meaningOf = (body: unknown): string => createHash('sha256').update(canonicalize(body)!).digest('base64url')
