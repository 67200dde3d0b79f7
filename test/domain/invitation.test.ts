import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { invitationCode, invitationStatus, readInvitationCode } from '../../functions/domain/invitation.ts'
import { at } from './programmes.ts'

const chance = fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: 64, maxLength: 64 }).map((digits) => digits.join(''))
const characters = '346789ACDEFHJKMNPRTVWXY'

describe('a code', () => {
  it('is four groups of four characters that are not mistaken for one another', () => {
    fc.assert(
      fc.property(chance, (digits) => {
        expect(invitationCode(digits)).toMatch(/^([346789ACDEFHJKMNPRTVWXY]{4}-){3}[346789ACDEFHJKMNPRTVWXY]{4}$/)
      }),
    )
  })

  it('is another for another chance, and the same for the same', () => {
    const codes = Array.from({ length: 500 }, (_, n) => invitationCode(`${n.toString(16)}${'0'.repeat(60)}`))
    expect(new Set(codes).size).toBe(500)
    expect(invitationCode('ff')).toBe(invitationCode('ff'))
  })

  it('is read however it is written', () => {
    fc.assert(
      fc.property(chance, (digits) => {
        const code = invitationCode(digits)
        const plain = code.replaceAll('-', '')
        for (const written of [code, plain, code.toLowerCase(), ` ${code.replaceAll('-', ' ')} `]) {
          expect(readInvitationCode(written)).toBe(plain)
        }
      }),
    )
  })

  it('is known for wrong with one wrong character, or two that changed places', () => {
    fc.assert(
      fc.property(chance, fc.nat(15), fc.nat(15), fc.constantFrom(...characters), (digits, one, other, wrong) => {
        const code = [...invitationCode(digits).replaceAll('-', '')]
        const misread = code.with(one, wrong)
        if (code[one] !== wrong) expect(readInvitationCode(misread.join(''))).toBeUndefined()
        const swapped = code.with(one, code[other]!).with(other, code[one]!)
        if (code[one] !== code[other]) expect(readInvitationCode(swapped.join(''))).toBeUndefined()
      }),
    )
  })

  it.each(['', '-', 'O000-0000-0000-0000', 'ABCD', 'x'.repeat(64), '🕯🕯🕯🕯🕯🕯🕯🕯', '__proto__'])('"%s" is none', (written) => {
    expect(readInvitationCode(written)).toBeUndefined()
  })
})

describe('an invitation', () => {
  const good = { invitationId: 'i-1', uses: 2, used: 1, expiresAt: at('2026-06-01T00:00:00Z'), isVoid: false }

  it.each([
    ['good', good, '2026-05-31T23:59:59Z'],
    ['expired', good, '2026-06-01T00:00:00Z'],
    ['good', { ...good, expiresAt: null }, '2036-06-01T00:00:00Z'],
    ['used-up', { ...good, used: 2 }, '2026-05-01T00:00:00Z'],
    ['void', { ...good, isVoid: true }, '2026-05-01T00:00:00Z'],
  ])('is %s: %o at %s', (status, invitation, now) => {
    expect(invitationStatus(invitation, at(now))).toBe(status)
  })
})
