import { describe, expect, it } from 'vitest'
import { holdOut, type ImportedTrials } from '../data/imported-trials.ts'
import { planSplit } from '../data/split.ts'
import type { Targets } from '../data/subject-data.ts'
import { unwrap } from '../problem.ts'
import { Random } from '../random/random.ts'
import { type PictureFold, pictureFoldWorld } from './world.ts'

const pictures = 6
const label = Int32Array.from({ length: 24 }, (_, i) => (i * 5 + Math.floor(i / 8)) % pictures)
const run = label.map((_, i) => Math.floor(i / 8) + 1)
const names = Array.from({ length: pictures }, (_, i) => `p${i}`)
const trials: ImportedTrials = {
  ...{ name: 'sub-x', grid: { shape: [3, 1, 1], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] } },
  index: Int32Array.of(0, 1, 2),
  betas: Float32Array.from(Random.of(1, 'betas').normals(72)),
  ...{ targets: 'pictures', label, labels: names, run, session: run.map(() => 1), annotated: null, standardise: 'run' },
}
const split = unwrap(
  planSplit(
    { rule: 'leave-one-run-out', repeats: 'average-in-test' },
    { ...trials, item: label, itemNames: names, shared: null },
  ),
)

/** Every fold has an embedding of its own, even of another length. */
const parts = split.folds.map((fold, at): PictureFold => {
  const dimensions = 8 + at
  const vectors = Random.of(at, 'vectors').normals(pictures * dimensions)
  const targets: Targets = { kind: 'pictures', dimensions, vectors, names, semanticStart: 4 }
  const picture = (item: number) => ({
    width: 16,
    height: 16,
    pixels: new Float32Array(768).map((_, p) => ((p * (item + 1)) % 97) / 97),
  })
  return { split: fold, targets, pictures: { shown: picture, reconstruct: () => picture(at) } }
})

describe('a world of pictures that are held out in folds', () => {
  it('has a subject and an embedding for every fold', () => {
    const world = pictureFoldWorld(trials, parts, null)
    expect(world.folds).toHaveLength(3)
    for (const [at, fold] of world.folds.entries()) {
      expect(fold.targets!.dimensions).toBe(8 + at)
      expect(fold.subject()).toEqual(holdOut(trials, split.folds[at]!.part))
    }
  })

  it('judges the averaged trials of a fold in their order, each against the pictures of its fold', () => {
    const world = pictureFoldWorld(trials, parts, null)
    const predictions = world.folds.map((fold) => {
      const { target } = fold.subject().test
      const { dimensions, vectors } = fold.targets!
      const rows = Float32Array.from(
        { length: target.length * dimensions },
        (_, i) => vectors[target[Math.floor(i / dimensions)]! * dimensions + (i % dimensions)]!,
      )
      return { trials: target.length, projected: rows, prior: rows, b: rows }
    })
    const items = world.folds.reduce((sum, fold) => sum + fold.subject().test.trials, 0)
    const metrics = world.evaluate(predictions, 0)
    expect(metrics.brainToImage).toMatchObject({ value: 1, n: items })
    expect(metrics.brainToImage!.chance).toBeCloseTo(3 / items, 12)
    expect(metrics.pixCorr!.n).toBe(items)
    // The wrong way round, nothing fits.
    const reversed = predictions.map(({ trials: count, projected }) => {
      const width = projected.length / count
      const rows = Float32Array.from(
        projected,
        (_, i) => projected[(count - 1 - Math.floor(i / width)) * width + (i % width)]!,
      )
      return { trials: count, projected: rows, prior: rows, b: rows }
    })
    expect(world.evaluate(reversed, 0).brainToImage!.value).toBeLessThan(0.5)
  })
})
