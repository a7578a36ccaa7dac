/** The networks of MindEye2's evaluation and decoder, as graphs of the same interface with arbitrary weights: names, shapes, preparations. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeOnnx } from '../../../test/support/make-onnx.ts'
import {
  decoderGraph,
  encoderGraph,
  featureMap,
  featureVector,
  type Manifest,
  patchTokens,
  writePack,
} from '../../../test/support/make-pack.ts'
import { preparationOf } from '../../core/contract/pack.ts'
import type { PackMetric } from '../../core/contract/result.ts'
import { compareOutputs, metricOutputs, missingMetrics, packMetric } from '../../core/evaluate/pack-metrics.ts'
import { publishedMetrics, publishedNames } from '../../core/packs/published.ts'
import { unwrap } from '../../core/problem.ts'
import { openGraph } from './graph.ts'
import { installPack } from './install-pack.ts'
import { type PackFolder, readPackFolder } from './pack-folder.ts'
import { describePictures, drawPictures, runEachGraphOnce } from './run-network.ts'

let base: string
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'published-'))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

type Networks = NonNullable<Manifest['networks']>
const vector = (
  file: string,
  preparation: Networks[number]['input']['preparation'],
  name: string,
  length: number,
  metric: NonNullable<Networks[number]['outputs'][number]['metric']>,
): Networks[number] => ({
  file,
  standIn: false,
  input: { tensor: 'pixels', layout: 'NCHW', preparation },
  outputs: [{ name, shape: [length], standsFor: 'pooled features', metric }],
})

/** A pack that holds what MindEye2's evaluation needs. */
function writeMetricPack(folder: string): void {
  const alexNet: Networks[number] = {
    file: 'alexnet.onnx',
    standIn: false,
    input: { tensor: 'pixels', layout: 'NCHW', preparation: 'mindeye2-alexnet' },
    outputs: [
      {
        name: 'features.4',
        shape: [192, 31, 31],
        standsFor: 'second layer',
        metric: { measure: 'twoWay', publishedAs: 'AlexNet(2)' },
      },
      {
        name: 'features.11',
        shape: [256, 15, 15],
        standsFor: 'fifth layer',
        metric: { measure: 'twoWay', publishedAs: 'AlexNet(5)' },
      },
    ],
  }
  writePack(
    folder,
    {
      name: 'mindeye2-metrics',
      kinds: ['metrics'],
      networks: [
        alexNet,
        vector('inception.onnx', 'mindeye2-inception-v3', 'inception avgpool', 2048, {
          measure: 'twoWay',
          publishedAs: 'Inception',
        }),
        vector('clip.onnx', 'mindeye2-clip', 'clip final', 768, { measure: 'twoWay', publishedAs: 'CLIP' }),
        vector('efficientnet-b1.onnx', 'mindeye2-efficientnet-b1', 'b1 avgpool', 1280, {
          measure: 'correlationDistance',
          publishedAs: 'EfficientNet-B1',
        }),
        vector('swav.onnx', 'mindeye2-swav', 'swav avgpool', 2048, {
          measure: 'correlationDistance',
          publishedAs: 'SwAV',
        }),
      ],
    },
    {
      'alexnet.onnx': makeOnnx(
        encoderGraph(256, {
          'features.4': featureMap('features.4', 192, 31, 16, 8),
          'features.11': featureMap('features.11', 256, 15, 32, 16),
        }),
      ),
      'inception.onnx': makeOnnx(
        encoderGraph(342, { 'inception avgpool': featureVector('inception avgpool', 2048, 342) }),
      ),
      'clip.onnx': makeOnnx(encoderGraph(224, { 'clip final': featureVector('clip final', 768, 224) })),
      'efficientnet-b1.onnx': makeOnnx(encoderGraph(255, { 'b1 avgpool': featureVector('b1 avgpool', 1280, 255) })),
      'swav.onnx': makeOnnx(encoderGraph(224, { 'swav avgpool': featureVector('swav avgpool', 2048, 224) })),
    },
  )
}

const count = 6
const picture = (at: number) => ({
  width: 64,
  height: 64,
  pixels: Float32Array.from({ length: 64 * 64 * 3 }, (_, i) => 0.5 + 0.5 * Math.sin((i * (at + 2)) / 97 + at)),
})
/** Close to picture `at`. */
const nearly = (at: number) => ({
  ...picture(at),
  pixels: picture(at).pixels.map((value, i) => 0.9 * value + 0.05 * ((i % 7) / 7)),
})

