/**
 * An array inside an HDF5 or MATLAB file as a volume source. Such arrays know neither what their axes are nor where their
 * voxels lie, so the recipe says both; everything it says is checked against the sizes, and what it leaves out is asked.
 */
import type { ArrayAxis, Recipe } from '../../core/contract/recipe.ts'
import { failure, type Problem, type Result, success } from '../../core/problem.ts'
import { voxelSizes } from '../../core/volume/affine.ts'
import { type Grid, gridSize } from '../../core/volume/grid.ts'
import { type ArrayReader, forEachArrayVolume } from './array-volumes.ts'
import type { NumberType } from './number-types.ts'
import { readProblem } from './read-problem.ts'
import type { VolumeSource } from './volume-source.ts'

export interface ArrayDescription {
  readonly name: string
  /** Sizes, slowest first. */
  readonly shape: readonly number[]
  readonly type: NumberType
  /** True where people know the sizes fastest first, as MATLAB shows them. */
  readonly fastestFirst: boolean
}

/** Where the voxels of a recipe are: its grid, and for arrays of chosen voxels the position of each (x fastest). */
export interface VoxelSpace {
  readonly grid: Grid
  readonly places: Int32Array | null
}

/** Opens the array for one pass; `close` is called whatever happens. */
export type OpenArray = () => Promise<{ reader: ArrayReader; close: () => Promise<void> }>

const times = (sizes: readonly number[]) => sizes.join(' × ')

/** Orders of axes that people use, slowest first: only to propose one, never to choose. */
const usual: readonly (readonly ArrayAxis[])[] = [
  ['volume', 'z', 'y', 'x'],
  ['volume', 'x', 'y', 'z'],
  ['x', 'y', 'z', 'volume'],
  ['z', 'y', 'x', 'volume'],
  ['volume', 'voxel'],
  ['voxel', 'volume'],
]

/** Voxels along an axis; null where any number will do. */
function sizeAlong(axis: ArrayAxis, space: VoxelSpace): number | null {
  if (axis === 'volume') return null
  return axis === 'voxel' ? (space.places?.length ?? null) : space.grid.shape['xyz'.indexOf(axis)]!
}

/** Usual orders of axes whose sizes fit the array, in the order in which people see its sizes. */
export function fittingAxes(array: Pick<ArrayDescription, 'shape' | 'fastestFirst'>, space: VoxelSpace): ArrayAxis[][] {
  return usual
    .filter(
      (axes) =>
        axes.length === array.shape.length &&
        axes.every((axis, at) => axis === 'volume' || sizeAlong(axis, space) === array.shape[at]),
    )
    .map((axes) => (array.fastestFirst ? [...axes].reverse() : [...axes]))
}

/** The source, or a Problem: BAD_RECIPE where grid or axes are missing or no sense can be made of them, LENGTH_MISMATCH where sizes differ. */
export function arraySource(
  path: string,
  array: ArrayDescription,
  image: Recipe['images'][number],
  space: VoxelSpace | null,
  open: OpenArray,
): Result<VolumeSource> {
  const shown = array.fastestFirst ? [...array.shape].reverse() : array.shape
  const where = `${path}, ${array.name}`
  const stop = (code: Problem['code'], message: string, expected: string, fix: string) =>
    failure<VolumeSource>({ code, message, where, expected, fix })
  if (space === null)
    return stop(
      'BAD_RECIPE',
      'This file does not say where its voxels are.',
      'an affine from elsewhere',
      'Name a NIfTI file on the same grid in "grid" of the recipe, for example the brain mask of the same session.',
    )
  const sizeOf = (axis: ArrayAxis) => sizeAlong(axis, space)
  const fits = (axes: readonly ArrayAxis[]) =>
    axes.length === array.shape.length &&
    axes.every((axis, at) => axis === 'volume' || sizeOf(axis) === array.shape[at])
  if (image.axes === undefined) {
    const [proposal = null] = fittingAxes(array, space)
    return stop(
      'BAD_RECIPE',
      `The recipe does not say what the axes of "${array.name}" (${times(shown)}) are.`,
      '"axes" beside "dataset", one word per axis: volume, x, y, z or voxel',
      proposal === null
        ? `Write "axes" in the order of the sizes above. The grid is ${times(space.grid.shape)} (x, y, z).`
        : `If it is so, write "axes": ${JSON.stringify(proposal)}.`,
    )
  }
  const axes = array.fastestFirst ? [...image.axes].reverse() : image.axes
  const names = [...axes].sort().join(' ')
  if (names !== 'volume x y z' && names !== 'volume voxel')
    return stop(
      'BAD_RECIPE',
      `The axes ${image.axes.join(', ')} do not describe volumes.`,
      'volume, x, y and z, or volume and voxel, each once',
      'Correct "axes" in the recipe.',
    )
  if (names === 'volume voxel' && space.places === null)
    return stop(
      'BAD_RECIPE',
      'The array has one axis of voxels, and the recipe does not say which voxels they are.',
      '"voxels" with a NIfTI mask and the order, C or F',
      'Name the mask by which the voxels were chosen.',
    )
  if (!fits(axes)) {
    const needed = image.axes.map((axis) => `${axis} ${sizeOf(axis) ?? 'any'}`).join(', ')
    return stop(
      'LENGTH_MISMATCH',
      `"${array.name}" has the sizes ${times(shown)}, which do not fit the axes ${image.axes.join(', ')}.`,
      needed,
      names === 'volume voxel'
        ? 'Choose the mask that the array was made with.'
        : 'Correct "axes", or name the NIfTI file of these images in "grid".',
    )
  }
  const volumeAxis = axes.indexOf('volume')
  const layout = {
    volumeAxis,
    volumeVoxels: gridSize(space.grid),
    places:
      names === 'volume voxel'
        ? space.places!
        : placesOf(
            axes.filter((axis) => axis !== 'volume'),
            space.grid,
          ),
  }
  return success({
    path,
    shape: space.grid.shape,
    sizes: shown,
    volumes: array.shape[volumeAxis]!,
    dtype: array.type,
    affine: space.grid.affine,
    voxelMillimetres: voxelSizes(space.grid.affine),
    readsOnlyWanted: true,
    async forEachVolume(use, wanted) {
      try {
        const { reader, close } = await open()
        try {
          await forEachArrayVolume(reader, layout, use, wanted)
        } finally {
          await close()
        }
        return success(null)
      } catch (error) {
        return failure(readProblem(path, error).problem)
      }
    },
  })
}

/** Position (x fastest) of every voxel of an array with these axes, counted in C order. */
function placesOf(axes: readonly ArrayAxis[], grid: Grid): Int32Array {
  const [nx, ny] = grid.shape
  const stride = { x: 1, y: nx, z: nx * ny, volume: 0, voxel: 0 }
  const [a, b, c] = axes.map((axis) => ({ size: grid.shape['xyz'.indexOf(axis)]!, step: stride[axis] }))
  const places = new Int32Array(gridSize(grid))
  let next = 0
  for (let i = 0; i < a!.size; i++)
    for (let j = 0; j < b!.size; j++)
      for (let k = 0; k < c!.size; k++) places[next++] = i * a!.step + j * b!.step + k * c!.step
  return places
}
