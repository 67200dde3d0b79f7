/** One line of the bench's output. */
export interface Figure {
  readonly figure: string
  readonly value: number
  readonly unit: string
  readonly bound: string
  readonly ok: boolean
  /** What a reader needs to judge it. */
  readonly detail?: unknown
}

export const atLeast = (figure: string, value: number, unit: string, least: number, detail?: unknown): Figure => ({
  figure,
  value: rounded(value),
  unit,
  bound: `>= ${least}`,
  ok: value >= least,
  ...(detail !== undefined && { detail }),
})

export const atMost = (figure: string, value: number, unit: string, most: number, detail?: unknown): Figure => ({
  figure,
  value: rounded(value),
  unit,
  bound: `<= ${most}`,
  ok: value <= most,
  ...(detail !== undefined && { detail }),
})

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

export const rounded = (value: number): number => Math.round(value * 1000) / 1000
