import { describe, expect, it } from 'vitest'
import { applyAffine } from '../../core/volume/affine.ts'
import { toRas } from '../../core/volume/orientation.ts'
import { padded, vtkGeometry, vtkImage } from './vtk-image.ts'

const shape = [3, 4, 5] as const

/** A volume with one marked voxel, z fastest. */
function marked(at: readonly [number, number, number], affine: readonly number[]) {
  const values = new Float32Array(shape[0] * shape[1] * shape[2])
  values[(at[0] * shape[1] + at[1]) * shape[2] + at[2]] = 1
  return { grid: { shape, affine }, values }
}

/** Where vtk puts the only voxel that is set, by its own arithmetic. */
function placeInVtk(image: ReturnType<typeof vtkImage>): number[] {
  const data = image.getPointData().getScalars().getData() as Float32Array
  const [nx, ny] = image.getDimensions()
  const flat = data.indexOf(1)
  const index = [flat % nx!, Math.floor(flat / nx!) % ny!, Math.floor(flat / (nx! * ny!))]
  return [...image.indexToWorld(index as [number, number, number], [0, 0, 0])]
}

const oblique = (() => {
  const [c, s] = [Math.cos(0.3), Math.sin(0.3)]
  return [2 * c, -3 * s, 0, -10, 2 * s, 3 * c, 0, 20, 0, 0, 4, -30, 0, 0, 0, 1]
})()
const affines = {
  'as RAS': [2, 0, 0, -10, 0, 3, 0, 20, 0, 0, 4, -30, 0, 0, 0, 1],
  'as LAS': [-2, 0, 0, 30, 0, 3, 0, 20, 0, 0, 4, -30, 0, 0, 0, 1],
  'as PIR': [0, 0, 2, -10, -3, 0, 0, 20, 0, -4, 0, 30, 0, 0, 0, 1],
  oblique,
}

describe('our volumes as vtk’s', () => {
  for (const [name, affine] of Object.entries(affines)) {
    it(`puts every voxel where its affine says, stored ${name}`, () => {
      for (const at of [
        [0, 0, 0],
        [2, 0, 0],
        [0, 3, 0],
        [0, 0, 4],
        [1, 2, 3],
      ] as const) {
        const volume = marked(at, affine)
        const wanted = applyAffine(affine, at)
        const ras = toRas(volume.values, volume.grid)
        for (const image of [vtkImage(volume), vtkImage(padded(volume)), vtkImage(ras), vtkImage(padded(ras))])
          placeInVtk(image).forEach((value, axis) => {
            expect(value).toBeCloseTo(wanted[axis]!, 4)
          })
      }
    })
  }

  it('keeps voxel sizes and unit directions', () => {
    const { spacing, direction } = vtkGeometry(oblique)
    spacing.forEach((value, axis) => {
      expect(value).toBeCloseTo([2, 3, 4][axis]!, 9)
    })
    for (const axis of [0, 1, 2]) expect(Math.hypot(...direction.slice(3 * axis, 3 * axis + 3))).toBeCloseTo(1, 9)
  })
})
