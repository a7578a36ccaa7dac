/**
 * Every way of forming trials from a run is linear: a trial is a weighted sum of the run's volumes. So the way is worked out
 * once per run as a matrix of weights, trials × volumes, and then applied to all voxels, a stretch of voxels at a time. Removal of
 * drift and confounds is part of the weights, because wᵀ(I − NNᵀ) y = ((I − NNᵀ) w)ᵀ y for an orthonormal basis N.
 *
 * Nothing here knows which runs will be held out.
 */
import type { TrialSettings } from '../contract/trials.ts'
import { inversePositiveDefinite } from '../linear/positive-definite.ts'
import type { Event } from './event.ts'
import { hrfSeconds, responseAt } from './hrf.ts'
import { dot, type NuisanceBasis, withoutNuisance } from './nuisance.ts'
import type { RunSeries, TrialSpan } from './time-series.ts'

export interface TrialWeights {
  readonly trials: number
  readonly volumes: number
  /** trials × volumes, row-major. Every row is orthogonal to the nuisance basis, so it sums to 0. */
  readonly values: Float64Array
}

function fromRows(rows: readonly Float64Array[], volumes: number): TrialWeights {
  const values = new Float64Array(rows.length * volumes)
  for (const [at, row] of rows.entries()) values.set(row, at * volumes)
  return { trials: rows.length, volumes, values }
}

/** The mean of the volumes of each span, after the nuisance was removed from the run. */
export function spanWeights(spans: readonly TrialSpan[], basis: NuisanceBasis): TrialWeights {
  const rows = spans.map(({ first, last }) => {
    const row = new Float64Array(basis.volumes)
    row.fill(1 / (last - first + 1), first, last + 1)
    return withoutNuisance(row, basis)
  })
  return fromRows(rows, basis.volumes)
}

/** Times of volumes in seconds: volume k stands for `start` + k · `repetition`. */
export interface VolumeTimes {
  readonly volumes: number
  readonly repetition: number
  readonly start: number
}

/** Expected response to one event at every volume. */
export function regressor(event: Pick<Event, 'onset' | 'duration'>, times: VolumeTimes): Float64Array {
  return Float64Array.from({ length: times.volumes }, (_, k) =>
    responseAt(times.start + k * times.repetition - event.onset, event.duration),
  )
}

export interface SeparateModel {
  readonly weights: TrialWeights
  /** Per trial: share of its regressor's square that no other regressor explains. Near 0, the trial cannot be told apart. */
  readonly ownShare: Float64Array
}

/**
 * Least squares separate (Mumford et al. 2012): one model per trial, of its own regressor, the other trials, and the nuisance
 * basis; the trial's value is the coefficient of its own regressor. `together` gives all other trials one regressor, so no
 * label enters. `by-label` gives them one per label (Turner et al. 2012), the trial's own label included. `one-each` gives every
 * trial its own, which is one model for all (least squares all). A trial whose own regressor is explained by the rest gets
 * weights of 0 and `ownShare` 0.
 */
export function separateWeights(
  trials: readonly Event[],
  times: VolumeTimes,
  basis: NuisanceBasis,
  otherTrials: TrialSettings['otherTrials'],
): SeparateModel {
  const own = trials.map((event) => withoutNuisance(regressor(event, times), basis))
  if (otherTrials === 'one-each') return oneModel(own, times.volumes)
  const groupOf = (event: Event) => (otherTrials === 'together' ? '' : event.label)
  const sums = new Map<string, Float64Array>()
  for (const [at, event] of trials.entries()) {
    const sum = sums.get(groupOf(event)) ?? new Float64Array(times.volumes)
    add(sum, own[at]!, 1)
    sums.set(groupOf(event), sum)
  }
  const ownShare = new Float64Array(trials.length)
  const rows = trials.map((event, at) => {
    const self = own[at]!
    const others = [...sums].map(([group, sum]) => {
      const other = sum.slice()
      if (group === groupOf(event)) add(other, self, -1)
      return other
    })
    const rest = self.slice()
    const directions = orthonormal(others)
    for (let pass = 0; pass < 2; pass++) for (const direction of directions) add(rest, direction, -dot(rest, direction))
    const size = dot(self, self)
    const alone = dot(rest, rest)
    // By Frisch-Waugh-Lovell the coefficient is restᵀ y / restᵀ rest.
    if (!(alone > 1e-8 * size)) return new Float64Array(times.volumes)
    ownShare[at] = alone / size
    return rest.map((value) => value / alone)
  })
  return { weights: fromRows(rows, times.volumes), ownShare }
}

