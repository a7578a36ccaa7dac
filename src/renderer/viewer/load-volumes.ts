/** The volumes of one mask, turned for display; and, as they lie in the file, what a preview of another filter needs. */
import type { MaskVolumes } from '../../core/contract/result.ts'
import { type OrientedVolume, toRas } from '../../core/volume/orientation.ts'
import { fetchNumbers, fetchVolume } from '../lib/volumes.ts'
import { type PreviewSource, previewSource } from './filter-preview.ts'
import { type LayerName, layerStyles } from './layers.ts'
import type { Cross } from './slice-view.tsx'

type Volume = OrientedVolume<Float32Array>

export interface LoadedVolumes {
  readonly background: Volume
  readonly brain: Volume
  readonly layers: ReadonlyMap<LayerName, Volume>
  /** null where the project kept no map before the filter. */
  readonly preview: PreviewSource | null
  /** Turns a volume in the order of the file for display. */
  readonly turn: (values: Float32Array) => Volume
}

export async function loadVolumes(volumes: MaskVolumes): Promise<LoadedVolumes> {
  const { shape, affine } = volumes.grid
  const grid = { shape: [shape[0], shape[1], shape[2]] as const, affine }
  const layers = new Map<LayerName, Volume>()
  for (const { name } of layerStyles) {
    // The map before the filter is no mask: it is what a preview starts from, below.
    const own = name in volumes && name !== 'unfiltered'
    const ref = own ? volumes[name as keyof typeof volumes & LayerName] : null
    if (ref !== null) layers.set(name, await fetchVolume(ref, volumes.grid))
  }
  const [brain, mask] = [await fetchNumbers(volumes.brain), await fetchNumbers(volumes.mask)]
  return {
    background: await fetchVolume(volumes.background.volume, volumes.grid),
    brain: await fetchVolume(volumes.brain, volumes.grid),
    layers,
    preview:
      volumes.unfiltered === null ? null : previewSource(grid, brain, await fetchNumbers(volumes.unfiltered), mask),
    turn: (values) => toRas(values, grid),
  }
}

/** The voxel nearest to the mask's centre of mass: views always cut through the mask. */
export function centreOf(volume: Volume): Cross {
  const [, ny, nz] = volume.grid.shape
  const sum = [0, 0, 0]
  const inside: Cross[] = []
  volume.values.forEach((value, at) => {
    if (value > 0) {
      const point: Cross = [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz]
      inside.push(point)
      for (let axis = 0; axis < 3; axis++) sum[axis]! += point[axis]!
    }
  })
  const [x, y, z] = volume.grid.shape
  if (inside.length === 0) return [Math.floor(x / 2), Math.floor(y / 2), Math.floor(z / 2)]
  const centre = sum.map((value) => value / inside.length)
  const distance = (point: Cross) => point.reduce((total, value, axis) => total + (value - centre[axis]!) ** 2, 0)
  return inside.reduce((best, point) => (distance(point) < distance(best) ? point : best))
}
