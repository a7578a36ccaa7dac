import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { blobRefSchema } from '../../core/contract/common.ts'
import { Blobs } from './blobs.ts'

const folder = freshFolder()

describe('blobs', () => {
  it('are named by the SHA-256 of their bytes, and say type, shape and size', () => {
    const blobs = new Blobs(folder())
    const numbers = Float32Array.from([1.5, -2, 0, 3.25, 9, -0])
    const ref = blobs.put(numbers, [2, 3])
    expect(blobRefSchema.parse(ref)).toEqual(ref)
    expect(ref).toMatchObject({ dtype: 'float32', shape: [2, 3], bytes: 24 })
    const stored = readFileSync(blobs.find(ref.id)!)
    expect(createHash('sha256').update(stored).digest('hex')).toBe(ref.id)
    expect(stored.readFloatLE(12)).toBe(3.25)
    expect(blobs.put(Int32Array.from([1]), [1]).dtype).toBe('int32')
    expect(blobs.put(Uint8Array.from([1]), [1]).dtype).toBe('uint8')
  })

  it('store equal bytes once, and a view’s own numbers only', () => {
    const blobs = new Blobs(folder())
    const around = Int32Array.from([9, 1, 2, 9])
    expect(blobs.put(around.subarray(1, 3), [2])).toEqual(blobs.put(Int32Array.from([1, 2]), [2]))
    expect(readdirSync(join(folder(), 'blobs'))).toHaveLength(1)
  })

  it('are found by nothing but a whole id', () => {
    const blobs = new Blobs(folder())
    const { id } = blobs.put(Uint8Array.from([5]), [1])
    for (const wrong of [
      '',
      id.slice(1),
      `${id}0`,
      id.toUpperCase(),
      `../blobs/${id}`,
      `${id}/..`,
      `${id}\n`,
      'f'.repeat(64),
    ])
      expect(blobs.find(wrong), wrong).toBeNull()
    expect(blobs.find(id)).not.toBeNull()
  })
})
