/**
 * The part of a subject layer that one thread owns: a range of voxels with their weights, mask and moments in their own
 * memory. A spare voxel after the last one, always 0, fills up groups of four.
 */
import type { AdamStep, MaskStep, SubjectLayerUpdate } from '../../core/tensor/subject-layer.ts'
import { KernelMemory } from './kernel-memory.ts'

export const layerFields = [
  'weights',
  'weightsFirstMoment',
  'weightsSecondMoment',
  'mask',
  'maskFirstMoment',
  'maskSecondMoment',
  'alive',
] as const
export type LayerField = (typeof layerFields)[number]

/** What one step needs of Adam, with the corrections worked out. */
function adamConstants(step: AdamStep) {
  return {
    size: step.learningRate / (1 - step.beta1 ** step.step),
    secondScale: 1 / Math.sqrt(1 - step.beta2 ** step.step),
  }
}

const noStep: AdamStep = { learningRate: 0, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, step: 1 }

/** Addresses of a step's own arrays. */
type InputRoom = Record<'x' | 'gathered' | 'h' | 'panels' | 'scratch', number>

export class ShardLayer {
  readonly voxels: number
  readonly hidden: number
  readonly #memory = new KernelMemory()
  /** Hidden units rounded up to a multiple of eight; the rest stay 0. */
  readonly #width: number
  readonly #at: Record<'w' | 'm1' | 'm2' | 'mask' | 'gradient' | 'list' | 'scratch', number>
  readonly #mask1: Float32Array
  readonly #mask2: Float32Array
  readonly #alive: Uint8Array
  #listed = 0
  #rows = 0
  #io: InputRoom | null = null
  readonly #ioStart: number

