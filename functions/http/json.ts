import { type Problem, problem } from '../contract/problem.ts'

export const mostBodyBytes = 256 * 1024
const deepest = 32

/**
 * Parses a body as JSON and looks it over: depth, names that reach for prototypes, text that is not well-formed Unicode and
 * so could not be stored as it was sent. Walks with a list of its own, so that depth cannot exhaust the stack.
 */
export function readJson(text: string): { readonly value: unknown } | Problem {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return problem('malformed-json')
  }
  const ahead: { readonly node: unknown; readonly depth: number }[] = [{ node: value, depth: 1 }]
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    const { node, depth } = next
    if (typeof node === 'string' && !node.isWellFormed()) return problem('forbidden-text')
    if (typeof node !== 'object' || node === null) continue
    if (depth > deepest) return problem('json-too-deep')
    if (Array.isArray(node)) {
      for (const [index, element] of node.entries()) {
        if (Object.is(element, -0)) node[index] = 0
        else ahead.push({ node: element, depth: depth + 1 })
      }
      continue
    }
    const object = node as { [name: string]: unknown }
    for (const name of Object.keys(object)) {
      if (name === '__proto__' || !name.isWellFormed()) return problem('forbidden-text')
      const element = object[name]
      // Minus zero is zero in JSON's canonical form and in every store.
      if (Object.is(element, -0)) object[name] = 0
      else ahead.push({ node: element, depth: depth + 1 })
    }
  }
  return { value }
}
