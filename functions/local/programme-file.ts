import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { programmeDocument } from '../contract/programme-document.ts'
import { id } from '../contract/values.ts'
import type { ProgrammeDocument } from '../domain/programme.ts'

/** A programme document from a file; its id is the file's name where none is given. Throws with every fault it has. */
export async function readProgrammeFile(path: string, givenId?: string): Promise<{ id: string; document: ProgrammeDocument }> {
  const programmeId = programmeIn(path, givenId)
  const parsed = programmeDocument.safeParse(jsonOf(path, await readFile(path, 'utf8')))
  if (parsed.success) return { id: programmeId, document: parsed.data }
  const faults = parsed.error.issues.map((issue) => `  /${issue.path.join('/')}: ${issue.message}`)
  throw new Error(`${path} is not a programme:\n${faults.join('\n')}`)
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
