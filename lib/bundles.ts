import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import { parseSync, Visitor } from 'rolldown/utils'
import { operations } from '../functions/contract/index.ts'
import { serverOf, servers } from '../functions/contract/operation.ts'
import { bodyProblems, commonProblems } from '../functions/contract/problem.ts'

/** Every Lambda function, by the name of its file in functions/. */
export const functionNames = [
  ...servers,
  'authorize',
  'unrouted',
  'settle-members',
  'run-jobs',
  'publish-events',
  'issue-token',
  'rotate-secret',
] as const

export type FunctionName = (typeof functionNames)[number]

const root = join(import.meta.dirname, '..')
const inPlaceOf = (file: string) => join(root, 'functions/bundled', file)

/** The SDK imports its client's package.json for the version in it; the rest stays out. */
const versionsOnly: Plugin = {
  name: 'versions-only',
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk.client-\w+.package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
      return { contents: JSON.stringify({ version }), loader: 'json' }
    })
  },
}

/**
 * Zod can describe its schemas as JSON Schema, and takes all for it along with each of them; the description of the API is made
 * by the embedded server. Nor has JSON any circles that it would have to remember its way for. The SDK can read and write dates in
 * five ways; no item and no answer that is asked for has any. No function needs these parts, so that in the bundles they do nothing.
 */
const idle =
  /zod.v4.core.(to-json-schema|json-schema-processors|memoizer)\.js$|smithy.core.dist-es.submodules.serde.date-utils\.js$/

const withoutIdle: Plugin = {
  name: 'without-idle',
  setup({ onLoad }) {
    onLoad({ filter: idle }, ({ path }) => {
      const exported = readFileSync(path, 'utf8').matchAll(/^export (?:const|function|class) (\w+)/gm)
      return { contents: [...exported].map(([, name]) => `export const ${name} = () => {}\n`).join('') }
    })
  },
}

/** Formats of text that no contract knows: each schema of text could be told to have one, and so would bring all of them along. */
const unknownFormats =
  'Base64|Base64URL|CIDRv4|CIDRv6|CUID|CUID2|E164|Emoji|GUID|IPv4|IPv6|ISODuration|ISOTime|JWT|KSUID|NanoID|ULID|UUID|XID'

/** A contract that has one of them after all does not load. */
const withoutUnknownFormats: Plugin = {
  name: 'without-unknown-formats',
  setup({ onLoad }) {
    onLoad({ filter: /zod.v4.(core|classic).(schemas|iso)\.js$/ }, ({ path }) => {
      const declared = new RegExp(`^export const (\\$?Zod(?:${unknownFormats})) = [^]*?^\\}\\);$`, 'gm')
      return { contents: readFileSync(path, 'utf8').replaceAll(declared, 'export const $1 = undefined;') }
    })
  },
}

/** What an operation says of itself for its description alone. */
const documentation = new Set(['summary', 'description', 'answers', 'problems', 'example'])

/**
 * The contract describes the API as well as checking it: texts, examples and the schemas of answers are for the description, which
 * the embedded server makes. No function does, so there they are left out, and with them what only they name.
 */
const withoutDocumentation: Plugin = {
  name: 'without-documentation',
  setup({ onLoad }) {
    onLoad({ filter: /functions.contract.[\w-]+\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      const cuts: [from: number, to: number][] = []
      const { program } = parseSync(path, source)
      new Visitor({
        CallExpression({ callee, arguments: [first], end }) {
          if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && callee.property.name === 'meta') {
            cuts.push([callee.object.end, end])
          }
          if (callee.type !== 'Identifier' || callee.name !== 'operation' || first?.type !== 'ObjectExpression') return
          for (const property of first.properties) {
            if (property.type !== 'Property' || property.key.type !== 'Identifier') continue
            if (documentation.has(property.key.name)) cuts.push([property.start, source.indexOf(',', property.end) + 1])
          }
        },
      }).visit(program)
      return { contents: without(source, cuts), loader: 'ts' }
    })
  },
}

/** A text without some parts, of which one may be within another. */
function without(text: string, cuts: readonly (readonly [from: number, to: number])[]): string {
  let kept = ''
  let at = 0
  for (const [from, to] of cuts.toSorted(([a], [b]) => a - b)) {
    if (from < at) continue
    kept += text.slice(at, from)
    at = to
  }
  return kept + text.slice(at)
}

/** A function's settings are in its environment: no machine's metadata are asked for a region, and no home has an `.aws`. */
const settingsElsewhere = {
  getInstanceMetadataRegion: 'export const getInstanceMetadataRegion = async () => undefined',
  loadSharedConfigFiles:
    'export const CONFIG_PREFIX_SEPARATOR = "."; export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} })',
} as const

const environmentOnly: Plugin = {
  name: 'environment-only',
  setup({ onLoad }) {
    for (const [file, contents] of Object.entries(settingsElsewhere)) {
      onLoad({ filter: new RegExp(`@smithy.core.*${file}\\.js$`) }, () => ({ contents }))
    }
  },
}

/** The SDK has a class for each of DynamoDB's errors, all alike: they are made alike. What an error tells the client puts into it. */
const errorsAlike: Plugin = {
  name: 'errors-alike',
  setup({ onLoad }) {
    onLoad({ filter: /client-dynamodb.dist-es.models.errors\.js$/ }, ({ path }) => {
      const declared = /export class (\w+) extends __BaseException \{[^}]*?\$fault = "(\w+)"/g
      const named = [...readFileSync(path, 'utf8').matchAll(declared)].map(([, name, fault]) => ({ name, fault }))
      const like = `const like = (name, $fault) => class extends Base {
        static shapeId = 'com.amazonaws.dynamodb#' + name
        constructor(options) {
          super({ name, $fault, ...options })
          Object.setPrototypeOf(this, new.target.prototype)
        }
      }`
      const errors = named.map(({ name, fault }) => `export const ${name} = like('${name}', '${fault}')`)
      return {
        contents: [`import { DynamoDBServiceException as Base } from './DynamoDBServiceException.js'`, like, ...errors].join(
          '\n',
        ),
      }
    })
  },
}

