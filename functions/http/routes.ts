import type { Method, Operation } from '../contract/operation.ts'

/** What API Gateway calls an operation's route. */
export const routeKeyOf = ({ method, path }: Pick<Operation, 'method' | 'path'>): string => `${method} ${path}`

/** The route of requests that no operation takes. */
export const defaultRouteKey = '$default'

export interface Route {
  readonly operation: Operation
  /** As they stand in the path, still percent-encoded. */
  readonly params: { readonly [name: string]: string }
}

export interface Routes {
  /** The operation of a method and path, or the methods that the path takes: none where it does not exist. */
  match(method: string, path: string): Route | { readonly allowed: readonly Method[] }
}

/** Finds operations by method and path as API Gateway does: whole segments, literal ones before parameters. */
export function routesOf(operations: readonly Operation[]): Routes {
  const patterns = operations.map((operation) => {
    const segments = operation.path.split('/')
    return { operation, segments, parameters: segments.filter((segment) => segment.startsWith('{')).length }
  })
  patterns.sort((a, b) => a.parameters - b.parameters)
  return {
    match(method, path) {
      const given = path.split('/')
      const fitting = patterns.filter(({ segments }) => fits(segments, given))
      const found = fitting.find(({ operation }) => operation.method === method)
      if (!found) return { allowed: fitting.map(({ operation }) => operation.method) }
      return { operation: found.operation, params: paramsOf(found.segments, given) }
    },
  }
}

const fits = (segments: readonly string[], given: readonly string[]) =>
  segments.length === given.length &&
  segments.every((segment, index) => (segment.startsWith('{') ? given[index] !== '' : segment === given[index]))

function paramsOf(segments: readonly string[], given: readonly string[]): { [name: string]: string } {
  const params: { [name: string]: string } = {}
  for (const [index, segment] of segments.entries()) if (segment.startsWith('{')) params[segment.slice(1, -1)] = given[index]!
  return params
}
