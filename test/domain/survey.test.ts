import { describe, expect, it } from 'vitest'
import type { SurveyPolicy } from '../../functions/domain/service-policy.ts'
import { nextDue } from '../../functions/domain/settle.ts'
import { headItem } from '../../functions/store/head-item.ts'
import { exampleService } from '../support/service.ts'
import { Counter, goods } from './counter.ts'
import { at, demo, demoDocument, programmeOf, written } from './programmes.ts'
import { deskOf, type ServiceDesk } from './service-desk.ts'

const policy: SurveyPolicy = {
  afterHours: 48,
  quietDays: 30,
  minimumAmount: 2000,
  lowScore: { atMost: 6, opens: 'unhappy' },
}
const programmeWith = (survey: SurveyPolicy) => programmeOf({ ...demoDocument, service: { ...exampleService, survey } })
const programme = programmeWith(policy)

const asked = (desk: ServiceDesk) => desk.booked('survey-asked').map((booked) => `${booked.of} ${written(booked.at)}`)

describe('a member', () => {
  it('is asked about a purchase so long after it, to the instant, once', () => {
    const desk = deskOf(programme)
    desk.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000))
    expect(nextDue(programme, desk.account.head)).toBe(at('2026-03-12T12:00:00Z'))
    desk.settle('2026-03-12T11:59:59.999Z')
    expect(asked(desk)).toEqual([])
    desk.settle('2026-04-12T00:00:00Z')
    desk.settle('2026-05-12T00:00:00Z')
    expect(asked(desk)).toEqual(['leeds:1 2026-03-12T12:00:00Z'])
  })

  it.each([
    ['is cheaper than the least', goods(1999)],
    ['is of nothing', []],
  ])('is not asked about a purchase that %s', (_what, lines) => {
    const desk = deskOf(programmeWith({ ...policy, ...(lines.length === 0 && { minimumAmount: undefined }) }))
    desk.buy('leeds:1', '2026-03-10T12:00:00Z', lines)
    desk.settle('2026-04-12T00:00:00Z')
    expect(asked(desk)).toEqual([])
  })

  it('is asked about one purchase at a time, and not within the quiet period, to the instant', () => {
    const desk = deskOf(programme)
    desk.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000))
    desk.buy('leeds:2', '2026-03-11T12:00:00Z', goods(2000))
    // Asked on the 12th: 30 days of 24 hours later is 11 April, 12:00, and so a purchase of two days before is the first.
    desk.buy('leeds:3', '2026-04-09T11:59:59.999Z', goods(2000))
    desk.buy('leeds:4', '2026-04-09T12:00:00Z', goods(2000))
    desk.settle('2026-05-12T00:00:00Z')
    expect(asked(desk)).toEqual(['leeds:1 2026-03-12T12:00:00Z', 'leeds:4 2026-04-11T12:00:00Z'])
  })

  it.each([
    ['2026-03-12T11:59:59.999Z', ['leeds:1 2026-03-12T12:00:00Z']],
    ['2026-03-12T12:00:00Z', []],
    ['2027-03-10T12:00:00Z', []],
  ])('is not asked about what they bought so long ago when it arrives: at %s', (arrivedAt, expected) => {
    const desk = deskOf(programme)
    desk.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000), arrivedAt)
    desk.settle('2027-04-12T00:00:00Z')
    expect(asked(desk)).toEqual(expected)
  })

  it('is not asked about what came back whole, and is about what did in part', () => {
    const desk = deskOf(programme)
    desk.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000, 500))
    desk.bringBack('leeds:1', 'r-1', '2026-03-10T13:00:00Z', goods(2000))
    expect(desk.account.head.asking?.purchaseId).toBe('leeds:1')
    desk.bringBack('leeds:1', 'r-2', '2026-03-10T14:00:00Z', [{ lineId: '2', quantity: 1, amount: 500 }])
    expect(desk.account.head.asking).toBeNull()
    // Nobody was asked, so that there is no quiet period either.
    desk.buy('leeds:2', '2026-03-11T12:00:00Z', goods(2000))
    desk.settle('2026-04-12T00:00:00Z')
    expect(asked(desk)).toEqual(['leeds:2 2026-03-13T12:00:00Z'])
  })

  it('is not asked about a sale whose goods came back before it arrived', () => {
    const desk = deskOf(programme)
    desk.bringBack('leeds:1', 'r-1', '2026-03-10T13:00:00Z', goods(2000))
    desk.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000), '2026-03-10T14:00:00Z')
    desk.settle('2026-04-12T00:00:00Z')
    expect(asked(desk)).toEqual([])
  })

  it('is not asked once they are closed', () => {
    const desk = deskOf(programme)
    desk.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000))
    desk.changeStatus('closed', '2026-03-11T12:00:00Z')
    desk.changeStatus('active', '2026-03-11T13:00:00Z')
    desk.settle('2026-04-12T00:00:00Z')
    expect(asked(desk)).toEqual([])
  })

  it('is not asked about what they have said already', () => {
    const desk = deskOf(programme)
    desk.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000))
    expect(desk.say('leeds:1', 9, '2026-03-11T12:00:00Z')).toBe('kept')
    desk.settle('2026-04-12T00:00:00Z')
    expect(asked(desk)).toEqual([])
  })
})

describe('a programme that asks nobody', () => {
  it('has the very items that it had', () => {
    const [quiet, noisy] = [new Counter(demo, '2026-01-01T00:00:00Z'), new Counter(programme, '2026-01-01T00:00:00Z')]
    for (const counter of [quiet, noisy]) counter.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000))
    const itemOf = ({ account: { head }, now }: Counter) => Object.keys(headItem('demo', head, null, now))
    expect(itemOf(noisy).filter((name) => !itemOf(quiet).includes(name))).toEqual(['ak'])
    expect(Object.keys(quiet.entries.at(-1)!.effect)).not.toContain('asking')
  })

  it('takes no answer', () => {
    const desk = deskOf(demo)
    desk.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000))
    expect(desk.say('leeds:1', 9, '2026-03-11T12:00:00Z')).toBe('survey-unknown')
  })
})

describe('a score', () => {
  it.each([
    [10, 'kept'],
    [7, 'kept'],
    [6, 's-leeds:1'],
    [0, 's-leeds:1'],
  ])('of %i is %s', (score, becomes) => {
    const desk = deskOf(programme)
    desk.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000))
    expect(desk.say('leeds:1', score, '2026-03-11T12:00:00Z')).toBe(becomes)
    expect(desk.account.head.complaints.map(({ id, severity }) => `${id} ${severity}`)).toEqual(
      becomes === 'kept' ? [] : ['s-leeds:1 low'],
    )
  })

  it('opens no complaint where the programme has no such rule, or where there are as many as may be', () => {
    const { lowScore: _, ...withoutRule } = policy
    const lenient = deskOf(programmeWith(withoutRule))
    lenient.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000))
    expect(lenient.say('leeds:1', 0, '2026-03-11T12:00:00Z')).toBe('kept')
    const full = deskOf(programme)
    full.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000))
    for (let n = 0; n < 20; n += 1) full.open(`c-${n}`, 'damaged', '2026-03-11T11:00:00Z')
    expect(full.say('leeds:1', 0, '2026-03-11T12:00:00Z')).toBe('kept')
  })

  it('is none of somebody who is closed', () => {
    const desk = deskOf(programme)
    desk.buy('leeds:1', '2026-03-10T12:00:00Z', goods(2000))
    desk.changeStatus('closed', '2026-03-11T11:00:00Z')
    expect(desk.say('leeds:1', 0, '2026-03-11T12:00:00Z')).toBe('member-closed')
  })
})
