import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { operations } from '../../functions/contract/index.ts'
import { isProblem } from '../../functions/contract/problem.ts'
import { quotePurchase, recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { quickReader, unread } from '../../functions/contract/quick-reader.ts'
import { captureRedemption, redeemReward } from '../../functions/contract/redemptions.ts'
import { readJson } from '../../functions/http/json.ts'
import { hostileText } from '../support/hostile-json.ts'

const numRuns = Number(process.env.RUNS ?? 60)

/** What the server would give to the reader; undefined where it is refused before. */
function received(text: string): unknown {
  const read = readJson(text)
  return isProblem(read) ? undefined : read.value
}

/** JSON tells the order of fields, too: a body's hash is made of it. */
function agrees(schema: z.ZodType, value: unknown): void {
  const quick = quickReader(schema)(value)
  if (quick === unread) return
  const { success, data } = schema.safeParse(value)
  expect(success).toBe(true)
  expect(JSON.stringify(quick)).toBe(JSON.stringify(data))
}

describe.each(operations.map((operation) => [operation.name, operation] as const))(
  '%s',
  (_name, { params, query, body, example }) => {
    it('is read quickly as its schema reads it, whatever is sent', () => {
      const parts = [[params, example.params], [query, {}], ...(body ? [[body, example.body] as const] : [])] as const
      for (const [schema, value] of parts) {
        fc.assert(
          fc.property(hostileText(value, 3), (text) => agrees(schema, received(text))),
          { numRuns },
        )
      }
    })
  },
)

it.each([recordPurchase, quotePurchase, recordReturn, redeemReward, captureRedemption])(
  'tills wait for no parser: $name',
  (operation) => {
    const { params, query, body, example } = operation
    expect(quickReader(params)(example.params)).toEqual(example.params)
    expect(quickReader(query)({})).toEqual({})
    expect(quickReader(body)(example.body)).toEqual(example.body)
  },
)

describe('of a schema', () => {
  const named = z.strictObject({ b: z.int().min(1).optional(), a: z.enum(['x', 'y']) })
  it.each<[string, z.ZodType, unknown, unknown]>([
    ['fields come in its order', named, { a: 'x', b: 1 }, '{"b":1,"a":"x"}'],
    ['a field may be left out', named, { a: 'y' }, '{"a":"y"}'],
    ['another field is not read', named, { a: 'x', c: 1 }, unread],
    ['another in the place of one is not read', named, { c: 1 }, unread],
    ['a name of JavaScript is another field', named, { a: 'x', constructor: 1 }, unread],
    ['a list is no object', named, [], unread],
    ['a bound holds', named, { a: 'x', b: 0 }, unread],
    ['a fraction is no whole number', named, { a: 'x', b: 1.5 }, unread],
    ['a value of a list', z.array(z.literal('x')).max(1), ['x'], '["x"]'],
    ['a list that is too long', z.array(z.literal('x')).max(1), ['x', 'x'], unread],
    ['the first branch that fits', z.union([z.strictObject({ a: z.boolean() }), named]), { a: true }, '{"a":true}'],
    ['the other branch', z.union([z.strictObject({ a: z.boolean() }), named]), { a: 'x' }, '{"a":"x"}'],
    ['no branch', z.union([z.strictObject({ a: z.boolean() }), named]), { a: 1 }, unread],
    ['a check of our own', z.string().refine((text) => text !== 'no'), 'no', unread],
    ['what such a check lets through', z.string().refine((text) => text !== 'no'), 'yes', '"yes"'],
    ['what changes a value is the parser’s', z.strictObject({ a: z.string().trim() }), { a: ' x' }, unread],
    ['so is a default', z.strictObject({ a: z.int().default(1) }), {}, unread],
    ['and an object that takes more', z.looseObject({ a: z.int() }), { a: 1, b: 2 }, unread],
    ['and a check over several fields', named.refine(({ b }) => b !== 2), { a: 'x', b: 2 }, unread],
    ['and numbers with fractions', z.strictObject({ a: z.number() }), { a: 1 }, unread],
    ['and an exclusive bound', z.int().gt(1), 2, unread],
    ['and formats it does not know', z.email(), 'ada@example.org', unread],
  ])('%s', (_what, schema, value, wanted) => {
    const read = quickReader(schema)(value)
    expect(read === unread ? unread : JSON.stringify(read)).toBe(wanted)
  })
})
