/**
 * Batches: which trials a step sees, and what the input layer gets to see of them.
 *
 * Nothing here runs through the training: the order of an epoch is a function of (seed, purpose, epoch), the dropout of
 * a step of (seed, purpose, epoch, step). A training that resumes at any epoch therefore sees the same batches.
 */
import type { TrialSet } from '../data/subject-data.ts'
import type { Mixing } from '../model/loss/mixco.ts'
import { Random } from '../random/random.ts'

/** Full batches in one pass: 31 of 24 for a session of 750 trials (MindEye2). Fewer trials than a batch make one step. */
export function stepsPerPass(trials: number, batch: number): number {
  return Math.max(1, Math.floor(trials / batch))
}

/**
 * Rows of every batch of one pass, each trial at most once. Trials of a picture that the batch already holds wait for
 * the next one, because a contrastive loss would count them as wrong answers (MindEye2 skips such batches); where that
 * is impossible, as with few labels, the batch is filled with what is left.
 */
export function batchOrder(random: Random, targets: Int32Array, batch: number): Int32Array[] {
  const waiting = Array.from(random.permutation(targets.length))
  const size = Math.min(batch, targets.length)
  return Array.from({ length: stepsPerPass(targets.length, batch) }, () => takeBatch(waiting, targets, size))
}

/** Removes one batch from the front of `waiting`, passing over targets that it already holds. */
function takeBatch(waiting: number[], targets: Int32Array, size: number): Int32Array {
  const chosen: number[] = []
  const passedOver: number[] = []
  const held = new Set<number>()
  let position = 0
  for (; position < waiting.length && chosen.length < size; position++) {
    const trial = waiting[position]!
    const target = targets[trial]!
    if (held.has(target)) passedOver.push(trial)
    else {
      held.add(target)
      chosen.push(trial)
    }
  }
  const missing = size - chosen.length
  chosen.push(...passedOver.slice(0, missing))
  waiting.splice(0, position, ...passedOver.slice(missing))
  return Int32Array.from(chosen)
}

/**
 * Steps of an epoch: one pass, or as many passes as show `epochTrials` trials. What a step can move is bounded by its
 * learning rate, so an epoch must not shrink with the data: MindEye2 counts every session as 750 trials.
 */
export function stepsPerEpoch(trials: number, batch: number, epochTrials: number): number {
  return Math.max(stepsPerPass(trials, batch), Math.floor(epochTrials / Math.min(batch, trials)))
}

/**
 * Batches of a subject by global step. A pass ends when its trials are used up, whatever the caller calls an epoch, so
 * subjects with different numbers of trials can be trained side by side.
 */
export class Batches {
  readonly stepsPerPass: number
  readonly #draw: (pass: number) => Int32Array[]
  #pass = -1
  #batches: Int32Array[] = []

  constructor(seed: number, purpose: string, targets: Int32Array, batch: number) {
    this.stepsPerPass = stepsPerPass(targets.length, batch)
    this.#draw = (pass) => batchOrder(Random.of(seed, purpose, 'order', pass), targets, batch)
  }

  /** Trials of step `step` (from 0, counted over all epochs). */
  at(step: number): Int32Array {
    const pass = Math.floor(step / this.stepsPerPass)
    if (pass !== this.#pass) {
      this.#batches = this.#draw(pass)
      this.#pass = pass
    }
    return this.#batches[step % this.stepsPerPass]!
  }
}

/** Voxel dropout of one step: `rate` of the inputs are 0, the others divided by the share that is kept. */
export interface InputDropout {
  readonly rate: number
  readonly random: Random
}

/**
 * Writes the input rows of a batch to `out` (rows × voxels): x* = λ x + (1 − λ) x_k where `mixing` is given (TROI eq. 1),
 * then dropout. `rows` are trials of `set`; partners of `mixing` are positions in `rows`, plus `offset`.
 */
export function assembleInput(
  set: TrialSet,
  rows: Int32Array,
  mixing: Mixing | null,
  dropout: InputDropout | null,
  out: Float32Array,
  offset = 0,
): Float32Array {
  const voxels = set.betas.length / set.trials
  for (let row = 0; row < rows.length; row++) {
    const to = out.subarray(row * voxels, (row + 1) * voxels)
    const own = trialRow(set.betas, rows[row]!, voxels)
    const share = mixing === null ? 1 : mixing.shares[offset + row]!
    if (mixing === null || share === 1) to.set(own)
    else {
      const other = trialRow(set.betas, rows[mixing.partners[offset + row]! - offset]!, voxels)
      for (let v = 0; v < voxels; v++) to[v] = share * own[v]! + (1 - share) * other[v]!
    }
    if (dropout !== null && dropout.rate > 0) drop(to, dropout)
  }
  return out.subarray(0, rows.length * voxels)
}

function trialRow(betas: Float32Array, trial: number, voxels: number): Float32Array {
  return betas.subarray(trial * voxels, (trial + 1) * voxels)
}

/** Two draws of 16 bits from every 32: the rate is rounded to 1/65536, and the scaling uses the rounded one. */
function drop(values: Float32Array, { rate, random }: InputDropout): void {
  const limit = Math.round(rate * 65536)
  const scale = 65536 / (65536 - limit)
  let bits = 0
  for (let v = 0; v < values.length; v++) {
    bits = v & 1 ? bits >>> 16 : random.bits()
    values[v] = (bits & 0xffff) < limit ? 0 : values[v]! * scale
  }
}

/** Copies `vectors[items[i]]` row by row: the embeddings shown in a batch, in its order. */
export function gatherRows(vectors: Float32Array, width: number, items: Int32Array): Float32Array {
  const out = new Float32Array(items.length * width)
  for (let row = 0; row < items.length; row++) {
    out.set(vectors.subarray(items[row]! * width, (items[row]! + 1) * width), row * width)
  }
  return out
}

/** The target (row of `Targets.vectors`) of each chosen trial. */
export function targetsOf(set: TrialSet, rows: Int32Array): Int32Array {
  return rows.map((trial) => set.target[trial]!)
}
