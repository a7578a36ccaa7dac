/**
 * All pictures of a cohort, what each of them shows, and the two descriptions made of them: feature maps that voxels are
 * tuned to, and semantic features for the embedding.
 *
 * Feature maps per picture, on the 16 × 16 lattice: 8 Gabor energies, luminance, red-green, blue-yellow, object cover and
 * the cover of each of 12 categories.
 */
import { channelMaps, latticePoints, pixelChannelCount } from '../embedding/channel-maps.ts'
import type { Pictures } from '../embedding/pictures.ts'
import {
  coarseCells,
  coarseMeans,
  type FeatureBlock,
  pixelBlocks,
  pixelFeatureCount,
  pixelFeaturesFromMaps,
  type SemanticFeatures,
} from '../embedding/semantic-features.ts'
import { Random } from '../random/random.ts'
import { oneOverFNoise } from './grain.ts'
import { pictureSide, render } from './render.ts'
import { categories, drawScene, placeNames, type Scene } from './scene.ts'

export const featureCount = pixelChannelCount + 1 + categories.length
export const objectChannel = pixelChannelCount
export const firstCategoryChannel = pixelChannelCount + 1

export interface PictureSet {
  readonly pictures: Pictures & { readonly pixels: Uint8Array }
  readonly scenes: readonly Scene[]
  /** pictures × featureCount × latticePoints. */
  readonly maps: Float32Array
  readonly semantic: SemanticFeatures
}

const categoryShare = 4
/** Category indicators and layout from the scene's description, then the features every picture has. */
const blocks: readonly FeatureBlock[] = [
  { name: 'categories', columns: categories.length, share: categoryShare },
  { name: 'place', columns: placeNames.length + 1, share: 1 },
  { name: 'objects', columns: coarseCells, share: 1 },
  ...pixelBlocks,
]
const describedColumns = categories.length + placeNames.length + 1 + coarseCells

/** Draws `count` pictures; picture i depends on the seed and i only (and on its neighbour for the grain they share). */
export function* drawPictures(count: number, seed: number): Generator<number, PictureSet> {
  const length = pictureSide * pictureSide * 3
  const pixels = new Uint8Array(count * length)
  const maps = new Float32Array(count * featureCount * latticePoints)
  const columns = describedColumns + pixelFeatureCount
  const values = new Float32Array(count * columns)
  const scenes: Scene[] = []
  const shape = { width: pictureSide, height: pictureSide }
  const channels = channelMaps(shape)
  const floats = new Float32Array(length)
  let grain: [Float64Array, Float64Array] | null = null
  for (let i = 0; i < count; i++) {
    const scene = drawScene(Random.of(seed, 'scene', i))
    scenes.push(scene)
    if (i % 2 === 0) grain = oneOverFNoise(pictureSide, Random.of(seed, 'grain', i))
    const own = maps.subarray(i * featureCount * latticePoints, (i + 1) * featureCount * latticePoints)
    const picture = pixels.subarray(i * length, (i + 1) * length)
    const cover = own.subarray(firstCategoryChannel * latticePoints)
    render(scene, grain![i % 2]!, { pixels: picture, cover })
    for (let p = 0; p < length; p++) floats[p] = picture[p]! / 255
    channels.compute(floats, own)
    const object = own.subarray(objectChannel * latticePoints, firstCategoryChannel * latticePoints)
    for (let p = 0; p < cover.length; p++) object[p % latticePoints]! += cover[p]!
    describe(scene, own, values, i * columns)
    if (i % 256 === 255) yield (i + 1) / count
  }
  return {
    pictures: { count, ...shape, channels: 3, pixels },
    scenes,
    maps,
    semantic: { rows: count, columns, blocks, values },
  }
}

function describe(scene: Scene, maps: Float32Array, out: Float32Array, at: number): void {
  for (let k = 0; k < categories.length; k++) {
    let area = 0
    const from = (firstCategoryChannel + k) * latticePoints
    for (let p = from; p < from + latticePoints; p++) area += maps[p]! / latticePoints
    // Presence counts more than size.
    out[at + k] = area > 0 ? 0.5 + Math.sqrt(area) : 0
  }
  let to = at + categories.length
  placeNames.forEach((place, k) => {
    out[to + k] = scene.place === place ? 1 : 0
  })
  out[to + placeNames.length] = 4 * scene.horizon
  to += placeNames.length + 1
  coarseMeans(maps, objectChannel * latticePoints, out, to)
  pixelFeaturesFromMaps(maps, out, to + coarseCells)
}
