import { problem } from '../contract/problem.ts'
import { type PartOperations, parts } from '../contract/programme-parts.ts'
import type { ProgrammeDocument } from '../domain/programme.ts'
import { type Implementation, implement } from './context.ts'
import { editDraft, openWorkshop } from './draft.ts'
import { nextOffset, offsetOf } from './offset-cursor.ts'

interface Part {
  readonly id: string
}

/** What can be done with the parts of one kind. What is not of that kind stays as it is. */
function implementParts({ list, most, listAll, put, read, remove }: PartOperations): readonly Implementation[] {
  const partsOf = (document: ProgrammeDocument): readonly Part[] => document[list] ?? []
  const withParts = (document: ProgrammeDocument, those: readonly Part[]) => ({ ...document, [list]: those }) as ProgrammeDocument
  const edit = (id: string) => ({
    target: `${list}/${id}`,
    audited: (document: ProgrammeDocument) => partsOf(document).find((part) => part.id === id),
  })
  return [
    implement(listAll, async ({ query }, context) => {
      const { document, etag } = await openWorkshop(context)
      const all = partsOf(document)
      const start = offsetOf(query.cursor)
      if (start === null) return problem('invalid-cursor')
      const end = start + Number(query.limit ?? 50)
      return { status: 200 as const, body: { items: all.slice(start, end) as never, nextCursor: nextOffset(end, all) }, etag }
    }),
    implement(put, async ({ params: { id }, body, ifMatch }, context) => {
      const part = body as Part
      if (part.id !== id) return problem('invalid-body', '/id', 'must be the id of the path')
      const change = (document: ProgrammeDocument) => {
        const known = partsOf(document)
        if (known.some((other) => other.id === id)) {
          return withParts(
            document,
            known.map((other) => (other.id === id ? part : other)),
          )
        }
        return known.length < most ? withParts(document, [...known, part]) : problem('too-many-parts')
      }
      return editDraft(context, { action: put.name, ...edit(id), ifMatch, change })
    }),
    implement(read, async ({ params: { id } }, context) => {
      const { document, etag } = await openWorkshop(context)
      const part = partsOf(document).find((each) => each.id === id)
      return part ? { status: 200 as const, body: part as never, etag } : problem('part-unknown')
    }),
    implement(remove, ({ params: { id }, ifMatch }, context) => {
      const change = (document: ProgrammeDocument) => {
        const known = partsOf(document)
        const kept = known.filter((part) => part.id !== id)
        return kept.length === known.length ? document : withParts(document, kept)
      }
      return editDraft(context, { action: remove.name, ...edit(id), ifMatch, change })
    }),
  ]
}

export const programmePartImplementations: readonly Implementation[] = parts.flatMap((kind) =>
  implementParts(kind as unknown as PartOperations),
)
