/**
 * From the volumes of one run to trials: a voxel's slow drift is removed, its values become percent signal change, and
 * labelled volumes become trials, one by one or averaged over a block. Labels are not looked at while a run is centred, so a
 * held-out run is treated exactly as a training run.
 */

export interface RunSeries {
  readonly volumes: number
  readonly voxels: number
  /** volumes × voxels, row-major; changed in place by the functions below. */
  readonly values: Float32Array
}

/**
 * Turns each voxel of a run into percent change from its own mean over all volumes, without the straight line that fits it
 * best if `detrend`. A voxel whose mean is not positive keeps its units (it is centred only).
 */
export function centreRun(series: RunSeries, detrend: boolean): void {
  const { volumes, voxels, values } = series
  const middle = (volumes - 1) / 2
  let spread = 0
  for (let t = 0; t < volumes; t++) spread += (t - middle) ** 2
  for (let v = 0; v < voxels; v++) {
    let sum = 0
    let tilt = 0
    for (let t = 0; t < volumes; t++) {
      const value = values[t * voxels + v]!
      sum += value
      tilt += value * (t - middle)
    }
    const mean = sum / volumes
    const slope = detrend && spread > 0 ? tilt / spread : 0
    const scale = mean > 0 ? 100 / mean : 1
    for (let t = 0; t < volumes; t++) {
      values[t * voxels + v] = (values[t * voxels + v]! - mean - slope * (t - middle)) * scale
    }
  }
}

/** Subtracts each voxel's mean over the volumes of a run, in place; units stay. For beta series. */
export function subtractMean({ volumes, voxels, values }: RunSeries): void {
  for (let v = 0; v < voxels; v++) {
    let mean = 0
    for (let t = 0; t < volumes; t++) mean += values[t * voxels + v]! / volumes
    for (let t = 0; t < volumes; t++) values[t * voxels + v]! -= mean
  }
}

/** A trial as volumes [first, last] of its run, with its label. */
export interface TrialSpan {
  readonly label: string
  readonly first: number
  readonly last: number
}

/**
 * Trials of one run from its volume labels. `blocks`: each stretch of equal labels is one trial; `volumes`: each volume is.
 * Ignored labels give none. With a delay, a label counts for the volume that many positions later; what would lie past the
 * run's end is dropped.
 */
export function trialSpans(
  labels: readonly string[],
  ignore: ReadonlySet<string>,
  from: 'volumes' | 'blocks',
  delay: number,
): TrialSpan[] {
  const spans: TrialSpan[] = []
  let t = 0
  while (t < labels.length) {
    const label = labels[t]!
    let end = t
    if (from === 'blocks') while (end + 1 < labels.length && labels[end + 1] === label) end++
    const first = t + delay
    const last = Math.min(end + delay, labels.length - 1)
    if (!ignore.has(label) && first <= last) spans.push({ label, first, last })
    t = end + 1
  }
  return spans
}

/** Mean of the volumes of each span: spans × voxels, into `out`, whose numbers are 0. */
export function meanOverSpans(
  series: RunSeries,
  spans: readonly TrialSpan[],
  out: Float32Array = new Float32Array(spans.length * series.voxels),
): Float32Array {
  const { voxels, values } = series
  for (const [trial, span] of spans.entries()) {
    const count = span.last - span.first + 1
    for (let t = span.first; t <= span.last; t++) {
      for (let v = 0; v < voxels; v++) out[trial * voxels + v]! += values[t * voxels + v]! / count
    }
  }
  return out
}
