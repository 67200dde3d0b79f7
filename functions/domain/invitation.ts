import type { Instant } from './units.ts'

/** A code that invites to a club, and how often it did. */
export interface Invitation {
  readonly invitationId: string
  /** How many may join with it in all, and how many did. */
  readonly uses: number
  readonly used: number
  readonly expiresAt: Instant | null
  readonly isVoid: boolean
}

/** Whether anybody may still join with an invitation and, if not, why. */
export function invitationStatus({ uses, used, expiresAt, isVoid }: Invitation, now: Instant) {
  if (isVoid) return 'void'
  if (used >= uses) return 'used-up'
  return expiresAt !== null && now >= expiresAt ? 'expired' : 'good'
}

/**
 * Codes that invite to a club. The alphabet has nothing that is mistaken for something else when it is read or told: no 0 and O,
 * no 1, I and L, no 2 and Z, no 5 and S, no B, G, Q or U. Its 23 characters are a prime number of them, so that the last one,
 * a weighted sum, tells every single wrong character and every two that changed places (as ISBN-10 does).
 */
const alphabet = '346789ACDEFHJKMNPRTVWXY'
const randomLength = 15
const wholeLength = randomLength + 1

/** A code of 67 bits of chance, given as hexadecimal digits: in four groups, the last character a check. */
export function invitationCode(chance: string): string {
  let rest = BigInt(`0x${chance}`)
  let code = ''
  for (let place = 0; place < randomLength; place += 1) {
    code += alphabet[Number(rest % 23n)]
    rest /= 23n
  }
  const whole = code + alphabet.split('').find((check) => isWhole(code + check))
  return whole.replace(/(....)(?=.)/g, '$1-')
}

/** A code as it was made, from how a person writes it; undefined where it is none, or was not written down rightly. */
export function readInvitationCode(written: string): string | undefined {
  const code = written.replace(/[\s-]/g, '').toUpperCase()
  return code.length === wholeLength && [...code].every((character) => alphabet.includes(character)) && isWhole(code)
    ? code
    : undefined
}

const isWhole = (code: string) =>
  [...code].reduce((sum, character, place) => sum + (place + 1) * alphabet.indexOf(character), 0) % 23 === 0
