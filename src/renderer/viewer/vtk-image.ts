/**
 * The one place where our volumes become vtk's: vtk wants x fastest and, like us, RAS+ millimetres with origin, spacing and a 3 × 3
 * direction, whose columns are the directions of the axes.
 */
import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray'
import vtkImageData from '@kitware/vtk.js/Common/DataModel/ImageData'
import { voxelSizes } from '../../core/volume/affine.ts'
import { toFileOrder } from '../../core/volume/nifti-order.ts'
import type { OrientedVolume } from '../../core/volume/orientation.ts'

export function vtkGeometry(affine: readonly number[]): {
  origin: [number, number, number]
  spacing: [number, number, number]
  direction: number[]
} {
  const spacing = voxelSizes(affine)
  const direction: number[] = []
  // vtk keeps the matrix column by column.
  for (let axis = 0; axis < 3; axis++)
    for (let row = 0; row < 3; row++) direction.push(affine[4 * row + axis]! / spacing[axis]!)
  return { origin: [affine[3]!, affine[7]!, affine[11]!], spacing, direction }
}

export function vtkImage({ grid, values }: OrientedVolume<Float32Array>) {
  const { origin, spacing, direction } = vtkGeometry(grid.affine)
  const image = vtkImageData.newInstance({ origin, spacing })
  image.setDimensions([...grid.shape])
  // The declared type is of one overload only; an array of nine is what the method takes.
  ;(image.setDirection as unknown as (matrix: number[]) => void)(direction)
  image
    .getPointData()
    .setScalars(
      vtkDataArray.newInstance({ name: 'values', numberOfComponents: 1, values: toFileOrder(values, grid.shape) }),
    )
  return image
}

/** One voxel of empty space on every side, so that a surface at the edge of the grid is closed. */
export function padded({ grid, values }: OrientedVolume<Float32Array>): OrientedVolume<Float32Array> {
  const [nx, ny, nz] = grid.shape
  const shape = [nx + 2, ny + 2, nz + 2] as const
  const out = new Float32Array(shape[0] * shape[1] * shape[2])
  for (let x = 0; x < nx; x++)
    for (let y = 0; y < ny; y++)
      out.set(values.subarray((x * ny + y) * nz, (x * ny + y + 1) * nz), ((x + 1) * shape[1] + y + 1) * shape[2] + 1)
  const affine = [...grid.affine]
  for (let row = 0; row < 3; row++)
    affine[4 * row + 3] = affine[4 * row + 3]! - affine[4 * row]! - affine[4 * row + 1]! - affine[4 * row + 2]!
  return { grid: { shape, affine }, values: out }
}
