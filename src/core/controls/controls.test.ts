import { describe, expect, it } from 'vitest'
import golden from '../../../test/golden/metrics.json' with { type: 'json' }
import { retrieval } from '../evaluate/retrieval.ts'
import { flatten, relativeError } from '../model/test-support.ts'
import { silentContext } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import { gatherRows } from '../troi/batches.ts'
import { subjectGram } from '../troi/subject-gram.ts'
import { openReference } from '../troi/test-support.ts'
import { tinyDimensions, tinySubject, tinyTargets } from '../troi/tiny-world.ts'
import { overlap } from '../volume/overlap.ts'
import { controlScore, fixedMask, maskFromScore, scoreControls } from './masks.ts'
import { decodeWithRidge, fitRidgeDecoder } from './ridge-decoder.ts'
import { ridgeScore } from './ridge-score.ts'

const { kernels } = openReference()
const context = silentContext()
const targets = tinyTargets(160, 1)
const subject = tinySubject('new', targets, 5)
const truth = subject.truth!
const voxels = subject.space.index.length

function count(mask: Uint8Array): number {
  return mask.reduce((sum, value) => sum + value, 0)
}

describe('ridge score', () => {
  it('equals the golden row norms of the ridge weights', async () => {
    const { X, Y, lam, score } = golden.ridge
    const set = {
      trials: X.length,
      betas: Float32Array.from(flatten(X)),
      target: Int32Array.from(X.keys()),
      session: new Int32Array(X.length),
      run: new Int32Array(X.length),
    }
    const gram = await subjectGram(set, kernels, context)
    expect(relativeError(await ridgeScore(gram, Float32Array.from(flatten(Y)), lam, context), score)).toBeLessThan(1e-5)
  })
})

describe('scores of voxels', () => {
  it.each(scoreControls)('%s finds true voxels, with and without the filter', async (control) => {
    // Weak signal, and pictures that come back.
    const weak = tinySubject('weak', targets, 5, { trials: 200, signal: 0.3 })
    const score = await controlScore(control, weak, targets, 0, kernels, context)
    const dice = (sigma: number) => overlap(maskFromScore(weak, score, count(truth), sigma), truth).dice
    const chance = count(truth) / voxels
    expect(dice(0)).toBeGreaterThan(2 * chance)
    expect(dice(0.7)).toBeGreaterThan(2 * chance)
  })

  it('encoding is a correlation: near its ceiling in true voxels, near zero elsewhere', async () => {
    const score = await controlScore('encoding', subject, targets, 0, kernels, context)
    const mean = (wanted: number) => {
      const chosen = [...score].filter((_, v) => truth[v] === wanted)
      return chosen.reduce((a, b) => a + b, 0) / chosen.length
    }
    expect(Math.max(...score)).toBeLessThanOrEqual(1)
    expect(mean(1)).toBeGreaterThan(0.5)
    expect(Math.abs(mean(0))).toBeLessThan(0.1)
  })
})

describe('fixed masks', () => {
  it('hold what their names say', () => {
    expect(fixedMask('annotated', subject, 9, 0)).toBe(subject.annotated)
    expect(fixedMask('true', subject, 9, 0)).toBe(subject.truth)
    expect(count(fixedMask('whole', subject, 9, 0))).toBe(voxels)
    expect(count(fixedMask('random', subject, 9, 0))).toBe(9)
    const inside = fixedMask('random-in-annotated', subject, 9, 0)
    expect(count(inside)).toBe(9)
    expect(overlap(inside, subject.annotated!).precision).toBe(1)
    expect(fixedMask('random', subject, 9, 0)).toEqual(fixedMask('random', subject, 9, 0))
    expect(fixedMask('random', subject, 9, 1)).not.toEqual(fixedMask('random', subject, 9, 0))
  })

  it('say so where there is no ROI or no truth', () => {
    const bare = { ...subject, annotated: null, truth: null }
    for (const control of ['annotated', 'random-in-annotated', 'true'] as const) {
      expect(() => fixedMask(control, bare, 9, 0)).toThrow(ProblemError)
    }
  })
})

describe('ridge decoder', () => {
  it('decodes held-out pictures far above chance and reports how well its λ did in training', async () => {
    const decoder = await fitRidgeDecoder(subject, targets, truth, 0, kernels, context)
    const decoded = decodeWithRidge(decoder, subject.test.betas, kernels)
    const shown = gatherRows(targets.vectors, tinyDimensions, subject.test.target)
    const { brainToImage } = retrieval(decoded.projected, shown, decoded.trials, 0)
    expect(brainToImage.value).toBeGreaterThan(0.5)
    expect(decoder.heldOutR2).toBeGreaterThan(0.5)
    expect(decoder.heldOutR2).toBeLessThan(1)
  })

  it('chooses a stronger penalty for voxels without signal', async () => {
    const silent = truth.map((value) => 1 - value)
    const good = await fitRidgeDecoder(subject, targets, truth, 0, kernels, context)
    const bad = await fitRidgeDecoder(subject, targets, silent, 0, kernels, context)
    expect(bad.ridge).toBeGreaterThan(good.ridge)
    expect(bad.heldOutR2).toBeLessThan(0.1)
  })

  it('tells labels apart, with whole runs held out for the choice of λ', async () => {
    const labels = tinyTargets(6, 3, 'labels')
    const faces = tinySubject('labelled', labels, 9)
    const decoder = await fitRidgeDecoder(faces, labels, faces.truth!, 0, kernels, context)
    const { projected } = decodeWithRidge(decoder, faces.test.betas, kernels)
    expect(retrieval(projected.subarray(0, 6 * tinyDimensions), labels.vectors, 6, 0).brainToImage.value).toBe(1)
  })
})
