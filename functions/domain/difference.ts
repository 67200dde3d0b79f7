/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined }

/**
 * One difference between two documents. The pointer is RFC 6901, but for elements that have an id it has that in the place of
 * an index: `/campaigns/double-weekend/priority`, so that it means the same in both documents. `reordered` lists the ids.
 */
export type Change =
  | { readonly kind: 'added'; readonly pointer: string; readonly after: Json }
  | { readonly kind: 'removed'; readonly pointer: string; readonly before: Json }
  | { readonly kind: 'changed'; readonly pointer: string; readonly before: Json; readonly after: Json }
  | {
      readonly kind: 'reordered'
      readonly pointer: string
      readonly before: readonly string[]
      readonly after: readonly string[]
    }

type Fields = { readonly [name: string]: Json | undefined }
type Named = Fields & { readonly id: string }

/**
 * What differs from one document to another, in the order of the later one. The order of an object's names does not count; of
 * lists whose elements all have an id each element is compared with the one of its id, other lists only as a whole.
 */
export function differences(before: Json | undefined, after: Json | undefined, pointer = ''): Change[] {
  if (before === after || (before === undefined && after === undefined)) return []
  if (before === undefined) return [{ kind: 'added', pointer, after: after! }]
  if (after === undefined) return [{ kind: 'removed', pointer, before }]
  if (isNamedList(before) && isNamedList(after)) return listDifferences(before, after, pointer)
  if (isFields(before) && isFields(after)) return fieldDifferences(before, after, pointer)
  return isSame(before, after) ? [] : [{ kind: 'changed', pointer, before, after }]
}

/** Whether two documents say the same. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (isList(a) && isList(b)) return a.length === b.length && a.every((element, index) => isSame(element, b[index]))
  if (isFields(a) && isFields(b)) return namesOf(a, b).every((name) => isSame(a[name], b[name]))
  return false
}

function fieldDifferences(before: Fields, after: Fields, pointer: string): Change[] {
  return namesOf(after, before).flatMap((name) => differences(before[name], after[name], below(pointer, name)))
}

function listDifferences(before: readonly Named[], after: readonly Named[], pointer: string): Change[] {
  const [old, young] = [byId(before), byId(after)]
  const ids = [...new Set([...young.keys(), ...old.keys()])]
  const changes = ids.flatMap((id) => differences(old.get(id), young.get(id), below(pointer, id)))
  const kept = [...old.keys()].filter((id) => young.has(id))
  const [unmoved, wanted] = [[...kept, ...[...young.keys()].filter((id) => !old.has(id))], [...young.keys()]]
  return isSame(unmoved, wanted) ? changes : [...changes, { kind: 'reordered', pointer, before: unmoved, after: wanted }]
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)
const isFields = (value: Json | undefined): value is Fields => typeof value === 'object' && value !== null && !isList(value)

/** A list whose elements all have an id, each its own; an empty one has no others. */
function isNamedList(value: Json): value is readonly Named[] {
  if (!isList(value) || !value.every((element) => isFields(element) && typeof element.id === 'string')) return false
  return byId(value as readonly Named[]).size === value.length
}

const byId = (elements: readonly Named[]) => new Map(elements.map((element) => [element.id, element]))

const namesOf = (first: Fields, second: Fields) => [...new Set([...Object.keys(first), ...Object.keys(second)])]

/** The pointer of a member (RFC 6901, section 3). */
export const below = (pointer: string, name: string | number): string =>
  `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`

/** The changes that fit, in order, and how many more there are. */
export interface Bounded {
  readonly changes: readonly Change[]
  readonly omitted: number
}

/**
 * As many changes as their JSON has room for, in UTF-16 units. A list with ids that is added or removed, and has no room, is told
 * by its elements; anything else that would not have room alone by its parts, or not at all where it has none.
 */
export function bounded(changes: readonly Change[], most: number): Bounded {
  const fitting: Change[] = []
  const waiting = changes.toReversed()
  let [room, omitted] = [most, 0]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { length } = JSON.stringify(next)
    if (length <= room) {
      fitting.push(next)
      room -= length
      continue
    }
    const isTooLarge = length > most
    const parts = partsOf(next, isTooLarge)
    if (parts.length === 0) omitted += 1
    if (parts.length === 0 && !isTooLarge) break
    waiting.push(...parts.reverse())
  }
  return { changes: fitting, omitted: omitted + waiting.length }
}

/** The changes of which an addition or a removal consists: of a list's elements, or, where that is wanted, of an object's fields. */
function partsOf(change: Change, ofFields: boolean): Change[] {
  if (change.kind !== 'added' && change.kind !== 'removed') return []
  const value = change.kind === 'added' ? change.after : change.before
  const nothing = isNamedList(value) ? [] : isFields(value) && ofFields ? {} : undefined
  if (!nothing) return []
  return change.kind === 'added' ? differences(nothing, value, change.pointer) : differences(value, nothing, change.pointer)
}
