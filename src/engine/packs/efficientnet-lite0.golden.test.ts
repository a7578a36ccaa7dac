/** The shipped pack gives the numbers that another runtime gave, and its files are what the manifest says. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { valuesIn } from '../../core/contract/pack.ts'
import { unwrap } from '../../core/problem.ts'
import { productRoot } from '../entry-point.ts'
import { type Graph, openGraph } from './graph.ts'
import { type PackFolder, readPackFolder } from './pack-folder.ts'
import { describePictures } from './run-network.ts'

interface Golden {
  readonly embedding_first16: readonly number[]
  readonly embedding_l2: number
  readonly embedding_mean: number
  readonly logits_top5: readonly (readonly [number, number])[]
  readonly early_mean: number
  readonly mid_mean: number
}

const folder = join(productRoot(), 'resources', 'packs', 'efficientnet-lite0')
const golden = JSON.parse(readFileSync(join(productRoot(), 'test/golden/efficientnet-lite0.json'), 'utf8')) as Golden
let pack: PackFolder
let graph: Graph
beforeAll(async () => {
  pack = unwrap(await readPackFolder(folder))
  graph = await openGraph(pack, pack.manifest.networks[0]!.file)
})
afterAll(() => graph.close())

/** pixel[c, y, x] = ½ + ½ sin(2π ((c + 1) x / 56 + (2 − c) y / 75)), channels first. */
function waves(): Float32Array {
  const pixels = new Float32Array(3 * 224 * 224)
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < 224; y++)
      for (let x = 0; x < 224; x++)
        pixels[(c * 224 + y) * 224 + x] = 0.5 + 0.5 * Math.sin(2 * Math.PI * (((c + 1) * x) / 56 + ((2 - c) * y) / 75))
  return pixels
}

describe('EfficientNet-Lite0', () => {
  it('meets the stored outputs within a thousandth', async () => {
    const outputs = pack.manifest.networks[0]!.outputs
    const shapes = Object.fromEntries(outputs.map(({ name, shape }) => [name, [1, ...shape]]))
    const found = await graph.run({ pixels: { data: waves(), shape: [1, 3, 224, 224] } }, shapes)
    const near = (value: number, expected: number) =>
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-3 * Math.max(1, Math.abs(expected)))
    const average = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length
    const { embedding, logits, early, mid } = found
    golden.embedding_first16.forEach((value, i) => {
      near(embedding![i]!, value)
    })
    near(Math.hypot(...embedding!), golden.embedding_l2)
    near(average(embedding!), golden.embedding_mean)
    near(average(early!), golden.early_mean)
    near(average(mid!), golden.mid_mean)
    const best = Array.from(logits!, (value, i) => [i, value] as const)
      .sort((a, b) => b[1] - a[1])
      .slice(0, 5)
    expect(best.map(([category]) => category)).toEqual(golden.logits_top5.map(([category]) => category))
    best.forEach(([, value], i) => {
      near(value, golden.logits_top5[i]![1])
    })
    for (const { name, shape } of outputs) expect(found[name]).toHaveLength(valuesIn(shape))
  })

  it('gives the same bits again, whatever stands beside a picture', async () => {
    const network = pack.manifest.networks[0]!
    const picture = (seed: number) => ({
      width: 40,
      height: 30,
      pixels: Float32Array.from({ length: 40 * 30 * 3 }, (_, i) => (((i + 1) * (seed + 3) * 7919) % 1009) / 1008),
    })
    const outputs = network.outputs.filter(({ name }) => name === 'embedding')
    const describe = (order: number[]) =>
      describePictures({
        ...{ graph, network, outputs, count: order.length, pooled: true },
        picture: (at) => picture(order[at]!),
        breathe: async () => {},
      })
    const [three, one] = [await describe([0, 1, 2]), await describe([2])]
    expect(one.get('embedding')).toEqual(three.get('embedding')!.subarray(2 * 1280))
    expect(one.get('embedding')).not.toEqual(three.get('embedding')!.subarray(0, 1280))
  })

  it('is named as what it is and claims no published number', () => {
    const outputs = pack.manifest.networks.flatMap((network) => network.outputs)
    expect(pack.manifest.networks.every(({ standIn }) => standIn)).toBe(true)
    expect(outputs.every(({ metric }) => metric === null || metric.publishedAs === null)).toBe(true)
  })

  it('has the files of its manifest', () => {
    for (const { path, bytes, sha256 } of pack.manifest.files) {
      const content = readFileSync(join(folder, path))
      expect(content.length, path).toBe(bytes)
      expect(createHash('sha256').update(content).digest('hex'), path).toBe(sha256)
    }
  })
})