/** All trials in one model: (RᵀR)⁻¹Rᵀ, and the share of a trial that no other explains from the inverse's diagonal. */
function oneModel(own: readonly Float64Array[], volumes: number): SeparateModel {
  const n = own.length
  const ownShare = new Float64Array(n).fill(1)
  const independent: Float64Array[] = []
  for (const [at, self] of own.entries()) {
    const unit = beside(self, independent)
    if (unit === null) ownShare[at] = 0
    else independent.push(unit)
  }
  const rows = own.map(() => new Float64Array(volumes))
  if (independent.length < n) return { weights: fromRows(rows, volumes), ownShare }
  const gram = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) gram[i * n + j] = gram[j * n + i] = dot(own[i]!, own[j]!)
  const inverse = inversePositiveDefinite(gram, n)
  for (const [i, row] of rows.entries()) {
    for (let j = 0; j < n; j++) add(row, own[j]!, inverse[i * n + j]!)
    ownShare[i] = 1 / (inverse[i * n + i]! * gram[i * n + i]!)
  }
  return { weights: fromRows(rows, volumes), ownShare }
}

function add(to: Float64Array, from: Float64Array, factor: number): void {
  for (let t = 0; t < to.length; t++) to[t]! += factor * from[t]!
}

/** Unit vectors of the same span; what is a sum of earlier ones is left out. */
function orthonormal(columns: readonly Float64Array[]): Float64Array[] {
  const out: Float64Array[] = []
  for (const column of columns) {
    const unit = beside(column, out)
    if (unit !== null) out.push(unit)
  }
  return out
}

/** The part of a column that is orthogonal to unit vectors, of length 1; null where hardly anything is. */
function beside(column: Float64Array, units: readonly Float64Array[]): Float64Array | null {
  const rest = column.slice()
  for (let pass = 0; pass < 2; pass++) for (const unit of units) add(rest, unit, -dot(rest, unit))
  const length = Math.sqrt(dot(rest, rest))
  if (length <= 1e-7 * Math.sqrt(dot(column, column)) || length <= 1e-12) return null
  return rest.map((value) => value / length)
}

/** Voxels taken together; keeps the working set small and rows of the run contiguous. */
const stretch = 4096

/**
 * The trials of a run, trials × voxels, in percent of each voxel's mean over all volumes; a voxel whose mean is not positive
 * keeps its units. Needs little beyond its result: one stretch of voxels in double precision.
 */
export function applyWeights(series: RunSeries, weights: TrialWeights): Float32Array {
  const out = new Float32Array(weights.trials * series.voxels)
  for (const _ of applyInStretches(series, weights, out));
  return out
}

/** The same into `out`, giving way after every stretch of voxels, for whoever must be able to stop in between. */
export function* applyInStretches(series: RunSeries, weights: TrialWeights, out: Float32Array): Generator<void> {
  const { volumes, voxels } = series
  if (weights.volumes !== volumes) throw new RangeError(`weights for ${weights.volumes} volumes, a run of ${volumes}`)
  if (out.length !== weights.trials * voxels) throw new RangeError(`room for ${out.length} numbers`)
  for (let first = 0; first < voxels; first += stretch) {
    applyTo(series, weights, out, first, Math.min(stretch, voxels - first))
    yield
  }
}

function applyTo(series: RunSeries, weights: TrialWeights, out: Float32Array, first: number, width: number): void {
  const { volumes, voxels, values } = series
  const mean = new Float64Array(width)
  for (let t = 0; t < volumes; t++) {
    const from = t * voxels + first
    for (let v = 0; v < width; v++) mean[v]! += values[from + v]! / volumes
  }
  const sum = new Float64Array(width)
  for (let trial = 0; trial < weights.trials; trial++) {
    sum.fill(0)
    for (let t = 0; t < volumes; t++) {
      const weight = weights.values[trial * volumes + t]!
      const from = t * voxels + first
      for (let v = 0; v < width; v++) sum[v]! += weight * (values[from + v]! - mean[v]!)
    }
    for (let v = 0; v < width; v++) out[trial * voxels + first + v] = sum[v]! * (mean[v]! > 0 ? 100 / mean[v]! : 1)
  }
}

/** Share of the square of an event's whole response that falls on volumes of the run: 1 in its middle, 0 past its end. */
export function responseInside(event: Pick<Event, 'onset' | 'duration'>, times: VolumeTimes): number {
  const first = Math.ceil((event.onset - times.start) / times.repetition)
  const last = Math.ceil((event.onset + event.duration + hrfSeconds - times.start) / times.repetition)
  let inside = 0
  let whole = 0
  for (let k = first; k <= last; k++) {
    const square = responseAt(times.start + k * times.repetition - event.onset, event.duration) ** 2
    whole += square
    if (k >= 0 && k < times.volumes) inside += square
  }
  return whole > 0 ? inside / whole : 0
}
