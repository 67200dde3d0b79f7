import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** JSON as a document is stored: a thousand campaigns fit in an item. */
export const compress = (value: unknown): string => deflateRawSync(JSON.stringify(value)).toString('base64')

export const decompress = (stored: unknown): unknown =>
  JSON.parse(inflateRawSync(Buffer.from(String(stored), 'base64')).toString())
