import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bounded, type Change, differences, isSame, type Json } from '../../functions/domain/difference.ts'

const before = {
  name: 'Laurel',
  points: { earn: { points: 1, per: 100 }, holdDays: 0 },
  campaigns: [
    { id: 'weekend', effect: { multiplier: 20_000 }, when: { weekdays: ['sat', 'sun'] } },
    { id: 'spring', effect: { points: 50 } },
  ],
}
const [weekend, spring] = before.campaigns

describe('what differs', () => {
  const cases: { readonly [what: string]: readonly [after: Json, changes: readonly Change[]] } = {
    nothing: [before, []],
    'the order of names alone': [{ campaigns: before.campaigns, points: before.points, name: 'Laurel' }, []],
    'a value': [{ ...before, name: 'Bay' }, [{ kind: 'changed', pointer: '/name', before: 'Laurel', after: 'Bay' }]],
    'a value deep inside': [
      { ...before, points: { ...before.points, earn: { points: 1, per: 50 } } },
      [{ kind: 'changed', pointer: '/points/earn/per', before: 100, after: 50 }],
    ],
    'a campaign more': [
      { ...before, campaigns: [...before.campaigns, { id: 'new', effect: { points: 1 } }] },
      [{ kind: 'added', pointer: '/campaigns/new', after: { id: 'new', effect: { points: 1 } } }],
    ],
    'a campaign less, the first': [
      { ...before, campaigns: [spring!] },
      [{ kind: 'removed', pointer: '/campaigns/weekend', before: weekend! }],
    ],
    'a campaign’s effect, by its id and not by its place': [
      { ...before, campaigns: [weekend!, { id: 'spring', effect: { points: 60 } }] },
      [{ kind: 'changed', pointer: '/campaigns/spring/effect/points', before: 50, after: 60 }],
    ],
    'the order of campaigns': [
      { ...before, campaigns: [spring!, weekend!] },
      [{ kind: 'reordered', pointer: '/campaigns', before: ['weekend', 'spring'], after: ['spring', 'weekend'] }],
    ],
    'a list without ids, as a whole': [
      { ...before, campaigns: [{ ...weekend!, when: { weekdays: ['sun'] } }, spring!] },
      [{ kind: 'changed', pointer: '/campaigns/weekend/when/weekdays', before: ['sat', 'sun'], after: ['sun'] }],
    ],
    'a part that was not there': [
      { ...before, stores: [{ id: 'leeds' }] },
      [{ kind: 'added', pointer: '/stores', after: [{ id: 'leeds' }] }],
    ],
    'a name with signs that a pointer escapes': [{ ...before, 'a/b~c': 1 }, [{ kind: 'added', pointer: '/a~1b~0c', after: 1 }]],
  }
  test.each(Object.entries(cases))('%s', (_what, [after, changes]) => {
    expect(differences(before, after)).toEqual(changes)
    expect(isSame(before, after)).toBe(changes.length === 0)
  })

  test('and fits where it must: what is left out is counted', () => {
    const changes = differences(before, { ...before, name: 'Bay', points: null, more: 'x'.repeat(1000) })
    expect(bounded(changes, 10_000)).toEqual({ changes, omitted: 0 })
    expect(bounded(changes, 500)).toEqual({ changes: changes.slice(0, 2), omitted: 1 })
    expect(bounded(changes, 10)).toEqual({ changes: [], omitted: 3 })
  })
})

