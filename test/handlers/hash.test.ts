import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { recordEvent } from '../../functions/contract/events.ts'
import { operations } from '../../functions/contract/index.ts'
import { enrolMember } from '../../functions/contract/members.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { recordStaffEvent } from '../../functions/contract/staff-events.ts'
import { bodyHash } from '../../functions/handlers/hash.ts'
import { meaningOf } from '../support/meaning.ts'

/** What clients create under ids of their own: posted again, its body is compared with the first one. */
const created = operations.filter(({ method, body, problems }) => method === 'PUT' && body && problems.includes('id-reused'))

/** Bodies with all that a body may have. */
const whole: { readonly [name: string]: object } = {
  [recordPurchase.name]: {
    member: { card: '6335550001' },
    storeId: 'leeds',
    terminalId: 'till-3',
    occurredAt: '2026-11-21T10:15:00+01:00',
    currency: 'GBP',
    channel: 'shop',
    tenders: [{ type: 'cash', amount: 1530 }],
    redemptionIds: ['r-1'],
    lines: [
      { lineId: '1', sku: '85123A', quantity: 6, amount: 1530, categories: ['b', 'a'], name: 'Candles “é”\t', excluded: false },
      { lineId: '2', sku: '85123B', quantity: 1, amount: 0 },
    ],
  },
  [recordReturn.name]: {
    occurredAt: '2026-11-21T16:00:00Z',
    storeId: 'leeds',
    lines: [{ lineId: '1', quantity: 2, amount: 510 }],
  },
  [enrolMember.name]: {
    card: '6335550001',
    email: 'ada@example.org',
    phone: '+44 7700 900123',
    name: 'Ada',
    birthday: '1990-02-28',
    language: 'en-GB',
  },
  [recordEvent.name]: {
    member: { id: 'm-1001' },
    type: 'training',
    occurredAt: '2026-11-21T10:15:00Z',
    storeId: 'leeds',
    attributes: { level: 2, course: 'candles', 'b.c': 'x', B: 1 },
  },
  [recordStaffEvent.name]: { ...(recordStaffEvent.example.body as object), attributes: { z: 1, a: 'b', m: 0 } },
  [adjustPoints.name]: { points: -50, reason: 'Points missing', actor: 'desk' },
}

/** The same value with the names of all objects in it in any order. */
function shuffled(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value)) return fc.tuple(...value.map(shuffled))
  if (typeof value !== 'object' || value === null) return fc.constant(value)
  const names = Object.keys(value)
  const parts = fc.tuple(...Object.values(value).map(shuffled))
  const order = fc.shuffledSubarray(names, { minLength: names.length })
  return fc.tuple(parts, order).map(([made, ordered]) => {
    const byName = Object.fromEntries(names.map((name, index) => [name, made[index]]))
    return Object.fromEntries(ordered.map((name) => [name, byName[name]]))
  })
}

const hashOf = (schema: z.ZodType, body: unknown) => bodyHash(schema.parse(JSON.parse(JSON.stringify(body))) as object)

describe.each(created)('the hash of a body of $name', ({ name, body: schema, example }) => {
  it.each([example.body, whole[name] ?? example.body])(
    'is that of its canonical JSON by RFC 8785, however its names are ordered',
    (body) => {
      fc.assert(
        fc.property(shuffled(body), (sent) => {
          expect(hashOf(schema!, sent)).toBe(meaningOf(body))
        }),
      )
    },
  )

  it('is of a schema that says no less and no more than was sent, in canonical order', () => {
    expect(straysIn(schema!)).toEqual([])
  })
})

/** What of a schema would write something else than was received: kinds not listed here, loose or unsorted objects. */
function straysIn(schema: z.core.$ZodType): string[] {
  const { def } = schema._zod
  switch (def.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'enum':
      return 'coerce' in def && def.coerce ? ['coerces'] : []
    case 'optional':
    case 'nullable':
      return straysIn((def as z.core.$ZodOptionalDef).innerType)
    case 'record':
      return straysIn((def as z.core.$ZodRecordDef).valueType)
    case 'pipe': {
      // What is a client's to name is put in order by a transformation: the bodies above have such.
      const { in: received, out } = def as z.core.$ZodPipeDef
      return received._zod.def.type === 'record' && out._zod.def.type === 'transform' ? straysIn(received) : ['is a pipe']
    }
    case 'array':
      return straysIn((def as z.core.$ZodArrayDef).element)
    case 'union':
      return (def as z.core.$ZodUnionDef).options.flatMap(straysIn)
    case 'object': {
      const { shape, catchall } = def as z.core.$ZodObjectDef
      const names = Object.keys(shape)
      const inOrder = names.join() === [...names].sort().join()
      const own = [...(catchall?._zod.def.type === 'never' ? [] : ['takes other names']), ...(inOrder ? [] : [`has ${names}`])]
      return [...own, ...Object.values(shape).flatMap(straysIn)]
    }
    default:
      return [`is a ${def.type}`]
  }
}

it('of another meaning is another', () => {
  const { body: schema } = recordPurchase
  const base = whole[recordPurchase.name] as { lines: object[] }
  const others = [{ channel: 'web' }, { lines: [...base.lines].reverse() }, { lines: base.lines.slice(1) }, { tenders: [] }]
  const hashes = [base, ...others.map((other) => ({ ...base, ...other }))].map((body) => hashOf(schema, body))
  expect(new Set(hashes).size).toBe(hashes.length)
})
