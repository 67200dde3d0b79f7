import type { ServicePolicy } from '../../functions/domain/service-policy.ts'

/** What the examples of the contract complain of. Nobody is asked about what costs less than a million. */
export const exampleService: ServicePolicy = {
  categories: [
    { id: 'damaged', name: 'Broken goods', severity: 'normal' },
    { id: 'rude', name: 'Rude service', severity: 'high' },
    { id: 'unhappy', name: 'A bad score', severity: 'low' },
  ],
  deadlines: { low: { days: 10 }, normal: { days: 3 }, high: { hours: 24 }, urgent: { hours: 4 } },
  reopenDays: 14,
  survey: { afterHours: 24, quietDays: 30, minimumAmount: 100_000_000, lowScore: { atMost: 6, opens: 'unhappy' } },
}
