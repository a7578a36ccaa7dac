/**
 * Slow drift as regressors: a constant, a straight line, and the cosines of a discrete cosine transform that are slower than
 * the cut-off, as in SPM's high-pass filter (Ashburner et al., SPM12 manual; spm_filter).
 */

/** Cosines of one run: floor(2 · volumes · TR / cut-off), at most volumes − 1. */
export function cosineCount(volumes: number, repetitionSeconds: number, cutoffSeconds: number): number {
  // The small number keeps a quotient that is whole on paper from being rounded down.
  const order = Math.floor((2 * volumes * repetitionSeconds) / cutoffSeconds + 1e-9)
  return Math.max(0, Math.min(volumes - 1, order))
}

/** c_k(t) = √(2/n) cos(π k (t + ½) / n) for k = 1 … count, t = 0 … n − 1: orthonormal, and orthogonal to a constant. */
export function cosineDrift(volumes: number, count: number): Float64Array[] {
  return Array.from({ length: count }, (_, at) =>
    Float64Array.from(
      { length: volumes },
      (_, t) => Math.sqrt(2 / volumes) * Math.cos((Math.PI * (at + 1) * (t + 0.5)) / volumes),
    ),
  )
}

/** −1 … 1 over the run. */
export function straightLine(volumes: number): Float64Array {
  return Float64Array.from({ length: volumes }, (_, t) => (volumes > 1 ? (2 * t) / (volumes - 1) - 1 : 0))
}