describe('what is too large for a record', () => {
  const campaign = (number: number) => ({ id: `c-${number}`, effect: { points: number } })
  const campaigns = Array.from({ length: 100 }, (_, number) => campaign(number))
  const sizeOf = (change: Change) => JSON.stringify(change).length
  const added = (number: number): Change => ({ kind: 'added', pointer: `/campaigns/c-${number}`, after: campaign(number) })
  const removed = (number: number): Change => ({ kind: 'removed', pointer: `/campaigns/c-${number}`, before: campaign(number) })
  const name: Change = { kind: 'added', pointer: '/name', after: 'Bay' }
  const skus: Change = { kind: 'changed', pointer: '/campaigns/c-1/lines/sku', before: [], after: ['x'.repeat(1000)] }
  const all: Change = { kind: 'added', pointer: '/campaigns', after: campaigns }
  const few: Change = { kind: 'added', pointer: '/campaigns', after: campaigns.slice(0, 2) }
  const long: Change = { kind: 'added', pointer: '/name', after: 'Bay'.repeat(40) }
  const room = sizeOf(added(0)) + sizeOf(added(1))

  test.each<[what: string, changes: readonly Change[], most: number, told: readonly Change[], omitted: number]>([
    ['a list that is added is told by its elements', [all], room, [added(0), added(1)], 98],
    [
      'one that is removed, too',
      [{ kind: 'removed', pointer: '/campaigns', before: campaigns }],
      sizeOf(removed(0)),
      [removed(0)],
      99,
    ],
    ['what comes after it is counted', [all, name], room, [added(0), added(1)], 99],
    ['beside what came first', [name, all], sizeOf(name) + room, [name, added(0), added(1)], 98],
    ['a list that there is room for is told whole', [all], sizeOf(all), [all], 0],
    ['a list for which too little is left', [long, few], sizeOf(long) + sizeOf(added(0)), [long, added(0)], 1],
    [
      'a document that is added, by its parts and their elements',
      [{ kind: 'added', pointer: '', after: { name: 'Bay', campaigns } }],
      sizeOf(name) + room,
      [name, added(0), added(1)],
      98,
    ],
    ['an element for which too little is left, not by its fields', [added(0), added(1)], sizeOf(added(0)), [added(0)], 1],
    ['a value that has no parts does not hide the others', [skus, name], 500, [name], 1],
    ['an empty list without room is counted', [name, { kind: 'added', pointer: '/rewards', after: [] }], sizeOf(name), [name], 1],
  ])('%s', (_, changes, most, told, omitted) => {
    expect(bounded(changes, most)).toEqual({ changes: told, omitted })
  })
})

/** What a document becomes by changes, followed as a person would who reads them. */
function changed(document: Json, changes: readonly Change[]): Json {
  return changes.reduce<Json>((at, change) => follow(at, partsOf(change.pointer), change)!, structuredClone(document))
}

const partsOf = (pointer: string) =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))

function follow(at: Json | undefined, [name, ...deeper]: readonly string[], change: Change): Json | undefined {
  if (name === undefined) {
    if (change.kind !== 'reordered') return change.kind === 'removed' ? undefined : change.after
    return change.after.map((id) => (at as { id: string }[]).find((element) => element.id === id)!)
  }
  if (!Array.isArray(at)) {
    const { [name]: inner, ...others } = at as { [name: string]: Json }
    const value = follow(inner, deeper, change)
    return value === undefined ? others : { ...others, [name]: value }
  }
  const elements = at as { id: string }[]
  const value = follow(
    elements.find(({ id }) => id === name),
    deeper,
    change,
  )
  if (value === undefined) return elements.filter(({ id }) => id !== name)
  return elements.some(({ id }) => id === name)
    ? elements.map((element) => (element.id === name ? value : element))
    : [...elements, value]
}

const word = fc.constantFrom('a', 'b', 'c/d', 'e~f', 'id')
const named = (inner: fc.Arbitrary<Json>) =>
  fc.uniqueArray(
    fc
      .tuple(fc.constantFrom('x', 'y', 'z', 'w'), fc.dictionary(word, inner, { maxKeys: 2 }))
      .map(([id, fields]) => ({ ...fields, id })),
    { selector: ({ id }) => id, maxLength: 4 },
  )
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, 0, 1, '', 'x'),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(word, tie('json'), { maxKeys: 3 }),
    named(tie('json')),
  ),
}))

test('the differences, applied to the one before, give the one after; and there are none only where both say the same', () => {
  fc.assert(
    fc.property(json, json, (one, other) => {
      const changes = differences(one, other)
      expect(changed(one, changes)).toEqual(other)
      expect(changes.length === 0).toBe(isSame(one, other))
      expect(differences(other, changed(one, changes))).toEqual([])
    }),
    { numRuns: 2000 },
  )
})
