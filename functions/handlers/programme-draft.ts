import { compareDraft, putDraft, readDraft, validateDraft } from '../contract/programme-draft.ts'
import { putTiers, readTiers } from '../contract/programme-parts.ts'
import { bounded, differences, type Json } from '../domain/difference.ts'
import type { ProgrammeDocument } from '../domain/programme.ts'
import { type Validation, validate } from '../domain/validation.ts'
import { stockOf } from '../store/table.ts'
import { spentOf } from './budgets.ts'
import type { Context, Implementation } from './context.ts'
import { implement } from './context.ts'
import { editDraft, openWorkshop } from './draft.ts'

/** UTF-16 units of differences that one answer has: Lambda gives 6 MB in all. */
const mostDifferences = 2 * 1024 * 1024

/** What one document changes of another, as answers tell it. */
export function differenceOf(before: ProgrammeDocument | undefined, after: ProgrammeDocument) {
  const { changes, omitted } = bounded(differences(before as Json | undefined, after as unknown as Json), mostDifferences)
  return { changes: [...changes], omitted }
}

/** A thousand budgets, one read after another, would take as long as API Gateway waits. */
const readsAtOnce = 20

async function spentOfAll(context: Context, names: readonly string[]): Promise<Map<string, number>> {
  const reads = Array.from({ length: readsAtOnce }, (_, n) => names.filter((_, index) => index % readsAtOnce === n))
  return new Map((await Promise.all(reads.map((some) => spentOf(context, some)))).flatMap((each) => [...each]))
}

/** What a document contradicts, held against what is published and what has happened. */
export async function validated(
  context: Context,
  document: ProgrammeDocument,
  published: ProgrammeDocument,
): Promise<Validation> {
  const budgeted = (document.campaigns ?? []).flatMap(({ id, limits }) => (limits?.budget === undefined ? [] : [id]))
  const stocked = (document.rewards ?? []).flatMap(({ id, stock }) => (stock === undefined ? [] : [id]))
  const spent = await spentOfAll(context, budgeted)
  const stocks = await spentOfAll(context, stocked.map(stockOf))
  const taken = new Map(stocked.map((id) => [id, stocks.get(stockOf(id)) ?? 0]))
  return validate(document, { published, spent, taken, now: context.now })
}

/** The draft as a whole, and its tiers, which are one piece. */
export const programmeDraftImplementations: readonly Implementation[] = [
  implement(readDraft, async (_, context) => {
    const { document, etag } = await openWorkshop(context)
    return { status: 200 as const, body: document as never, etag }
  }),
  implement(putDraft, ({ body, ifMatch }, context) =>
    editDraft(context, { action: putDraft.name, target: 'programme', ifMatch, change: () => body as ProgrammeDocument }),
  ),
  implement(compareDraft, async (_, context) => {
    const { document, latest, etag } = await openWorkshop(context)
    return { status: 200 as const, body: { ...differenceOf(latest.document, document), latestRevision: latest.number }, etag }
  }),
  implement(validateDraft, async (_, context) => {
    const { document, latest, etag } = await openWorkshop(context)
    const { errors, warnings } = await validated(context, document, latest.document)
    return { status: 200 as const, body: { valid: errors.length === 0, errors: [...errors], warnings: [...warnings] }, etag }
  }),
  implement(putTiers, ({ body: tiers, ifMatch }, context) =>
    editDraft(context, {
      ...{ action: putTiers.name, target: 'tiers', ifMatch },
      change: (document) => ({ ...document, tiers }),
      audited: (document) => document.tiers,
    }),
  ),
  implement(readTiers, async (_, context) => {
    const { document, etag } = await openWorkshop(context)
    return { status: 200 as const, body: document.tiers as never, etag }
  }),
]
