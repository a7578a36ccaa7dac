/** PixCorr and SSIM of many pairs on the worker threads; each pair is one thread's, so the numbers do not depend on how many there are. */
import type { PictureComparer } from '../../core/evaluate/image-metrics.ts'
import { SharedRoom, type WorkerPool } from './worker-pool.ts'

export function poolComparer(pool: WorkerPool): PictureComparer {
  const rooms = { truth: new SharedRoom(), reconstruction: new SharedRoom() }
  return (pair, count) => {
    const pixCorr = new Float64Array(count)
    const ssim = new Float64Array(count)
    if (count === 0) return { pixCorr, ssim }
    const { width, height } = pair(0).truth
    const size = width * height * 3
    const truth = rooms.truth.take(count * size * 4)
    const reconstruction = rooms.reconstruction.take(count * size * 4)
    for (let at = 0; at < count; at++) {
      const pictures = pair(at)
      for (const { width: w, height: h } of [pictures.truth, pictures.reconstruction])
        if (w !== width || h !== height) throw new RangeError(`picture ${at} is ${w} × ${h}, not ${width} × ${height}`)
      new Float32Array(truth, at * size * 4, size).set(pictures.truth.pixels)
      new Float32Array(reconstruction, at * size * 4, size).set(pictures.reconstruction.pixels)
    }
    const scores = new SharedArrayBuffer(count * 16)
    pool.run({ op: 'pictures.compare', count, width, height, truth, reconstruction, scores })
    const values = new Float64Array(scores)
    for (let at = 0; at < count; at++) {
      pixCorr[at] = values[2 * at]!
      ssim[at] = values[2 * at + 1]!
    }
    return { pixCorr, ssim }
  }
}
