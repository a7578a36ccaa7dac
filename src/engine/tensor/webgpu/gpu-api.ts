/**
 * The part of the WebGPU interface that this engine uses, as types only. The objects come from Dawn, which is an extra and not a
 * package of this project, so its own types are not here.
 */

export interface GpuLimits {
  readonly maxBufferSize: number
  readonly maxStorageBufferBindingSize: number
  readonly maxStorageBuffersPerShaderStage: number
  readonly maxComputeWorkgroupStorageSize: number
  readonly maxComputeWorkgroupsPerDimension: number
  readonly maxComputeWorkgroupSizeX: number
  readonly maxComputeInvocationsPerWorkgroup: number
}

export interface GpuAdapterInfo {
  readonly vendor: string
  readonly architecture: string
  readonly device: string
  readonly description: string
  readonly isFallbackAdapter?: boolean
}

export interface GpuAdapter {
  readonly info: GpuAdapterInfo
  readonly isFallbackAdapter?: boolean
  readonly limits: GpuLimits
  readonly features: ReadonlySet<string>
  requestDevice(wanted: { requiredLimits: Partial<GpuLimits> }): Promise<GpuDevice>
}

export interface Gpu {
  requestAdapter(wanted: { powerPreference: 'high-performance' | 'low-power' }): Promise<GpuAdapter | null>
}

export interface GpuBuffer {
  readonly size: number
  mapAsync(mode: number, offset: number, size: number): Promise<void>
  getMappedRange(offset: number, size: number): ArrayBuffer
  unmap(): void
  destroy(): void
}

declare const opaque: unique symbol
export interface GpuPipeline {
  readonly [opaque]: 'pipeline'
  getBindGroupLayout(index: number): object
}

export interface GpuPass {
  setPipeline(pipeline: GpuPipeline): void
  setBindGroup(index: number, group: object): void
  dispatchWorkgroups(x: number, y?: number, z?: number): void
  end(): void
}

export interface GpuEncoder {
  beginComputePass(): GpuPass
  copyBufferToBuffer(from: GpuBuffer, fromOffset: number, to: GpuBuffer, toOffset: number, size: number): void
  finish(): object
}

export interface GpuQueue {
  submit(commands: readonly object[]): void
  writeBuffer(buffer: GpuBuffer, offset: number, data: ArrayBufferLike, dataOffset: number, size: number): void
}

export interface GpuDevice {
  readonly limits: GpuLimits
  readonly queue: GpuQueue
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>
  createBuffer(wanted: { size: number; usage: number }): GpuBuffer
  createShaderModule(wanted: { code: string }): object
  createComputePipeline(wanted: { layout: 'auto'; compute: { module: object; entryPoint: string } }): GpuPipeline
  createBindGroup(wanted: {
    layout: object
    entries: readonly { binding: number; resource: { buffer: GpuBuffer } }[]
  }): object
  createCommandEncoder(): GpuEncoder
  addEventListener(type: 'uncapturederror', tell: (event: { readonly error: Error }) => void): void
  destroy(): void
}

/** Values of GPUBufferUsage and GPUMapMode, fixed by the specification. */
export const usage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, uniform: 0x40, storage: 0x80 } as const
export const mapModeRead = 0x1
