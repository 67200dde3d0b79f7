import { expect } from 'vitest'
import { problemIn } from '../support/client.ts'
import type { WireRequest } from '../support/http.ts'
import type { Laurel } from '../support/laurel.ts'

/** Bad requests, case by case, with the exact answer: `status code pointer…`. */
export type Refused = {
  readonly [what: string]: readonly [request: () => WireRequest | Promise<WireRequest>, refusal: string]
}

/** That a request is refused so, and that nothing of it is stored. */
export async function isRefused(laurel: Laurel, request: WireRequest, refusal: string): Promise<void> {
  const before = await laurel.dump()
  const { status, code, errors = [] } = problemIn(await laurel.send(request))
  expect([status, code, ...errors.map(({ pointer }) => pointer)].join(' ')).toBe(refusal)
  expect(await laurel.dump()).toEqual(before)
}

/** A GET of any path. */
export const get = (path: string, token: string): WireRequest => ({
  method: 'GET',
  path,
  headers: { authorization: `Bearer ${token}` },
})
