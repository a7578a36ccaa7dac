import { describe, expect, it } from 'vitest'
import { ProblemError } from '../problem.ts'
import { Random } from '../random/random.ts'
import { accuracy, balancedAccuracy, confusionMatrix, nearestLabel, permutationNull } from './classification.ts'

const integers = (...values: number[]) => Int32Array.from(values)

describe('nearest label', () => {
  it('is the one with the highest cosine, whatever the lengths', () => {
    const seed = 149
    const random = Random.of(seed, 'nearest')
    const labels = random.normals(4 * 6)
    const shown = Int32Array.from({ length: 50 }, () => random.integer(4))
    const predicted = new Float32Array(50 * 6)
    shown.forEach((label, i) => {
      const scale = 0.1 + 10 * random.uniform()
      for (let c = 0; c < 6; c++) predicted[i * 6 + c] = scale * (labels[label * 6 + c]! + 0.05 * random.normal())
    })
    expect(nearestLabel(predicted, labels, 50, 4), `seed ${seed}`).toEqual(shown)
  })

  it('is the first of equals', () => {
    const labels = Float32Array.of(1, 0, 1, 0, 0, 1)
    expect(nearestLabel(Float32Array.of(2, 0), labels, 1, 3)[0]).toBe(0)
    expect(nearestLabel(Float32Array.of(0, 0), labels, 1, 3)[0]).toBe(0)
  })

  it('refuses a prediction that is not a number', () => {
    const labels = Float32Array.of(1, 0, 0, 1)
    const answer = () => nearestLabel(Float32Array.of(1, 0, Number.NaN, 1), labels, 2, 2)
    expect(answer).toThrow(ProblemError)
    expect(answer).toThrow(/trial 2/)
  })
})

describe('accuracy', () => {
  const shown = integers(0, 0, 0, 0, 0, 0, 1, 1, 2)
  const answered = integers(0, 0, 0, 0, 0, 1, 1, 0, 2)

  it('is the share of right answers, with chance and interval', () => {
    const found = accuracy(answered, shown, 3)
    expect(found).toMatchObject({ direction: 'higher', chance: 1 / 3, n: 9 })
    expect(found.value).toBeCloseTo(7 / 9, 12)
    expect(found.interval[0]).toBeLessThan(7 / 9)
    expect(found.interval[1]).toBeGreaterThan(7 / 9)
  })

  it('balanced is the mean over labels', () => {
    const found = balancedAccuracy(answered, shown, 3, 1)
    expect(found.value).toBeCloseTo((5 / 6 + 1 / 2 + 1) / 3, 12)
    expect(found).toMatchObject({ direction: 'higher', chance: 1 / 3, n: 9 })
    expect(found.interval[0]).toBeLessThan(found.value)
    expect(found.interval[1]).toBeGreaterThan(found.value)
  })

  it('balanced never claims more than everything right', () => {
    // One label is much rarer than the other: a draw over all trials would weigh it by how often it came up.
    const rare = Int32Array.from({ length: 40 }, (_, i) => (i < 37 ? 0 : 1))
    expect(balancedAccuracy(rare, rare, 2, 1)).toMatchObject({ value: 1, interval: [1, 1] })
    const seed = 151
    const random = Random.of(seed, 'balanced')
    for (let round = 0; round < 20; round++) {
      const truth = Int32Array.from({ length: 30 }, () => (random.uniform() < 0.9 ? 0 : 1 + random.integer(2)))
      const said = truth.map((label) => (random.uniform() < 0.8 ? label : random.integer(3)))
      const { value, interval } = balancedAccuracy(said, truth, 3, round)
      expect(interval[0], `seed ${seed}, round ${round}`).toBeGreaterThanOrEqual(0)
      expect(interval[1], `seed ${seed}, round ${round}`).toBeLessThanOrEqual(1)
      expect(interval[0], `seed ${seed}, round ${round}`).toBeLessThanOrEqual(value)
      expect(interval[1], `seed ${seed}, round ${round}`).toBeGreaterThanOrEqual(value)
    }
  })

  it('leaves labels out that were never shown, and says nothing of no trials', () => {
    expect(balancedAccuracy(integers(0, 0), integers(0, 0), 5, 1).value).toBe(1)
    expect(accuracy(integers(), integers(), 4)).toMatchObject({ value: 0, n: 0, interval: [0, 1] })
    expect(balancedAccuracy(integers(), integers(), 4, 1)).toMatchObject({ value: 0, n: 0 })
  })

  it('has a confusion matrix by shown and answered label', () => {
    const said = integers(0, 0, 0, 0, 2, 1, 1, 0, 2)
    expect(confusionMatrix(said, shown, ['face', 'house', 'cat'])).toEqual({
      labels: ['face', 'house', 'cat'],
      counts: [
        [4, 1, 1],
        [1, 1, 0],
        [0, 0, 1],
      ],
    })
  })
})

describe('permutation null', () => {
  it('shuffles labels within runs only', () => {
    // Each run shows one label, so no shuffle within a run can change anything.
    const shown = integers(0, 0, 0, 1, 1, 1)
    const found = permutationNull(integers(0, 0, 1, 1, 1, 1), shown, integers(1, 1, 1, 2, 2, 2), 1, 200)
    expect(found).toMatchObject({ observed: 5 / 6, maximum: 5 / 6, p: 1, permutations: 200 })
    expect(found.mean).toBeCloseTo(5 / 6, 12)
  })

  it('is small for right answers, with a p that cannot be 0', () => {
    const shown = Int32Array.from({ length: 96 }, (_, i) => i % 8)
    const run = Int32Array.from({ length: 96 }, (_, i) => Math.floor(i / 8))
    const found = permutationNull(shown, shown, run, 1, 500)
    expect(found.observed).toBe(1)
    expect(found.p).toBe(1 / 501)
    // Eight trials of eight labels per run: one in eight stays in its place by chance.
    expect(Math.abs(found.mean - 1 / 8)).toBeLessThan(0.01)
    expect(found.maximum).toBeLessThan(0.5)
  })

  it('is the same for the same seed', () => {
    const seed = 157
    const random = Random.of(seed, 'null')
    const shown = Int32Array.from({ length: 40 }, () => random.integer(4))
    const answered = Int32Array.from({ length: 40 }, () => random.integer(4))
    const run = Int32Array.from({ length: 40 }, (_, i) => Math.floor(i / 10))
    const found = permutationNull(answered, shown, run, seed, 300)
    expect(permutationNull(answered, shown, run, seed, 300)).toEqual(found)
    expect(permutationNull(answered, shown, run, seed + 1, 300)).not.toEqual(found)
  })

  it('gives p values that are uniform where there is nothing to find', () => {
    const seed = 163
    const random = Random.of(seed, 'uniform p')
    let [below, total] = [0, 0]
    for (let round = 0; round < 150; round++) {
      const shown = Int32Array.from({ length: 48 }, (_, i) => i % 4)
      const answered = Int32Array.from({ length: 48 }, () => random.integer(4))
      const run = Int32Array.from({ length: 48 }, (_, i) => Math.floor(i / 12))
      if (permutationNull(answered, shown, run, round, 99).p <= 0.2) below++
      total++
    }
    // 0.2 is an upper bound, because accuracies are coarse (binomial sd 4.9 of 150).
    expect(below, `seed ${seed}: ${below} of ${total}`).toBeLessThanOrEqual(45)
    expect(below, `seed ${seed}: ${below} of ${total}`).toBeGreaterThanOrEqual(8)
  })
})
