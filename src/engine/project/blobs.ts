/** Bulk numbers for the window: one file per content, named by its SHA-256, raw little-endian values. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BlobRef } from '../../core/contract/common.ts'
import { writeAtomically } from './atomic-file.ts'

export class Blobs {
  readonly #folder: string

  constructor(projectFolder: string) {
    this.#folder = join(projectFolder, 'blobs')
  }

  put(values: Float32Array | Int32Array | Uint8Array, shape: readonly number[]): BlobRef {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const id = createHash('sha256').update(bytes).digest('hex')
    mkdirSync(this.#folder, { recursive: true })
    const path = join(this.#folder, id)
    if (!existsSync(path)) writeAtomically(path, bytes)
    const dtype = values instanceof Float32Array ? 'float32' : values instanceof Int32Array ? 'int32' : 'uint8'
    return { id, dtype, shape: [...shape], bytes: bytes.length }
  }

  /** The file of an id, or null. Ids are hex only, so no id can name anything else. */
  find(id: string): string | null {
    if (!/^[a-f0-9]{64}$/.test(id)) return null
    const path = join(this.#folder, id)
    return existsSync(path) ? path : null
  }
}
