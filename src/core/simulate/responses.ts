/**
 * Noiseless responses of the true voxels to pictures. Receptive field sizes come in a few steps; each picture's maps are
 * blurred once per step, and a voxel reads the blurred maps at its centre (bilinear), weighs the channels, saturates.
 */
import { latticePoints, latticeSize } from '../embedding/channel-maps.ts'
import { featureCount } from './picture-set.ts'
import type { Tuning } from './tuning.ts'

/** σ of the steps, in lattice points. */
const sizes = [0.7, 1, 1.4, 2, 2.8, 4] as const

/** Blur from one step to the next, with its weights cut off at the border and normalised there. */
interface Blur {
  readonly radius: number
  readonly kernel: Float64Array
  readonly gain: Float64Array
}

const blurs: readonly Blur[] = sizes.map((sigma, i) => {
  const before = i === 0 ? 0 : sizes[i - 1]!
  const own = Math.sqrt(sigma * sigma - before * before)
  const radius = Math.max(1, Math.round(2.3 * own))
  const kernel = Float64Array.from({ length: radius + 1 }, (_, k) => Math.exp((-0.5 * k * k) / (own * own)))
  const gain = Float64Array.from({ length: latticeSize }, (_, at) => {
    let sum = 0
    for (let p = Math.max(0, at - radius); p <= Math.min(latticeSize - 1, at + radius); p++)
      sum += kernel[Math.abs(p - at)]!
    return 1 / sum
  })
  return { radius, kernel, gain }
})

/** One pass along an axis of a 16 × 16 map. */
function blurAxis(from: Float64Array, to: Float64Array, stride: number, { radius, kernel, gain }: Blur): void {
  const line = stride === 1 ? latticeSize : 1
  for (let row = 0; row < latticeSize; row++) {
    const base = row * line
    for (let at = 0; at < latticeSize; at++) {
      let sum = kernel[0]! * from[base + at * stride]!
      for (let k = 1; k <= radius; k++) {
        if (at >= k) sum += kernel[k]! * from[base + (at - k) * stride]!
        if (at + k < latticeSize) sum += kernel[k]! * from[base + (at + k) * stride]!
      }
      to[base + at * stride] = sum * gain[at]!
    }
  }
}

/** Where a voxel reads: its size step and the four lattice points around its centre. */
interface Reading {
  readonly step: Uint8Array
  readonly corner: Int32Array
  readonly share: Float32Array
}

function readings(tuning: Tuning): Reading {
  const step = new Uint8Array(tuning.voxels)
  const corner = new Int32Array(4 * tuning.voxels)
  const share = new Float32Array(4 * tuning.voxels)
  const clamp = (value: number) => Math.min(latticeSize - 1, Math.max(0, value))
  for (let v = 0; v < tuning.voxels; v++) {
    const distance = (sigma: number) => Math.abs(Math.log(sigma / tuning.sigma[v]!))
    sizes.forEach((sigma, i) => {
      if (distance(sigma) < distance(sizes[step[v]!]!)) step[v] = i
    })
    const [x, y] = [clamp(tuning.x[v]!), clamp(tuning.y[v]!)]
    const [x0, y0] = [Math.min(latticeSize - 2, Math.floor(x)), Math.min(latticeSize - 2, Math.floor(y))]
    for (let k = 0; k < 4; k++) {
      const [dx, dy] = [k & 1, k >> 1]
      corner[4 * v + k] = (y0 + dy) * latticeSize + x0 + dx
      share[4 * v + k] = (dx === 1 ? x - x0 : 1 - x + x0) * (dy === 1 ? y - y0 : 1 - y + y0)
    }
  }
  return { step, corner, share }
}

