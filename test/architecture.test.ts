import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The imports run one way (design, section 3): what each layer may import, of Laurel and of packages. */
const root = resolve(import.meta.dirname, '..')
const layers: {
  readonly [layer: string]: { readonly layers: readonly string[]; readonly packages: readonly (string | RegExp)[] }
} = {
  domain: { layers: ['domain'], packages: [/^temporal-polyfill\/fns\/\w+$/] },
  contract: { layers: ['contract', 'domain'], packages: ['zod'] },
  store: { layers: ['store', 'domain'], packages: [/^@aws-sdk\//, /^node:/] },
  handlers: {
    layers: ['handlers', 'domain', 'contract', 'store', 'runtime.ts'],
    packages: ['zod', 'node:crypto', 'node:util'],
  },
  http: {
    layers: ['http', 'handlers', 'contract', 'domain', 'store', 'runtime.ts'],
    packages: ['@middy/core', 'aws-lambda', 'jose', /^node:/],
  },
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

/** Every module that a file imports, types included, by `from '…'` and `import('…')`. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/^(?:import|export|\}).*? from '([^']+)'|^import '([^']+)'/gm)].map((match) => (match[1] ?? match[2])!)
}

/** The layer, or top-level file, that a relative import of a file leads to. */
function layerOf(file: string, imported: string): string {
  return relative(join(root, 'functions'), resolve(root, dirname(file), imported)).split('/')[0]!
}

describe('imports run one way', () => {
  for (const [layer, allowed] of Object.entries(layers)) {
    it.each(sources(`functions/${layer}`))(`${layer}: %s`, (file) => {
      const strays = importsOf(file).filter((imported) =>
        imported.startsWith('.')
          ? !allowed.layers.includes(layerOf(file, imported))
          : !allowed.packages.some((name) => (typeof name === 'string' ? name === imported : name.test(imported))),
      )
      expect(strays).toEqual([])
    })
  }

  it('nothing that is deployed imports what is local, the CDK app or tests', () => {
    const deployed = sources('functions').filter((file) => !file.startsWith('functions/local/'))
    const strays = deployed.flatMap((file) =>
      importsOf(file)
        .filter((imported) => imported.startsWith('.'))
        .map((imported) => relative(root, resolve(root, dirname(file), imported)))
        .filter((target) => /^(lib|test|functions\/local)\//.test(target)),
    )
    expect(strays).toEqual([])
  })
})

describe('the domain is pure', () => {
  it.each(sources('functions/domain'))('%s reads no clock, no chance, no environment', (file) => {
    const text = readFileSync(join(root, file), 'utf8')
    expect(text).not.toMatch(/Date\.now|new Date\(|Math\.random|randomUUID|process\.|Temporal\.Now|console\.|performance\./)
  })
})

describe('keys', () => {
  it('are built in table.ts alone', () => {
    const builders = sources('functions').filter((file) =>
      /`P#|'P#|`(HEAD|E#|B#|A#)|'(HEAD|E#|B#|A#)'/.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(builders.filter((file) => !file.endsWith('store/table.ts'))).toEqual([])
  })
})
