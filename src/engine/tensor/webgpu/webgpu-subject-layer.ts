/**
 * The subject layer on a graphics device: weights, moments and mask stay there, h and dh are handed over as buffers of the tensor
 * library's own backend on the same device, so a step copies only x up. Which voxels live is known on both sides.
 */
import type {
  AdamStep,
  SubjectLayer,
  SubjectLayerFactory,
  SubjectLayerState,
  SubjectLayerUpdate,
} from '../../../core/tensor/subject-layer.ts'
import type { Tensor2D } from '../../../core/tensor/tf.ts'
import { type GpuBuffer, type GpuDevice, type GpuPipeline, usage } from './gpu-api.ts'
import { fill, readBack, storageBuffer } from './gpu-memory.ts'
import {
  biasShader,
  collectShader,
  flag,
  forwardShader,
  lanes,
  mostQuads,
  packShader,
  paramsBytes,
  updateShader,
  voxelsPerBlock,
} from './shaders.ts'

/** What the tensor library's backend on the same device is asked for. */
export interface TensorDevice {
  /** The tensor's numbers as a buffer, everything that makes them submitted; `release` after our own submit. */
  bufferOf(tensor: Tensor2D): { readonly buffer: GpuBuffer; release(): void }
  /** A tensor with a copy of the buffer's numbers. */
  tensorOf(buffer: GpuBuffer, shape: [number, number]): Tensor2D
}

/** Compiled passes of a device; layers of all sizes share them. */
export class LayerPasses {
  readonly #device: GpuDevice
  readonly #made = new Map<string, GpuPipeline>()

  constructor(device: GpuDevice) {
    this.#device = device
  }

  get(code: string): GpuPipeline {
    let pipeline = this.#made.get(code)
    if (pipeline === undefined) {
      const module = this.#device.createShaderModule({ code })
      pipeline = this.#device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } })
      this.#made.set(code, pipeline)
    }
    return pipeline
  }
}

/** Parts into which `forward` cuts the voxels so that many workgroups share them. */
const mostParts = 64
const fewestPerPart = 64

const noStep: AdamStep = { learningRate: 0, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, step: 1 }

/** The step's constants in the order of the shaders' `Adam`. */
function adamNumbers(step: AdamStep): number[] {
  return [
    1 - step.learningRate * step.weightDecay,
    step.learningRate / (1 - step.beta1 ** step.step),
    1 / Math.sqrt(1 - step.beta2 ** step.step),
    step.epsilon,
    step.beta1,
    1 - step.beta1,
    step.beta2,
    1 - step.beta2,
  ]
}

type Wide = 'weights' | 'weightsFirstMoment' | 'weightsSecondMoment'
const wide: readonly Wide[] = ['weights', 'weightsFirstMoment', 'weightsSecondMoment']

/** Buffers whose size depends on the rows of a batch. */
interface Batch {
  readonly rows: number
  readonly quads: number
  readonly x: GpuBuffer
  readonly xt: GpuBuffer
  readonly sums: GpuBuffer
  readonly h: GpuBuffer
}

class WebgpuSubjectLayer implements SubjectLayer {
  readonly engine = 'webgpu'
  readonly voxels: number
  readonly hidden: number
  readonly #device: GpuDevice
  readonly #tensors: TensorDevice
  readonly #passes: LayerPasses
  readonly #wide: Readonly<Record<Wide, GpuBuffer>>
  readonly #mask: GpuBuffer
  readonly #bias: GpuBuffer
  readonly #list: GpuBuffer
  readonly #params: GpuBuffer
  readonly #alive: Uint8Array
  #count = 0
  #counted = 0
  #batch: Batch | null = null

  constructor(device: GpuDevice, tensors: TensorDevice, passes: LayerPasses, state: SubjectLayerState) {
    this.voxels = state.voxels
    this.hidden = state.hidden
    this.#device = device
    this.#tensors = tensors
    this.#passes = passes
    const what = `an input layer of ${this.voxels} voxels × ${this.hidden} hidden units`
    const made: GpuBuffer[] = []
    const room = (numbers: number) => {
      const buffer = storageBuffer(device, numbers * 4, what)
      made.push(buffer)
      return buffer
    }
    try {
      const size = this.voxels * this.hidden
      this.#wide = { weights: room(size), weightsFirstMoment: room(size), weightsSecondMoment: room(size) }
      this.#mask = room(this.voxels * 4)
      this.#bias = room(this.hidden * 4)
      this.#list = room(this.voxels)
    } catch (error) {
      for (const buffer of made) buffer.destroy()
      throw error
    }
    this.#params = device.createBuffer({ size: paramsBytes, usage: usage.uniform | usage.copyTarget })
    this.#alive = new Uint8Array(this.voxels)
    this.writeState(state)
  }

