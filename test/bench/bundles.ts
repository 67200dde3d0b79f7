import { join } from 'node:path'
import { buildBundles, functionNames } from '../../lib/bundles.ts'
import { atMost, type Figure } from './figure.ts'
import { withDirectory } from './world.ts'

const mostKilobytes = 400

/** What each function that is deployed weighs, minified, and what weighs what in it. */
export function bundleSizes(): Promise<Figure[]> {
  return withDirectory(async (directory) => {
    const { metafile } = await buildBundles(directory)
    return functionNames.map((name) => {
      const output = metafile.outputs[Object.keys(metafile.outputs).find((path) => path.endsWith(`${join(name, 'index.mjs')}`))!]!
      return atMost(`bundle-${name}`, output.bytes / 1000, 'KB', mostKilobytes, kilobytesByPart(output.inputs))
    })
  })
}

/** Parts of less are summed up as `others`. */
const leastShownBytes = 1000

function kilobytesByPart(inputs: { readonly [path: string]: { readonly bytesInOutput: number } }): { [part: string]: number } {
  const bytes = new Map<string, number>()
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    bytes.set(partOf(path), (bytes.get(partOf(path)) ?? 0) + bytesInOutput)
  }
  const shown = [...bytes].filter(([, weight]) => weight >= leastShownBytes).sort(([, a], [, b]) => b - a)
  const others = [...bytes.values()].reduce((sum, weight) => sum + weight, 0) - shown.reduce((sum, [, weight]) => sum + weight, 0)
  const rounded = (weight: number) => Math.round(weight / 100) / 10
  return Object.fromEntries([...shown, ['others', others] as const].map(([part, weight]) => [part, rounded(weight)]))
}

/** The package that a source belongs to, or its folder in Laurel. */
function partOf(path: string): string {
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)
  if (inPackage) return inPackage[1]!
  return /^functions\/[^/]+(?=\/)/.exec(path)?.[0] ?? 'functions'
}
