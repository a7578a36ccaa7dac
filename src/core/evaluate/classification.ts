/**
 * n-way decoding of labels: the predicted embedding of a trial is given the label whose embedding it is most similar to.
 * Beside the accuracy stand its confusion matrix, and a null from permuting the labels within each run, because trials of a run
 * are not independent of each other.
 */
import { unwrap } from '../problem.ts'
import { Random } from '../random/random.ts'
import { checkFinite } from './finite.ts'
import { mean, stratifiedBootstrapInterval, wilsonInterval } from './intervals.ts'
import type { Metric } from './metric.ts'
import { cosineMatrix } from './similarity.ts'

/**
 * Label of each trial by highest cosine, the first of equals. predicted: trials × dimensions, labels: count × dimensions. Throws
 * ProblemError NOT_FINITE where a prediction is not a number.
 */
export function nearestLabel(predicted: Float32Array, labels: Float32Array, trials: number, count: number): Int32Array {
  unwrap(checkFinite(predicted, predicted.length / trials, 'predicted embedding'))
  const similarity = cosineMatrix(predicted, labels, trials, count)
  return Int32Array.from({ length: trials }, (_, i) => {
    let best = 0
    for (let j = 1; j < count; j++) if (similarity[i * count + j]! > similarity[i * count + best]!) best = j
    return best
  })
}

export interface Confusion {
  readonly labels: string[]
  /** counts[shown][answered] */
  readonly counts: number[][]
}

export function confusionMatrix(answered: Int32Array, shown: Int32Array, labels: readonly string[]): Confusion {
  const counts = labels.map(() => labels.map(() => 0))
  for (let i = 0; i < shown.length; i++) counts[shown[i]!]![answered[i]!]!++
  return { labels: [...labels], counts }
}

function hits(answered: Int32Array, shown: Int32Array): Uint8Array {
  return Uint8Array.from(shown, (label, i) => (answered[i] === label ? 1 : 0))
}

/** Share of right answers, with Wilson's interval. */
export function accuracy(answered: Int32Array, shown: Int32Array, labels: number): Metric {
  const right = hits(answered, shown).reduce((sum, hit) => sum + hit, 0)
  return {
    value: shown.length > 0 ? right / shown.length : 0,
    direction: 'higher',
    chance: 1 / labels,
    n: shown.length,
    interval: wilsonInterval(right, shown.length),
  }
}

/** Mean over labels of the share of right answers; the interval is a bootstrap over each label's trials. */
export function balancedAccuracy(answered: Int32Array, shown: Int32Array, labels: number, seed: number): Metric {
  const right = hits(answered, shown)
  const perLabel = Array.from({ length: labels }, (_, label) => right.filter((_, i) => shown[i] === label)).filter(
    (trials) => trials.length > 0,
  )
  return {
    value: mean(perLabel.map(mean)),
    direction: 'higher',
    chance: 1 / labels,
    n: shown.length,
    interval: stratifiedBootstrapInterval(perLabel, seed),
  }
}

export interface Permutation {
  readonly observed: number
  readonly mean: number
  readonly maximum: number
  /** (1 + permutations at least as good) / (1 + permutations) */
  readonly p: number
  readonly permutations: number
}

/** Null of the accuracy: labels shuffled within each run, answers kept. */
export function permutationNull(
  answered: Int32Array,
  shown: Int32Array,
  run: Int32Array,
  seed: number,
  permutations = 1000,
): Permutation {
  const groups = [...new Set(run)].map((number) => [...run.keys()].filter((i) => run[i] === number))
  const share = (truth: Int32Array) =>
    hits(answered, truth).reduce((sum, hit) => sum + hit, 0) / Math.max(1, truth.length)
  const observed = share(shown)
  let [sum, maximum, atLeast] = [0, 0, 0]
  for (let round = 0; round < permutations; round++) {
    const random = Random.of(seed, 'permutation', round)
    const shuffled = shown.slice()
    for (const rows of groups) {
      const order = random.permutation(rows.length)
      for (let i = 0; i < rows.length; i++) shuffled[rows[i]!] = shown[rows[order[i]!]!]!
    }
    const value = share(shuffled)
    sum += value
    maximum = Math.max(maximum, value)
    if (value >= observed) atLeast++
  }
  return { observed, mean: sum / permutations, maximum, p: (1 + atLeast) / (1 + permutations), permutations }
}
