import { describe, expect, it } from 'vitest'
import { unwrap } from '../problem.ts'
import { Random } from '../random/random.ts'
import { applyPackEmbedding, fitPackEmbedding, invertPackEmbedding, withPackPart } from './pack-embedding.ts'

const columns = 40
const pictures = 60

/** Six hidden causes seen through 40 numbers of very different size. */
function outputs(): Float32Array {
  const random = Random.of(3, 'pack outputs')
  const mixing = random.normals(6 * columns)
  const raw = new Float32Array(pictures * columns)
  for (let i = 0; i < pictures; i++) {
    const causes = random.normals(6)
    for (let c = 0; c < columns; c++) {
      let sum = 0
      for (let k = 0; k < 6; k++) sum += causes[k]! * mixing[k * columns + c]!
      raw[i * columns + c] = 10 ** (c % 5) * (sum + 2)
    }
  }
  return raw
}
const training = Int32Array.from({ length: 40 }, (_, i) => i + 20)

describe('a pack’s output as embedding', () => {
  it('has a mean variance of 1 and mean 0 over the training pictures', () => {
    const fit = unwrap(fitPackEmbedding(outputs(), columns, training, 6))
    expect(fit.pca.dimensions).toBe(6)
    const vectors = applyPackEmbedding(fit, outputs())
    let variance = 0
    for (let k = 0; k < 6; k++) {
      let [sum, square] = [0, 0]
      for (const row of training) {
        sum += vectors[row * 6 + k]!
        square += vectors[row * 6 + k]! ** 2
      }
      expect(sum / 40).toBeCloseTo(0, 4)
      variance += square / 40 / 6
    }
    expect(variance).toBeCloseTo(1, 3)
  })

  it('does not look at pictures that are not listed', () => {
    const raw = outputs()
    const fit = fitPackEmbedding(raw, columns, training, 6)
    const changed = raw.slice()
    changed.fill(1e7, 0, 20 * columns)
    expect(fitPackEmbedding(changed, columns, training, 6)).toEqual(fit)
  })

  it('lets large numbers have no more say than small ones', () => {
    const raw = outputs()
    const scaled = raw.map((value, i) => (i % columns === 7 ? value * 1000 : value))
    const [a, b] = [raw, scaled].map((values) =>
      applyPackEmbedding(unwrap(fitPackEmbedding(values, columns, training, 6)), values),
    )
    a!.forEach((value, i) => {
      expect(b![i]).toBeCloseTo(value, 3)
    })
  })

  it('is inverted where all causes are kept', () => {
    const raw = outputs()
    const fit = unwrap(fitPackEmbedding(raw, columns, training, 6))
    const vectors = applyPackEmbedding(fit, raw)
    const back = invertPackEmbedding(fit, vectors.subarray(5 * 6, 6 * 6))
    for (let c = 0; c < columns; c++) expect(back[c]! / raw[5 * columns + c]!).toBeCloseTo(1, 2)
  })

  it('leaves out numbers that never change, and refuses an output that never does', () => {
    const raw = outputs().map((value, i) => (i % columns < 2 ? 3 : value))
    const fit = unwrap(fitPackEmbedding(raw, columns, training, 6))
    expect(applyPackEmbedding(fit, raw).every(Number.isFinite)).toBe(true)
    expect(invertPackEmbedding(fit, new Float32Array(6))[0]).toBe(3)
    for (const [values, rows] of [
      [new Float32Array(pictures * columns).fill(2), training],
      [outputs(), Int32Array.of(4)],
    ] as const)
      expect(fitPackEmbedding(values, columns, rows)).toMatchObject({ ok: false, problem: { code: 'BAD_PARAMETER' } })
  })
})

describe('withPackPart', () => {
  it('keeps the pixel part and replaces what follows', () => {
    const builtIn = {
      ...{ kind: 'pictures' as const, dimensions: 3, semanticStart: 2, names: ['a', 'b'] },
      vectors: Float32Array.of(1, 2, 3, 4, 5, 6),
    }
    const targets = withPackPart(builtIn, Float32Array.of(70, 71, 80, 81), 2)
    expect(targets).toMatchObject({ kind: 'pictures', dimensions: 4, semanticStart: 2, names: ['a', 'b'] })
    expect([...targets.vectors]).toEqual([1, 2, 70, 71, 4, 5, 80, 81])
  })
})
