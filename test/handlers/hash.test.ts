import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bodyHash } from '../../functions/handlers/hash.ts'

/** The order of an object's names turned round, and of all objects in it. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, part]) => [name, turned(part)]),
  )
}

/** What a body may be once it is parsed: no minus zero, which reading turns into zero. */
const parsed = fc.json({ maxDepth: 5 }).map((text) => JSON.parse(text.replaceAll('-0', '0')) as unknown)

describe('the hash of a body', () => {
  it('is that of its canonical JSON by RFC 8785, as another implementation makes it', () => {
    fc.assert(
      fc.property(parsed, (body) => {
        expect(bodyHash(body)).toBe(createHash('sha256').update(canonicalize(body)!).digest('base64url'))
      }),
      { numRuns: 2000 },
    )
  })

  it('is the same however its names are ordered, numbers written and text escaped', () => {
    fc.assert(
      fc.property(parsed, (body) => {
        expect(bodyHash(turned(body))).toBe(bodyHash(body))
      }),
    )
    const spellings = [
      '{"10": 1, "9": 1.5e1, "é": "\\u00e9\\/"}',
      '{"é":"é/","9":15,"10":1.0}',
      '{"\\u00e9":"é/","10":1,"9":15.0}',
    ]
    expect(new Set(spellings.map((text) => bodyHash(JSON.parse(text)))).size).toBe(1)
  })

  it('is another for another meaning', () => {
    const bodies = [
      {},
      { a: 1 },
      { a: '1' },
      { a: [1] },
      { a: null },
      { a: 1, b: 1 },
      { a: [1, 2] },
      { a: [2, 1] },
      { a: 'é' },
      { a: 'e\u0301' },
    ]
    expect(new Set(bodies.map(bodyHash)).size).toBe(bodies.length)
  })
})
