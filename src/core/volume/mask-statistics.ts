/**
 * Everything a reviewer wants to know of a mask before a verdict, in one place: how large, in how many pieces, on which side,
 * how it compares with what an expert drew, which slices to look at first. All of it is counted, nothing is estimated, so
 * there are no intervals; the overlap says beside each number what a mask drawn at random from the voxels in use would get.
 */
import type { VoxelSpace } from '../data/subject-data.ts'
import { applyAffine, type Point } from './affine.ts'
import { componentSizes } from './components.ts'
import { largestSlices } from './coverage.ts'
import { type IsolatedVoxels, isolatedVoxels } from './isolated.ts'
import { axisMapping, type Plane } from './orientation.ts'
import { maskLocation, overlap } from './overlap.ts'

export interface OverlapStatistics {
  readonly with: 'truth' | 'annotated'
  /** Voxels of the reference. */
  readonly voxels: number
  readonly dice: number
  readonly precision: number
  readonly recall: number
  /** The same for as many voxels drawn at random from those in use. */
  readonly chance: { readonly dice: number; readonly precision: number; readonly recall: number }
}

export interface LargestSlice {
  /** The plane nearest to the slice. */
  readonly plane: Plane
  /** Voxel axis of the grid as stored, and the position along it. */
  readonly axis: number
  readonly slice: number
  readonly voxels: number
  /** Centre of the mask's voxels in this slice, mm. */
  readonly millimetres: Point
}

export interface MaskStatistics {
  readonly voxels: number
  /** Voxels the mask could be chosen from. */
  readonly voxelsInUse: number
  readonly cubicCentimetres: number
  /** By the sign of x in RAS millimetres of each voxel's centre. */
  readonly left: number
  readonly right: number
  readonly middle: number
  readonly centre: Point | null
  /** Pieces whose voxels touch by a face, an edge or a corner. */
  readonly components: { readonly count: number; readonly largest: number; readonly largestShare: number }
  readonly isolated: IsolatedVoxels
  readonly largestSlices: readonly LargestSlice[]
  readonly overlap: readonly OverlapStatistics[]
}

const planes: readonly Plane[] = ['sagittal', 'coronal', 'axial']

/** `mask` and the references are 0/1 per voxel of `space`; a RangeError where lengths differ. */
export function maskStatistics(
  mask: ArrayLike<number>,
  space: VoxelSpace,
  references: { readonly annotated: ArrayLike<number> | null; readonly truth: ArrayLike<number> | null },
): MaskStatistics {
  const { voxels, cubicCentimetres, left, right, middle, centre } = maskLocation(mask, space)
  const pieces = componentSizes(mask, space)
  const largest = pieces[0] ?? 0
  const voxelsInUse = space.index.length
  return {
    ...{ voxels, voxelsInUse, cubicCentimetres, left, right, middle, centre },
    components: { count: pieces.length, largest, largestShare: voxels > 0 ? largest / voxels : 0 },
    isolated: isolatedVoxels(mask, space),
    largestSlices: describeSlices(mask, space),
    overlap: (['truth', 'annotated'] as const).flatMap((name) => {
      const reference = references[name]
      return reference === null ? [] : [compare(name, mask, reference, voxels, voxelsInUse)]
    }),
  }
}

function compare(
  name: 'truth' | 'annotated',
  mask: ArrayLike<number>,
  reference: ArrayLike<number>,
  chosen: number,
  inUse: number,
): OverlapStatistics {
  const { dice, precision, recall } = overlap(mask, reference)
  let voxels = 0
  for (let v = 0; v < reference.length; v++) if (reference[v]) voxels++
  const both = chosen + voxels
  return {
    ...{ with: name, voxels, dice, precision, recall },
    chance: {
      // A random mask shares chosen · voxels / inUse with the reference, on average.
      dice: both > 0 ? (2 * chosen * voxels) / inUse / both : 0,
      precision: voxels / inUse,
      recall: chosen / inUse,
    },
  }
}

function describeSlices(mask: ArrayLike<number>, space: VoxelSpace): LargestSlice[] {
  const { grid, index } = space
  const [, ny, nz] = grid.shape
  const { world } = axisMapping(grid.affine)
  return (largestSlices(mask, space) ?? []).map((slice, axis) => {
    let voxels = 0
    const sum: [number, number, number] = [0, 0, 0]
    for (let v = 0; v < index.length; v++) {
      const at = index[v]!
      const voxel: Point = [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz]
      if (!mask[v] || voxel[axis] !== slice) continue
      voxels++
      applyAffine(grid.affine, voxel).forEach((value, row) => {
        sum[row]! += value
      })
    }
    const millimetres: Point = [sum[0] / voxels, sum[1] / voxels, sum[2] / voxels]
    return { plane: planes[world[axis]!]!, axis, slice, voxels, millimetres }
  })
}
