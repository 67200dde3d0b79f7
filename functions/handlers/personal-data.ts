import type { PersonalData } from '../store/profile-item.ts'

const names = ['card', 'email', 'phone', 'name', 'birthday', 'language'] as const

type Posted = { readonly [name in (typeof names)[number]]?: string | null | undefined }

/** Personal data as a body gives it, on top of what is known: what is left out stays, null removes. */
export function personalData(posted: Posted, known: PersonalData = {}): PersonalData {
  const merged: { [name in (typeof names)[number]]?: string } = { ...known }
  for (const name of names) {
    const value = posted[name]
    if (value === null) delete merged[name]
    else if (value !== undefined) merged[name] = value
  }
  return merged
}
