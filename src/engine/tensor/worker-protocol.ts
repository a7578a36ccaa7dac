/** What the calling thread asks of its worker threads. Bulk numbers are in shared memory; every request is answered. */
import type { SubjectLayerUpdate } from '../../core/tensor/subject-layer.ts'
import type { LayerField } from './shard-layer.ts'

export type Request =
  | { readonly op: 'layer.create'; readonly id: number; readonly voxels: number; readonly hidden: number }
  | {
      readonly op: 'layer.write' | 'layer.read'
      readonly id: number
      readonly shard: number
      readonly field: LayerField
      readonly buffer: SharedArrayBuffer
      readonly length: number
    }
  | {
      readonly op: 'layer.forward'
      readonly id: number
      readonly rows: number
      readonly x: SharedArrayBuffer
      readonly h: SharedArrayBuffer
    }
  | {
      readonly op: 'layer.backward'
      readonly id: number
      readonly rows: number
      readonly dh: SharedArrayBuffer
      readonly update: SubjectLayerUpdate
      readonly squares: SharedArrayBuffer
    }
  | { readonly op: 'layer.prune'; readonly id: number; readonly threshold: number; readonly squares: SharedArrayBuffer }
  | {
      readonly op: 'matrix.create'
      readonly id: number
      readonly rows: number
      readonly columns: number
      readonly values: SharedArrayBuffer
    }
  | {
      readonly op: 'matrix.times'
      readonly id: number
      readonly count: number
      readonly x: SharedArrayBuffer
      readonly out: SharedArrayBuffer
    }
  | {
      readonly op: 'matrix.timesTransposed'
      readonly id: number
      readonly count: number
      readonly y: SharedArrayBuffer
      readonly out: SharedArrayBuffer
    }
  | {
      readonly op: 'matmul'
      readonly a: SharedArrayBuffer
      readonly b: SharedArrayBuffer
      readonly out: SharedArrayBuffer
      readonly m: number
      readonly k: number
      readonly n: number
      readonly transposeA: boolean
      readonly transposeB: boolean
    }
  | {
      readonly op: 'pictures.compare'
      readonly count: number
      readonly width: number
      readonly height: number
      readonly truth: SharedArrayBuffer
      readonly reconstruction: SharedArrayBuffer
      /** PixCorr and SSIM of each pair, float64. */
      readonly scores: SharedArrayBuffer
    }
  | { readonly op: 'drop'; readonly id: number }
  | { readonly op: 'stop' }

/** Slots of the control array: one command counter, then per worker the last command done and whether it failed. */
export const control = {
  command: 0,
  done: (worker: number) => 1 + 2 * worker,
  failed: (worker: number) => 2 + 2 * worker,
}

/** What the slot of the last command says of a worker that is not at work; commands count from 1. */
export const workerState = { starting: -1, ended: -2 } as const

/** Bytes for the text of a worker's error. */
export const errorBytes = 1024

export interface WorkerStart {
  readonly index: number
  readonly workers: number
  readonly control: SharedArrayBuffer
  readonly errors: SharedArrayBuffer
}
