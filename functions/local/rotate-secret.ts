import { type Alongside, beginRekeying, rekey } from '../handlers/rekeying.ts'
import type { Runtime } from '../runtime.ts'
import { makeLookupSecret } from '../store/key-ring.ts'
import { lookupSecretsWrite } from './deployment.ts'

export interface Rotated {
  /** Whether a rotation was under way, which this one brought to its end instead of beginning another. */
  readonly resumed: boolean
  /** Members that were looked at. */
  readonly members: number
  /** Look-ups that were moved. */
  readonly moved: number
}

/** Members that are re-keyed side by side. */
const width = 32

/** Rotates the key of the look-ups of a data file. `onProgress` hears the rosters walked and how many there are. */
export async function rotateSecret(
  runtime: Runtime,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Rotated> {
  const alongside: Alongside = (first, old) => lookupSecretsWrite(runtime.store, first, old)
  const secret = makeLookupSecret()
  const ring = await beginRekeying(runtime, secret, alongside)
  const { members, moved } = await rekey(runtime, { width, onProgress, alongside })
  return { resumed: ring.keys[0].secret !== secret, members, moved }
}
