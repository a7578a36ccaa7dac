import { describe, expect, it } from 'vitest'
import type { Targets } from '../data/subject-data.ts'
import { ProblemError } from '../problem.ts'
import { Random } from '../random/random.ts'
import { evaluateAnswers, evaluateLabels, evaluatePictures } from './evaluate-decoder.ts'
import type { Picture } from './image-metrics.ts'
import { metricSchema } from './metric.ts'

const [items, dimensions, semanticStart] = [24, 10, 6]
const random = Random.of(179, 'evaluate decoder')
const targets: Targets = {
  kind: 'pictures',
  dimensions,
  vectors: random.normals(items * dimensions),
  names: Array.from({ length: items }, (_, i) => `picture ${i}`),
  semanticStart,
}
/** Trials show the pictures in another order, and only some of them. */
const item = random.sample(items, 15)
const shown = Float32Array.from({ length: 15 * dimensions }, (_, at) => {
  return targets.vectors[item[Math.floor(at / dimensions)]! * dimensions + (at % dimensions)]!
})
const noisy = (amount: number) => shown.map((value) => value + amount * random.normal())

function picture(vector: Float32Array): Picture {
  const pixels = Float32Array.from({ length: 12 * 12 * 3 }, (_, at) => 0.5 + 0.1 * vector[at % dimensions]!)
  return { width: 12, height: 12, pixels }
}
const pair = (embedding: Float32Array) => (trial: number) => ({
  truth: picture(shown.subarray(trial * dimensions, (trial + 1) * dimensions)),
  reconstruction: picture(embedding.subarray(trial * dimensions, (trial + 1) * dimensions)),
})

describe('pictures', () => {
  it('have all metrics under their names, each a complete metric', () => {
    const embedding = noisy(0.5)
    const { metrics } = evaluatePictures(
      { trials: 15, projected: noisy(0.5), embedding },
      targets,
      item,
      1,
      pair(embedding),
    )
    expect(Object.keys(metrics).sort()).toEqual(
      [
        'brainToImage',
        'brainToImageCsls',
        'correlationDistance',
        'embeddingR2',
        'imageToBrain',
        'imageToBrainCsls',
        'pixCorr',
        'ssim',
        'twoWay',
      ].sort(),
    )
    for (const [name, metric] of Object.entries(metrics)) {
      expect(metricSchema.parse(metric), name).toEqual(metric)
      expect(metric.n, name).toBe(15)
      expect(metric.interval[0], name).toBeLessThanOrEqual(metric.value)
      expect(metric.interval[1], name).toBeGreaterThanOrEqual(metric.value)
      expect(metric.direction, name).toBe(name === 'correlationDistance' ? 'lower' : 'higher')
    }
    expect(metrics.brainToImage?.chance).toBe(1 / 15)
    expect(metrics.twoWay?.chance).toBe(0.5)
  })

  it('are perfect for perfect predictions, though the trials come in another order than the targets', () => {
    const { metrics, ranks } = evaluatePictures(
      { trials: 15, projected: shown, embedding: shown },
      targets,
      item,
      1,
      pair(shown),
    )
    for (const name of [
      'brainToImage',
      'imageToBrain',
      'brainToImageCsls',
      'imageToBrainCsls',
      'twoWay',
      'embeddingR2',
    ])
      expect(metrics[name]?.value, name).toBe(1)
    expect(metrics.correlationDistance?.value).toBeCloseTo(0, 9)
    expect(metrics.pixCorr?.value).toBeCloseTo(1, 9)
    expect(metrics.ssim?.value).toBeCloseTo(1, 9)
    expect([...ranks.brainToImage, ...ranks.imageToBrain]).toEqual(new Array(30).fill(0))
  })

  it('take retrieval from the projected vectors, and the rest from the embedding', () => {
    const good = evaluatePictures({ trials: 15, projected: shown, embedding: noisy(9) }, targets, item, 1).metrics
    expect(good.brainToImage?.value).toBe(1)
    expect(good.embeddingR2?.value).toBeLessThan(0)
    const other = evaluatePictures({ trials: 15, projected: noisy(9), embedding: shown }, targets, item, 1).metrics
    expect(other.brainToImage?.value).toBeLessThan(1)
    expect(other.embeddingR2?.value).toBe(1)
  })

  it('judge identification by the part of the embedding that carries meaning', () => {
    const spoilt = shown.map((value, at) => (at % dimensions < semanticStart ? -value : value))
    const { metrics } = evaluatePictures({ trials: 15, projected: shown, embedding: spoilt }, targets, item, 1)
    expect(metrics.twoWay?.value).toBe(1)
    expect(metrics.correlationDistance?.value).toBeCloseTo(0, 9)
    expect(metrics.embeddingR2?.value).toBeLessThan(0)
  })

  it('leave picture metrics out where there are no pictures', () => {
    const found = evaluatePictures({ trials: 15, projected: shown, embedding: shown }, targets, item, 1)
    expect(found.metrics).not.toHaveProperty('pixCorr')
    expect(found.metrics).not.toHaveProperty('ssim')
    expect(found.pixCorr).toHaveLength(0)
  })

  it('are the same for the same seed', () => {
    const prediction = { trials: 15, projected: noisy(1), embedding: noisy(1) }
    expect(evaluatePictures(prediction, targets, item, 5)).toEqual(evaluatePictures(prediction, targets, item, 5))
  })

  it('refuse a decoder that diverged, in either of its outputs', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const broken = shown.slice()
      broken[3 * dimensions + 1] = bad
      for (const prediction of [
        { trials: 15, projected: broken, embedding: shown },
        { trials: 15, projected: shown, embedding: broken },
      ]) {
        const evaluate = () => evaluatePictures(prediction, targets, item, 1)
        expect(evaluate).toThrow(ProblemError)
        expect(evaluate).toThrow(/trial 4/)
      }
    }
  })
})

describe('labels', () => {
  const labels: Targets = {
    kind: 'labels',
    dimensions: 4,
    vectors: Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0),
    names: ['face', 'house', 'cat'],
    semanticStart: 0,
  }
  const label = Int32Array.from({ length: 36 }, (_, i) => i % 3)
  const run = Int32Array.from({ length: 36 }, (_, i) => Math.floor(i / 6))
  const projected = Float32Array.from({ length: 36 * 4 }, (_, at) => (at % 4 === label[Math.floor(at / 4)] ? 2 : 0.1))

  it('have accuracy, confusion and null from the same answers', () => {
    const found = evaluateLabels({ trials: 36, projected }, labels, label, run, 1)
    expect(found.answered).toEqual(label)
    expect(found.metrics.accuracy).toMatchObject({ value: 1, chance: 1 / 3, n: 36 })
    expect(found.metrics.balancedAccuracy).toMatchObject({ value: 1, interval: [1, 1] })
    expect(found.confusion.counts).toEqual([
      [12, 0, 0],
      [0, 12, 0],
      [0, 0, 12],
    ])
    expect(found.permutation).toMatchObject({ observed: 1, p: 1 / 1001, permutations: 1000 })
    expect(evaluateAnswers(found.answered, labels.names, label, run, 1)).toEqual(found)
  })

  it('refuse a decoder that diverged', () => {
    const broken = projected.slice()
    broken[7] = Number.NaN
    expect(() => evaluateLabels({ trials: 36, projected: broken }, labels, label, run, 1)).toThrow(ProblemError)
  })
})