  #room(rows: number): Batch {
    if (this.#batch?.rows === rows) return this.#batch
    this.#dropBatch()
    const quads = Math.ceil(rows / 4)
    const what = `a batch of ${rows} trials of ${this.voxels} voxels`
    const room = (numbers: number) => storageBuffer(this.#device, numbers * 4, what)
    this.#batch = {
      rows,
      quads,
      x: room(rows * this.voxels),
      xt: room(quads * 4 * this.voxels),
      sums: room(mostParts * quads * 4 * this.hidden),
      h: room(rows * this.hidden),
    }
    return this.#batch
  }

  #dropBatch(): void {
    if (this.#batch === null) return
    for (const buffer of [this.#batch.x, this.#batch.xt, this.#batch.sums, this.#batch.h]) buffer.destroy()
    this.#batch = null
  }

  /** Depends on the living voxels alone, so that equal states are added up in equal order. */
  #parts() {
    const chunk = Math.max(fewestPerPart, Math.ceil(this.#count / mostParts))
    return { chunk, parts: Math.ceil(this.#count / chunk) }
  }

  #writeParams(batch: Batch, update: SubjectLayerUpdate | null, across: number): void {
    const bytes = new ArrayBuffer(paramsBytes)
    const { chunk, parts } = this.#parts()
    const flags =
      (update?.weights ? flag.weights : 0) |
      (update?.mask ? flag.mask : 0) |
      (update?.mask?.nonNegative ? flag.nonNegative : 0)
    new Uint32Array(bytes, 0, 8).set([
      batch.rows,
      batch.quads,
      this.voxels,
      this.hidden,
      this.#count,
      chunk,
      parts,
      flags,
    ])
    const steps = [...adamNumbers(update?.weights ?? noStep), ...adamNumbers(update?.mask ?? noStep)]
    new Float32Array(bytes, 32, 17).set([...steps, update?.mask?.l1 ?? 0])
    new Uint32Array(bytes, 100, 1).set([across])
    this.#device.queue.writeBuffer(this.#params, 0, bytes, 0, paramsBytes)
  }

  /** One pass of its own; `buffers` are bound from 1 on, the parameters at 0. */
  #dispatch(
    encoder: ReturnType<GpuDevice['createCommandEncoder']>,
    code: string,
    buffers: readonly GpuBuffer[],
    x: number,
    y = 1,
    z = 1,
  ): void {
    const pipeline = this.#passes.get(code)
    const entries = [this.#params, ...buffers].map((buffer, binding) => ({ binding, resource: { buffer } }))
    const pass = encoder.beginComputePass()
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, this.#device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }))
    pass.dispatchWorkgroups(x, y, z)
    pass.end()
  }

  forward(x: Float32Array, rows: number): Tensor2D {
    if (x.length < rows * this.voxels)
      throw new RangeError(`x holds ${x.length} numbers, ${rows} rows of ${this.voxels} voxels need more`)
    const batch = this.#room(rows)
    fill(this.#device, batch.x, x.subarray(0, rows * this.voxels))
    this.#writeParams(batch, null, 1)
    const columns = Math.ceil(this.hidden / lanes)
    const { parts } = this.#parts()
    const encoder = this.#device.createCommandEncoder()
    if (this.#count > 0) {
      const own = Math.min(batch.quads, mostQuads)
      this.#dispatch(encoder, packShader, [batch.x, this.#list, batch.xt], Math.ceil(this.#count / lanes), batch.quads)
      this.#dispatch(
        encoder,
        forwardShader(own),
        [batch.xt, this.#wide.weights, this.#list, this.#mask, batch.sums],
        columns,
        parts,
        Math.ceil(batch.quads / own),
      )
    }
    this.#dispatch(encoder, collectShader, [batch.sums, this.#bias, batch.h], columns, rows)
    this.#device.queue.submit([encoder.finish()])
    return this.#tensors.tensorOf(batch.h, [rows, this.hidden])
  }

  backward(dh: Tensor2D, update: SubjectLayerUpdate): void {
    const batch = this.#batch
    if (batch === null || batch.rows !== dh.shape[0])
      throw new Error('backward needs a forward of as many rows before it')
    const gradient = this.#tensors.bufferOf(dh)
    const blocks = Math.ceil(this.#count / voxelsPerBlock)
    const across = Math.max(1, Math.min(blocks, this.#device.limits.maxComputeWorkgroupsPerDimension))
    this.#writeParams(batch, update, across)
    const encoder = this.#device.createCommandEncoder()
    if (blocks > 0) {
      const { weights, weightsFirstMoment, weightsSecondMoment } = this.#wide
      this.#dispatch(
        encoder,
        updateShader,
        [batch.xt, gradient.buffer, weights, weightsFirstMoment, weightsSecondMoment, this.#mask, this.#list],
        across,
        Math.ceil(blocks / across),
      )
    }
    if (update.weights !== null)
      this.#dispatch(encoder, biasShader, [gradient.buffer, this.#bias], Math.ceil(this.hidden / lanes))
    this.#device.queue.submit([encoder.finish()])
    gradient.release()
    if (update.mask !== null) this.#counted += this.#count
  }

  /** m, its moments and the running sum of squares, four numbers of each voxel. */
  #readMasks(): Promise<Float32Array> {
    return readBack(this.#device, this.#mask, this.voxels * 4)
  }

  async readMaskGradientRms(): Promise<number> {
    const masks = await this.#readMasks()
    let squares = 0
    for (let v = 0; v < this.voxels; v++) {
      squares += masks[4 * v + 3]!
      masks[4 * v + 3] = 0
    }
    const value = this.#counted > 0 ? Math.sqrt(squares / this.#counted) : 0
    fill(this.#device, this.#mask, masks)
    this.#counted = 0
    return value
  }

  async prune(threshold: number): Promise<number> {
    const masks = await this.#readMasks()
    for (let v = 0; v < this.voxels; v++) {
      if (this.#alive[v] === 1 && masks[4 * v]! <= threshold) {
        masks[4 * v] = 0
        this.#alive[v] = 0
      }
    }
    fill(this.#device, this.#mask, masks)
    return this.#listLiving()
  }

  #listLiving(): number {
    const living = Uint32Array.from({ length: this.voxels }, (_, v) => v).filter((v) => this.#alive[v] === 1)
    fill(this.#device, this.#list, living)
    this.#count = living.length
    // What `pack` gathered is of the old list.
    this.#dropBatch()
    return living.length
  }

  async readMask(): Promise<Float32Array> {
    return every(await this.#readMasks(), 0)
  }

  async readState(): Promise<SubjectLayerState> {
    const masks = await this.#readMasks()
    const bias = await readBack(this.#device, this.#bias, this.hidden * 4)
    const read = (name: Wide) => readBack(this.#device, this.#wide[name], this.voxels * this.hidden)
    return {
      voxels: this.voxels,
      hidden: this.hidden,
      weights: await read('weights'),
      weightsFirstMoment: await read('weightsFirstMoment'),
      weightsSecondMoment: await read('weightsSecondMoment'),
      bias: every(bias, 0),
      biasFirstMoment: every(bias, 1),
      biasSecondMoment: every(bias, 2),
      mask: every(masks, 0),
      maskFirstMoment: every(masks, 1),
      maskSecondMoment: every(masks, 2),
      alive: this.#alive.slice(),
    }
  }

  writeState(state: SubjectLayerState): void {
    for (const name of wide) fill(this.#device, this.#wide[name], state[name])
    fill(this.#device, this.#bias, together(state.bias, state.biasFirstMoment, state.biasSecondMoment))
    fill(this.#device, this.#mask, together(state.mask, state.maskFirstMoment, state.maskSecondMoment))
    this.#alive.set(state.alive)
    this.#counted = 0
    this.#listLiving()
  }

  dispose(): void {
    this.#dropBatch()
    for (const name of wide) this.#wide[name].destroy()
    for (const buffer of [this.#mask, this.#bias, this.#list, this.#params]) buffer.destroy()
  }
}

/** Number `which` of each four. */
function every(fours: Float32Array, which: number): Float32Array {
  return Float32Array.from({ length: fours.length / 4 }, (_, i) => fours[4 * i + which]!)
}

/** Three arrays of equal length as groups of four numbers, the last 0. */
function together(a: Float32Array, b: Float32Array, c: Float32Array): Float32Array {
  const out = new Float32Array(4 * a.length)
  for (let i = 0; i < a.length; i++) out.set([a[i]!, b[i]!, c[i]!], 4 * i)
  return out
}

/** Layers on one device. A layer that the adapter's limits do not allow throws ProblemError TOO_LARGE. */
export function webgpuSubjectLayer(device: GpuDevice, tensors: TensorDevice): SubjectLayerFactory {
  const passes = new LayerPasses(device)
  return (state) => new WebgpuSubjectLayer(device, tensors, passes, state)
}
