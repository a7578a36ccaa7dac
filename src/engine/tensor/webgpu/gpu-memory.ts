/** Buffers of a graphics device: made, filled, read back in pieces. */
import { ProblemError } from '../../../core/problem.ts'
import { type GpuBuffer, type GpuDevice, mapModeRead, usage } from './gpu-api.ts'

/** Bytes that are read back at once, so that a large layer does not need its size again. */
const pieceBytes = 64 * 2 ** 20

/** For sentences. */
const size = (bytes: number) => (bytes < 1e6 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`)

/**
 * Room for `bytes` bytes of zeros that shaders can read and write. Throws ProblemError TOO_LARGE where the adapter's limits are
 * smaller; `what` names the thing in that sentence.
 */
export function storageBuffer(device: GpuDevice, bytes: number, what: string): GpuBuffer {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits
  const most = Math.min(maxBufferSize, maxStorageBufferBindingSize)
  if (bytes > most)
    throw new ProblemError({
      code: 'TOO_LARGE',
      message: `The graphics device cannot hold ${what}: it takes ${size(bytes)} in one piece.`,
      where: 'webgpu',
      expected: `at most ${size(most)}, the limit of this adapter`,
      fix: 'Choose fewer voxels or hidden units, or train with --backend wasm.',
    })
  return device.createBuffer({
    size: Math.max(4, bytes),
    usage: usage.storage | usage.copySource | usage.copyTarget,
  })
}

/** Fills a buffer from its beginning. */
export function fill(device: GpuDevice, buffer: GpuBuffer, values: Float32Array | Uint32Array): void {
  for (let at = 0; at < values.byteLength; at += pieceBytes) {
    const size = Math.min(pieceBytes, values.byteLength - at)
    device.queue.writeBuffer(buffer, at, values.buffer, values.byteOffset + at, size)
  }
}

/** The first `length` numbers of a buffer, after everything that was submitted before. */
export async function readBack(device: GpuDevice, buffer: GpuBuffer, length: number): Promise<Float32Array> {
  const out = new Float32Array(length)
  const bytes = length * 4
  if (bytes === 0) return out
  const piece = Math.min(pieceBytes, bytes)
  const stage = device.createBuffer({ size: piece, usage: usage.mapRead | usage.copyTarget })
  try {
    for (let at = 0; at < bytes; at += piece) {
      const size = Math.min(piece, bytes - at)
      const encoder = device.createCommandEncoder()
      encoder.copyBufferToBuffer(buffer, at, stage, 0, size)
      device.queue.submit([encoder.finish()])
      await stage.mapAsync(mapModeRead, 0, size)
      out.set(new Float32Array(stage.getMappedRange(0, size)), at / 4)
      stage.unmap()
    }
  } finally {
    stage.destroy()
  }
  return out
}
