/**
 * One subject's betas X (trials × voxels) where the kernels can reach them, and their Gram matrix K = X Xᵀ. Every closed
 * formula of the selector works in trial space: it needs K, and products of a few rows with X. Nothing here is larger
 * than a block of rows × voxels beside X itself.
 */
import type { TrialSet } from '../data/subject-data.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import type { DenseKernels, ResidentMatrix } from '../tensor/dense-kernels.ts'

/** Trials beyond which K and its factor no longer fit ordinary memory and patience. */
export const mostTrials = 4000
const blockRows = 64

export interface SubjectGram {
  readonly trials: number
  readonly voxels: number
  readonly x: ResidentMatrix
  /** X Xᵀ, trials × trials, exactly symmetric. */
  readonly gram: Float64Array
  dispose(): void
}

/** K in blocks of rows. Throws ProblemError TOO_LARGE for more trials than a closed form can take. */
export async function subjectGram(set: TrialSet, kernels: DenseKernels, context: RunContext): Promise<SubjectGram> {
  const { trials, betas } = set
  const voxels = betas.length / trials
  if (trials > mostTrials) {
    throw new ProblemError({
      code: 'TOO_LARGE',
      message: `The closed-form selectors need a matrix of trials × trials, and this subject has ${trials} trials.`,
      expected: `at most ${mostTrials} trials`,
      fix: 'Choose the preset memory, or fewer sessions.',
    })
  }
  const x = kernels.resident(betas, trials, voxels)
  const gram = new Float64Array(trials * trials)
  for (let first = 0; first < trials; first += blockRows) {
    const count = Math.min(blockRows, trials - first)
    gram.set(x.timesTransposed(betas.subarray(first * voxels, (first + count) * voxels), count), first * trials)
    await context.breathe()
  }
  symmetrise(gram, trials)
  return { trials, voxels, x, gram, dispose: () => x.dispose() }
}

/** Block boundaries may round K_ij and K_ji differently; a factorisation wants them equal. */
function symmetrise(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (a[i * n + j]! + a[j * n + i]!) / 2
      a[i * n + j] = mean
      a[j * n + i] = mean
    }
  }
}

/** K + penalty · I, restricted to the chosen trials (all by default). */
export function penalisedGram(
  { gram, trials }: Pick<SubjectGram, 'gram' | 'trials'>,
  penalty: number,
  chosen?: Int32Array,
): Float64Array {
  const index = chosen ?? Int32Array.from({ length: trials }, (_, i) => i)
  const n = index.length
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) out[i * n + j] = gram[index[i]! * trials + index[j]!]!
    out[i * n + i]! += penalty
  }
  return out
}

/** Σ_r (C X)_rv² per voxel for coefficient rows C (rows × trials): the squared norm of C x_v, in blocks of rows. */
export async function columnPower(
  { x, trials, voxels }: Pick<SubjectGram, 'x' | 'trials' | 'voxels'>,
  coefficients: Float64Array,
  context: RunContext,
): Promise<Float64Array> {
  const rows = coefficients.length / trials
  const power = new Float64Array(voxels)
  const room = new Float32Array(Math.min(blockRows, rows) * voxels)
  for (let first = 0; first < rows; first += blockRows) {
    const count = Math.min(blockRows, rows - first)
    const own = Float32Array.from(coefficients.subarray(first * trials, (first + count) * trials))
    const block = x.times(own, count, room)
    for (let r = 0; r < count; r++) {
      const row = block.subarray(r * voxels, (r + 1) * voxels)
      for (let v = 0; v < voxels; v++) power[v]! += row[v]! * row[v]!
    }
    await context.breathe()
  }
  return power
}
