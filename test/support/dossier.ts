/** What a project knows of the mask of `mask-item.ts`, for tests of exports and reports. */
import { maskStatistics } from '../../src/core/volume/mask-statistics.ts'
import type { MaskDossier } from '../../src/engine/mask-dossier.ts'
import type { MaskItem } from './mask-item.ts'

export const provenance = {
  recipe: { subject: '01' },
  inputs: [{ path: 'bold.nii.gz', bytes: 9, sha256: 'a'.repeat(64) }],
}

/** Every fifth voxel in use is annotated; there are no reviews, decoders or repeats unless `more` brings them. */
export function dossierOf(item: MaskItem, more: Partial<MaskDossier> = {}): MaskDossier {
  const { index, grid, mask, result, subject, run } = item
  const space = { grid, index }
  const annotated = Uint8Array.from(index, (_, v) => (v % 5 === 0 ? 1 : 0))
  const voxels = index.length
  const none = { trials: 0, betas: new Float32Array(0) }
  const set = { ...none, target: new Int32Array(0), session: new Int32Array(0), run: new Int32Array(0) }
  const meanVolume = Float32Array.from({ length: grid.shape[0] * grid.shape[1] * grid.shape[2] }, () => 0)
  for (let v = 0; v < voxels; v++) meanVolume[index[v]!] = 100
  return {
    mask: { ...mask, sha256: 'e'.repeat(64), verdict: more.reviews?.[0]?.verdict ?? null, backbone: null },
    ...{ subject, result, run, backbone: null, reviews: [], stability: null, decoders: [], provenance },
    loaded: {
      ...{ summary: subject, labelTargets: null, imported: null, folds: [], split: null, crop: null, meanVolume },
      data: { name: subject.name, space, train: set, test: set, annotated, truth: null },
    },
    statistics: { mask: mask.id, ...maskStatistics(result.mask, space, { annotated, truth: null }), atlas: null },
    ...more,
  }
}

/** Repeats that all chose the mask and, in every second one, all other voxels too. */
export function repeatsOf(item: MaskItem, run: MaskDossier['run']): NonNullable<MaskDossier['stability']> {
  const { mask } = item.result
  return {
    ...{ run: { ...run, name: 'e-07' }, often: 0.8, remarks: ['Only 4 repeats: interval and frequencies are coarse.'] },
    result: {
      ...{ kind: 'seeds', repeats: [0, 1, 2, 3].map((seed) => `seed ${seed}, all trials`), chosenShare: 0.6 },
      pairwiseDice: { value: 0.71, direction: 'higher', chance: 0.6, n: 4, interval: [0.6, 0.82] },
      ...{ frequency: Float32Array.from(mask, (value) => (value ? 1 : 0.5)), allEqual: false },
    },
    ofMask: { shareOften: 1, shareOftenByChance: 0.13, meanFrequency: 1 },
  }
}
