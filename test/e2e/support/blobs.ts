/** Bytes behind the stand-in engine's volumes and pictures, as files named by their SHA-256. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BlobRef } from '../../../src/core/contract/common.ts'

export class Blobs {
  readonly folder = mkdtempSync(join(tmpdir(), 'troi-fake-blobs-'))
  readonly #files = new Map<string, string>()

  put(values: Float32Array | Int32Array | Uint8Array, shape: readonly number[]): BlobRef {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
    const hash = createHash('sha256').update(bytes).digest('hex')
    if (!this.#files.has(hash)) {
      const file = join(this.folder, hash)
      writeFileSync(file, bytes)
      this.#files.set(hash, file)
    }
    const dtype = values instanceof Float32Array ? 'float32' : values instanceof Int32Array ? 'int32' : 'uint8'
    return { id: hash, dtype, shape: [...shape], bytes: bytes.length }
  }

  find(hash: string): string | null {
    return this.#files.get(hash) ?? null
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
