/**
 * Where the true voxels are: four visual streams, each a patch of the sheet around a point of each hemisphere, grown along
 * the sheet with a wobbly border until all patches together hold exactly the wanted number of voxels.
 */
import type { Random } from '../random/random.ts'
import type { Brain } from './brain.ts'
import { type CorticalSheet, distancesAlong, sheetNeighbours } from './cortical-sheet.ts'
import { smoothField } from './smooth-noise.ts'

export const streamNames = ['early', 'ventral', 'lateral', 'parietal'] as const
export type Stream = (typeof streamNames)[number]

/** Direction of the patch's centre seen from the brain's (away from the midline, anterior, superior), and relative radius. */
const places: Readonly<
  Record<Stream, { readonly direction: readonly [number, number, number]; readonly radius: number }>
> = {
  early: { direction: [0.3, -1, -0.05], radius: 1 },
  ventral: { direction: [0.5, -0.5, -0.8], radius: 0.85 },
  lateral: { direction: [0.95, -0.6, 0.05], radius: 0.8 },
  parietal: { direction: [0.45, -0.55, 0.8], radius: 0.7 },
}
/** Standard deviation of a patch's place, and of its border as a share of the radius. */
const placeSpread = 0.07
const wobble = 0.22
const wobbleSigma = 2.5

export interface Patches {
  /** Nodes of the sheet that carry signal, ascending. */
  readonly nodes: Int32Array
  /** Index into streamNames per node of the sheet: the patch it is in or nearest to. */
  readonly stream: Uint8Array
  /** Distance from the patch's centre per node, in units of its radius; 1 would be the border of patches of radius 1 voxel. */
  readonly reach: Float64Array
}

export function placeStreams(brain: Brain, sheet: CorticalSheet, trueVoxels: number, random: Random): Patches {
  const neighbours = sheetNeighbours(brain, sheet)
  const border = smoothField(brain.shape, wobbleSigma, random)
  const reach = new Float64Array(sheet.voxels.length).fill(Number.POSITIVE_INFINITY)
  const stream = new Uint8Array(sheet.voxels.length)
  for (const side of [-1, 1]) {
    streamNames.forEach((name, s) => {
      const { direction, radius } = places[name]
      const [away, anterior, superior] = direction.map((value) => value + placeSpread * random.normal())
      const start = nodeTowards(brain, sheet, side, [side * Math.max(away!, 0.15), anterior!, superior!])
      const distance = distancesAlong(neighbours, start)
      reachIslands(brain, sheet, side, start, distance)
      sheet.voxels.forEach((at, node) => {
        const own = distance[node]! / (radius * Math.max(0.4, 1 + wobble * border[at]!))
        if (own >= reach[node]!) return
        reach[node] = own
        stream[node] = s
      })
    })
  }
  const nearest = Int32Array.from(reach.keys()).sort((a, b) => reach[a]! - reach[b]! || a - b)
  if (!(reach[nearest[trueVoxels - 1]!]! < Number.POSITIVE_INFINITY))
    throw new RangeError(`the cortical sheet has no ${trueVoxels} voxels`)
  return { nodes: nearest.slice(0, trueVoxels).sort(), stream, reach }
}

/** Parts of the sheet without a path to the start (folds can cut them off) count as twice as far as they are. */
function reachIslands(brain: Brain, sheet: CorticalSheet, side: number, start: number, distance: Float64Array): void {
  const [, ny, nz] = brain.shape
  const place = (at: number) => [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz] as const
  const [sx, sy, sz] = place(sheet.voxels[start]!)
  sheet.voxels.forEach((at, node) => {
    if (sheet.side[node] !== side || distance[node]! < Number.POSITIVE_INFINITY) return
    const [x, y, z] = place(at)
    distance[node] = 2 * Math.hypot(x - sx, y - sy, z - sz)
  })
}

/** The node of one hemisphere that lies most nearly in a direction from the brain's centre. */
function nodeTowards(
  brain: Brain,
  sheet: CorticalSheet,
  side: number,
  direction: readonly [number, number, number],
): number {
  const [px, py, pz] = brain.position
  let best = -1
  let bestCosine = Number.NEGATIVE_INFINITY
  sheet.voxels.forEach((at, node) => {
    if (sheet.side[node] !== side) return
    const place = [px[at]!, py[at]!, pz[at]!]
    const dot = place.reduce((sum, value, axis) => sum + value * direction[axis]!, 0)
    const cosine = dot / Math.max(Math.hypot(...place), 1e-9)
    if (cosine > bestCosine) [best, bestCosine] = [node, cosine]
  })
  return best
}
