/**
 * Numbers from which the semantic part of an embedding is fitted, in blocks with a say of their own: a block counts by its
 * share, however many columns it has and whatever their units are. For pictures about which nothing else is known, all
 * blocks come from the pixels: where there is how much contrast of which orientation, light, and colour.
 */
import {
  channelMaps,
  gaborCount,
  latticePoints,
  latticeSize,
  orientationCount,
  pixelChannelCount,
} from './channel-maps.ts'
import { type Pictures, pictureAt, pictureLength } from './pictures.ts'

export interface FeatureBlock {
  readonly name: string
  readonly columns: number
  /** Relative variance of the whole block before the components are taken. */
  readonly share: number
}

export interface SemanticFeatures {
  readonly rows: number
  readonly columns: number
  /** Consecutive columns. */
  readonly blocks: readonly FeatureBlock[]
  /** rows × columns, row-major. */
  readonly values: Float32Array
}

/** Side of the coarse grid on which energies are averaged. */
const coarse = 4
const cellSide = latticeSize / coarse
export const coarseCells = coarse * coarse

/** A 16 × 16 lattice to a 4 × 4 grid of means. */
export function coarseMeans(map: Float32Array, from: number, out: Float32Array, at: number): void {
  out.fill(0, at, at + coarseCells)
  for (let p = 0; p < latticePoints; p++) {
    const row = Math.floor(p / latticeSize / cellSide)
    const column = Math.floor((p % latticeSize) / cellSide)
    out[at + row * coarse + column]! += map[from + p]! / (cellSide * cellSide)
  }
}

/** The blocks of `pixelFeatures`: columns are the channels of `channelMaps`, each on the coarse grid. */
export const pixelBlocks: readonly FeatureBlock[] = [
  { name: 'fine contrast', columns: orientationCount * coarseCells, share: 1 },
  { name: 'coarse contrast', columns: (gaborCount - orientationCount) * coarseCells, share: 1 },
  { name: 'luminance', columns: coarseCells, share: 1 },
  { name: 'colour', columns: 2 * coarseCells, share: 1 },
]
export const pixelFeatureCount = pixelChannelCount * coarseCells

/** The features of one picture from its channel maps, written at `at`. */
export function pixelFeaturesFromMaps(maps: Float32Array, out: Float32Array, at: number): void {
  for (let c = 0; c < pixelChannelCount; c++) coarseMeans(maps, c * latticePoints, out, at + c * coarseCells)
}

/** Features of any pictures from pixels alone. */
export function pixelFeatures(pictures: Pictures): SemanticFeatures {
  const maps = channelMaps(pictures)
  const pixels = new Float32Array(pictureLength(pictures))
  const buffer = new Float32Array(pixelChannelCount * latticePoints)
  const values = new Float32Array(pictures.count * pixelFeatureCount)
  for (let i = 0; i < pictures.count; i++) {
    maps.compute(pictureAt(pictures, i, pixels), buffer)
    pixelFeaturesFromMaps(buffer, values, i * pixelFeatureCount)
  }
  return { rows: pictures.count, columns: pixelFeatureCount, blocks: pixelBlocks, values }
}
