import type { ProgrammeDocument } from '../domain/programme.ts'
import type { Instant } from '../domain/units.ts'
import { compress, decompress } from './compressed.ts'
import type { Item } from './store.ts'
import { revisionNumberOf, table } from './table.ts'

/** A published revision as it is stored, with where it came from. */
export interface PublishedRevision {
  readonly number: number
  readonly inForceFrom: Instant
  readonly publishedAt: Instant
  /** Subject of the token that published it; the first came with its programme. */
  readonly author?: string
  readonly note?: string
  /** The revision whose document it brought back. */
  readonly restores?: number
  /** Version of the draft that it was, by which a publication that is sent again is known. */
  readonly draftVersion?: number
  readonly document: ProgrammeDocument
}

export function revisionItem(programme: string, revision: PublishedRevision): Item {
  const { number, inForceFrom, publishedAt, author, note, restores, draftVersion, document } = revision
  return {
    ...table.revision(programme, number),
    from: inForceFrom,
    published: publishedAt,
    ...(author !== undefined && { by: author }),
    ...(note !== undefined && { note }),
    ...(restores !== undefined && { restores }),
    ...(draftVersion !== undefined && { draft: draftVersion }),
    doc: compress(document),
  }
}

/** All of a revision but its document. */
export function revisionSummaryOf(item: Item): Omit<PublishedRevision, 'document'> {
  return {
    number: revisionNumberOf(item.sk),
    inForceFrom: item.from as Instant,
    publishedAt: item.published as Instant,
    ...(item.by !== undefined && { author: item.by as string }),
    ...(item.note !== undefined && { note: item.note as string }),
    ...(item.restores !== undefined && { restores: item.restores as number }),
    ...(item.draft !== undefined && { draftVersion: item.draft as number }),
  }
}

export const revisionOf = (item: Item): PublishedRevision => ({
  ...revisionSummaryOf(item),
  document: decompress(item.doc) as ProgrammeDocument,
})
