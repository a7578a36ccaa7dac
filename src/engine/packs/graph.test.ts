import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Graph as Made, makeOnnx } from '../../../test/support/make-onnx.ts'
import {
  encoderGraph,
  featureVector,
  fileEntry,
  type Manifest,
  tinyDecoderPack,
  tinyPack,
} from '../../../test/support/make-pack.ts'
import { type Problem, ProblemError, unwrap } from '../../core/problem.ts'
import { openGraph } from './graph.ts'
import { type PackFolder, readPackFolder } from './pack-folder.ts'
import { describePictures, drawPictures, pool, runEachGraphOnce } from './run-network.ts'

let base: string
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'graph-'))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

const good = encoderGraph(16, { vector: featureVector('vector', 12, 16) })
const picture = (seed: number) => ({
  width: 16,
  height: 16,
  pixels: Float32Array.from({ length: 768 }, (_, i) => ((i * (seed + 3) * 31) % 101) / 100),
})

async function packWith(name: string, graph: Made, change?: (manifest: Manifest) => unknown): Promise<PackFolder> {
  tinyPack(join(base, name), name, change, makeOnnx(graph))
  return unwrap(await readPackFolder(join(base, name)))
}

async function refusal(pack: PackFolder): Promise<Problem> {
  try {
    await runEachGraphOnce(pack.manifest, (file) => openGraph(pack, file))
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    throw error
  }
  throw new Error('the pack was not refused')
}

async function vectorsOf(pack: PackFolder, count: number): Promise<Float32Array> {
  const network = pack.manifest.networks[0]!
  const graph = await openGraph(pack, network.file)
  const { outputs } = network
  const work = { graph, network, outputs, count, picture, pooled: false, breathe: async () => {} }
  const found = await describePictures(work)
  await graph.close()
  return found.get('vector')!
}

