/** What stage 1 leaves: the chosen voxels, the map they were chosen by, and how the choice came about. */
import { z } from 'zod'
import { mergeSaved, type Saved, savedBytes, savedFloats, savedNumber, savedNumbers, savedText } from './saved.ts'
import { type PresetName, presetNames } from './settings.ts'
import { packStage1, type Stage1Weights, unpackStage1 } from './stage1-weights.ts'

export interface MaskResult {
  readonly preset: PresetName
  readonly budget: number
  /** 0/1 per voxel of the subject. */
  readonly mask: Uint8Array
  /** The filtered map the mask was cut from. */
  readonly score: Float32Array
  /** The map before filtering. */
  readonly weights: Float32Array
  /** Smallest score inside the mask (exact presets), or th (Algorithm 1 as printed). */
  readonly threshold: number
  /** Algorithm 1's own thresholded mask; null where the preset has none. */
  readonly raw: Uint8Array | null
  /** Voxels above the threshold after filtering, per outer iteration. */
  readonly counts: readonly number[]
  /** ρ in force at each outer iteration. */
  readonly rhoHistory: readonly number[]
  /** L1 weight at the end; null where nothing was trained. */
  readonly psi: number | null
  /** Remarks a reviewer must see, in words. */
  readonly flags: readonly string[]
  /** Dice of the raw mask against the exact one; null without a raw mask. */
  readonly diceRawExact: number | null
  /** The trained input layer on the chosen voxels, for a stage 2 that keeps it; null where none was trained. */
  readonly stage1: Stage1Weights | null
}

/** A mask result as named arrays and values, for files. */
export function packMask(result: MaskResult): Saved {
  const { preset, budget, threshold, counts, rhoHistory, psi, flags, diceRawExact, stage1 } = result
  const own: Saved = {
    values: {
      ...{ preset, budget, threshold, counts, rhoHistory, flags: JSON.stringify(flags) },
      ...(psi === null ? {} : { psi }),
      ...(diceRawExact === null ? {} : { diceRawExact }),
    },
    arrays: {
      ...{ mask: result.mask, score: result.score, weights: result.weights },
      ...(result.raw === null ? {} : { raw: result.raw }),
    },
  }
  return stage1 === null ? own : mergeSaved(own, packStage1('stage1', stage1))
}

/** The inverse of `packMask`; throws ProblemError BAD_FILE where something is missing. */
export function unpackMask(saved: Saved): MaskResult {
  const optional = (name: string) => (name in saved.values ? savedNumber(saved, name) : null)
  return {
    preset: z.enum(presetNames).parse(savedText(saved, 'preset')),
    budget: savedNumber(saved, 'budget'),
    mask: savedBytes(saved, 'mask'),
    score: savedFloats(saved, 'score'),
    weights: savedFloats(saved, 'weights'),
    threshold: savedNumber(saved, 'threshold'),
    raw: 'raw' in saved.arrays ? savedBytes(saved, 'raw') : null,
    counts: savedNumbers(saved, 'counts'),
    rhoHistory: savedNumbers(saved, 'rhoHistory'),
    psi: optional('psi'),
    flags: z.array(z.string()).parse(JSON.parse(savedText(saved, 'flags'))),
    diceRawExact: optional('diceRawExact'),
    stage1: 'stage1/weights' in saved.arrays ? unpackStage1('stage1', saved) : null,
  }
}
