/** The subject layer on worker threads: each owns ranges of voxels; this side owns the bias and adds the partial sums up. */
import { adamWInPlace } from '../../core/tensor/adam.ts'
import type {
  SubjectLayer,
  SubjectLayerFactory,
  SubjectLayerState,
  SubjectLayerUpdate,
} from '../../core/tensor/subject-layer.ts'
import { type Tensor2D, tf } from '../../core/tensor/tf.ts'
import { shardCount, shardsOf } from './shard.ts'
import { type LayerField, layerFields } from './shard-layer.ts'
import { SharedRoom, type WorkerPool } from './worker-pool.ts'

class WasmSubjectLayer implements SubjectLayer {
  readonly engine = 'wasm'
  readonly voxels: number
  readonly hidden: number
  readonly #pool: WorkerPool
  readonly #id: number
  readonly #bias: Float32Array
  readonly #bias1: Float32Array
  readonly #bias2: Float32Array
  readonly #x = new SharedRoom()
  readonly #h = new SharedRoom()
  readonly #dh = new SharedRoom()
  readonly #sums = new SharedArrayBuffer(8 * shardCount)
  #squares = 0
  #counted = 0
  #alive: number

  constructor(pool: WorkerPool, state: SubjectLayerState) {
    this.#pool = pool
    this.voxels = state.voxels
    this.hidden = state.hidden
    this.#id = pool.newId()
    this.#bias = new Float32Array(state.hidden)
    this.#bias1 = new Float32Array(state.hidden)
    this.#bias2 = new Float32Array(state.hidden)
    this.#alive = state.voxels
    pool.run({ op: 'layer.create', id: this.#id, voxels: this.voxels, hidden: this.hidden })
    this.writeState(state)
  }

  forward(x: Float32Array, rows: number): Tensor2D {
    if (x.length < rows * this.voxels)
      throw new RangeError(`x holds ${x.length} numbers, ${rows} rows of ${this.voxels} voxels need more`)
    const size = rows * this.hidden
    const room = this.#x.take(rows * this.voxels * 4)
    new Float32Array(room).set(x.length === rows * this.voxels ? x : x.subarray(0, rows * this.voxels))
    const partial = this.#h.take(shardCount * size * 4)
    this.#pool.run({ op: 'layer.forward', id: this.#id, rows, x: room, h: partial })
    const h = new Float32Array(size)
    for (let r = 0; r < rows; r++) h.set(this.#bias, r * this.hidden)
    const parts = new Float32Array(partial)
    for (let shard = 0; shard < shardCount; shard++) for (let i = 0; i < size; i++) h[i]! += parts[shard * size + i]!
    return tf.tensor2d(h, [rows, this.hidden])
  }

  backward(dh: Tensor2D, update: SubjectLayerUpdate): void {
    const [rows] = dh.shape
    const gradient = dh.dataSync<'float32'>()
    const room = this.#dh.take(rows * this.hidden * 4)
    new Float32Array(room).set(gradient)
    this.#pool.run({ op: 'layer.backward', id: this.#id, rows, dh: room, update, squares: this.#sums })
    if (update.mask !== null) {
      for (const part of new Float64Array(this.#sums)) this.#squares += part
      this.#counted += this.#alive
    }
    if (update.weights !== null) {
      const sums = new Float32Array(this.hidden)
      for (let i = 0; i < rows * this.hidden; i++) sums[i % this.hidden]! += gradient[i]!
      adamWInPlace(this.#bias, sums, this.#bias1, this.#bias2, { ...update.weights, weightDecay: 0 })
    }
  }

  async readMaskGradientRms(): Promise<number> {
    const value = this.#counted > 0 ? Math.sqrt(this.#squares / this.#counted) : 0
    this.#squares = 0
    this.#counted = 0
    return value
  }

  async prune(threshold: number): Promise<number> {
    this.#pool.run({ op: 'layer.prune', id: this.#id, threshold, squares: this.#sums })
    this.#alive = new Float64Array(this.#sums).reduce((sum, count) => sum + count, 0)
    return this.#alive
  }

  #transfer(op: 'layer.write' | 'layer.read', field: LayerField, values: Float32Array | Uint8Array): void {
    const perVoxel = field.startsWith('weights') ? this.hidden : 1
    const longest = Math.max(...shardsOf(this.voxels).map((shard) => shard.end - shard.start)) * perVoxel
    const buffer = new SharedArrayBuffer(Math.max(8, longest * 4))
    const window = field === 'alive' ? new Uint8Array(buffer) : new Float32Array(buffer)
    for (const shard of shardsOf(this.voxels)) {
      const part = values.subarray(shard.start * perVoxel, shard.end * perVoxel)
      if (part.length === 0) continue
      if (op === 'layer.write') window.set(part)
      this.#pool.run({ op, id: this.#id, shard: shard.number, field, buffer, length: part.length })
      if (op === 'layer.read') part.set(window.subarray(0, part.length))
    }
  }

  async readMask(): Promise<Float32Array> {
    const mask = new Float32Array(this.voxels)
    this.#transfer('layer.read', 'mask', mask)
    return mask
  }

  async readState(): Promise<SubjectLayerState> {
    const wide = () => new Float32Array(this.voxels * this.hidden)
    const narrow = () => new Float32Array(this.voxels)
    const state = {
      voxels: this.voxels,
      hidden: this.hidden,
      weights: wide(),
      weightsFirstMoment: wide(),
      weightsSecondMoment: wide(),
      bias: this.#bias.slice(),
      biasFirstMoment: this.#bias1.slice(),
      biasSecondMoment: this.#bias2.slice(),
      mask: narrow(),
      maskFirstMoment: narrow(),
      maskSecondMoment: narrow(),
      alive: new Uint8Array(this.voxels),
    }
    for (const field of layerFields) this.#transfer('layer.read', field, state[field])
    return state
  }

  writeState(state: SubjectLayerState): void {
    for (const field of layerFields) this.#transfer('layer.write', field, state[field])
    this.#bias.set(state.bias)
    this.#bias1.set(state.biasFirstMoment)
    this.#bias2.set(state.biasSecondMoment)
    this.#alive = state.alive.reduce((sum, alive) => sum + alive, 0)
    this.#squares = 0
    this.#counted = 0
  }

  dispose(): void {
    this.#pool.run({ op: 'drop', id: this.#id })
  }
}

export function wasmSubjectLayer(pool: WorkerPool): SubjectLayerFactory {
  return (state) => new WasmSubjectLayer(pool, state)
}
