/**
 * Codes that people read, tell and type. The alphabet has nothing that is mistaken for something else: no 0 and O, no 1, I and L,
 * no 2 and Z, no 5 and S, no B, G, Q or U. Its 23 characters are a prime number of them, so that the last one, a sum weighted by
 * the places, tells every single wrong character and every two that changed places, as ISBN-10 does; up to 22 characters in all.
 */
const alphabet = '346789ACDEFHJKMNPRTVWXY'

/** Characters of the alphabet, as a class of a regular expression. */
export const codeCharacter = `[${alphabet}]`

/** Characters that chance, given as hexadecimal digits, picks from the alphabet. */
export function pickedCharacters(chance: string, length: number): string {
  let rest = BigInt(`0x${chance}`)
  let picked = ''
  for (let place = 0; place < length; place += 1) {
    picked += alphabet[Number(rest % 23n)]
    rest /= 23n
  }
  return picked
}

/** A code with its check character after it. */
export const withCheck = (code: string): string => code + [...alphabet].find((check) => isWhole(code + check))

/** Whether a code is of the alphabet, and its last character the right check. */
export const isWritten = (code: string): boolean => [...code].every((character) => alphabet.includes(character)) && isWhole(code)

const isWhole = (code: string) =>
  [...code].reduce((sum, character, place) => sum + (place + 1) * alphabet.indexOf(character), 0) % 23 === 0

/** A code as it was made, from how a person writes it. */
export const bareCode = (written: string): string => written.replace(/[\s-]/g, '').toUpperCase()

/** A code in groups of four, for people. */
export const grouped = (code: string): string => code.replace(/(....)(?=.)/g, '$1-')
