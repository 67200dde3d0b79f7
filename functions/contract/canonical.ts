import * as z from 'zod'

/**
 * A strict object of a body that is a client's own: its fields in the order of RFC 8785, by UTF-16 units. What a schema of
 * such objects has parsed stands in that order, however it was sent, so that plain JSON of it is its canonical JSON. Bodies
 * have no defaults: what is parsed is what was received.
 */
export function canonicalObject<const Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(Object.fromEntries(Object.entries(shape).sort(([a], [b]) => (a < b ? -1 : 1))) as Shape)
}
