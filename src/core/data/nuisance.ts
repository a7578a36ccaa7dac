/**
 * What is removed from a run before trials are formed, as one set of regressors: a constant, drift and confounds. They are
 * removed in a single regression. One after the other would bring back what the first step removed (Lindquist et al. 2019).
 */
import { cosineCount, cosineDrift, straightLine } from './drift.ts'

export interface NuisanceBasis {
  readonly volumes: number
  /** Orthonormal regressors over the volumes of the run. */
  readonly columns: readonly Float64Array[]
  /** Regressors that were sums of earlier ones and took no part. */
  readonly dropped: number
}

export interface NuisanceParts {
  readonly volumes: number
  readonly line: boolean
  readonly highPass: { readonly repetitionSeconds: number; readonly cutoffSeconds: number } | null
  /** Any scale; one number per volume each. */
  readonly others: readonly Float64Array[]
}

/** A regressor of which less than this share (of its length) is new counts as a sum of earlier ones. */
const newShare = 1e-7

/** The constant comes first and is always there. Throws RangeError for a regressor of another length. */
export function nuisanceBasis(parts: NuisanceParts): NuisanceBasis {
  const { volumes, highPass } = parts
  const wanted: Float64Array[] = [new Float64Array(volumes).fill(1)]
  if (highPass !== null)
    wanted.push(...cosineDrift(volumes, cosineCount(volumes, highPass.repetitionSeconds, highPass.cutoffSeconds)))
  if (parts.line && volumes > 1) wanted.push(straightLine(volumes))
  wanted.push(...parts.others)
  const columns: Float64Array[] = []
  for (const column of wanted) {
    if (column.length !== volumes)
      throw new RangeError(`a regressor of ${column.length} numbers for ${volumes} volumes`)
    const rest = column.slice()
    const centred = columns.length === 0 ? lengthOf(rest) : lengthOf(removed(rest, [columns[0]!]))
    // Twice, because one pass of Gram-Schmidt loses digits where regressors are nearly alike.
    subtractProjections(rest, columns)
    subtractProjections(rest, columns)
    const length = lengthOf(rest)
    if (length <= newShare * centred || length <= 1e-12 * lengthOf(column)) continue
    columns.push(rest.map((value) => value / length))
  }
  return { volumes, columns, dropped: wanted.length - columns.length }
}

/** What of a time course is orthogonal to every nuisance regressor. The argument stays as it is. */
export function withoutNuisance(course: Float64Array, basis: NuisanceBasis): Float64Array {
  return removed(course, basis.columns)
}

function removed(course: Float64Array, columns: readonly Float64Array[]): Float64Array {
  const rest = course.slice()
  subtractProjections(rest, columns)
  return rest
}

function subtractProjections(course: Float64Array, columns: readonly Float64Array[]): void {
  for (const column of columns) {
    const share = dot(course, column)
    for (let t = 0; t < course.length; t++) course[t]! -= share * column[t]!
  }
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let t = 0; t < a.length; t++) sum += a[t]! * b[t]!
  return sum
}

function lengthOf(a: Float64Array): number {
  return Math.sqrt(dot(a, a))
}
