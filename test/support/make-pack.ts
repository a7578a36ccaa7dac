/** Packs of a few kilobytes for tests: graphs with the interfaces of real networks and arbitrary weights, and a manifest that fits. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import type { packManifestSchema } from '../../src/core/contract/pack.ts'
import { type Graph, makeOnnx, type Node, type Size, type Weights } from './make-onnx.ts'

export type Manifest = z.input<typeof packManifestSchema>

/** Numbers in (−1, 1) that are the same on every machine. */
export function weights(name: string, shape: readonly number[], scale = 1): Weights {
  const length = shape.reduce((product, size) => product * size, 1)
  let state = 1 + [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7)
  const values = Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return scale * ((2 * state) / 2 ** 32 - 1)
  })
  return { name, shape, values }
}

export const sizes = (name: string, values: readonly number[]): Weights => ({
  name,
  shape: [values.length],
  values,
  integer: true,
})

interface Part {
  readonly nodes: readonly Node[]
  readonly weights: readonly Weights[]
  readonly shape: readonly Size[]
}

/** Windows of the picture averaged, then mixed to `channels`: a feature map. */
export function featureMap(output: string, channels: number, side: number, kernel: number, stride: number): Part {
  return {
    nodes: [
      {
        op: 'AveragePool',
        inputs: ['pixels'],
        outputs: [`${output} pooled`],
        attributes: { kernel_shape: [kernel, kernel], strides: [stride, stride] },
      },
      { op: 'Conv', inputs: [`${output} pooled`, `${output} weights`], outputs: [output] },
    ],
    weights: [weights(`${output} weights`, [channels, 3, 1, 1])],
    shape: ['batch', channels, side, side],
  }
}

/** A coarse grid of the picture mixed to one vector: `length` numbers that tell pictures apart. */
export function featureVector(output: string, length: number, size: number, grid = 4): Part {
  const kernel = Math.floor(size / grid)
  const cells = Math.floor((size - kernel) / kernel) + 1
  return {
    nodes: [
      {
        op: 'AveragePool',
        inputs: ['pixels'],
        outputs: [`${output} pooled`],
        attributes: { kernel_shape: [kernel, kernel], strides: [kernel, kernel] },
      },
      { op: 'Flatten', inputs: [`${output} pooled`], outputs: [`${output} flat`] },
      { op: 'MatMul', inputs: [`${output} flat`, `${output} weights`], outputs: [output] },
    ],
    weights: [weights(`${output} weights`, [3 * cells * cells, length])],
    shape: ['batch', length],
  }
}

/** Patches of 14 pixels as tokens [tokens, width], as a vision transformer gives them. */
export function patchTokens(output: string, size: number, width: number): Part {
  const cells = size / 14
  return {
    nodes: [
      {
        op: 'AveragePool',
        inputs: ['pixels'],
        outputs: [`${output} pooled`],
        attributes: { kernel_shape: [14, 14], strides: [14, 14] },
      },
      { op: 'Conv', inputs: [`${output} pooled`, `${output} weights`], outputs: [`${output} map`] },
      { op: 'Reshape', inputs: [`${output} map`, `${output} form`], outputs: [`${output} rows`] },
      { op: 'Transpose', inputs: [`${output} rows`], outputs: [output], attributes: { perm: [0, 2, 1] } },
    ],
    weights: [weights(`${output} weights`, [width, 3, 1, 1]), sizes(`${output} form`, [0, width, cells * cells])],
    shape: ['batch', cells * cells, width],
  }
}

export function encoderGraph(size: number, parts: Readonly<Record<string, Part>>, batch: Size = 'batch'): Graph {
  return {
    inputs: [{ name: 'pixels', shape: [batch, 3, size, size] }],
    outputs: Object.entries(parts).map(([name, { shape }]) => ({ name, shape })),
    nodes: Object.values(parts).flatMap(({ nodes }) => nodes),
    weights: Object.values(parts).flatMap((part) => part.weights),
  }
}

/** The same vector, after a loop that never ends. */
export function endlessGraph(size: number): Graph {
  const part = featureVector('before', 12, size)
  const [bool, integer] = [9, 7]
  const body: Graph = {
    inputs: [
      { name: 'round', shape: [], element: integer },
      { name: 'go', shape: [], element: bool },
      { name: 'carried', shape: ['batch', 12] },
    ],
    outputs: [
      { name: 'go on', shape: [], element: bool },
      { name: 'carried on', shape: ['batch', 12] },
    ],
    nodes: [
      { op: 'Identity', inputs: ['go'], outputs: ['go on'] },
      { op: 'Identity', inputs: ['carried'], outputs: ['carried on'] },
    ],
  }
  return {
    inputs: [{ name: 'pixels', shape: ['batch', 3, size, size] }],
    outputs: [{ name: 'vector', shape: ['batch', 12] }],
    nodes: [
      ...part.nodes,
      { op: 'Cast', inputs: ['one'], outputs: ['true'], attributes: { to: bool } },
      { op: 'Loop', inputs: ['', 'true', 'before'], outputs: ['vector'], attributes: { body: { graph: body } } },
    ],
    weights: [...part.weights, { name: 'one', shape: [], values: [1], integer: true }],
  }
}

