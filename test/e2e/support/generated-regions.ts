/**
 * An atlas of the generated head on a grid of its own: coarser, and stored right-anterior-superior where the head is stored
 * left-anterior-superior, so that whoever trusts the order of voxels names the wrong side. Two twins share a name.
 */
import type { Regions } from '../../../src/core/contract/regions.ts'
import type { Blobs } from './blobs.ts'

const shape: [number, number, number] = [30, 40, 30]
/** 5 mm voxels; x rises with the first index. */
const affine = [5, 0, 0, -72.5, 0, 5, 0, -105, 0, 0, 5, -55, 0, 0, 0, 1]

/** Behind y −40: calcarine cortex on both sides below z 14, cuneus left and right above it. In front of it nothing. */
export function labelAt(x: number, y: number, z: number): number {
  if (y > -40) return 0
  return (z < 14 ? 1 : 3) + (x < 0 ? 0 : 1)
}

export const regionNames = { 1: 'Calcarine', 2: 'Calcarine', 3: 'Cuneus left', 4: 'Cuneus right' }

export function regionsOf(blobs: Blobs, path: string): Regions {
  const labels = new Int32Array(shape[0] * shape[1] * shape[2])
  let next = 0
  for (let i = 0; i < shape[0]; i++)
    for (let j = 0; j < shape[1]; j++)
      for (let k = 0; k < shape[2]; k++)
        labels[next++] = labelAt(5 * i + affine[3]!, 5 * j + affine[7]!, 5 * k + affine[11]!)
  return {
    ...{ source: 'atlas', file: path.split('/').at(-1) ?? path, sha256: 'd'.repeat(64), labelsFile: 'regions.tsv' },
    ...{ grid: { shape, affine }, labels: blobs.put(labels, shape), names: regionNames },
  }
}
