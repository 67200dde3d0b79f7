import { expect, test } from 'vitest'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { demoProgramme } from '../../functions/local/seed.ts'

const parsed = (vouchersPerAgentDay: unknown) =>
  programmeDocument.safeParse({ ...demoProgramme, adjustments: { agent: { vouchersPerAgentDay } } })

test.each([[{}], [{ count: 0 }], [{ value: 5000 }], [{ count: 20, value: 5000 }]])(
  'a programme may have caps of vouchers like %j',
  (caps) => {
    expect(parsed(caps).data?.adjustments).toEqual({ agent: { vouchersPerAgentDay: caps } })
  },
)

test.each([[{ count: -1 }], [{ count: 1.5 }], [{ count: '3' }], [{ value: 1_000_000_000_001 }], [{ points: 5 }], [[]]])(
  'a programme has no caps of vouchers like %j',
  (vouchersPerAgentDay) => {
    const { error } = parsed(vouchersPerAgentDay)
    expect(error?.issues[0]?.path.slice(0, 3)).toEqual(['adjustments', 'agent', 'vouchersPerAgentDay'])
  },
)
