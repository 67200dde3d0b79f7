import { createReadStream } from 'node:fs'

/**
 * The lines of a file. Only a line feed ends one: JSON may hold the other characters that part lines of text, as they stand.
 */
export async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let begun: Buffer[] = []
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      yield Buffer.concat([...begun, chunk.subarray(start, end)])
      begun = []
      start = end + 1
    }
    if (start < chunk.length) begun.push(chunk.subarray(start))
  }
  if (begun.length > 0) yield Buffer.concat(begun)
}

export const isBlank = (text: Buffer): boolean => text.toString('latin1').trim() === ''