/**
 * Of the ways to try again the standard one alone is in use, and of AWS's partitions no more is asked than the region's name. DynamoDB
 * calls no function, so that no call of it can be one of a circle, has no buckets, and sends no events whose headers would be signed.
 */
const unasked = {
  'retry.util-retry.AdaptiveRetryStrategy': 'export class AdaptiveRetryStrategy {}',
  'util-endpoints.lib.aws.partitions': 'export const partitionsInfo = { partitions: [] }',
  'recursion-detection.recursionDetectionMiddleware': 'export const recursionDetectionMiddleware = () => (next) => next',
  'signature-v4.dist-es.HeaderFormatter': 'export class HeaderFormatter {}',
  'service-customizations.index': 'export const resolveParamsForS3 = async (params) => params',
} as const

const withoutUnasked: Plugin = {
  name: 'without-unasked',
  setup({ onLoad }) {
    for (const [file, contents] of Object.entries(unasked)) onLoad({ filter: new RegExp(`${file}\\.js$`) }, () => ({ contents }))
  },
}

const regionEndpoint: Plugin = {
  name: 'region-endpoint',
  setup({ onLoad }) {
    onLoad({ filter: /client-dynamodb.dist-es.endpoint.endpointResolver\.js$/ }, () => ({
      contents: `export * from ${JSON.stringify(inPlaceOf('region-endpoint.ts'))}`,
      resolveDir: root,
    }))
  },
}

const options = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  outExtension: { '.js': '.mjs' },
  // The SDK's ES modules, of which what is not used can be left out; its `main` is CommonJS and comes whole.
  mainFields: ['module', 'main'],
  legalComments: 'none',
  charset: 'utf8',
  alias: {
    '@aws-sdk/credential-provider-node': inPlaceOf('environment-credentials.ts'),
    '@aws-sdk/middleware-endpoint-discovery': inPlaceOf('no-endpoint-discovery.ts'),
    '@smithy/core/checksum': inPlaceOf('sha256.ts'),
  },
  // Imported when an answer streams events, which none of DynamoDB's does; bundled it would take all that it imports along.
  external: ['@smithy/core/event-streams'],
  plugins: [
    versionsOnly,
    withoutIdle,
    withoutUnknownFormats,
    withoutDocumentation,
    environmentOnly,
    errorsAlike,
    withoutUnasked,
    regionEndpoint,
  ],
  logLevel: 'warning',
} satisfies BuildOptions

/** The functions as Lambda runs them: `NAME/index.mjs` in a directory, exporting `handler`. */
export interface Bundles {
  readonly directory: string
  /** What weighs what. */
  readonly metafile: Metafile
}

/**
 * Bundles the functions into a directory, each with those problems alone that it may answer. The same sources give the same
 * bytes.
 */
export async function buildBundles(directory: string, names: readonly FunctionName[] = functionNames): Promise<Bundles> {
  const { metafile: whole } = await build({
    ...options,
    entryPoints: entryPointsOf(names),
    outdir: directory,
    metafile: true,
    write: false,
  })
  const built = await Promise.all(
    names.map((name) =>
      build({
        ...options,
        plugins: [withoutProblems(problemsOf(name, sourcesOf(name, whole))), ...options.plugins],
        entryPoints: entryPointsOf([name]),
        outdir: directory,
        metafile: true,
      }),
    ),
  )
  const metafiles = built.map(({ metafile }) => metafile)
  const merged = <Part extends keyof Metafile>(part: Part) => Object.assign({}, ...metafiles.map((metafile) => metafile[part]))
  return { directory, metafile: { inputs: merged('inputs'), outputs: merged('outputs') } }
}

const entryPointsOf = (names: readonly FunctionName[]) =>
  Object.fromEntries(names.map((name) => [`${name}/index`, `functions/${name}.ts`]))

/** The files of Laurel that something of a function comes from. */
function sourcesOf(name: FunctionName, { outputs }: Metafile): string[] {
  const [, { inputs }] = Object.entries(outputs).find(([path]) => path.endsWith(`${name}/index.mjs`))!
  return Object.keys(inputs).filter((path) => path.startsWith('functions/') && inputs[path]!.bytesInOutput > 0)
}

/** The codes of the problems that a function may answer: what its operations say, and what its sources name beside the lists of them. */
function problemsOf(name: FunctionName, sources: readonly string[]): ReadonlySet<string> {
  const served = operations.filter((operation) => serverOf(operation) === name)
  const named = sources
    .filter((path) => !path.startsWith('functions/contract/') && path !== 'functions/domain/refusal.ts')
    .flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/'([a-z]+(?:-[a-z]+)*)'/g)].map(([, code]) => code!))
  return new Set([...commonProblems, ...bodyProblems, ...served.flatMap(({ problems }) => problems), ...named])
}

/** Leaves out of the table of problems those that are not among `codes`. */
const withoutProblems = (codes: ReadonlySet<string>): Plugin => ({
  name: 'without-problems',
  setup({ onLoad }) {
    onLoad({ filter: /functions.contract.problem\.ts$/ }, ({ path }) => {
      // A line of the table: its code, status and text.
      const contents = readFileSync(path, 'utf8').replaceAll(/^ {2}'?([a-z]+(?:-[a-z]+)*)'?: \[\d{3}, .*\],\n/gm, (line, code) =>
        codes.has(code) ? line : '',
      )
      return { contents, loader: 'ts' }
    })
  },
})
