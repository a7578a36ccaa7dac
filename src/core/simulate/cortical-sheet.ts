/**
 * The cortical sheet: a folded surface below the brain's outline, thick enough to hold a voxel or two, as the voxels near
 * a level set of depth plus a smooth folding field. Distances along it are shortest paths from voxel to voxel.
 */
import type { Random } from '../random/random.ts'
import { type Brain, forEachVoxel, gradientLength } from './brain.ts'
import { smoothField } from './smooth-noise.ts'

export const sheetThickness = 1.9
/** Mean depth below the surface, and the standard deviation and smoothness of the folds, in voxels; less in a tiny brain. */
const meanDepth = 3
const foldDepth = 1.1
const foldSigma = 2.2
const fullDepthFrom = 18
/** Voxels left free between the hemispheres. */
const fissure = 1.5

export interface CorticalSheet {
  /** Signed distance to the middle of the sheet in voxels, per voxel of the grid; positive on the inner side. */
  readonly distance: Float32Array
  /** Flat indices of the voxels of the sheet, ascending. */
  readonly voxels: Int32Array
  /** Position in `voxels` per voxel of the grid, −1 outside the sheet. */
  readonly nodeOf: Int32Array
  /** −1 left, 1 right, per node. */
  readonly side: Int8Array
}

export function foldSheet(brain: Brain, random: Random): CorticalSheet {
  const folds = smoothField(brain.shape, foldSigma, random)
  const shrink = Math.min(1, Math.cbrt(brain.inside.length) / fullDepthFrom)
  const level = brain.depth.map((depth, at) => depth - shrink * (meanDepth + foldDepth * folds[at]!))
  const slope = gradientLength(level, brain.shape)
  const distance = level.map((value, at) => value / Math.max(slope[at]!, 0.5))
  const voxels = brain.voxels.filter(
    (at) => Math.abs(distance[at]!) <= sheetThickness / 2 && Math.abs(brain.fromMidline[at]!) > fissure / 2,
  )
  const nodeOf = new Int32Array(distance.length).fill(-1)
  voxels.forEach((at, node) => {
    nodeOf[at] = node
  })
  const side = Int8Array.from(voxels, (at) => (brain.fromMidline[at]! > 0 ? 1 : -1))
  return { distance, voxels, nodeOf, side }
}

/** Neighbouring nodes of one hemisphere and the steps to them (faces, edges and corners). */
export function sheetNeighbours(brain: Brain, sheet: CorticalSheet): { node: number; step: number }[][] {
  const [nx, ny, nz] = brain.shape
  const neighbours: { node: number; step: number }[][] = Array.from(sheet.voxels, () => [])
  forEachVoxel(brain.shape, (x, y, z, at) => {
    const own = sheet.nodeOf[at]!
    if (own < 0) return
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (let dz = -1; dz <= 1; dz++) {
          const [i, j, k] = [x + dx, y + dy, z + dz]
          if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) continue
          const node = sheet.nodeOf[(i * ny + j) * nz + k]!
          if (node >= 0 && node !== own && sheet.side[node] === sheet.side[own])
            neighbours[own]!.push({ node, step: Math.hypot(dx, dy, dz) })
        }
      }
    }
  })
  return neighbours
}

/** Length of the shortest path along the sheet from `start` to every node (Dijkstra); infinite where there is none. */
export function distancesAlong(
  neighbours: readonly (readonly { node: number; step: number }[])[],
  start: number,
): Float64Array {
  const distance = new Float64Array(neighbours.length).fill(Number.POSITIVE_INFINITY)
  distance[start] = 0
  const queue: [number, number][] = [[0, start]]
  for (let next = popNearest(queue); next !== undefined; next = popNearest(queue)) {
    const [far, node] = next
    if (far > distance[node]!) continue
    for (const { node: other, step } of neighbours[node]!) {
      if (far + step >= distance[other]!) continue
      distance[other] = far + step
      push(queue, [far + step, other])
    }
  }
  return distance
}

/** Binary heap ordered by distance, then node, so that equal distances have one order. */
function before(a: [number, number], b: [number, number]): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])
}

function push(heap: [number, number][], entry: [number, number]): void {
  let at = heap.push(entry) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!before(entry, heap[parent]!)) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = entry
}

function popNearest(heap: [number, number][]): [number, number] | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (first === undefined || last === undefined || heap.length === 0) return first
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
    if (!before(heap[child]!, last)) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
  return first
}
