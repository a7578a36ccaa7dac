/** Cutting data down to some voxels: the input of stage 2 really is as narrow as the mask (TROI section "stage 2"). */
import type { SubjectData, TrialSet } from '../data/subject-data.ts'
import { ProblemError } from '../problem.ts'

/** Positions, ascending, where the mask is set. `null` means every voxel of the subject. */
export function chosenVoxels(subject: SubjectData, mask: Uint8Array | null): Int32Array {
  const voxels = subject.space.index.length
  if (mask !== null && mask.length !== voxels) {
    throw new ProblemError({
      code: 'LENGTH_MISMATCH',
      message: `The mask has ${mask.length} entries, subject ${subject.name} has ${voxels} voxels.`,
      where: 'mask',
      expected: 'one entry per voxel in use',
      fix: 'Use a mask that was made for this subject.',
    })
  }
  const chosen: number[] = []
  for (let v = 0; v < voxels; v++) if (mask === null || mask[v]) chosen.push(v)
  if (chosen.length === 0) {
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `The mask of subject ${subject.name} holds no voxel.`,
      where: 'mask',
      expected: 'at least one voxel',
      fix: 'Choose another mask or a larger budget.',
    })
  }
  return Int32Array.from(chosen)
}

/** Columns `index` of a matrix of `rows` rows, in that order. */
export function cutRows(values: Float32Array, rows: number, index: Int32Array): Float32Array {
  const voxels = values.length / rows
  if (index.length === voxels) return values
  const out = new Float32Array(rows * index.length)
  for (let row = 0; row < rows; row++) {
    const from = row * voxels
    const to = row * index.length
    for (let j = 0; j < index.length; j++) out[to + j] = values[from + index[j]!]!
  }
  return out
}

/** The same trials, seen through some voxels only. */
export function cutColumns(set: TrialSet, index: Int32Array): TrialSet {
  return { ...set, betas: cutRows(set.betas, set.trials, index) }
}

/** Rows `index` of a voxel-major matrix (voxels × width). */
export function cutVoxelRows(values: Float32Array, width: number, index: Int32Array): Float32Array {
  const out = new Float32Array(index.length * width)
  index.forEach((v, row) => {
    out.set(values.subarray(v * width, (v + 1) * width), row * width)
  })
  return out
}