  constructor(voxels: number, hidden: number) {
    this.voxels = voxels
    this.hidden = hidden
    this.#width = Math.ceil(hidden / 8) * 8
    const room = (voxels + 1) * 4
    const memory = this.#memory
    this.#at = {
      w: memory.reserve(room * this.#width),
      m1: memory.reserve(room * this.#width),
      m2: memory.reserve(room * this.#width),
      mask: memory.reserve(room),
      gradient: memory.reserve(room),
      list: memory.reserve(room + 16),
      scratch: memory.reserve(memory.call.gemmScratchBytes()),
    }
    this.#mask1 = new Float32Array(voxels)
    this.#mask2 = new Float32Array(voxels)
    this.#alive = new Uint8Array(voxels).fill(1)
    this.#ioStart = memory.reserve(0)
    this.#list()
  }

  #list(): void {
    const list = this.#memory.integers(this.#at.list, this.voxels + 4)
    let count = 0
    for (let v = 0; v < this.voxels; v++) if (this.#alive[v]) list[count++] = v
    this.#listed = count
    while (count % 4 !== 0) list[count++] = this.voxels
  }

  get #mask(): Float32Array {
    return this.#memory.floats(this.#at.mask, this.voxels)
  }

  #wide(field: 'weights' | 'weightsFirstMoment' | 'weightsSecondMoment'): Float32Array {
    const at = { weights: this.#at.w, weightsFirstMoment: this.#at.m1, weightsSecondMoment: this.#at.m2 }[field]
    return this.#memory.floats(at, this.voxels * this.#width)
  }

  /** Values of this range, weights as voxels × hidden. */
  write(field: LayerField, values: Float32Array | Uint8Array): void {
    switch (field) {
      case 'weights':
      case 'weightsFirstMoment':
      case 'weightsSecondMoment': {
        const to = this.#wide(field)
        for (let v = 0; v < this.voxels; v++)
          to.set(values.subarray(v * this.hidden, (v + 1) * this.hidden), v * this.#width)
        return
      }
      case 'mask':
        return this.#mask.set(values)
      case 'maskFirstMoment':
        return this.#mask1.set(values)
      case 'maskSecondMoment':
        return this.#mask2.set(values)
      case 'alive':
        this.#alive.set(values)
        return this.#list()
      default:
        return field satisfies never
    }
  }

  read(field: LayerField, to: Float32Array | Uint8Array): void {
    switch (field) {
      case 'weights':
      case 'weightsFirstMoment':
      case 'weightsSecondMoment': {
        const from = this.#wide(field)
        for (let v = 0; v < this.voxels; v++)
          to.set(from.subarray(v * this.#width, v * this.#width + this.hidden), v * this.hidden)
        return
      }
      case 'mask':
        return to.set(this.#mask)
      case 'maskFirstMoment':
        return to.set(this.#mask1)
      case 'maskSecondMoment':
        return to.set(this.#mask2)
      case 'alive':
        return to.set(this.#alive)
      default:
        return field satisfies never
    }
  }

  #prepare(rows: number): InputRoom {
    if (this.#io !== null && rows <= this.#rows) return this.#io
    this.#memory.release(this.#ioStart)
    const columns = this.voxels + 1
    this.#io = {
      x: this.#memory.reserve(rows * columns * 4),
      gathered: this.#memory.reserve(rows * columns * 4),
      h: this.#memory.reserve(rows * this.#width * 4),
      panels: this.#memory.reserve(rows * this.#width * 4),
      scratch: this.#memory.reserve(this.#memory.call.updateScratchBytes(rows, this.#width)),
    }
    this.#rows = rows
    return this.#io
  }

  /** x: all voxels of the layer, rows × `allVoxels`; this range starts at `start`. Writes the partial h, rows × hidden. */
  forward(x: Float32Array, rows: number, allVoxels: number, start: number, h: Float32Array): void {
    const io = this.#prepare(rows)
    const { call } = this.#memory
    const columns = this.voxels + 1
    const own = this.#memory.floats(io.x, rows * columns)
    for (let r = 0; r < rows; r++) {
      own.set(x.subarray(r * allVoxels + start, r * allVoxels + start + this.voxels), r * columns)
      own[r * columns + this.voxels] = 0
    }
    call.gatherMasked(io.x, columns, rows, this.#at.mask, this.#at.list, this.#listed, io.gathered)
    call.gemm(
      rows,
      this.#width,
      this.#listed,
      io.gathered,
      this.#listed,
      1,
      this.#at.w,
      this.#width,
      1,
      this.#at.list,
      io.h,
      this.#width,
      0,
      this.#at.scratch,
    )
    const from = this.#memory.floats(io.h, rows * this.#width)
    for (let r = 0; r < rows; r++) h.set(from.subarray(r * this.#width, r * this.#width + this.hidden), r * this.hidden)
  }

  /** Applies one update for the x of the last `forward`. Returns the sum of squares of dL/dm over living voxels. */
  backward(dh: Float32Array, rows: number, update: SubjectLayerUpdate): number {
    const io = this.#prepare(rows)
    const { call } = this.#memory
    const padded = this.#memory.floats(io.h, rows * this.#width)
    padded.fill(0)
    for (let r = 0; r < rows; r++) padded.set(dh.subarray(r * this.hidden, (r + 1) * this.hidden), r * this.#width)
    call.packHidden(io.h, rows, this.#width, io.panels)
    const step = update.weights ?? noStep
    const { size, secondScale } = adamConstants(step)
    call.layerUpdate(
      this.#at.list,
      Math.ceil(this.#listed / 4) * 4,
      io.x,
      this.voxels + 1,
      rows,
      this.#at.mask,
      io.panels,
      this.#width,
      this.#at.w,
      this.#at.m1,
      this.#at.m2,
      this.#at.gradient,
      io.scratch,
      update.weights ? 1 : 0,
      step.learningRate,
      size,
      secondScale,
      step.epsilon,
      step.beta1,
      1 - step.beta1,
      step.beta2,
      1 - step.beta2,
      step.weightDecay,
    )
    return update.mask === null ? 0 : this.#updateMask(update.mask)
  }

  #updateMask(step: MaskStep): number {
    const mask = this.#mask
    const gradient = this.#memory.floats(this.#at.gradient, this.voxels)
    const { size, secondScale } = adamConstants(step)
    const keep = 1 - step.learningRate * step.weightDecay
    let squares = 0
    for (let v = 0; v < this.voxels; v++) {
      if (!this.#alive[v]) continue
      const raw = gradient[v]!
      squares += raw * raw
      const g = raw + step.l1 * Math.sign(mask[v]!)
      const first = step.beta1 * this.#mask1[v]! + (1 - step.beta1) * g
      const second = step.beta2 * this.#mask2[v]! + (1 - step.beta2) * g * g
      this.#mask1[v] = first
      this.#mask2[v] = second
      const value = mask[v]! * keep - (size * first) / (Math.sqrt(second) * secondScale + step.epsilon)
      mask[v] = step.nonNegative ? Math.max(value, 0) : value
    }
    return squares
  }

  /** Voxels with mask ≤ threshold become 0 and are skipped from now on. Returns the voxels left. */
  prune(threshold: number): number {
    const mask = this.#mask
    for (let v = 0; v < this.voxels; v++) {
      if (this.#alive[v] && mask[v]! <= threshold) {
        mask[v] = 0
        this.#alive[v] = 0
      }
    }
    this.#list()
    return this.#listed
  }
}
