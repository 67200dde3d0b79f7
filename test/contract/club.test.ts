import { describe, expect, it } from 'vitest'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { demoDocument } from '../domain/programmes.ts'
import { exampleClubs } from '../support/clubs.ts'

const open = { id: 'open', name: 'Open', kind: 'open' }
const paid = {
  ...{ id: 'paid', name: 'Paid', kind: 'paid', term: { months: 12 } },
  paid: { fee: { amount: 2500 }, graceDays: 14, refund: 'pro-rata' },
}
const needing = (id: string, ...clubs: readonly string[]) => ({ ...open, id, requires: { clubs } })

const visits = { metric: 'visits', atLeast: 20, period: { rollingMonths: 12 } }
const qualifying = (qualifies: unknown) => ({ id: 'regulars', name: 'Regulars', kind: 'qualifying', qualifies })

/** The pointers of what is wrong with clubs. */
function faults(...clubs: readonly unknown[]): string[] {
  const parsed = programmeDocument.safeParse({ ...demoDocument, clubs })
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => `/${path.join('/')}`)
}

describe('clubs in the programme document', () => {
  it('are kept as they are written', () => {
    const document = { ...demoDocument, clubs: exampleClubs }
    expect(programmeDocument.parse(document)).toEqual(document)
    expect(faults()).toEqual([])
  })

  it.each([
    ['a club that requires another', [open, needing('inner', 'open')]],
    ['two ways to one club', [open, needing('a', 'open'), needing('b', 'open'), needing('c', 'a', 'b')]],
    ['a club that requires one that comes later', [needing('inner', 'open'), open]],
    ['a tier of the programme', [{ ...open, requires: { tiers: ['silver', 'gold'] } }]],
    ['the 20th visit in a year', [qualifying(visits)]],
    [
      'items of categories for as long as they are met',
      [qualifying({ ...visits, metric: 'items', category: ['spa'], keep: 'while-met' })],
    ],
    ['gold members', [qualifying({ tier: ['gold'] })]],
    ['a term', [{ ...open, term: { months: 1 } }]],
    ['no days of grace', [{ ...paid, paid: { ...paid.paid, graceDays: 0 } }]],
  ])('may be %s', (_what, clubs) => {
    expect(faults(...clubs)).toEqual([])
  })

  it.each([
    ['an id twice', [open, open], ['/clubs']],
    ['a kind that does not exist', [{ ...open, kind: 'secret' }], ['/clubs/0/kind']],
    ['an empty list of tiers', [{ ...open, requires: { tiers: [] } }], ['/clubs/0/requires/tiers']],
    ['a paid club without a term', [{ ...paid, term: undefined }], ['/clubs/0/term']],
    ['a paid club without a fee', [{ ...paid, paid: { ...paid.paid, fee: undefined } }], ['/clubs/0/paid/fee']],
    ['a fee of nothing', [{ ...paid, paid: { ...paid.paid, fee: { amount: 0 } } }], ['/clubs/0/paid/fee/amount']],
    ['a fee with a fraction', [{ ...paid, paid: { ...paid.paid, fee: { amount: 9.99 } } }], ['/clubs/0/paid/fee/amount']],
    ['a term of no length', [{ ...open, term: { months: 0 } }], ['/clubs/0/term/months']],
    ['a fee of an open club', [{ ...open, paid: paid.paid }], ['/clubs/0']],
    ['qualifying for nothing', [{ ...open, kind: 'qualifying' }], ['/clubs/0/qualifies']],
    [
      'qualifying with no purchase',
      [qualifying({ metric: 'visits', atLeast: 0, period: 'lifetime' })],
      ['/clubs/0/qualifies/atLeast'],
    ],
    [
      'counting no category',
      [qualifying({ metric: 'items', atLeast: 3, category: [], period: 'lifetime' })],
      ['/clubs/0/qualifies/category'],
    ],
    ['counting items of no category', [qualifying({ metric: 'items', atLeast: 3, period: 'lifetime' })], ['/clubs/0/qualifies']],
    ['counting visits of a category', [qualifying({ ...visits, category: ['spa'] })], ['/clubs/0/qualifies']],
    [
      'counting in a window of no length',
      [qualifying({ ...visits, period: { rollingMonths: 0 } })],
      ['/clubs/0/qualifies/period/rollingMonths'],
    ],
    [
      'kept for months after a lifetime',
      [qualifying({ ...visits, period: 'lifetime', keep: { months: 3 } })],
      ['/clubs/0/qualifies/keep'],
    ],
    ['for a tier and for visits', [qualifying({ ...visits, tier: ['gold'] })], ['/clubs/0/qualifies']],
    ['for no tier', [qualifying({ tier: [] })], ['/clubs/0/qualifies/tier']],
    ['qualifying and asking for another club', [open, { ...qualifying(visits), requires: { clubs: ['open'] } }], ['/clubs/1']],
    ['qualifying for a term', [{ ...qualifying(visits), term: { months: 3 } }], ['/clubs/0']],
    ['eleven qualifying clubs', Array.from({ length: 11 }, (_, n) => ({ ...qualifying(visits), id: `q-${n}` })), ['/clubs']],
    ['an id that is none', [{ ...open, id: 'a b' }], ['/clubs/0/id']],
    ['a perk of no words', [{ ...open, perks: [''] }], ['/clubs/0/perks/0']],
  ])('may not be %s', (_what, clubs, pointers) => {
    expect(faults(...clubs)).toEqual(pointers)
  })
})
