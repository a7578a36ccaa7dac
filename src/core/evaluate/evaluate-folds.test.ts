import { describe, expect, it } from 'vitest'
import type { Targets } from '../data/subject-data.ts'
import { ProblemError } from '../problem.ts'
import { Random } from '../random/random.ts'
import { evaluatePictures } from './evaluate-decoder.ts'
import { evaluatePictureFolds, type JudgedFold, mostSimilar } from './evaluate-folds.ts'

const dimensions = 16

function targetsOf(items: number, seed: number): Targets {
  const names = Array.from({ length: items }, (_, i) => `p${i}`)
  return {
    kind: 'pictures',
    dimensions,
    vectors: Random.of(seed, 'targets').normals(items * dimensions),
    names,
    semanticStart: 8,
  }
}

/** A fold that shows `item`, predicted with noise of this deviation. */
function fold(targets: Targets, item: Int32Array, noise: number, seed: number): JudgedFold {
  const random = Random.of(seed, 'prediction')
  const rows = Float32Array.from({ length: item.length * dimensions }, (_, i) => {
    const shown = targets.vectors[item[Math.floor(i / dimensions)]! * dimensions + (i % dimensions)]!
    return shown + noise * random.normal()
  })
  return { targets, item, prediction: { trials: item.length, projected: rows, embedding: rows } }
}

describe('pictures held out in folds', () => {
  it('agree with the evaluation of a single split where there is one fold', () => {
    const targets = targetsOf(20, 1)
    const one = fold(
      targets,
      Int32Array.from({ length: 20 }, (_, i) => i),
      1.5,
      2,
    )
    const pooled = evaluatePictureFolds([one], 0)
    const single = evaluatePictures(one.prediction, targets, one.item, 0)
    for (const name of ['brainToImage', 'imageToBrain', 'brainToImageCsls', 'imageToBrainCsls'])
      expect([name, pooled.metrics[name]!.value]).toEqual([name, single.metrics[name]!.value])
    for (const name of ['twoWay', 'correlationDistance']) expect(pooled.metrics[name]).toEqual(single.metrics[name])
    expect(pooled.ranks).toEqual(single.ranks)
    expect(pooled.permutation.observed).toBeCloseTo(pooled.metrics.brainToImage!.value, 12)
  })

  it('let a prediction compete within its own fold, whose embedding may be its own', () => {
    const [a, b] = [targetsOf(9, 1), targetsOf(9, 5)]
    const folds = [fold(a, Int32Array.of(0, 1, 2, 3), 0, 3), fold(b, Int32Array.of(4, 5, 6, 7, 8), 0, 4)]
    const { metrics, permutation, ranks } = evaluatePictureFolds(folds, 0)
    // Wilson's interval of 9 right of 9; chance: four items of four, five of five.
    expect(metrics.brainToImage).toMatchObject({ value: 1, n: 9 })
    expect(metrics.brainToImage!.interval[0]).toBeCloseTo(0.7009, 3)
    expect(metrics.brainToImage!.chance).toBeCloseTo(2 / 9, 12)
    expect([...ranks.brainToImage]).toEqual(new Array(9).fill(0))
    expect(permutation.mean).toBeGreaterThan(0.15)
    expect(permutation.mean).toBeLessThan(0.3)
    expect(permutation.p).toBeLessThan(0.01)
  })

  it('are at chance where nothing was decoded', () => {
    // 1,000 guesses among five: chance is .2 with a deviation of .0126.
    const folds = Array.from({ length: 200 }, (_, k) => {
      const targets = targetsOf(5, 100 + k)
      const noise = Random.of(11, 'noise', k).normals(5 * dimensions)
      const prediction = { trials: 5, projected: noise, embedding: noise }
      return { targets, item: Int32Array.of(0, 1, 2, 3, 4), prediction }
    })
    const { metrics, permutation } = evaluatePictureFolds(folds, 0)
    expect(metrics.brainToImage!.chance).toBeCloseTo(0.2, 12)
    for (const name of ['brainToImage', 'imageToBrain']) {
      expect(metrics[name]!.value, name).toBeGreaterThan(0.15)
      expect(metrics[name]!.value, name).toBeLessThan(0.25)
    }
    expect(permutation.mean).toBeCloseTo(0.2, 2)
    expect(permutation.maximum).toBeLessThan(0.26)
  })

  it('count a tie as wrong', () => {
    expect([...mostSimilar(Float64Array.of(1, 1, 0, 0, 1, 0, 0.5, 0.2, 0.4), 3)]).toEqual([-1, 1, 0])
  })

  it('refuse predictions that are no numbers', () => {
    const targets = targetsOf(4, 1)
    const bad = fold(targets, Int32Array.of(0, 1), 0, 1)
    bad.prediction.projected[3] = Number.NaN
    expect(() => evaluatePictureFolds([bad], 0)).toThrow(ProblemError)
  })
})
