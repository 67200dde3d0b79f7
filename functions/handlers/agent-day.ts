import { type AgentDay, capsAt, withAdjustment, withVoucher } from '../domain/adjustment-caps.ts'
import { revisionAt } from '../domain/programme.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import { versionAttribute } from '../store/head-item.ts'
import type { Item, Key, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import type { Context } from './context.ts'

/** What an agent gives or takes at once. */
interface Given {
  /** Signed. */
  readonly points?: number | undefined
  /** Of a voucher, the most that it takes off, minor units; undefined where none is given. */
  readonly voucherWorth?: number | undefined
}

/** An agent whose adjustments and vouchers are capped: where the sums of their day are, and how one more is counted. */
export interface CappedAgent {
  readonly key: Key
  /** The write that counts what is given on the day as it was read, or the refusal where it is too much. */
  count(day: Item | undefined, given: Given): Write[] | Refusal
}

/** Undefined where there are no caps for whoever calls. The agent is the token's subject, whatever a body says. */
export function cappedAgent({ programme, caller, now }: Context): CappedAgent | undefined {
  const caps = capsAt(programme, caller.role ?? 'agent', now)
  if (!caps) return undefined
  const { year, month, day } = revisionAt(programme, now).calendar.dayOf(now).date
  const date = [year, month, day].map((part) => String(part).padStart(2, '0')).join('-')
  const key = table.agentDay(programme.id, caller.issuer, caller.subject, date)
  return {
    key,
    count(stored, { points, voucherWorth }) {
      if (!points && voucherWorth === undefined) return []
      const adjusted = points ? withAdjustment(caps, dayOf(stored), points) : dayOf(stored)
      if (isRefusal(adjusted)) return adjusted
      const after = voucherWorth === undefined ? adjusted : withVoucher(caps, adjusted, voucherWorth)
      if (isRefusal(after)) return after
      const version = Number(stored?.[versionAttribute] ?? 0)
      return [
        // At the first of a day, so that who counts on other days than this finds them all.
        ...(stored
          ? []
          : [{ kind: 'put', item: { ...table.agent(programme.id, caller.issuer, caller.subject) } } satisfies Write]),
        {
          kind: 'put',
          item: { ...key, ...after, [versionAttribute]: version + 1 },
          condition: stored ? { is: 'equal', attribute: versionAttribute, value: version } : { is: 'absent' },
          replaces: stored,
        },
      ]
    },
  }
}

function dayOf(stored: Item | undefined): AgentDay {
  const sum = (name: keyof AgentDay) => Number(stored?.[name] ?? 0)
  return { credit: sum('credit'), debit: sum('debit'), vouchers: sum('vouchers'), voucherValue: sum('voucherValue') }
}
