import { describe, expect, it } from 'vitest'
import { reopenableUntil } from '../../functions/domain/complaint.ts'
import { replay } from '../../functions/domain/replay.ts'
import type { ServicePolicy } from '../../functions/domain/service-policy.ts'
import { nextDue } from '../../functions/domain/settle.ts'
import { exampleService } from '../support/service.ts'
import { at, demo, demoDocument, programmeOf, written } from './programmes.ts'
import { deskOf, type ServiceDesk } from './service-desk.ts'

const programmeWith = (service: ServicePolicy) => programmeOf({ ...demoDocument, service })
const programme = programmeWith(exampleService)

/** Severity and deadline as the head has them. */
const openOn = ({ account }: ServiceDesk) =>
  account.head.complaints.map(
    ({ id, severity, dueAt, overdue }) => `${id} ${severity} ${written(dueAt)}${overdue ? ' late' : ''}`,
  )

describe('a new complaint', () => {
  it.each([
    ['rude', '2026-03-10T12:00:00Z', 'high', '2026-03-11T12:00:00Z'],
    ['damaged', '2026-03-10T12:00:00Z', 'normal', '2026-03-14T00:00:00Z'],
    ['unhappy', '2026-03-10T23:59:59Z', 'low', '2026-03-21T00:00:00Z'],
    // Days are London's, which loses an hour on 29 March: midnight is an hour sooner; 24 hours stay 24.
    ['damaged', '2026-03-27T12:00:00Z', 'normal', '2026-03-30T23:00:00Z'],
    ['rude', '2026-03-28T12:00:00Z', 'high', '2026-03-29T12:00:00Z'],
    ['damaged', '2026-10-22T22:30:00Z', 'normal', '2026-10-26T00:00:00Z'],
    ['damaged', '2026-10-22T23:30:00Z', 'normal', '2026-10-27T00:00:00Z'],
  ])('of %s at %s is %s and due at %s', (category, now, severity, dueAt) => {
    const desk = deskOf(programme)
    expect(desk.open('c', category, now)).toBe('open')
    expect(openOn(desk)).toEqual([`c ${severity} ${dueAt}`])
    expect(desk.complaint('c')).toMatchObject({ category, severity, status: 'open', messages: [] })
    expect(nextDue(programme, desk.account.head)).toBe(at(dueAt))
  })

  it('has a category of the document in force', () => {
    expect(deskOf(programme).open('c', 'late', '2026-03-10T12:00:00Z')).toBe('category-unknown')
    expect(deskOf(demo).open('c', 'damaged', '2026-03-10T12:00:00Z')).toBe('category-unknown')
  })

  it('is none of somebody who is closed, nor the twenty-first', () => {
    const desk = deskOf(programme)
    for (let n = 0; n < 20; n += 1) expect(desk.open(`c-${n}`, 'damaged', '2026-03-10T12:00:00Z')).toBe('open')
    expect(desk.open('c-20', 'damaged', '2026-03-10T12:00:00Z')).toBe('too-many-complaints')
    expect(desk.resolve('c-7', '2026-03-10T12:00:00Z')).toBe('resolved')
    expect(desk.open('c-20', 'damaged', '2026-03-10T12:00:00Z')).toBe('open')
    desk.changeStatus('closed', '2026-03-10T13:00:00Z')
    expect(desk.resolve('c-8', '2026-03-10T13:00:00Z')).toBe('resolved')
    expect(desk.open('c-21', 'damaged', '2026-03-10T13:00:00Z')).toBe('member-closed')
  })
})

describe('a deadline', () => {
  it('that passes is booked once, at its instant, whenever that is found out', () => {
    const desk = deskOf(programme)
    desk.open('c', 'rude', '2026-03-10T12:00:00Z')
    desk.settle('2026-03-11T11:59:59.999Z')
    expect(desk.booked('complaint-overdue')).toEqual([])
    desk.settle('2026-05-01T00:00:00Z')
    desk.settle('2026-06-01T00:00:00Z')
    expect(desk.booked('complaint-overdue')).toEqual([{ at: at('2026-03-11T12:00:00Z'), of: 'c' }])
    expect(openOn(desk)).toEqual(['c high 2026-03-11T12:00:00Z late'])
    expect(nextDue(programme, desk.account.head)).not.toBe(at('2026-03-11T12:00:00Z'))
  })

  it('is not kept by a reply, and is by a resolution', () => {
    const desk = deskOf(programme)
    desk.open('replied', 'rude', '2026-03-10T12:00:00Z')
    desk.open('resolved', 'rude', '2026-03-10T12:00:00Z')
    expect(desk.reply('replied', '2026-03-11T09:00:00Z')).toBe('answered')
    expect(desk.resolve('resolved', '2026-03-11T09:00:00Z')).toBe('resolved')
    desk.settle('2026-03-12T00:00:00Z')
    expect(desk.booked('complaint-overdue').map(({ of }) => of)).toEqual(['replied'])
  })

  it('of several at one instant is booked for each', () => {
    const desk = deskOf(programme)
    for (const id of ['b', 'a']) desk.open(id, 'rude', '2026-03-10T12:00:00Z')
    desk.settle('2026-03-12T00:00:00Z')
    expect(desk.booked('complaint-overdue').map(({ of }) => of)).toEqual(['a', 'b'])
  })
})

