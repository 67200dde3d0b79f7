import { versionAttribute } from './head-item.ts'
import type { Item, Key, Write } from './store.ts'

/** Points of a campaign that may still be given, or pieces of a reward: a part of its budget, or the rest of it. */
export interface Pot {
  readonly key: Key
  readonly left: number
  /** The item as it was read; undefined where there is none yet. */
  readonly stored: Item | undefined
  /** Only of the rest and of stores: the budget that it was made of, and the revision that says so. */
  readonly budget?: number | undefined
  readonly revision?: number | undefined
  /** Only of the rest: whether all shards were emptied into it, so that it is taken from directly. */
  readonly gathered?: boolean | undefined
  /** Only of the rest of a stock: whether it was said that it is low. */
  readonly low?: boolean | undefined
}

export function potOf(key: Key, item: Item | undefined): Pot {
  if (!item) return { key, left: 0, stored: undefined }
  return {
    key,
    left: item.l as number,
    stored: item,
    budget: item.b as number | undefined,
    revision: item.rv as number | undefined,
    gathered: item.g === true,
    low: item.lw === true,
  }
}

/** Writes a pot as it is after something was taken or given; it fails where another was at it meanwhile. */
export function potWrite(pot: Pot, after: Partial<Pick<Pot, 'left' | 'budget' | 'revision' | 'gathered' | 'low'>>): Write {
  const { left, budget, revision, gathered, low } = { ...pot, ...after }
  const version = Number(pot.stored?.[versionAttribute] ?? 0)
  return {
    kind: 'put',
    item: {
      ...pot.key,
      [versionAttribute]: version + 1,
      l: left,
      ...(budget !== undefined && { b: budget }),
      ...(revision !== undefined && { rv: revision }),
      ...(gathered && { g: true }),
      ...(low && { lw: true }),
    },
    condition: pot.stored ? { is: 'equal', attribute: versionAttribute, value: version } : { is: 'absent' },
    replaces: pot.stored,
  }
}
