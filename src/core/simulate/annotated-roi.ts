/**
 * The ROI an expert would draw: the streams' patches, generously wide along the cortex and thick across it, a voxel off,
 * and with a place the expert did not think of left out. It holds most of the true voxels and many more that are not.
 */
import type { Random } from '../random/random.ts'
import { type Brain, forEachVoxel } from './brain.ts'
import type { CorticalSheet } from './cortical-sheet.ts'
import { smoothField } from './smooth-noise.ts'
import type { Patches } from './streams.ts'

/** Across depth, in voxels. */
const thickness = 5.5
/** Length of the shift in voxels, and standard deviation and smoothness of the error in depth; each expert has a factor. */
const offset = 1
const depthError = 1
const depthErrorSigma = 4
const carelessness = [0.6, 1.4] as const
/** Share of the true voxels in the ball that is left out. */
const missed = 0.07
/** How far to look for the sheet, in voxels. */
const lookAround = 3

/** 0/1 per voxel of the grid, exactly `count` ones. Throws RangeError where the brain is too small for that. */
export function drawAnnotatedRoi(
  brain: Brain,
  sheet: CorticalSheet,
  patches: Patches,
  count: number,
  random: Random,
): Uint8Array {
  const forgotten = forgottenBall(brain, sheet, patches, random)
  const factor = carelessness[0] + (carelessness[1] - carelessness[0]) * random.uniform()
  const shift = randomDirection(random).map((value) => value * offset * factor)
  const error = smoothField(brain.shape, depthErrorSigma, random)
  const drawnAt = sheet.distance.map((distance, at) => distance + depthError * factor * error[at]!)
  const reach = reachNearby(brain, sheet, patches, shift, drawnAt)
  const order = brain.voxels
    .filter((at) => forgotten[at] === 0 && reach[at]! < Number.POSITIVE_INFINITY)
    .sort((a, b) => reach[a]! - reach[b]! || a - b)
  if (order.length < count) throw new RangeError(`an annotated ROI of ${count} voxels does not fit into this brain`)
  const roi = new Uint8Array(brain.inside.length)
  for (const at of order.subarray(0, count)) roi[at] = 1
  return roi
}

function randomDirection(random: Random): number[] {
  const drawn = [random.normal(), random.normal(), random.normal()]
  const length = Math.max(Math.hypot(...drawn), 1e-9)
  return drawn.map((value) => value / length)
}

/** A ball around one true voxel with `missed` of them inside. */
function forgottenBall(brain: Brain, sheet: CorticalSheet, { nodes }: Patches, random: Random): Uint8Array {
  const [, ny, nz] = brain.shape
  const place = (at: number) => [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz] as const
  const [cx, cy, cz] = place(sheet.voxels[nodes[random.integer(nodes.length)]!]!)
  const far = (at: number) => {
    const [x, y, z] = place(at)
    return Math.hypot(x - cx, y - cy, z - cz)
  }
  const distances = Float64Array.from(nodes, (node) => far(sheet.voxels[node]!)).sort()
  const radius = distances[Math.max(0, Math.round(missed * nodes.length) - 1)]!
  return brain.inside.map((_, at) => (far(at) <= radius ? 1 : 0))
}

/** Per voxel, the reach of the nearest node of the sheet if the sheet passes within half the thickness; else infinite. */
function reachNearby(
  brain: Brain,
  sheet: CorticalSheet,
  patches: Patches,
  shift: readonly number[],
  drawnAt: Float32Array,
): Float64Array {
  const [nx, ny, nz] = brain.shape
  const out = new Float64Array(brain.inside.length).fill(Number.POSITIVE_INFINITY)
  const limit = [nx - 1, ny - 1, nz - 1]
  forEachVoxel(brain.shape, (x, y, z, at) => {
    if (brain.inside[at] === 0) return
    // Where the expert believes this voxel to be.
    const [px, py, pz] = [x, y, z].map((value, axis) =>
      Math.min(limit[axis]!, Math.max(0, value - shift[axis]!)),
    ) as [number, number, number]
    const believed = (Math.round(px) * ny + Math.round(py)) * nz + Math.round(pz)
    if (Math.abs(drawnAt[believed]!) > thickness / 2) return
    let nearest = Number.POSITIVE_INFINITY
    for (let i = Math.max(0, Math.round(px) - lookAround); i <= Math.min(limit[0]!, Math.round(px) + lookAround); i++) {
      for (let j = Math.max(0, Math.round(py) - lookAround); j <= Math.min(limit[1]!, Math.round(py) + lookAround); j++) {
        for (let k = Math.max(0, Math.round(pz) - lookAround); k <= Math.min(limit[2]!, Math.round(pz) + lookAround); k++) {
          const node = sheet.nodeOf[(i * ny + j) * nz + k]!
          if (node < 0) continue
          const far = (i - px) ** 2 + (j - py) ** 2 + (k - pz) ** 2
          if (far >= nearest) continue
          nearest = far
          out[at] = patches.reach[node]!
        }
      }
    }
  })
  return out
}
