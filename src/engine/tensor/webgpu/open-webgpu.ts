/**
 * The WebGPU engine: Dawn in this process, one device for the tensor library's backend and for the subject layer. Products of the
 * closed-form parts stay on the SIMD threads: their interface answers at once, and a graphics device cannot be waited for that way.
 */
import { createRequire } from 'node:module'
import type { Problem } from '../../../core/problem.ts'
import type { Compute } from '../../../core/tensor/compute.ts'
import { type Tensor2D, tf } from '../../../core/tensor/tf.ts'
import { openThreads } from '../compute.ts'
import { adapterName, findAdapter, softwareAllowed } from './adapter.ts'
import type { GpuAdapter, GpuBuffer, GpuDevice, GpuLimits } from './gpu-api.ts'
import { type TensorDevice, webgpuSubjectLayer } from './webgpu-subject-layer.ts'

/** Of tfjs-backend-webgpu 4.22.0, what is used; the version is pinned, its types need those of WebGPU. */
interface DeviceMethods {
  uploadToGPU(dataId: object): void
  readToGPU(dataId: object): { tensorRef: tf.Tensor; buffer: GpuBuffer }
  createTensorFromGPUData(data: { buffer: GpuBuffer }, shape: number[], dtype: 'float32'): Tensor2D
}
type TensorBackend = DeviceMethods & tf.KernelBackend
interface TensorBackendPackage {
  WebGPUBackend: new (device: GpuDevice, info: object) => TensorBackend
}

export interface OpenedWebgpu {
  readonly adapter: string
  readonly device: GpuDevice
  readonly compute: Compute
  /** Resolves when the device is of no use any more; what it held is lost. Never, after `close`. */
  readonly failed: Promise<Problem>
  close(): Promise<void>
}

const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const satisfies readonly (keyof GpuLimits)[]

/** All that the adapter allows: the defaults are too small for an input layer. */
function requestDevice(adapter: GpuAdapter): Promise<GpuDevice> {
  const requiredLimits: Partial<Record<keyof GpuLimits, number>> = {}
  for (const name of wantedLimits) requiredLimits[name] = adapter.limits[name]
  return adapter.requestDevice({ requiredLimits })
}

const goOn = 'Resume the run: it goes on from the last checkpoint, not bit-identical on another engine.'

function lostDevice(adapter: string, message: string): Problem {
  return {
    code: 'JOB_LOST',
    message: `The graphics device was lost${message === '' ? '' : ` (${message.trim().replace(/\.$/, '')})`}.`,
    where: adapter,
    fix: `${goOn} If it happens again, train with --backend wasm.`,
  }
}

function deviceError(adapter: string, error: Error): Problem {
  return error.constructor.name === 'GPUOutOfMemoryError'
    ? {
        code: 'OUT_OF_MEMORY',
        message: 'The graphics device has not enough memory for this run.',
        where: adapter,
        fix: `Choose fewer voxels or a smaller batch, or train with --backend wasm. ${goOn}`,
      }
    : {
        code: 'INTERNAL',
        message: `The graphics device reported a mistake: ${error.message.split('\n')[0]}`,
        where: adapter,
        fix: 'Train with --backend wasm, and please report it.',
      }
}

/** What makes the device useless, told once. */
function watch(device: GpuDevice, adapter: string) {
  let closing = false
  const failed = new Promise<Problem>((resolve) => {
    void device.lost.then(({ message }) => {
      if (!closing) resolve(lostDevice(adapter, message))
    })
    device.addEventListener('uncapturederror', ({ error }) => resolve(deviceError(adapter, error)))
  })
  return { failed, closing: () => (closing = true) }
}

/** For tests only: after so many updates of an input layer the device is gone, as when its driver resets it. */
function updatesUntilLost(): number {
  const after = softwareAllowed() ? Number(process.env.TROI_TEST_LOSE_DEVICE_AFTER) : 0
  return after > 0 ? after : Number.POSITIVE_INFINITY
}

function tensorDevice(backend: TensorBackend, device: GpuDevice): TensorDevice {
  let left = updatesUntilLost()
  return {
    bufferOf(tensor) {
      if (--left === 0) device.destroy()
      // Numbers that only the CPU has yet go up first; reading to the device then also submits what is pending.
      backend.uploadToGPU(tensor.dataId)
      const { tensorRef, buffer } = backend.readToGPU(tensor.dataId)
      return { buffer, release: () => tensorRef.dispose() }
    },
    tensorOf: (buffer, shape) => backend.createTensorFromGPUData({ buffer }, shape, 'float32'),
  }
}

/** Makes `webgpu` the backend of TensorFlow.js in this process. Throws NotThere where there is no adapter that may train. */
export async function openWebgpu(folder: string, threads?: number): Promise<OpenedWebgpu> {
  const found = await findAdapter(folder)
  const adapter = adapterName(found.info)
  const device = await requestDevice(found)
  const { failed, closing } = watch(device, adapter)
  const { WebGPUBackend } = createRequire(import.meta.url)('@tensorflow/tfjs-backend-webgpu') as TensorBackendPackage
  // The package brings a factory of its own, with a device that we could not share.
  if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu')
  const backend = new WebGPUBackend(device, found.info)
  tf.registerBackend('webgpu', () => backend)
  tf.env().set('PROD', true)
  await tf.setBackend('webgpu')
  await tf.ready()
  const { kernels, comparePictures, close } = openThreads(threads)
  return {
    adapter,
    device,
    compute: { subjectLayer: webgpuSubjectLayer(device, tensorDevice(backend, device)), kernels, comparePictures },
    failed,
    async close() {
      closing()
      tf.removeBackend('webgpu')
      device.destroy()
      await close()
    },
  }
}
