/** What a graphics device does not have room for is refused in words, and nothing stays behind. The device here is a stand-in. */
import { expect, it } from 'vitest'
import { ProblemError } from '../../../core/problem.ts'
import { freshSubjectLayerState } from '../../../core/tensor/subject-layer.ts'
import type { GpuBuffer, GpuDevice, GpuLimits } from './gpu-api.ts'
import { webgpuSubjectLayer } from './webgpu-subject-layer.ts'

const limits: GpuLimits = {
  maxBufferSize: 1_000_000,
  maxStorageBufferBindingSize: 4000,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeWorkgroupsPerDimension: 65_535,
  maxComputeWorkgroupSizeX: 256,
  maxComputeInvocationsPerWorkgroup: 256,
}

/** A device that only counts its buffers. */
function standIn() {
  let open = 0
  const never = () => {
    throw new Error('the stand-in computes nothing')
  }
  const device: GpuDevice = {
    limits,
    queue: { submit: never, writeBuffer: () => {} },
    lost: new Promise(() => {}),
    createBuffer({ size }) {
      open++
      const buffer: GpuBuffer = {
        size,
        mapAsync: never,
        getMappedRange: never,
        unmap: never,
        destroy: () => void open--,
      }
      return buffer
    },
    createShaderModule: never,
    createComputePipeline: never,
    createBindGroup: never,
    createCommandEncoder: never,
    addEventListener: () => {},
    destroy: () => {},
  }
  return { device, open: () => open }
}

const tensors = { bufferOf: () => expect.unreachable(), tensorOf: () => expect.unreachable() }
const state = (voxels: number, hidden: number) =>
  freshSubjectLayerState(new Float32Array(voxels * hidden), new Float32Array(hidden))

it('refuses an input layer that is larger than the adapter allows, with both numbers', () => {
  const { device, open } = standIn()
  let problem: unknown
  try {
    webgpuSubjectLayer(device, tensors)(state(125, 10))
  } catch (error) {
    problem = error instanceof ProblemError ? error.problem : error
  }
  expect(problem).toMatchObject({
    code: 'TOO_LARGE',
    message: expect.stringMatching(/125 voxels × 10 hidden units.*5000 bytes/),
    expected: expect.stringContaining('4000 bytes'),
    fix: expect.stringContaining('--backend wasm'),
  })
  expect(open()).toBe(0)
})

it('gives everything back when the last of several arrays does not fit, and when it is disposed', () => {
  const { device, open } = standIn()
  // W fits, four numbers of each voxel do not.
  expect(() => webgpuSubjectLayer(device, tensors)(state(300, 2))).toThrow(ProblemError)
  expect(open()).toBe(0)
  const layer = webgpuSubjectLayer(device, tensors)(state(100, 10))
  expect(open()).toBeGreaterThan(0)
  layer.dispose()
  expect(open()).toBe(0)
})

it('refuses a batch that is larger than the adapter allows', () => {
  const { device } = standIn()
  const layer = webgpuSubjectLayer(device, tensors)(state(100, 10))
  expect(() => layer.forward(new Float32Array(1100), 11)).toThrow('a batch of 11 trials of 100 voxels')
})
