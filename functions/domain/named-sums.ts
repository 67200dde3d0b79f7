/** Sums of a report by name. Plain JSON, so that a job can leave them and go on. */
export interface NamedSums<Sum> {
  [key: string]: Sum
}

/** Names that a report tells apart of one kind; what comes after them is told together, so that the report stays small. */
export const mostNames = 500
export const otherNames = '(others)'

/** What is summed up under a name so far; `none` makes what a name begins with. */
export function sumOf<Sum>(sums: NamedSums<Sum>, name: string, none: () => Sum): Sum {
  const key = keyOf(name)
  const told = sums[key] || Object.keys(sums).length < mostNames ? key : keyOf(otherNames)
  sums[told] ??= none()
  return sums[told]
}

/** All sums with their names, by name. */
export const listed = <Sum, Told>(sums: NamedSums<Sum>, told: (sum: Sum) => Told): (Told & { readonly name: string })[] =>
  Object.entries(sums)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, sum]) => ({ name: key.slice(1), ...told(sum) }))

/** No name of an article is taken for one that every object has. */
const keyOf = (name: string) => `=${name}`
