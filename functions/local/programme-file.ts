import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { programmeDocument } from '../contract/programme-document.ts'
import { id } from '../contract/values.ts'
import type { ProgrammeDocument } from '../domain/programme.ts'
import { instant } from '../domain/units.ts'
import { validate } from '../domain/validation.ts'

interface Read {
  readonly id: string
  readonly document: ProgrammeDocument
}

/** A programme document from a file to make a programme of: one that contradicts itself is none. Throws with every fault it has. */
export async function readWholeProgramme(path: string, givenId?: string): Promise<Read> {
  const read = await readProgrammeFile(path, givenId)
  const { errors } = validate(read.document, { published: read.document, spent: new Map(), now: instant(Date.now()) })
  return errors.length === 0 ? read : refuse(path, errors)
}

/**
 * A programme document from a file; its id is the file's name where none is given. It may be unfinished, as drafts may. Throws
 * with every fault it has.
 */
export async function readProgrammeFile(path: string, givenId?: string): Promise<Read> {
  const programmeId = programmeIn(path, givenId)
  const parsed = programmeDocument.safeParse(jsonOf(path, await readFile(path, 'utf8')))
  if (parsed.success) return { id: programmeId, document: parsed.data }
  const faults = parsed.error.issues.map((issue) => ({ pointer: `/${issue.path.join('/')}`, detail: issue.message }))
  return refuse(path, faults)
}

function refuse(path: string, faults: readonly { readonly pointer: string; readonly detail: string }[]): never {
  throw new Error(`${path} is not a programme:\n${faults.map(({ pointer, detail }) => `  ${pointer}: ${detail}`).join('\n')}`)
}

/** The id of the programme that a file is of. Throws where it is none. */
export function programmeIn(path: string, givenId?: string): string {
  const programmeId = givenId ?? basename(path, extname(path))
  if (!id.safeParse(programmeId).success) throw new Error(`"${programmeId}" is not a programme id: 1–128 of A-Z a-z 0-9 . _ : -`)
  return programmeId
}

function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`)
  }
}
