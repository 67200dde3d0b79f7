import { describe, expect, it } from 'vitest'
import { mostGrants } from '../../functions/domain/bounds.ts'
import { nextDue } from '../../functions/domain/settle.ts'
import { tierProgress } from '../../functions/domain/tier-progress.ts'
import { Counter, goods } from './counter.ts'
import { at, demo, demoDocument, documentWith, programmeOf, written } from './programmes.ts'

const newcomer = (programme = demo) => new Counter(programme, '2026-01-01T00:00:00Z')
const [march, june, july] = [at('2026-03-01T12:00:00Z'), at('2026-06-01T00:00:00Z'), at('2026-07-01T00:00:00Z')]

describe('a tier given by hand', () => {
  it('is held at least, from now to its end', () => {
    const counter = newcomer()
    expect(counter.buy('before', '2026-03-01T11:00:00Z', goods(400))).toBe(4)
    expect(counter.grant('g-1', 'silver', june, march)).toBe('booked')
    expect(counter.tier).toBe('silver')
    expect(counter.buy('during', '2026-03-02T12:00:00Z', goods(400))).toBe(5)
    expect(written(nextDue(demo, counter.account.head))).toBe('2026-06-01T00:00:00Z')
    counter.settle(june - 1)
    expect(counter.tier).toBe('silver')
    counter.settle(june)
    expect(counter.tier).toBe('bronze')
  })

  it('does not lower what was earned, and is over without a trace where more was earned since', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-02-01T12:00:00Z', goods(200_000))
    counter.grant('g-1', 'silver', june, march)
    expect(counter.tier).toBe('gold')
    expect(counter.settle(july)).toEqual([])
  })

  it('counts with others as the best of them', () => {
    const counter = newcomer()
    counter.grant('g-1', 'gold', june, march)
    counter.grant('g-2', 'silver', july, march)
    const held = [march, june, july].map((now) => {
      counter.settle(now)
      return counter.tier
    })
    expect(held).toEqual(['gold', 'silver', 'bronze'])
  })

  it('ends when it is ended, once', () => {
    const counter = newcomer()
    counter.grant('g-1', 'gold', june, march)
    counter.endGrant('g-1', march + 1000)
    counter.endGrant('g-1', march + 2000)
    expect(counter.tier).toBe('bronze')
    expect(counter.entries.map(({ fact }) => fact.kind)).toEqual(['enrol', 'grant', 'end-grant'])
  })

  it('was held when a purchase that comes after its end was made', () => {
    const counter = newcomer()
    counter.grant('g-1', 'silver', june, march)
    expect(counter.buy('offline', '2026-05-31T12:00:00Z', goods(400), '2026-06-02T12:00:00Z')).toBe(5)
    expect(counter.buy('late', '2026-03-02T12:00:00Z', goods(400), '2026-06-03T12:00:00Z')).toBe(5)
    expect(counter.buy('before', '2026-02-28T12:00:00Z', goods(400), '2026-06-03T12:00:00Z')).toBe(4)
  })

  it('is forgotten by the head once a later purchase needs it no more', () => {
    const counter = newcomer()
    counter.grant('g-1', 'silver', june, march)
    counter.buy('p-1', '2026-06-02T12:00:00Z', goods(400))
    expect(counter.account.head.grants).toEqual([])
  })

  it('is what keeps the tier, and no spend is asked for that would not', () => {
    const counter = newcomer()
    counter.grant('g-1', 'silver', at('2030-01-01T00:00:00Z'), march)
    expect(tierProgress(demo, counter.account.head, counter.now).keeping).toEqual({
      ...{ until: at('2030-01-01T00:00:00Z'), needed: 0, by: null },
    })
    counter.grant('g-2', 'gold', june, march)
    expect(tierProgress(demo, counter.account.head, counter.now).keeping).toEqual({
      ...{ until: june, needed: 200_000, by: at('2027-01-01T00:00:00Z') },
    })
  })

  it('of a tier that a revision has no more is the tier there with the next lower threshold', () => {
    const levels = [
      { id: 'basic', threshold: 0, multiplier: 10_000 },
      { id: 'plus', threshold: 150_000, multiplier: 12_000 },
      { id: 'top', threshold: 300_000, multiplier: 13_000 },
    ]
    const counter = newcomer(programmeOf(demoDocument, [june, documentWith({}, { tiers: { ...demoDocument.tiers, levels } })]))
    counter.grant('g-1', 'gold', july, march)
    counter.settle(june)
    expect(counter.tier).toBe('plus')
  })
})

describe('a grant is refused', () => {
  it.each([
    ['of a tier that is not there', 'platinum', june, 'tier-unknown'],
    ['that would be over', 'gold', march, 'grant-over'],
  ])('%s', (_name, tier, until, code) => {
    const counter = newcomer()
    expect(counter.grant('g-1', tier, until, march)).toBe(code)
    expect(counter.entries).toHaveLength(1)
  })

  it('to a closed member', () => {
    const counter = newcomer()
    counter.changeStatus('closed', '2026-02-01T00:00:00Z')
    expect(counter.grant('g-1', 'gold', june, march)).toBe('member-closed')
  })

  it('beyond as many as a member may have, until one is over', () => {
    const counter = newcomer()
    for (let number = 0; number < mostGrants; number += 1) counter.grant(`g-${number}`, 'silver', june, march)
    expect(counter.grant('more', 'gold', june, march)).toBe('too-many-grants')
    counter.endGrant('g-3', march)
    expect(counter.grant('more', 'gold', june, march)).toBe('booked')
    expect(counter.account.head.grants).toHaveLength(mostGrants)
  })
})