/** Tokens [tokens, width] and noise [3, side, side] to a picture of side × side: the interface of an unCLIP decoder. */
export function decoderGraph(tokens: number, width: number, side: number): Graph {
  return {
    inputs: [
      { name: 'embedding', shape: [1, tokens, width] },
      { name: 'noise', shape: [1, 3, side, side] },
    ],
    outputs: [{ name: 'picture', shape: [1, 3, side, side] }],
    nodes: [
      { op: 'Reshape', inputs: ['embedding', 'one row'], outputs: ['row'] },
      { op: 'MatMul', inputs: ['row', 'mix'], outputs: ['mixed'] },
      { op: 'Reshape', inputs: ['mixed', 'form'], outputs: ['coarse'] },
      { op: 'Mul', inputs: ['noise', 'little'], outputs: ['some noise'] },
      { op: 'Add', inputs: ['coarse', 'some noise'], outputs: ['sum'] },
      { op: 'Tanh', inputs: ['sum'], outputs: ['picture'] },
    ],
    weights: [
      sizes('one row', [1, tokens * width]),
      weights('mix', [tokens * width, 3], 0.05),
      sizes('form', [1, 3, 1, 1]),
      { name: 'little', shape: [1], values: [0.05] },
    ],
  }
}

const licence = 'Made for tests; do with it what you like.\n'

export function fileEntry(path: string, content: Uint8Array | string): Manifest['files'][number] {
  const bytes = Buffer.from(content)
  return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Writes a pack: `files` beside a licence, and a manifest with their sums, changed by `change` at the end. */
export function writePack(
  folder: string,
  about: Pick<Manifest, 'name' | 'kinds'> & Partial<Manifest>,
  files: Readonly<Record<string, Uint8Array>>,
  change: (manifest: Manifest) => unknown = (manifest) => manifest,
): Manifest {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'LICENCE.txt'), licence)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  const manifest: Manifest = {
    format: 1,
    version: '1',
    title: `Test ${about.name}`,
    licence: { name: 'none', file: 'LICENCE.txt' },
    provenance: { source: 'generated by a test', trainingData: 'none' },
    files: [
      fileEntry('LICENCE.txt', licence),
      ...Object.entries(files).map(([name, content]) => fileEntry(name, content)),
    ],
    ...about,
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(change(manifest), null, 1))
  return manifest
}

const plainInput = (size: number): NonNullable<Manifest['networks']>[number]['input'] => ({
  tensor: 'pixels',
  layout: 'NCHW',
  preparation: {
    steps: [{ do: 'resize', width: size, height: size, filter: 'bilinear' }],
    width: size,
    height: size,
    colour: 'RGB',
    range: [0, 1],
    normalise: null,
  },
})

/** An encoder and metric of one 12-number vector, `vector`. */
export function tinyPack(
  folder: string,
  name = 'tiny',
  change?: (manifest: Manifest) => unknown,
  graph: Uint8Array = makeOnnx(encoderGraph(16, { vector: featureVector('vector', 12, 16) })),
): Manifest {
  return writePack(
    folder,
    {
      name,
      kinds: ['encoder', 'metrics'],
      networks: [
        {
          file: 'net.onnx',
          standIn: true,
          input: plainInput(16),
          outputs: [
            {
              name: 'vector',
              shape: [12],
              standsFor: 'mixed means of a coarse grid',
              embedding: 'as-is',
              metric: { measure: 'twoWay', standsInFor: 'Inception' },
            },
          ],
        },
      ],
    },
    { 'net.onnx': graph },
    change,
  )
}

/** A decoder that draws 8 × 8 pictures from another pack's output of `length` numbers. */
export function tinyDecoderPack(folder: string, draws: { pack: string; output: string }, length = 12): Manifest {
  return writePack(
    folder,
    {
      name: 'tiny-decoder',
      kinds: ['decoder'],
      decoders: [
        {
          file: 'draw.onnx',
          standIn: true,
          draws,
          input: { tensor: 'embedding', shape: [length, 1] },
          noise: { tensor: 'noise', shape: [3, 8, 8] },
          output: { tensor: 'picture', layout: 'NCHW', width: 8, height: 8, colour: 'RGB', range: [-1, 1] },
        },
      ],
    },
    { 'draw.onnx': makeOnnx(decoderGraph(length, 1, 8)) },
  )
}