/** Linear responses: pictures × voxels. `scale` divides each channel by its own spread. */
function* linearResponses(maps: Float32Array, items: Int32Array, tuning: Tuning): Generator<number, Float32Array> {
  const { voxels, weights } = tuning
  const { step, corner, share } = readings(tuning)
  const scale = channelScale(maps, items)
  const out = new Float32Array(items.length * voxels)
  const blurred = new Float64Array(sizes.length * featureCount * latticePoints)
  const half = new Float64Array(latticePoints)
  const mapLength = featureCount * latticePoints
  for (let i = 0; i < items.length; i++) {
    const active: number[] = []
    for (let c = 0; c < featureCount; c++) {
      const from = items[i]! * mapLength + c * latticePoints
      const first = Float64Array.from(maps.subarray(from, from + latticePoints))
      // Most categories are not in the picture, and their maps are empty.
      if (first.every((value) => value === 0)) continue
      active.push(c)
      let source = first
      blurs.forEach((blur, s) => {
        const at = (s * featureCount + c) * latticePoints
        const target = blurred.subarray(at, at + latticePoints)
        blurAxis(source, half, 1, blur)
        blurAxis(half, target, latticeSize, blur)
        source = target
      })
    }
    for (let v = 0; v < voxels; v++) {
      const base = step[v]! * mapLength
      const [p0, p1, p2, p3] = [corner[4 * v]!, corner[4 * v + 1]!, corner[4 * v + 2]!, corner[4 * v + 3]!]
      const [w0, w1, w2, w3] = [share[4 * v]!, share[4 * v + 1]!, share[4 * v + 2]!, share[4 * v + 3]!]
      let sum = 0
      for (const c of active) {
        const at = base + c * latticePoints
        const value = w0 * blurred[at + p0]! + w1 * blurred[at + p1]! + w2 * blurred[at + p2]! + w3 * blurred[at + p3]!
        sum += weights[v * featureCount + c]! * scale[c]! * value
      }
      out[i * voxels + v] = sum
    }
    if (i % 128 === 127) yield (i + 1) / items.length
  }
  return out
}

/** One over the standard deviation of each channel over pictures and places. */
function channelScale(maps: Float32Array, items: Int32Array): Float64Array {
  const count = items.length * latticePoints
  return Float64Array.from({ length: featureCount }, (_, c) => {
    let [sum, square] = [0, 0]
    for (const item of items) {
      const from = (item * featureCount + c) * latticePoints
      for (let p = from; p < from + latticePoints; p++) {
        sum += maps[p]!
        square += maps[p]! ** 2
      }
    }
    const variance = square / count - (sum / count) ** 2
    return variance > 0 ? 1 / Math.sqrt(variance) : 0
  })
}

/**
 * Responses to `items` (items × voxels), each voxel with mean 0 and variance 1 over the first `reference` of them: linear,
 * then tanh where the voxel saturates, then mixed with its centred square where the world asks for that.
 */
export function* voxelResponses(
  maps: Float32Array,
  items: Int32Array,
  reference: number,
  tuning: Tuning,
  squareShare: number,
): Generator<number, Float32Array> {
  const { voxels, saturation } = tuning
  const responses = yield* linearResponses(maps, items, tuning)
  standardiseColumns(responses, voxels, reference)
  const keep = Math.sqrt(1 - squareShare)
  const bend = Math.sqrt(squareShare / 2)
  for (let i = 0; i < items.length; i++) {
    for (let v = 0; v < voxels; v++) {
      const slope = saturation[v]!
      if (slope === 0) continue
      const z = responses[i * voxels + v]!
      const saturated = Math.tanh(slope * z) / slope
      responses[i * voxels + v] = squareShare === 0 ? saturated : keep * saturated + bend * (z * z - 1)
    }
  }
  standardiseColumns(responses, voxels, reference)
  return responses
}

function standardiseColumns(values: Float32Array, columns: number, reference: number): void {
  const mean = new Float64Array(columns)
  const square = new Float64Array(columns)
  for (let i = 0; i < reference; i++) {
    for (let c = 0; c < columns; c++) {
      const value = values[i * columns + c]!
      mean[c]! += value / reference
      square[c]! += (value * value) / reference
    }
  }
  const scale = square.map((value, c) => {
    const variance = value - mean[c]! ** 2
    return variance > 1e-12 ? 1 / Math.sqrt(variance) : 0
  })
  for (let i = 0; i < values.length / columns; i++)
    for (let c = 0; c < columns; c++) values[i * columns + c] = (values[i * columns + c]! - mean[c]!) * scale[c]!
}
