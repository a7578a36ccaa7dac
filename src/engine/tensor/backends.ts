/**
 * Which engine trains, and why. Tried in order: tensorflow (only where the user enabled it), webgpu (a hardware adapter), wasm, cpu.
 * The one that is chosen must pass a self-test: one step of a small layer against stored numbers. Every other is listed with
 * the reason why not and how to enable it; an absent optional package is a reason, never an error.
 */
import '@tensorflow/tfjs-backend-cpu'
import type { Compute } from '../../core/tensor/compute.ts'
import { referenceDenseKernels } from '../../core/tensor/reference-dense-kernels.ts'
import { referenceSubjectLayer } from '../../core/tensor/reference-subject-layer.ts'
import { tf } from '../../core/tensor/tf.ts'
import { openCompute } from './compute.ts'
import { runSelfTest, type SelfTest } from './self-test.ts'

export const backendNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const
export type BackendName = (typeof backendNames)[number]

export interface BackendReport {
  readonly name: BackendName
  readonly available: boolean
  readonly chosen: boolean
  readonly reason: string
  readonly howToEnable?: string
}

export interface ChosenBackend {
  readonly name: BackendName
  /** One line for the device chip: "CPU, WASM SIMD, 2 threads". */
  readonly device: string
  readonly compute: Compute
  readonly reports: readonly BackendReport[]
  readonly selfTest: SelfTest
  close(): Promise<void>
}

interface Opened {
  readonly device: string
  readonly compute: Compute
  close(): Promise<void>
}

/** Engines that this version does not bring, and what can be done about it. */
const absent: Readonly<Partial<Record<BackendName, { readonly reason: string; readonly howToEnable: string }>>> = {
  tensorflow: {
    reason: 'TensorFlow is not enabled; this version trains on WebAssembly.',
    howToEnable:
      'A TensorFlow engine for NVIDIA GPUs under Linux is planned as an explicit command; nothing is needed on a CPU.',
  },
  webgpu: {
    reason: 'No WebGPU engine is part of this version.',
    howToEnable: 'Nothing is needed; WebAssembly is used instead.',
  },
}

interface Attempt {
  readonly opened: Opened
  readonly reason: string
}

const attempts: Readonly<Partial<Record<BackendName, (threads?: number) => Promise<Attempt>>>> = {
  async wasm(threads) {
    const { compute, threads: used, close } = await openCompute(threads === undefined ? {} : { threads })
    return {
      opened: { device: `CPU, WASM SIMD, ${used} ${used === 1 ? 'thread' : 'threads'}`, compute, close },
      reason: 'Runs on every computer; the heavy first layer uses SIMD on all cores.',
    }
  },
  async cpu() {
    tf.env().set('PROD', true)
    await tf.setBackend('cpu')
    await tf.ready()
    return {
      opened: {
        device: 'CPU, plain JavaScript',
        compute: { subjectLayer: referenceSubjectLayer, kernels: referenceDenseKernels() },
        close: async () => {},
      },
      reason: 'The slow reference, for comparison.',
    }
  },
}

/** Tries the preferred engine, or all in order. Throws only if not even the plain one passes its self-test. */
export async function chooseBackend(
  preference: BackendName | 'auto' = 'auto',
  threads?: number,
): Promise<ChosenBackend> {
  const order =
    preference === 'auto' ? backendNames : [preference, ...backendNames.filter((name) => name !== preference)]
  const reports = new Map<BackendName, BackendReport>()
  let chosen: { name: BackendName; opened: Opened; selfTest: SelfTest } | null = null
  for (const name of order) {
    const open = attempts[name]
    if (open === undefined) {
      const why = absent[name] ?? { reason: 'Not part of this version.' }
      reports.set(name, { name, available: false, chosen: false, ...why })
      continue
    }
    if (chosen !== null) {
      const reason = `Not needed: ${chosen.name} was tried first and passed the self-test.`
      reports.set(name, { name, available: true, chosen: false, reason })
      continue
    }
    try {
      const attempt = await open(threads)
      const selfTest = await runSelfTest(attempt.opened.compute)
      if (selfTest.passed) chosen = { name, opened: attempt.opened, selfTest }
      else await attempt.opened.close()
      reports.set(name, {
        name,
        available: selfTest.passed,
        chosen: selfTest.passed,
        reason: selfTest.passed
          ? attempt.reason
          : `Failed its self-test: worst relative error ${selfTest.worstRelativeError.toExponential(1)}.`,
      })
    } catch (error) {
      reports.set(name, {
        name,
        available: false,
        chosen: false,
        reason: `Did not start: ${error instanceof Error ? error.message : String(error)}`,
      })
    }
  }
  if (chosen === null) throw new Error('no compute engine passed its self-test')
  return {
    name: chosen.name,
    device: chosen.opened.device,
    compute: chosen.opened.compute,
    reports: backendNames.map((name) => reports.get(name)!),
    selfTest: chosen.selfTest,
    close: chosen.opened.close,
  }
}
