import type { Under } from '../contract/candidate.ts'
import { type Problem, problem } from '../contract/problem.ts'
import { candidateOf } from '../domain/candidate.ts'
import type { ProgrammeDocument, Revision } from '../domain/programme.ts'
import { draftOf } from '../store/draft-item.ts'
import { table } from '../store/table.ts'
import type { Context } from './context.ts'

/** What a client wants to try. */
export interface Candidate {
  readonly revision: Revision
  /** The document, where it is of no revision. */
  readonly document: ProgrammeDocument | undefined
}

/** The revision that a client names, or what the draft or a document would become. */
export async function readCandidate({ runtime, programme }: Context, under: Under): Promise<Candidate | Problem> {
  const published = (number: number): Candidate | undefined => {
    const revision = programme.revisions.find((known) => known.number === number)
    return revision && { revision, document: undefined }
  }
  const unpublished = (document: ProgrammeDocument): Candidate => ({ revision: candidateOf(programme, document), document })
  if (under !== 'draft') {
    if ('document' in under) return unpublished(under.document)
    return published(under.revision) ?? problem('revision-unknown', '/under/revision')
  }
  const { items } = await runtime.store.read([table.draft(programme.id)], { consistent: true })
  const { edit } = draftOf(items[0])
  return edit ? unpublished(edit.document) : { revision: programme.revisions.at(-1)!, document: undefined }
}