describe('a resolution', () => {
  it('takes the complaint off the head, and its goodwill is credited beside it', () => {
    const desk = deskOf(programme)
    desk.open('c', 'damaged', '2026-03-10T12:00:00Z')
    expect(desk.resolve('c', '2026-03-11T12:00:00Z', 50)).toBe('resolved')
    expect(openOn(desk)).toEqual([])
    expect(desk.balance.available).toBe(50)
    expect(desk.account.head.totals.adjusted).toBe(50)
    expect(replay(desk.account.head.memberId, desk.entries)).toEqual(desk.account)
  })

  it('is the end of replies and of other resolutions', () => {
    const desk = deskOf(programme)
    desk.open('c', 'damaged', '2026-03-10T12:00:00Z')
    desk.resolve('c', '2026-03-11T12:00:00Z')
    expect(desk.reply('c', '2026-03-11T12:00:01Z')).toBe('complaint-resolved')
    expect(desk.resolve('c', '2026-03-11T12:00:01Z')).toBe('complaint-resolved')
  })

  it('gives no goodwill to somebody who is closed', () => {
    const desk = deskOf(programme)
    desk.open('c', 'damaged', '2026-03-10T12:00:00Z')
    desk.changeStatus('closed', '2026-03-10T13:00:00Z')
    expect(desk.resolve('c', '2026-03-11T12:00:00Z', 50)).toBe('member-closed')
    expect(desk.complaint('c').status).toBe('open')
  })

  it('is rated once, while it stands', () => {
    const desk = deskOf(programme)
    desk.open('c', 'damaged', '2026-03-10T12:00:00Z')
    expect(desk.rate('c', 's-1', 5, '2026-03-10T13:00:00Z')).toBe('resolution-not-standing')
    desk.resolve('c', '2026-03-11T12:00:00Z', undefined, 's-1')
    expect(desk.rate('c', 's-2', 5, '2026-03-11T13:00:00Z')).toBe('resolution-not-standing')
    expect(desk.rate('c', 's-1', 2, '2026-03-11T13:00:00Z')).toBe('resolved')
    expect(desk.rate('c', 's-1', 5, '2026-03-11T13:00:00Z')).toBe('resolution-rated')
    desk.reopen('c', '2026-03-12T12:00:00Z')
    expect(desk.rate('c', 's-1', 5, '2026-03-12T13:00:00Z')).toBe('resolution-not-standing')
    desk.resolve('c', '2026-03-12T13:00:00Z', undefined, 's-2')
    expect(desk.rate('c', 's-2', 5, '2026-03-12T14:00:00Z')).toBe('resolved')
    expect(desk.complaint('c').messages.map((message) => ('rating' in message ? message.rating : '-'))).toEqual([2, '-', 5])
  })
})

describe('a reopened complaint', () => {
  it('is more severe each time, up to the most, with a deadline by that from then on', () => {
    const desk = deskOf(programme)
    desk.open('c', 'unhappy', '2026-03-10T12:00:00Z')
    const told = []
    for (const day of [11, 12, 13, 14]) {
      desk.resolve('c', `2026-03-${day}T12:00:00Z`)
      expect(desk.reopen('c', `2026-03-${day}T13:00:00Z`)).toBe('open')
      told.push(...openOn(desk))
    }
    expect(told).toEqual([
      'c normal 2026-03-15T00:00:00Z',
      'c high 2026-03-13T13:00:00Z',
      'c urgent 2026-03-13T17:00:00Z',
      'c urgent 2026-03-14T17:00:00Z',
    ])
  })

  it('may be so until local midnight after the days that the document gives, to the instant', () => {
    for (const [now, becomes] of [
      ['2026-03-25T23:59:59.999Z', 'open'],
      ['2026-03-26T00:00:00Z', 'reopening-too-late'],
    ] as const) {
      const desk = deskOf(programme)
      desk.open('c', 'damaged', '2026-03-10T12:00:00Z')
      desk.resolve('c', '2026-03-11T23:30:00Z')
      expect(written(reopenableUntil(programme, desk.complaint('c')))).toBe('2026-03-26T00:00:00Z')
      expect(desk.reopen('c', now)).toBe(becomes)
    }
  })

  it('is overdue once more, if its new deadline passes too', () => {
    const desk = deskOf(programme)
    desk.open('c', 'rude', '2026-03-10T12:00:00Z')
    desk.resolve('c', '2026-03-12T12:00:00Z')
    desk.reopen('c', '2026-03-12T13:00:00Z')
    desk.settle('2026-03-20T00:00:00Z')
    const times = desk.booked('complaint-overdue').map((booked) => written(booked.at))
    expect(times).toEqual(['2026-03-11T12:00:00Z', '2026-03-12T17:00:00Z'])
  })

  it('has to have been resolved, and is judged by the document of that time', () => {
    const { reopenDays: _, ...withoutDays } = exampleService
    const later = programmeOf({ ...demoDocument, service: exampleService }, [at('2026-03-20T00:00:00Z'), demoDocument])
    const never = programmeWith(withoutDays)
    for (const [known, becomes] of [
      [later, 'open'],
      [never, 'reopening-too-late'],
    ] as const) {
      const desk = deskOf(known)
      desk.open('c', 'damaged', '2026-03-10T12:00:00Z')
      expect(desk.reopen('c', '2026-03-11T12:00:00Z')).toBe('complaint-not-resolved')
      desk.resolve('c', '2026-03-12T12:00:00Z')
      expect(desk.reopen('c', '2026-03-21T12:00:00Z')).toBe(becomes)
    }
  })

  it('can always be resolved, however much was written about it', () => {
    const desk = deskOf(programme)
    desk.open('c', 'damaged', '2026-03-10T12:00:00Z')
    let replies = 0
    while (desk.reply('c', '2026-03-10T13:00:00Z') === 'answered') replies += 1
    expect(replies).toBe(39)
    expect(desk.resolve('c', '2026-03-10T14:00:00Z')).toBe('resolved')
    expect(desk.reopen('c', '2026-03-10T15:00:00Z')).toBe('too-many-messages')
    expect(desk.complaint('c').messages).toHaveLength(40)
  })
})
