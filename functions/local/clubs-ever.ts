import type { Programme } from '../domain/programme.ts'

/** Ids of the clubs that a programme has or once had. */
export const clubsEver = ({ revisions }: Programme): Set<string> =>
  new Set(revisions.flatMap(({ document }) => (document.clubs ?? []).map((club) => club.id)))
