import { deflateRawSync } from 'node:zlib'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import type { Store } from '../../functions/store/store.ts'
import { table } from '../../functions/store/table.ts'

/** Puts another revision of a programme into a store, in force from an instant. */
export async function publishNext(store: Store, programme: string, document: ProgrammeDocument, from: string): Promise<void> {
  const { items } = await store.read([table.current(programme)], { consistent: true })
  const number = Number(items[0]?.n) + 1
  const doc = deflateRawSync(JSON.stringify(document)).toString('base64')
  const result = await store.commit([
    { kind: 'put', item: { ...table.revision(programme, number), from: Date.parse(from), published: Date.parse(from), doc } },
    { kind: 'put', item: { ...table.current(programme), n: number } },
  ])
  if (result.outcome !== 'committed') throw new Error(`revision ${number} was not published`)
}
