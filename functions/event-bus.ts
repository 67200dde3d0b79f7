import { askService, type Service } from './aws-json.ts'
import type { LedgerEvent } from './ledger-event.ts'

/** Sends events, and answers how many of them, from the first on, have surely gone out. */
export type Send = (events: readonly LedgerEvent[]) => Promise<number>

/** What EventBridge takes in one request: entries, and bytes of them; what each has besides its detail is less than this. */
const mostEntries = 10
const mostBytes = 256_000
const besideBytes = 200

/** An event as EventBridge takes it. */
interface BusEntry {
  readonly Detail: string
  readonly [name: string]: unknown
}

/**
 * Sends events to a bus of EventBridge, as many at a time as it takes: `source` is `laurel`, `detail-type` the kind of entry, `detail`
 * the event. A bus keeps no order among them: `bookedAt` does. `AWS_ENDPOINT_URL_EVENTBRIDGE` names another endpoint, as for the SDK.
 */
export function sendsToBus(arn: string): Send {
  const region = arn.split(':')[3]
  if (!region) throw new Error(`${arn} is no ARN of an event bus`)
  const url = new URL(process.env.AWS_ENDPOINT_URL_EVENTBRIDGE ?? `https://events.${region}.amazonaws.com`)
  const service: Service = { name: 'EventBridge', signs: 'events', region, url, prefix: 'AWSEvents' }
  return async (events) => {
    const entries = events.map(
      (event): BusEntry => ({
        EventBusName: arn,
        Source: 'laurel',
        DetailType: event.kind,
        Detail: JSON.stringify(event),
        Time: Date.parse(event.bookedAt) / 1000,
      }),
    )
    for (let sent = 0; sent < entries.length; ) {
      const part = entries.slice(sent, sent + fitting(entries.slice(sent)))
      const taken = await put(service, part)
      sent += taken
      if (taken < part.length) return sent
    }
    return entries.length
  }
}

/** Puts entries on a bus: how many of them, from the first on, it took. Those after one that it did not take it may have taken. */
async function put(service: Service, entries: readonly BusEntry[]): Promise<number> {
  try {
    const { Entries: told } = (await askService(service, 'PutEvents', { Entries: entries })) as unknown as Told
    const failed = told.findIndex(({ ErrorCode }) => ErrorCode !== undefined)
    if (failed < 0) return entries.length
    logFailure(told[failed]!.ErrorCode)
    return failed
  } catch (error) {
    logFailure(error instanceof Error ? error.message : typeof error)
    return 0
  }
}

interface Told {
  readonly Entries: readonly { readonly ErrorCode?: string }[]
}

const logFailure = (error: string | undefined) => console.error(JSON.stringify({ level: 'error', job: 'publish-events', error }))

/** How many entries, from the first on, fit into one request; one at least. */
function fitting(entries: readonly BusEntry[]): number {
  let bytes = 0
  const over = entries.findIndex(({ Detail }, index) => {
    bytes += Buffer.byteLength(Detail) + besideBytes
    return index === mostEntries || (index > 0 && bytes > mostBytes)
  })
  return over < 0 ? entries.length : over
}
