/** One subject's anatomy: brain, cortical sheet, true voxels with their streams, annotated ROI. Canonical order throughout. */
import { Random } from '../random/random.ts'
import { drawAnnotatedRoi } from './annotated-roi.ts'
import { type Brain, growBrain } from './brain.ts'
import { foldSheet, sheetThickness } from './cortical-sheet.ts'
import type { SizeSettings } from './settings.ts'
import { placeStreams } from './streams.ts'

export interface TrueVoxels {
  /** Flat grid indices, ascending. */
  readonly at: Int32Array
  /** Index into streamNames. */
  readonly stream: Uint8Array
  /** −1 left, 1 right hemisphere. */
  readonly side: Int8Array
  /** 0 in the middle of the sheet, 1 at its inner or outer face. */
  readonly eccentric: Float32Array
}

export interface Anatomy {
  readonly brain: Brain
  readonly truth: TrueVoxels
  /** 0/1 per voxel of the grid. */
  readonly annotated: Uint8Array
}

export function growAnatomy(size: SizeSettings, seed: number, subject: number): Anatomy {
  const stream = (what: string) => Random.of(seed, 'anatomy', subject, what)
  const brain = growBrain(size.shape, size.brainVoxels, stream('brain'))
  const sheet = foldSheet(brain, stream('folds'))
  const patches = placeStreams(brain, sheet, size.trueVoxels, stream('streams'))
  const annotated = drawAnnotatedRoi(brain, sheet, patches, size.annotatedVoxels, stream('expert'))
  const { nodes } = patches
  const at = Int32Array.from(nodes, (node) => sheet.voxels[node]!)
  return {
    brain,
    annotated,
    truth: {
      at,
      stream: Uint8Array.from(nodes, (node) => patches.stream[node]!),
      side: Int8Array.from(nodes, (node) => sheet.side[node]!),
      eccentric: Float32Array.from(at, (voxel) => Math.abs(sheet.distance[voxel]!) / (sheetThickness / 2)),
    },
  }
}
