import type { ProgrammeDocument } from '../domain/programme.ts'
import type { Instant } from '../domain/units.ts'
import { compress, decompress } from './compressed.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Write } from './store.ts'
import { table } from './table.ts'

/**
 * The draft of a programme, if there is one. Its version changes whenever what stands for the draft does: with every edit, with
 * publishing, and with a roll-back where there is no draft.
 */
export interface Draft {
  /** 0 where there was never any. */
  readonly version: number
  readonly edit: Edit | undefined
}

/** What was written, and by whose token. */
export interface Edit {
  readonly document: ProgrammeDocument
  readonly editor: string
  readonly editedAt: Instant
}

export function draftOf(item: Item | undefined): Draft {
  if (!item) return { version: 0, edit: undefined }
  const version = item[versionAttribute] as number
  if (item.doc === undefined) return { version, edit: undefined }
  const document = decompress(item.doc) as ProgrammeDocument
  return { version, edit: { document, editor: item.by as string, editedAt: item.at as Instant } }
}

/** The write that puts an edit, or none, in the place of a draft, and that only one who read that draft can do. */
export function draftWrite(programme: string, { version }: Draft, edit: Edit | undefined): Write {
  const item = {
    ...table.draft(programme),
    [versionAttribute]: version + 1,
    ...(edit && { doc: compress(edit.document), by: edit.editor, at: edit.editedAt }),
  }
  return {
    kind: 'put',
    item,
    condition: version === 0 ? { is: 'absent' } : { is: 'equal', attribute: versionAttribute, value: version },
  }
}
