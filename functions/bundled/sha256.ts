import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'

type Bytes = string | ArrayBuffer | ArrayBufferView

/**
 * SHA-256, keyed or not, as the SDK's signer wants it. Bundled in place of `@smithy/core/checksum`, which brings an
 * implementation of its own for runtimes without one.
 */
export class Sha256 {
  readonly #secret: Bytes | undefined
  #state: Hash | Hmac

  constructor(secret?: Bytes) {
    this.#secret = secret
    this.#state = this.#begin()
  }

  update(bytes: Bytes): void {
    this.#state.update(binary(bytes))
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#state.digest())
  }

  reset(): void {
    this.#state = this.#begin()
  }

  #begin(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', binary(this.#secret))
  }
}

function binary(bytes: Bytes): string | Buffer {
  if (typeof bytes === 'string') return bytes
  return ArrayBuffer.isView(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.from(bytes)
}
