/**
 * The ROI an expert would draw: the streams' patches, generously wide along the cortex and thick across it, a voxel off,
 * and with a place the expert did not think of left out. It holds most of the true voxels and many more that are not.
 *
 * How far off in depth decides how many true voxels are inside; it is set so that their share is one drawn for the expert.
 */
import type { Random } from '../random/random.ts'
import { type Brain, forEachVoxel, nearbySteps } from './brain.ts'
import type { CorticalSheet } from './cortical-sheet.ts'
import { smoothField } from './smooth-noise.ts'
import type { Patches } from './streams.ts'

/** Across depth, in voxels. */
const thickness = 5.5
/** Length of the shift, in voxels. */
const offset = 1
/** Smoothness of the error in depth, in voxels, and the largest standard deviation it may have. */
const depthErrorSigma = 4
const largestDepthError = 4
/** Share of the true voxels in the ball that is left out. */
const missed = 0.07
/** Share of the true voxels inside: each expert's is drawn between these. */
const recall = [0.79, 0.92] as const
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
  const shift = randomDirection(random).map((value) => value * offset)
  const error = smoothField(brain.shape, depthErrorSigma, random)
  const wanted = recall[0] + (recall[1] - recall[0]) * random.uniform()
  const believed = believedPlaces(brain, shift)
  const reach = reachOfNearest(brain, sheet, patches, believed)
  const order = brain.voxels.filter((at) => forgotten[at] === 0).sort((a, b) => reach[a]! - reach[b]! || a - b)
  const drawn = (depthError: number) => {
    const roi = new Uint8Array(brain.inside.length)
    let left = count
    for (const at of order) {
      const place = believed[at]!
      const off = Math.abs(sheet.distance[place]! + depthError * error[place]!) > thickness / 2
      if (off || reach[at] === Number.POSITIVE_INFINITY) continue
      if (left-- === 0) break
      roi[at] = 1
    }
    return { roi, complete: left <= 0 }
  }
  let [low, high] = [0, largestDepthError]
  for (let step = 0; step < 10; step++) {
    const middle = (low + high) / 2
    if (recallOf(drawn(middle).roi, sheet, patches) > wanted) low = middle
    else high = middle
  }
  const { roi, complete } = drawn(low)
  if (!complete) throw new RangeError(`an annotated ROI of ${count} voxels does not fit into this brain`)
  return roi
}

function recallOf(roi: Uint8Array, sheet: CorticalSheet, { nodes }: Patches): number {
  let inside = 0
  for (const node of nodes) inside += roi[sheet.voxels[node]!]!
  return inside / nodes.length
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

/** Per voxel, the voxel that the shifted expert takes it for. */
function believedPlaces({ shape, inside }: Brain, shift: readonly number[]): Int32Array {
  const out = new Int32Array(inside.length)
  forEachVoxel(shape, (x, y, z, at) => {
    const [i, j, k] = [x, y, z].map((value, axis) =>
      Math.round(Math.min(shape[axis]! - 1, Math.max(0, value - shift[axis]!))),
    ) as [number, number, number]
    out[at] = (i * shape[1] + j) * shape[2] + k
  })
  return out
}

/** Per voxel of the brain, the reach of the sheet's node nearest to its believed place; infinite where none is near. */
function reachOfNearest(brain: Brain, sheet: CorticalSheet, patches: Patches, believed: Int32Array): Float64Array {
  const [nx, ny, nz] = brain.shape
  const out = new Float64Array(brain.inside.length).fill(Number.POSITIVE_INFINITY)
  const steps = nearbySteps(lookAround)
  for (const at of brain.voxels) {
    const place = believed[at]!
    const [x, y, z] = [Math.floor(place / (ny * nz)), Math.floor(place / nz) % ny, place % nz]
    for (const [dx, dy, dz] of steps) {
      const [i, j, k] = [x + dx, y + dy, z + dz]
      if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) continue
      const node = sheet.nodeOf[(i * ny + j) * nz + k]!
      if (node < 0) continue
      out[at] = patches.reach[node]!
      break
    }
  }
  return out
}
