import { describe, expect, it } from 'vitest'
import { maskItem } from '../../../test/support/mask-item.ts'
import type { Split } from '../../core/contract/recipe.ts'
import type { ImportedTrials } from '../../core/data/imported-trials.ts'
import { heldOut, planSplit } from '../../core/data/split.ts'
import { unwrap } from '../../core/problem.ts'
import { packImported, unpackSubject } from './subject-file.ts'

const { subject } = maskItem()
const run = Int32Array.of(1, 1, 2, 2, 3, 3, 4, 4)

function trialsOf(targets: 'labels' | 'pictures', label: Int32Array): ImportedTrials {
  return {
    ...{ name: 'sub-x', grid: { shape: [2, 1, 1], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] } },
    ...{ index: Int32Array.of(0, 1), betas: Float32Array.from({ length: 16 }, (_, i) => (i * 7) % 5), targets, label },
    labels: [...new Set(label)].map((item) => `item ${item}`),
    ...{ run, session: run.map(() => 1), annotated: Uint8Array.of(1, 0), standardise: 'run' },
  }
}

const meanVolume = Float32Array.of(3, 4)
function packed(trials: ImportedTrials, split: Split, shared: Uint8Array | null = null) {
  const planned = unwrap(planSplit(split, { ...trials, item: trials.label, itemNames: trials.labels, shared }))
  const crop = { start: [0, 0, 0], shape: [2, 1, 1] } as const
  return packImported({ trials, split, planned, shared, meanVolume, crop })
}

describe('the file of an imported subject', () => {
  it('gives back trials, split and crop', () => {
    const trials = trialsOf('pictures', Int32Array.of(0, 1, 2, 3, 0, 1, 2, 3))
    const content = packed(trials, { rule: 'pictures' }, Uint8Array.of(1, 1, 0, 0))
    const loaded = unpackSubject(subject, content)
    expect(loaded.imported).toEqual(trials)
    expect(loaded).toMatchObject({
      split: { rule: 'pictures' },
      crop: { start: [0, 0, 0], shape: [2, 1, 1] },
      labelTargets: null,
    })
    expect([loaded.data.train.trials, loaded.data.test.trials]).toEqual([4, 2])
    expect([...content.arrays['all/part']!]).toEqual([...trials.label].map((item) => (item < 2 ? heldOut : 0)))
  })

  it('trains on everything where folds are held out in turn', () => {
    const trials = trialsOf('labels', Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1))
    const loaded = unpackSubject(subject, packed(trials, { rule: 'leave-one-run-out' }))
    expect([loaded.data.train.trials, loaded.data.test.trials, loaded.folds.length]).toEqual([8, 0, 4])
    expect(loaded.labelTargets!.names).toEqual(['item 0', 'item 1'])
  })

  it.each([
    [[3], [6, 2], 1],
    [[], [8, 0], 4],
  ])('is still read where an earlier version wrote the held-out runs %j', (runs, trialsOfSides, folds) => {
    const trials = trialsOf('labels', Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1))
    const { values, arrays } = packed(trials, { rule: 'leave-one-run-out' })
    const { split: _split, crop: _crop, ...old } = values
    const loaded = unpackSubject(subject, { values: { ...old, heldOut: runs }, arrays })
    expect([loaded.data.train.trials, loaded.data.test.trials]).toEqual(trialsOfSides)
    expect(loaded.folds).toHaveLength(folds)
    expect(loaded.crop).toBeNull()
  })
})
