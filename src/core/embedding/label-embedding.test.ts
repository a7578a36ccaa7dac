import { describe, expect, it } from 'vitest'
import { unwrap } from '../problem.ts'
import { labelEmbedding } from './label-embedding.ts'

describe('labelEmbedding', () => {
  it.each([2, 3, 8, 40])('is a regular simplex of %i labels with mean 0 and mean variance 1', (n) => {
    const labels = Array.from({ length: n }, (_, i) => `label ${i}`)
    const { kind, dimensions, vectors, names, semanticStart } = unwrap(labelEmbedding(labels))
    expect({ kind, dimensions, names, semanticStart }).toEqual({
      kind: 'labels',
      dimensions: n,
      names: labels,
      semanticStart: 0,
    })
    const row = (i: number) => vectors.subarray(i * n, (i + 1) * n)
    const dot = (i: number, j: number) => row(i).reduce((sum, value, k) => sum + value * row(j)[k]!, 0)
    for (let i = 0; i < n; i++) {
      expect(dot(i, i)).toBeCloseTo(n, 3)
      for (let j = 0; j < i; j++) expect(dot(i, j) / n).toBeCloseTo(-1 / (n - 1), 5)
    }
    for (let k = 0; k < n; k++) {
      let [sum, square] = [0, 0]
      for (let i = 0; i < n; i++) {
        sum += row(i)[k]!
        square += row(i)[k]! ** 2
      }
      expect(sum).toBeCloseTo(0, 4)
      expect(square / n).toBeCloseTo(1, 4)
    }
  })

  it.each([[[]], [['face']], [['face', 'house', 'face']]])('refuses %j', (labels) => {
    expect(labelEmbedding(labels)).toMatchObject({ ok: false, problem: { code: 'BAD_PARAMETER', where: 'labels' } })
  })
})
