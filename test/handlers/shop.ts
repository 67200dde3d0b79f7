import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { instant } from '../../functions/domain/units.ts'
import { verify } from '../../functions/local/verify.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import type { Store } from '../../functions/store/store.ts'
import { processOn } from '../support/process-on.ts'
import { noon } from './calls.ts'

/** A shop that one process serves, on a day of which a test says how late it is: noon, to begin with. */
export class Shop<Kind extends Store> {
  readonly store: Kind
  readonly runtime: Runtime
  now = noon

  private constructor(store: Kind) {
    this.store = store
    this.runtime = processOn(store, () => this.now)
  }

  /** Opens a shop on a store of its own, by a programme that is in force since noon, or so many milliseconds before. */
  static async on<Kind extends Store>(store: Kind, document: ProgrammeDocument, before = 0): Promise<Shop<Kind>> {
    await createProgramme(store, 'demo', document, instant(noon - before))
    return new Shop(store)
  }

  /** What of the ledgers does not agree. */
  async differences(): Promise<readonly string[]> {
    const differences: string[] = []
    await verify(this.runtime, 'demo', ({ what }) => differences.push(what))
    return differences
  }

  close() {
    return this.store.close()
  }
}
