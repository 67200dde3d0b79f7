import { describe, expect, it } from 'vitest'
import { apply } from '../../functions/domain/apply.ts'
import type { Entry } from '../../functions/domain/entry.ts'
import { emptyHead } from '../../functions/domain/head.ts'
import { segmentsAt, segmentsChange } from '../../functions/domain/segments.ts'
import { type Instant, memberId } from '../../functions/domain/units.ts'

const head = emptyHead(memberId('m-1'))
const at = (ms: number) => ms as Instant

describe('segmentsChange', () => {
  it('puts the tags in order and each once; what is so already is no change', () => {
    const entry = segmentsChange(head, ['vip', 'a', 'vip'], { actor: 'desk' }, at(5))!
    expect(entry).toEqual({ at: 5, fact: { kind: 'segments', actor: 'desk' }, effect: { segments: ['a', 'vip'] } })
    const tagged = apply({ head, closed: new Map() }, entry).head
    expect(tagged).toEqual({ ...head, segments: ['a', 'vip'] })
    expect(segmentsChange(tagged, ['vip', 'a'], { actor: 'desk' }, at(6))).toBeNull()
    expect(segmentsChange(tagged, ['vip', 'b'], { actor: 'desk' }, at(6))?.effect).toEqual({ segments: ['b', 'vip'] })
    expect(segmentsChange(head, [], { actor: 'desk' }, at(6))).toBeNull()
  })
})

describe('segmentsAt', () => {
  const set = (ms: number, ...segments: string[]): Entry => ({
    at: at(ms),
    fact: { kind: 'segments', actor: 'desk' },
    effect: { segments },
  })
  const entries = [set(10, 'a'), { at: at(15), fact: { kind: 'enrol' }, effect: {} } as Entry, set(20, 'b'), set(30)]

  it.each([
    [9, []],
    [10, ['a']],
    [19, ['a']],
    [20, ['b']],
    [29, ['b']],
    [30, []],
  ])('at %i: %j', (ms, tags) => expect(segmentsAt(entries, at(ms))).toEqual(tags))
})