async function judge(pack: PackFolder): Promise<PackMetric[]> {
  const found: PackMetric[] = []
  for (const network of pack.manifest.networks) {
    const graph = await openGraph(pack, network.file)
    const outputs = metricOutputs(network)
    const work = { graph, network, outputs, count, pooled: false, breathe: async () => {} }
    const shown = await describePictures({ ...work, picture })
    const made = await describePictures({ ...work, picture: nearly })
    for (const output of outputs) {
      const [a, b] = [shown.get(output.name)!, made.get(output.name)!]
      found.push(
        packMetric(pack.manifest, pack.manifestSha256, output, compareOutputs(a, b, count, output.metric!.measure, 0)),
      )
    }
    await graph.close()
  }
  return found
}

describe('a pack of the published metric networks', () => {
  it('installs, gives every published number under its name, and leaves none missing', async () => {
    writeMetricPack(join(base, 'metrics'))
    const pack = await installPack(join(base, 'metrics'), join(base, 'packs'), {
      tryGraphs: (one) => runEachGraphOnce(one.manifest, (file) => openGraph(one, file)),
    })
    const found = await judge(pack)
    expect(found.map(({ label }) => label).sort()).toEqual([...publishedNames].sort())
    expect(missingMetrics(found)).toEqual([])
    for (const { label, metric, measure } of found) {
      const higher = measure === 'twoWay'
      expect(metric, label).toMatchObject({ n: count, direction: higher ? 'higher' : 'lower' })
      // Reconstructions that nearly are the pictures: better than chance by every network.
      if (higher) expect(metric.value, label).toBeGreaterThan(0.8)
      else expect(metric.value, label).toBeLessThan(metric.chance!)
    }
  })

  it('sees pictures at the sizes of MindEye2’s evaluation', () => {
    const sizes = publishedNames.map((name) => {
      const { preparation } = publishedMetrics[name]
      return [name, preparationOf({ input: { tensor: 'x', layout: 'NCHW', batch: 'any', preparation } }).width]
    })
    expect(Object.fromEntries(sizes)).toEqual({
      ...{ 'AlexNet(2)': 256, 'AlexNet(5)': 256, Inception: 342, CLIP: 224, 'EfficientNet-B1': 255, SwAV: 224 },
    })
  })
})

describe('a token encoder and an unCLIP-like decoder', () => {
  it('give 256 × 1664 tokens, their mean, and a picture from the tokens', async () => {
    const folder = join(base, 'tokens')
    writePack(
      folder,
      {
        name: 'clip-bigg',
        kinds: ['encoder', 'decoder'],
        networks: [
          {
            file: 'tokens.onnx',
            standIn: false,
            input: { tensor: 'pixels', layout: 'NCHW', preparation: 'mindeye2-clip-tokens' },
            outputs: [{ name: 'tokens', shape: [256, 1664], standsFor: 'patch tokens', embedding: 'mean-of-tokens' }],
          },
        ],
        decoders: [
          {
            file: 'unclip.onnx',
            standIn: false,
            draws: { pack: 'clip-bigg', output: 'tokens' },
            input: { tensor: 'embedding', shape: [256, 1664] },
            noise: { tensor: 'noise', shape: [3, 32, 32] },
            output: { tensor: 'picture', layout: 'NCHW', width: 32, height: 32, colour: 'RGB', range: [-1, 1] },
          },
        ],
      },
      {
        'tokens.onnx': makeOnnx(encoderGraph(224, { tokens: patchTokens('tokens', 224, 1664) })),
        'unclip.onnx': makeOnnx(decoderGraph(256, 1664, 32)),
      },
    )
    const pack = unwrap(await readPackFolder(folder))
    const network = pack.manifest.networks[0]!
    const graph = await openGraph(pack, network.file)
    const work = { graph, network, outputs: network.outputs, count: 2, picture, breathe: async () => {} }
    const tokens = (await describePictures({ ...work, pooled: false })).get('tokens')!
    const pooled = (await describePictures({ ...work, pooled: true })).get('tokens')!
    await graph.close()
    expect([tokens.length, pooled.length]).toEqual([2 * 256 * 1664, 2 * 1664])
    let sum = 0
    for (let token = 0; token < 256; token++) sum += tokens[token * 1664 + 5]! / 256
    expect(pooled[5]).toBeCloseTo(sum, 5)

    const decoder = pack.manifest.decoders[0]!
    const drawing = await openGraph(pack, decoder.file)
    const drawn = await drawPictures({ graph: drawing, decoder, embeddings: tokens, seed: 0, breathe: async () => {} })
    await drawing.close()
    expect(drawn).toHaveLength(2)
    expect(drawn[0]!.pixels).toHaveLength(32 * 32 * 3)
    expect(drawn[0]!.pixels).not.toEqual(drawn[1]!.pixels)
  })
})
