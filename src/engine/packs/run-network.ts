/** Pictures through a pack's network, and embeddings through a pack's decoder: from our forms to the graph's and back. */
import {
  type PackDecoder,
  type PackManifest,
  type PackNetwork,
  type PackOutput,
  preparationOf,
  valuesIn,
} from '../../core/contract/pack.ts'
import type { Picture } from '../../core/evaluate/image-metrics.ts'
import { pictureFromNetwork, preparePicture } from '../../core/packs/prepare-picture.ts'
import { ProblemError } from '../../core/problem.ts'
import { Random } from '../../core/random/random.ts'
import type { Graph } from './graph.ts'

/** Largest number of values that one output may have over all pictures: 2 GB. */
const mostKept = 2 ** 29

/** How many numbers of an output are kept per picture. */
export function keptLength(output: PackOutput, pooled: boolean): number {
  if (!pooled || output.embedding === null || output.embedding === 'as-is') return valuesIn(output.shape)
  return output.embedding === 'mean-of-tokens' ? output.shape[1]! : output.shape[0]!
}

/** Tokens [tokens, width] or maps [channels, height, width] to one vector, their mean. */
export function pool(values: Float32Array, output: PackOutput): Float32Array {
  const length = keptLength(output, true)
  if (length === values.length) return values
  const out = new Float64Array(length)
  const times = values.length / length
  if (output.embedding === 'mean-of-tokens')
    for (let i = 0; i < values.length; i++) out[i % length]! += values[i]! / times
  else for (let i = 0; i < values.length; i++) out[Math.floor(i / times)]! += values[i]! / times
  return Float32Array.from(out)
}

export interface NetworkWork {
  readonly graph: Graph
  readonly network: PackNetwork
  readonly outputs: readonly PackOutput[]
  readonly count: number
  readonly picture: (at: number) => Picture
  /** Tokens and maps to their mean, for embeddings; all numbers for metrics. */
  readonly pooled: boolean
  /** Called after each call of the graph; may throw to stop. */
  readonly breathe: (done: number) => Promise<void>
}

/** Per output name, count × kept numbers. Throws ProblemError TOO_LARGE, or what the graph throws. */
export async function describePictures(work: NetworkWork): Promise<Map<string, Float32Array>> {
  const { graph, network, outputs, count, picture, pooled, breathe } = work
  const kept = new Map<string, Float32Array>()
  for (const output of outputs) {
    const values = count * keptLength(output, pooled)
    if (values > mostKept)
      throw new ProblemError({
        code: 'TOO_LARGE',
        message: `The output "${output.name}" of ${count} pictures has ${values} numbers.`,
        where: network.file,
        expected: `at most ${mostKept}`,
        fix: 'Use an output with fewer numbers, or let the manifest average tokens or maps.',
      })
    kept.set(output.name, new Float32Array(values))
  }
  const preparation = preparationOf(network)
  const { layout, tensor } = network.input
  const { width, height } = preparation
  const batch = network.input.batch === 'any' ? 1 : network.input.batch
  const one = 3 * width * height
  const shape = layout === 'NCHW' ? [batch, 3, height, width] : [batch, height, width, 3]
  const wanted = Object.fromEntries(outputs.map((output) => [output.name, [batch, ...output.shape]]))
  const data = new Float32Array(batch * one)
  for (let first = 0; first < count; first += batch) {
    // A graph of a fixed batch is filled up with the last picture again.
    for (let i = 0; i < batch; i++)
      preparePicture(picture(Math.min(first + i, count - 1)), preparation, layout, data, i * one)
    const found = await graph.run({ [tensor]: { data, shape } }, wanted)
    for (const output of outputs) {
      const values = found[output.name]!
      const length = valuesIn(output.shape)
      const to = kept.get(output.name)!
      const own = keptLength(output, pooled)
      for (let i = 0; i < batch && first + i < count; i++) {
        const item = values.subarray(i * length, (i + 1) * length)
        to.set(pooled ? pool(item, output) : item, (first + i) * own)
      }
    }
    await breathe(Math.min(count, first + batch))
  }
  return kept
}

export interface DrawWork {
  readonly graph: Graph
  readonly decoder: PackDecoder
  /** items × numbers of the decoder's input. */
  readonly embeddings: Float32Array
  /** Names the noise, so that the same embedding gives the same picture. */
  readonly seed: number
  readonly breathe: (done: number) => Promise<void>
}

/** One picture per embedding. Throws RangeError where an embedding is not of the decoder's size, or what the graph throws. */
export async function drawPictures({ graph, decoder, embeddings, seed, breathe }: DrawWork): Promise<Picture[]> {
  const length = valuesIn(decoder.input.shape)
  const count = embeddings.length / length
  if (!Number.isInteger(count)) throw new RangeError(`the decoder takes ${length} numbers per picture`)
  const { tensor, layout, width, height } = decoder.output
  const wanted = { [tensor]: layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3] }
  const pictures: Picture[] = []
  for (let i = 0; i < count; i++) {
    const inputs: Parameters<Graph['run']>[0] = {
      [decoder.input.tensor]: {
        data: embeddings.slice(i * length, (i + 1) * length),
        shape: [1, ...decoder.input.shape],
      },
      ...(decoder.noise === null
        ? {}
        : {
            [decoder.noise.tensor]: {
              data: noiseOf(seed, i, valuesIn(decoder.noise.shape)),
              shape: [1, ...decoder.noise.shape],
            },
          }),
    }
    const found = await graph.run(inputs, wanted)
    pictures.push(pictureFromNetwork(found[tensor]!, decoder.output))
    await breathe(i + 1)
  }
  return pictures
}

function noiseOf(seed: number, item: number, length: number): Float32Array {
  const random = Random.of(seed, 'pack decoder noise', item)
  return Float32Array.from({ length }, () => random.normal())
}

/** Every graph of a pack loaded and run once on a grey picture or an embedding of zeros. Throws what `open` and the graphs throw. */
export async function runEachGraphOnce(manifest: PackManifest, open: (file: string) => Promise<Graph>): Promise<void> {
  const grey: Picture = { width: 64, height: 64, pixels: new Float32Array(64 * 64 * 3).fill(0.5) }
  const breathe = async () => {}
  for (const network of manifest.networks) {
    const graph = await open(network.file)
    const work = { graph, network, outputs: network.outputs, count: 1, picture: () => grey, pooled: false, breathe }
    await describePictures(work)
    await graph.close()
  }
  for (const decoder of manifest.decoders) {
    const graph = await open(decoder.file)
    const embeddings = new Float32Array(valuesIn(decoder.input.shape))
    await drawPictures({ graph, decoder, embeddings, seed: 0, breathe })
    await graph.close()
  }
}
