/** What stage 1 leaves: the chosen voxels, the map they were chosen by, and how the choice came about. */
import { overlap } from '../volume/overlap.ts'
import type { Stage1Weights } from './stage1-weights.ts'
import type { PresetName } from './settings.ts'

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

export function diceOf(raw: Uint8Array | null, exact: Uint8Array): number | null {
  return raw === null ? null : overlap(raw, exact).dice
}
