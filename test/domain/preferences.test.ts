import { describe, expect, it } from 'vitest'
import { changePreferences, type Preferences } from '../../functions/domain/preferences.ts'
import { at } from './programmes.ts'

const [monday, tuesday] = [at('2026-06-01T12:00:00Z'), at('2026-06-02T12:00:00Z')]
const nothing: Preferences = { consent: false, notes: [] }
const pillow = { type: 'pillow', text: 'two, feathers', storeId: null, at: monday }
const known: Preferences = { consent: true, notes: [pillow] }

describe('what a guest likes', () => {
  it('is kept with who wrote it and when, by type', () => {
    const own = changePreferences(nothing, { consent: true, notes: { pillow: { text: 'two, feathers' } } }, null, monday)
    expect(own).toEqual(known)
    const coffee = { type: 'coffee', text: 'black', storeId: 'leeds', at: tuesday }
    expect(changePreferences(known, { notes: { coffee: { text: 'black' } } }, 'leeds', tuesday)).toEqual({
      consent: true,
      notes: [coffee, pillow],
    })
  })

  it('is rewritten by whoever changes it, and stays theirs who wrote the same before', () => {
    expect(changePreferences(known, { notes: { pillow: { text: 'one' } } }, 'york', tuesday)).toEqual({
      consent: true,
      notes: [{ type: 'pillow', text: 'one', storeId: 'york', at: tuesday }],
    })
    expect(changePreferences(known, { notes: { pillow: { text: 'two, feathers' } } }, 'york', tuesday)).toBe(known)
  })

  it('is taken away by null', () => {
    expect(changePreferences(known, { notes: { pillow: null, coffee: null } }, 'york', tuesday)).toEqual({
      consent: true,
      notes: [],
    })
  })

  it.each([null, 'leeds'])('is not kept without consent, by whomever (%s)', (storeId) => {
    const notes = { pillow: { text: 'two' } }
    expect(changePreferences(nothing, { notes }, storeId, monday)).toEqual({ refused: 'consent-missing', pointer: '/notes' })
    expect(changePreferences(nothing, { notes: { pillow: null } }, storeId, monday)).toBe(nothing)
  })

  it('is gone when consent is withdrawn, and stays gone when it is given again', () => {
    const withdrawn = changePreferences(known, { consent: false }, null, tuesday)
    expect(withdrawn).toEqual(nothing)
    expect(changePreferences(nothing, { consent: true }, null, tuesday)).toEqual({ consent: true, notes: [] })
  })

  it('is not withdrawn and written at once', () => {
    const both = { consent: false, notes: { pillow: { text: 'two' } } }
    expect(changePreferences(known, both, null, tuesday)).toEqual({ refused: 'consent-missing', pointer: '/notes' })
  })

  it('is at most 50 notes, and one may take the place of another', () => {
    const notes = Array.from({ length: 50 }, (_, n) => ({ ...pillow, type: `t-${n}` }))
    const full: Preferences = { consent: true, notes }
    const refused = { refused: 'too-many-notes', pointer: '/notes' }
    expect(changePreferences(full, { notes: { coffee: { text: 'black' } } }, null, tuesday)).toEqual(refused)
    expect(changePreferences(full, { notes: { coffee: { text: 'black' }, 't-7': null } }, null, tuesday)).toMatchObject({
      notes: { length: 50 },
    })
  })
})