describe('a graph', () => {
  it('gives what its weights say', async () => {
    const found = await vectorsOf(await packWith('good', good), 2)
    // The same by hand: means of 4 × 4 cells, channels first, times the weights.
    const matrix = good.weights![0]!.values
    for (let item = 0; item < 2; item++) {
      const { pixels } = picture(item)
      const cells = Array.from({ length: 48 }, (_, k) => {
        const [c, row, column] = [Math.floor(k / 16), Math.floor((k % 16) / 4), k % 4]
        let sum = 0
        for (let y = 0; y < 4; y++)
          for (let x = 0; x < 4; x++) sum += pixels[((4 * row + y) * 16 + 4 * column + x) * 3 + c]!
        return sum / 16
      })
      for (let n = 0; n < 12; n++) {
        const expected = cells.reduce((sum, value, k) => sum + value * matrix[k * 12 + n]!, 0)
        expect(found[item * 12 + n]).toBeCloseTo(expected, 4)
      }
    }
  })

  it('of a fixed batch is filled up, and gives the same', async () => {
    const fixed = encoderGraph(16, { vector: featureVector('vector', 12, 16) }, 4)
    const outputs = [{ name: 'vector', shape: [4, 12] }]
    const pack = await packWith('fixed', { ...fixed, outputs }, (manifest) => {
      manifest.networks![0]!.input.batch = 4
      return manifest
    })
    const [five, free] = [await vectorsOf(pack, 5), await vectorsOf(await packWith('free', good), 5)]
    five.forEach((value, i) => {
      expect(value).toBeCloseTo(free[i]!, 5)
    })
  })

  it('gives the same bits with the threads that its pack names', async () => {
    const withThreads = (threads: number) => (manifest: Manifest) => ({ ...manifest, threads })
    const first = await vectorsOf(await packWith('two-threads', good, withThreads(2)), 3)
    expect(await vectorsOf(await packWith('two-threads', good, withThreads(2)), 3)).toEqual(first)
  })

  it('may keep its weights in a listed file beside it', async () => {
    const raw = Buffer.from(Float32Array.from(good.weights![0]!.values).buffer)
    const beside = { ...good, weights: good.weights!.map((one) => ({ ...one, external: 'net.weights' })) }
    tinyPack(
      join(base, 'beside'),
      'beside',
      (manifest) => ({ ...manifest, files: [...manifest.files, fileEntry('net.weights', raw)] }),
      makeOnnx(beside),
    )
    writeFileSync(join(base, 'beside', 'net.weights'), raw)
    const pack = unwrap(await readPackFolder(join(base, 'beside')))
    expect(await vectorsOf(pack, 2)).toEqual(await vectorsOf(await packWith('within', good), 2))
    writeFileSync(join(base, 'beside', 'net.weights'), Buffer.alloc(raw.length))
    expect(await refusal(pack)).toMatchObject({ code: 'CHECKSUM', where: 'net.weights' })
  })

  it('that does not load is named with the reason', async () => {
    const unknown = { ...good, nodes: good.nodes.map((one) => (one.op === 'MatMul' ? { ...one, op: 'MadeUp' } : one)) }
    expect(await refusal(await packWith('unknown-operator', unknown))).toMatchObject({
      code: 'BAD_FILE',
      where: 'net.onnx',
      message: expect.stringMatching(/^net\.onnx does not load: .*MadeUp/),
    })
  })

  it('of another operator domain is not run', async () => {
    const foreign = { ...good, nodes: good.nodes.map((one) => ({ ...one, domain: 'evil.example' })) }
    expect(await refusal(await packWith('foreign', foreign))).toMatchObject({ code: 'BAD_FILE', where: 'net.onnx' })
  })

  it('must have the inputs and outputs of the manifest', async () => {
    const renamed = { ...good, inputs: [{ name: 'image', shape: ['n', 3, 16, 16] }] }
    expect(await refusal(await packWith('renamed', renamed))).toMatchObject({
      code: 'BAD_FILE',
      message: expect.stringContaining('no input called "pixels"'),
    })
    const wider = { ...good, inputs: [{ name: 'pixels', shape: ['n', 3, 32, 32] }] }
    expect(await refusal(await packWith('wider', wider))).toMatchObject({
      message: expect.stringContaining('? × 3 × 32 × 32, the manifest says ? × 3 × 16 × 16'),
    })
    const doubles = { ...good, outputs: [{ name: 'vector', shape: ['n', 12], element: 11 }] }
    expect(await refusal(await packWith('doubles', doubles))).toMatchObject({
      message: expect.stringContaining('not float32'),
    })
    const more = { ...good, inputs: [...good.inputs, { name: 'extra', shape: [1] }] }
    expect(await refusal(await packWith('more', more))).toMatchObject({
      message: expect.stringContaining('an input "extra"'),
    })
  })

  it('that gives another shape than it declares is found when it is tried', async () => {
    const open = { ...good, outputs: [{ name: 'vector', shape: ['n', 'k'] }] }
    const pack = await packWith('open-shape', open, (manifest) => {
      manifest.networks![0]!.outputs[0]!.shape = [13]
      return manifest
    })
    expect(await refusal(pack)).toMatchObject({
      code: 'BAD_FILE',
      message: expect.stringContaining('float32 1 × 12'),
      expected: expect.stringContaining('1 × 13'),
    })
  })

  it('that gives no numbers is refused', async () => {
    const logarithm = {
      ...good,
      nodes: [
        ...good.nodes.map((one) => (one.op === 'MatMul' ? { ...one, outputs: ['before'] } : one)),
        { op: 'Log', inputs: ['before'], outputs: ['vector'] },
      ],
    }
    expect(await refusal(await packWith('not-finite', logarithm))).toMatchObject({
      code: 'NOT_FINITE',
      where: 'net.onnx',
    })
  })

  it('that asks for more memory than there is becomes a problem', async () => {
    const { nodes, weights = [] } = good
    const bomb: Made = {
      ...good,
      nodes: [
        ...nodes.map((one) => (one.op === 'MatMul' ? { ...one, outputs: ['before'] } : one)),
        { op: 'Expand', inputs: ['before', 'huge'], outputs: ['expanded'] },
        { op: 'ReduceMax', inputs: ['expanded'], outputs: ['vector'], attributes: { axes: [0], keepdims: 1 } },
      ],
      weights: [...weights, { name: 'huge', shape: [3], values: [2 ** 22, 2 ** 22, 12], integer: true }],
      outputs: [{ name: 'vector', shape: ['a', 'b', 'c'] }],
    }
    const pack = await packWith('bomb', bomb, (manifest) => {
      manifest.networks![0]!.outputs[0]!.shape = [1, 12]
      manifest.networks![0]!.outputs[0]!.embedding = null
      return { ...manifest, kinds: ['metrics'] }
    })
    const { code } = await refusal(pack)
    expect(['OUT_OF_MEMORY', 'BAD_FILE']).toContain(code)
  })

  it('is read anew and hashed each time it is loaded', async () => {
    const pack = await packWith('changed', good)
    writeFileSync(join(base, 'changed', 'net.onnx'), makeOnnx({ ...good, nodes: good.nodes.toReversed() }))
    expect(await refusal(pack)).toMatchObject({ code: 'CHECKSUM', where: 'net.onnx' })
  })
})

describe('tokens and maps', () => {
  const output = { name: 'y', standsFor: 'x', metric: null }
  it('become one vector by their mean', () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6)
    expect([...pool(values, { ...output, shape: [3, 2], embedding: 'mean-of-tokens' })]).toEqual([3, 4])
    expect([...pool(values, { ...output, shape: [2, 3, 1], embedding: 'mean-of-map' })]).toEqual([2, 5])
    expect([...pool(values, { ...output, shape: [6], embedding: 'as-is' })]).toEqual([...values])
  })
})

describe('a decoder', () => {
  it('draws the same picture from the same embedding and seed, another from another', async () => {
    tinyDecoderPack(join(base, 'decoder'), { pack: 'tiny', output: 'vector' })
    const pack = unwrap(await readPackFolder(join(base, 'decoder')))
    const decoder = pack.manifest.decoders[0]!
    const graph = await openGraph(pack, decoder.file)
    const embeddings = Float32Array.from({ length: 24 }, (_, i) => (i < 12 ? i : -i))
    const draw = (seed: number) => drawPictures({ graph, decoder, embeddings, seed, breathe: async () => {} })
    const [first, again, other] = [await draw(0), await draw(0), await draw(1)]
    expect(first).toEqual(again)
    expect(first).toHaveLength(2)
    expect(first[0]!.pixels).not.toEqual(first[1]!.pixels)
    expect(first[0]!.pixels).not.toEqual(other[0]!.pixels)
    expect(first[0]).toMatchObject({ width: 8, height: 8 })
    expect(first[0]!.pixels.every((value) => value >= 0 && value <= 1)).toBe(true)
    await graph.close()
  })
})
