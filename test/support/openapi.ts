import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Operation } from '../../functions/contract/operation.ts'

/** Compiles the schemas of an OpenAPI 3.1 document, as somebody would who has nothing but the document. */
export class Described {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true })
  readonly #known = new Map<string, ValidateFunction>()

  constructor(document: object) {
    formats.default(this.#ajv)
    this.#ajv.addSchema({ $id: 'https://laurel.test/openapi', ...document })
  }

  /** What is wrong with an answer's body by the document; empty where nothing is. */
  answer(operation: Pick<Operation, 'path' | 'method'>, status: number, type: string, body: unknown): string[] {
    return this.#judge([...place(operation), 'responses', String(status), 'content', type, 'schema'], body)
  }

  /** What is wrong with a request's body by the document. */
  request(operation: Pick<Operation, 'path' | 'method'>, body: unknown): string[] {
    return this.#judge([...place(operation), 'requestBody', 'content', 'application/json', 'schema'], body)
  }

  #judge(path: readonly string[], value: unknown): string[] {
    const pointer = path.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')
    let validate = this.#known.get(pointer)
    if (!validate) {
      validate = this.#ajv.compile({ $ref: `https://laurel.test/openapi#${pointer}` })
      this.#known.set(pointer, validate)
    }
    if (validate(value)) return []
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`)
  }
}

const place = ({ path, method }: Pick<Operation, 'path' | 'method'>) => ['paths', path, method.toLowerCase()]
