import { describe, expect, it } from 'vitest'
import { block, makeOnnx, number, tensor } from '../../../test/support/make-onnx.ts'
import { decoderGraph, encoderGraph, featureVector } from '../../../test/support/make-pack.ts'
import { unwrap } from '../problem.ts'
import { summariseOnnx } from './onnx-summary.ts'

const graph = encoderGraph(16, { vector: featureVector('vector', 12, 16) })
const model = makeOnnx(graph)

function withTensor(content: Uint8Array): Uint8Array {
  const info = makeOnnx({ inputs: [], outputs: [{ name: 'y', shape: [1] }], nodes: [] })
  const inside = Uint8Array.from([...block(5, content), ...block(12, block(1, Uint8Array.of(121)))])
  return Uint8Array.from([...info, ...block(7, inside)])
}

describe('summariseOnnx', () => {
  it('reads inputs, outputs and operators', () => {
    expect(unwrap(summariseOnnx(model))).toEqual({
      inputs: [{ name: 'pixels', element: 1, shape: [null, 3, 16, 16] }],
      outputs: [{ name: 'vector', element: 1, shape: [null, 12] }],
      externalFiles: [],
      operators: ['AveragePool', 'Flatten', 'MatMul'],
    })
    const decoder = unwrap(summariseOnnx(makeOnnx(decoderGraph(12, 1, 8))))
    expect(decoder.inputs.map(({ name }) => name)).toEqual(['embedding', 'noise'])
  })

  it('does not take weights for inputs', () => {
    const both = {
      ...graph,
      inputs: [...graph.inputs, { name: 'vector weights', shape: [48, 12] }],
    }
    expect(unwrap(summariseOnnx(makeOnnx(both))).inputs.map(({ name }) => name)).toEqual(['pixels'])
  })

  it('names the files that hold weights outside', () => {
    const outside = {
      ...graph,
      weights: graph.weights!.map((one) => ({ ...one, external: '../../secret.bin' })),
    }
    expect(unwrap(summariseOnnx(makeOnnx(outside), 1e6)).externalFiles).toEqual(['../../secret.bin'])
  })

  it('answers with a problem for a file cut off anywhere', () => {
    let refused = 0
    for (let length = 0; length < model.length; length += 7) {
      const result = summariseOnnx(model.subarray(0, length))
      if (!result.ok) {
        refused++
        expect(result.problem).toMatchObject({
          code: 'BAD_FILE',
          message: expect.stringContaining('not a usable ONNX model'),
        })
      }
    }
    expect(refused).toBeGreaterThan(model.length / 8)
  })

  it('never throws, whatever the bytes', () => {
    for (let round = 0; round < 300; round++) {
      const bent = model.slice()
      for (let hit = 0; hit <= round % 5; hit++)
        bent[(round * 2654435761 + hit * 40503) % bent.length] = (round * 97) % 256
      expect(() => summariseOnnx(bent)).not.toThrow()
    }
  })

  it.each([
    ['a lone tensor of 2⁴⁰ values', [2 ** 20, 2 ** 20]],
    ['sizes whose product is beyond all numbers', Array.from({ length: 40 }, () => 2 ** 31)],
  ])('refuses %s that the file does not hold', (_, shape) => {
    const result = summariseOnnx(withTensor(tensor({ name: 'giant', shape, values: [1, 2, 3] })))
    expect(result).toMatchObject({
      ok: false,
      problem: { code: 'BAD_FILE', message: expect.stringMatching(/"giant" declares .* values but there are only/) },
    })
  })

  it('refuses a giant tensor in another file that is smaller', () => {
    const lies = tensor({ name: 'giant', shape: [2 ** 30], values: [], external: 'weights.bin' })
    expect(summariseOnnx(withTensor(lies), 1000).ok).toBe(false)
    expect(summariseOnnx(withTensor(lies), 2 ** 32).ok).toBe(true)
  })

  it('refuses a graph nested without end', () => {
    let nested = block(12, block(1, Uint8Array.of(121)))
    for (let depth = 0; depth < 60; depth++) nested = block(1, block(5, block(6, nested)))
    expect(summariseOnnx(Uint8Array.from([...number(1, 8), ...block(7, nested)]))).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('nested') },
    })
  })

  it.each([
    ['nothing', new Uint8Array(0)],
    ['text', new TextEncoder().encode('#!/bin/sh\necho no model\n')],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
  ])('refuses %s', (_, bytes) => {
    expect(summariseOnnx(bytes)).toMatchObject({ ok: false, problem: { code: 'BAD_FILE' } })
  })
})
