import * as z from 'zod'
import { operation } from './operation.ts'
import { answeredInstant } from './values.ts'

const none = z.strictObject({})

export const makeSpendCode = operation({
  name: 'makeSpendCode',
  summary: 'A code to show at a till, so that it may spend my points',
  description:
    'Good once, for some minutes and a few tries. It is told here and kept nowhere; the one before is no longer good. It is wanted ' +
    'where the programme says so: always, or above a number of points.',
  audience: 'member',
  office: 'rewards',
  method: 'POST',
  path: '/me/spend-codes',
  scope: 'laurel/member',
  params: none,
  query: none,
  body: none,
  answers: () => ({ 201: z.object({ code: z.string(), expiresAt: answeredInstant() }).meta({ id: 'SpendCode' }) }),
  problems: ['member-unknown', 'member-closed', 'spend-codes-off'],
  example: { params: {}, body: {} },
})
