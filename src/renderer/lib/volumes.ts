/**
 * Volumes for the viewer: fetched as raw numbers, put into RAS+ order by the affine. Everything drawn afterwards is in RAS+, so
 * no view needs to know how the file was stored.
 */
import type { BlobRef } from '../../core/contract/common.ts'
import type { Grid } from '../../core/volume/grid.ts'
import { type OrientedVolume, toRas } from '../../core/volume/orientation.ts'

export type Numbers = Float32Array | Uint8Array

const cache = new Map<string, Promise<ArrayBuffer>>()

/** The bytes of a blob. Content never changes, so each is fetched once. */
export function fetchBlob(ref: BlobRef): Promise<ArrayBuffer> {
  let found = cache.get(ref.id)
  if (found === undefined) {
    found = fetch(`/data/${ref.id}`).then(async (answer) => {
      if (!answer.ok) throw new Error(`The volume could not be read (${answer.status}).`)
      const buffer = await answer.arrayBuffer()
      if (buffer.byteLength !== ref.bytes) throw new Error(`The volume has ${buffer.byteLength} of ${ref.bytes} bytes.`)
      return buffer
    })
    cache.set(ref.id, found)
    found.catch(() => cache.delete(ref.id))
  }
  return found
}

export async function fetchNumbers(ref: BlobRef): Promise<Numbers> {
  const buffer = await fetchBlob(ref)
  return ref.dtype === 'uint8' ? new Uint8Array(buffer) : new Float32Array(buffer)
}

/** Whole numbers, as labels are. */
export async function fetchIntegers(ref: BlobRef): Promise<Int32Array> {
  return new Int32Array(await fetchBlob(ref))
}

export async function fetchVolume(
  ref: BlobRef,
  grid: { shape: number[]; affine: number[] },
): Promise<OrientedVolume<Float32Array>> {
  const numbers = await fetchNumbers(ref)
  return toRas(Float32Array.from(numbers), grid as unknown as Grid)
}
