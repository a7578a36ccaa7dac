/**
 * A small generated head for tests of the viewer: stored left-anterior-superior (the first voxel axis rises towards the left, so
 * whoever trusts the order of the array shows it mirrored), with voxels that are not cubes. Two masks lie in it: one like a real
 * one on both sides, and a marker, a single block on the left whose place in millimetres the tests know.
 */
import type { z } from 'zod'
import type { gridSchema } from '../../../src/core/contract/common.ts'

export type Grid = z.infer<typeof gridSchema>

export const shape: [number, number, number] = [44, 52, 34]
const size: readonly [number, number, number] = [3, 3, 4]
/** x falls with the first index. */
export const affine = [-3, 0, 0, 64.5, 0, 3, 0, -100, 0, 0, 4, -52, 0, 0, 0, 1]
export const grid: Grid = { shape, affine }

export interface Place {
  readonly x: number
  readonly y: number
  readonly z: number
}

/** Millimetres of the marker's centre: left, back, above the middle of the head. */
export const marker: Place = { x: -31.5, y: -61, z: 24 }
/** Voxels on each side of the marker's centre. */
const markerReach = 2

function place(i: number, j: number, k: number): Place {
  return { x: affine[0]! * i + affine[3]!, y: affine[5]! * j + affine[7]!, z: affine[10]! * k + affine[11]! }
}

function volume<T extends Float32Array | Uint8Array>(out: T, value: (at: Place) => number): T {
  let next = 0
  for (let i = 0; i < shape[0]; i++)
    for (let j = 0; j < shape[1]; j++) for (let k = 0; k < shape[2]; k++) out[next++] = value(place(i, j, k))
  return out
}

const voxels = shape[0] * shape[1] * shape[2]

/** Below 1 inside a head-like solid: two hemispheres, a cerebellum, a little irregular. */
function head({ x, y, z }: Place): number {
  const wobble = 1 + 0.035 * Math.sin(x / 6 + Math.sin(z / 9)) * Math.cos(y / 7) + 0.03 * Math.sin(z / 5 + y / 11)
  const hemisphere = ((Math.abs(x) - 24) / 32) ** 2 + ((y + 22) / 74) ** 2 + ((z - 14) / 52) ** 2
  const cerebellum = (x / 42) ** 2 + ((y + 62) / 26) ** 2 + ((z + 32) / 18) ** 2
  return Math.min(hemisphere, cerebellum) / wobble
}

function folds({ x, y, z }: Place): number {
  const bend = Math.sin(x / 5.2 + 1.7 * Math.sin(y / 13)) + Math.sin(y / 5.6 + 1.5 * Math.sin(z / 12 + x / 19))
  return bend + Math.sin(z / 5 + 1.3 * Math.sin(x / 14))
}

function ventricle({ x, y, z }: Place): boolean {
  return ((Math.abs(x) - 9) / 6) ** 2 + ((y + 18) / 30) ** 2 + ((z - 18) / 9) ** 2 < 1
}

/** How strongly a place answers: two patches on each side near the back, the left ones larger. */
function response(at: Place): number {
  const patches = [
    [-10, -88, 2, 15],
    [12, -86, 4, 13],
    [-38, -68, -8, 12],
    [40, -66, -6, 9],
    [-26, -78, 22, 9],
  ] as const
  return patches.reduce((sum, [x, y, z, reach]) => {
    const d = ((at.x - x) ** 2 + (at.y - y) ** 2 + (at.z - z) ** 2) / reach ** 2
    return sum + Math.exp(-1.2 * d)
  }, 0)
}

export const brain = volume(new Uint8Array(voxels), (at) => (head(at) < 1 ? 1 : 0))
export const background = volume(new Float32Array(voxels), (at) => {
  const depth = head(at)
  if (depth >= 1) return 0
  const grey = ventricle(at) ? 260 : 640 + 130 * Math.tanh(folds(at)) + 120 * (1 - depth)
  return depth > 0.93 ? grey * 0.7 : grey
})
const weightsAnywhere = volume(new Float32Array(voxels), (at) =>
  head(at) < 0.97 ? Math.max(0, response(at) + 0.1 * Math.tanh(folds(at)) - 0.05) : 0,
)
export const weights = weightsAnywhere
export const threshold = 0.45
export const mask = weightsAnywhere.reduce((out, value, at) => {
  out[at] = value > threshold ? 1 : 0
  return out
}, new Uint8Array(voxels))
export const truth = volume(new Uint8Array(voxels), (at) => (head(at) < 0.97 && response(at) > 0.5 ? 1 : 0))
export const annotated = volume(new Uint8Array(voxels), (at) =>
  head(at) < 0.97 && ((Math.abs(at.x) - 20) / 30) ** 2 + ((at.y + 80) / 24) ** 2 + ((at.z - 2) / 26) ** 2 < 1 ? 1 : 0,
)
export const markerMask = volume(new Uint8Array(voxels), ({ x, y, z }) =>
  Math.abs(x - marker.x) <= (markerReach + 0.1) * size[0] &&
  Math.abs(y - marker.y) <= (markerReach + 0.1) * size[1] &&
  Math.abs(z - marker.z) <= (markerReach + 0.1) * size[2]
    ? 1
    : 0,
)
export const markerWeights = Float32Array.from(markerMask)

/** The mask while it is being found: the whole head at first, the final mask at `share` 1. */
export function thinned(share: number): Float32Array {
  return Float32Array.from(weights, (value, at) => {
    if (brain[at] === 0) return 0
    const noise = Math.abs(Math.sin(at * 12.9898) * 43758.5453) % 1
    return value > threshold || noise > share * 1.15 ? 0.4 + 0.6 * Math.max(noise, 0.2) : 0
  })
}

export function count(values: Uint8Array | Float32Array): number {
  let sum = 0
  for (const value of values) if (value > 0.5) sum++
  return sum
}

/** Voxels of a mask at x below and above zero. */
export function sides(values: Uint8Array): { left: number; right: number } {
  const out = { left: 0, right: 0 }
  let next = 0
  for (let i = 0; i < shape[0]; i++)
    for (let rest = 0; rest < shape[1] * shape[2]; rest++)
      if (values[next++]! > 0) out[place(i, 0, 0).x < 0 ? 'left' : 'right']++
  return out
}

export function overlapOf(a: Uint8Array, b: Uint8Array): { dice: number; precision: number; recall: number } {
  let both = 0
  for (let v = 0; v < a.length; v++) if (a[v] && b[v]) both++
  const [inA, inB] = [count(a), count(b)]
  return { dice: (2 * both) / (inA + inB), precision: both / inA, recall: both / inB }
}
