import { compileRevision, type Programme, type ProgrammeDocument, type Revision } from '../domain/programme.ts'
import { type Instant, instant } from '../domain/units.ts'
import { eachItem } from './paging.ts'
import { revisionItem, revisionOf, revisionSummaryOf } from './revision-item.ts'
import { type Item, type Store, UnavailableError } from './store.ts'
import { programmesPartition, table } from './table.ts'

/** How long a warm function uses the revision it knows before it looks for a newer one. */
export const revisionCacheMs = 30_000

/** The programmes of a deployment, compiled, and remembered for a while. */
export class Programmes {
  readonly #store: Store
  readonly #now: () => Instant
  readonly #known = new Map<string, { readonly programme: Programme; readonly lookedAt: Instant }>()

  constructor(store: Store, now: () => Instant) {
    this.#store = store
    this.#now = now
  }

  /** The programme of that id, or undefined where there is none. */
  async get(id: string): Promise<Programme | undefined> {
    const remembered = this.remembered(id)
    if (remembered) return remembered
    const now = this.#now()
    const programme = await this.#load(id, this.#known.get(id)?.programme)
    if (programme) this.#known.set(id, { programme, lookedAt: now })
    return programme
  }

  /** The programme of that id where it need not be looked for: nearly every request's. */
  remembered(id: string): Programme | undefined {
    const now = this.#now()
    const known = this.#known.get(id)
    return known && now - known.lookedAt < revisionCacheMs && now >= known.lookedAt ? known.programme : undefined
  }

  /** Ids of all programmes. */
  async list(): Promise<string[]> {
    const ids: string[] = []
    for await (const item of eachItem(this.#store, { pk: programmesPartition })) ids.push(item.sk)
    return ids
  }

  async #load(id: string, known: Programme | undefined): Promise<Programme | undefined> {
    const { items } = await this.#store.read([table.current(id)], { consistent: true })
    const latest = items[0]?.n as number | undefined
    if (latest === undefined) return undefined
    // Revisions never change: what is known of them stays known.
    const revisions: Revision[] = known ? [...known.revisions] : []
    if (revisions.length === latest) return known
    const range = { from: table.revision(id, revisions.length + 1).sk, to: table.revision(id, latest).sk }
    for await (const item of eachItem(this.#store, { pk: table.current(id).pk, range })) revisions.push(revisionOnDemand(item))
    const [first, ...others] = revisions
    return first && { id, revisions: [first, ...others] }
  }
}

/** Creates a programme with its first revision, in force from the beginning of time. False where there is one of that id. */
export async function createProgramme(store: Store, id: string, document: ProgrammeDocument, now: Instant): Promise<boolean> {
  const absent = { is: 'absent' } as const
  const result = await store.commit([
    { kind: 'put', item: { ...table.current(id), n: 1 }, condition: absent },
    {
      kind: 'put',
      item: revisionItem(id, { number: 1, inForceFrom: instant(0), publishedAt: now, document }),
      condition: absent,
    },
    { kind: 'put', item: { ...table.programmeListing(id), created: now }, condition: absent },
  ])
  if (result.outcome === 'conflict') throw new UnavailableError('none', 'the programme is being created by another')
  return result.outcome === 'committed'
}

/**
 * A revision that is compiled when something is first asked of it: a programme may have had hundreds, of a thousand campaigns
 * each, and most of them nobody asks about any more.
 */
function revisionOnDemand(item: Item): Revision {
  const { number, inForceFrom } = revisionSummaryOf(item)
  let known: Revision | undefined
  const compiled = () => {
    known ??= compileRevision(number, inForceFrom, revisionOf(item).document)
    return known
  }
  return {
    number,
    inForceFrom,
    get document() {
      return compiled().document
    },
    get calendar() {
      return compiled().calendar
    },
    get tiers() {
      return compiled().tiers
    },
    get storeIds() {
      return compiled().storeIds
    },
    get campaigns() {
      return compiled().campaigns
    },
    get clubsMultiply() {
      return compiled().clubsMultiply
    },
    get bonuses() {
      return compiled().bonuses
    },
  }
}
