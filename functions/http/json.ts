import type { Operation } from '../contract/operation.ts'
import { type Problem, problem } from '../contract/problem.ts'

export const mostBodyBytes = 256 * 1024
/** Bytes that a body of the operation may have. */
export const mostBytesOf = ({ mostBodyBytes: own }: Pick<Operation, 'mostBodyBytes'>): number => own ?? mostBodyBytes
const deepest = 32

/**
 * What a body must hold somewhere for any of its strings, names or numbers to need a look: escapes, `__proto__`, minus zero,
 * and a negative exponent, by which -1e-400 becomes minus zero. Numbers follow a bracket, comma, colon or space, so that
 * dates do not count.
 */
const suspicious = /\\u|__proto__|(?:^|[[,:\s])-0|\d[eE]-/

/**
 * Parses a body as JSON and looks it over: depth, names that reach for prototypes, text that is not well-formed Unicode and
 * so could not be stored as it was sent.
 */
export function readJson(text: string): { readonly value: unknown } | Problem {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return problem('malformed-json')
  }
  // Text that came in as UTF-8 is well-formed, so half a surrogate pair can only have been escaped.
  const closely = suspicious.test(text) || !text.isWellFormed()
  if (!closely && count(text, '{') + count(text, '[') <= deepest) return { value }
  return fault(value, 1, closely) ?? { value }
}

/** How often braces or brackets open, those in strings too: no text is nested deeper. Beyond what is wanted it is not counted. */
function count(text: string, opening: '{' | '['): number {
  let found = 0
  for (let at = text.indexOf(opening); at !== -1 && found <= deepest; at = text.indexOf(opening, at + 1)) found += 1
  return found
}

/** What is wrong with a value; depth is bounded before it is gone into, so the stack is too. Makes minus zero zero. */
function fault(node: unknown, depth: number, closely: boolean): Problem | undefined {
  if (typeof node === 'string') return closely && !node.isWellFormed() ? problem('forbidden-text') : undefined
  if (typeof node !== 'object' || node === null) return undefined
  if (depth > deepest) return problem('json-too-deep')
  const members = node as { [name: string]: unknown }
  for (const name of Object.keys(members)) {
    if (closely) {
      if (name === '__proto__' || !name.isWellFormed()) return problem('forbidden-text')
      // Minus zero is zero in JSON's canonical form and in every store.
      if (Object.is(members[name], -0)) members[name] = 0
    }
    const found = fault(members[name], depth + 1, closely)
    if (found) return found
  }
  return undefined
}
