import { describe, expect, it } from 'vitest'
import type { ImportedTrials } from '../data/imported-trials.ts'
import { heldOut, runFolds, training } from '../data/split.ts'
import { maskPresets } from '../troi/settings.ts'
import { fewOfImported, fewRows, inTurnOfItems } from './few-trials.ts'
import { testMask, testTrials } from './test-request.ts'

const voxels = 2
/** `runs` runs of `perRun` trials, `items` labels in turn; the first beta of a trial is its number. */
function imported(runs: number, perRun: number, items: number): ImportedTrials {
  const trials = runs * perRun
  const of = (value: (trial: number) => number) => Int32Array.from({ length: trials }, (_, trial) => value(trial))
  return {
    ...{ name: 'sub-x', grid: { shape: [2, 1, 1], affine: [] }, index: Int32Array.of(0, 1), targets: 'labels' },
    betas: Float32Array.from({ length: trials * voxels }, (_, at) => (at % voxels === 0 ? at / voxels : -1)),
    ...{ label: of((trial) => trial % items), labels: Array.from({ length: items }, (_, item) => `label ${item}`) },
    ...{
      run: of((trial) => Math.floor(trial / perRun) + 1),
      session: of(() => 1),
      annotated: null,
      standardise: 'run',
    },
  }
}

describe('few trials', () => {
  it('are one of every item before a second of any, in their order', () => {
    expect(inTurnOfItems([0, 1, 2, 3, 4, 5], [7, 7, 7, 8, 9, 8], 4)).toEqual([0, 1, 3, 4])
    expect(inTurnOfItems([0, 1], [7, 7], 9)).toEqual([0, 1])
  })

  it('of folds are what a few of them hold out, so each still trains on the others', () => {
    const trials = imported(12, 100, 8)
    const { rows, folds } = fewRows(trials, runFolds(trials.run, trials.session), false)
    expect(folds).toHaveLength(testTrials.folds)
    expect(rows.length).toBeLessThanOrEqual(testTrials.train + testTrials.folds)
    for (const { part } of folds) {
      expect(part).toHaveLength(rows.length)
      expect(new Set(part)).toEqual(new Set([training, heldOut]))
    }
    const few = fewOfImported(trials, rows)
    expect(new Set(few.label).size).toBe(8)
    expect(new Set(few.run)).toEqual(new Set([1, 2, 3]))
    expect(Array.from(rows, (_, at) => few.betas[at * voxels])).toEqual(rows)
  })

  it('of a split for good keep trials on both sides and several of every run', () => {
    const trials = imported(10, 75, 25)
    const part = Uint8Array.from(trials.run, (run) => (run > 7 ? heldOut : training))
    const { rows, folds } = fewRows(trials, [{ name: 'held out: runs 8, 9, 10', part }], true)
    const count = (wanted: number) => folds[0]!.part.filter((own) => own === wanted).length
    expect(count(training)).toBeGreaterThan(testTrials.train / 2)
    expect(count(heldOut)).toBeGreaterThan(testTrials.test / 2)
    expect(rows.length).toBeLessThanOrEqual(1.2 * (testTrials.train + testTrials.test))
    const perRun = new Map<number, number>()
    for (const row of rows) perRun.set(trials.run[row]!, (perRun.get(trials.run[row]!) ?? 0) + 1)
    expect(Math.min(...perRun.values())).toBeGreaterThanOrEqual(4)
  })

  it('are all there are where there are few', () => {
    const trials = imported(3, 8, 2)
    expect(fewRows(trials, runFolds(trials.run, trials.session), false).rows).toHaveLength(24)
  })
})

describe('settings of a test run', () => {
  it('change how long is trained, never what is trained', () => {
    const { memory } = maskPresets
    const test = testMask(memory)
    expect(test.algorithm1).toMatchObject({ maximumEpochs: 2, plannedEpochs: 2, epochTrials: 1 })
    for (const name of ['batch', 'threshold', 'rho', 'score', 'learningRate', 'maskLearningRate'] as const)
      expect(test.algorithm1[name], name).toBe(memory.algorithm1[name])
    expect(test).toMatchObject({ preset: 'memory', budget: memory.budget, sigma: memory.sigma, seed: memory.seed })
    expect(test.crossFit.folds).toBe(memory.crossFit.folds)
  })
})
