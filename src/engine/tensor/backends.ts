/**
 * Which engine trains, and why. Tried in order: tensorflow (only where the user enabled it), webgpu (a hardware adapter), wasm, cpu.
 * The one that is chosen must pass a self-test: one step of a small layer against stored numbers. Every other is listed with
 * the reason why not and how to enable it; an absent extra is a reason, never an error. Who asks for an engine by name gets that one
 * or a problem, never another.
 */
import '@tensorflow/tfjs-backend-cpu'
import { type Problem, ProblemError } from '../../core/problem.ts'
import type { Compute } from '../../core/tensor/compute.ts'
import { referenceDenseKernels } from '../../core/tensor/reference-dense-kernels.ts'
import { referenceSubjectLayer } from '../../core/tensor/reference-subject-layer.ts'
import { tf } from '../../core/tensor/tf.ts'
import { type BackendChoice, type BackendName, backendNames } from './backend-names.ts'
import { openCompute } from './compute.ts'
import { type ExtraName, engineFolders, findExtra } from './extras.ts'
import { NotThere } from './not-there.ts'
import { runSelfTest, type SelfTest } from './self-test.ts'
import { openTensorflow } from './tensorflow/open-tensorflow.ts'
import { openWebgpu } from './webgpu/open-webgpu.ts'

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
  /** What makes the bits, for checkpoints: equal texts on one build promise equal bits where `repeatable`. */
  readonly kernels: string
  /** Whether equal runs give equal bits here. Of graphics devices it is not promised. */
  readonly repeatable: boolean
  readonly reason: string
  readonly compute: Compute
  readonly reports: readonly BackendReport[]
  readonly selfTest: SelfTest
  /** Resolves when the device is of no use any more. */
  readonly failed?: Promise<Problem>
  close(): Promise<void>
}

export interface BackendOptions {
  /** As many as there are cores without it. */
  readonly threads?: number | undefined
  /** Folders in which the extras are looked for; what TROI_ENGINES names without it. */
  readonly engines?: readonly string[] | undefined
}

type Attempt = Omit<ChosenBackend, 'name' | 'reports' | 'selfTest'>

const notInstalled: Readonly<Record<ExtraName, { readonly reason: string; readonly howToEnable: string }>> = {
  tensorflow: {
    reason: 'The TensorFlow engine is not installed.',
    howToEnable:
      'npm run engine:tensorflow in the project, or npm run engine:tensorflow -- --cuda for an NVIDIA GPU under Linux; see docs/engines.md.',
  },
  webgpu: {
    reason: 'No WebGPU engine is installed.',
    howToEnable: 'npm run engine:webgpu in the project, for graphics cards of every maker; see docs/engines.md.',
  },
}

function extraOf(name: ExtraName, { engines }: BackendOptions): string {
  const folder = findExtra(name, engines ?? engineFolders([]))
  if (folder === null) throw new NotThere(notInstalled[name].reason, notInstalled[name].howToEnable)
  return folder
}

const attempts: Readonly<Record<BackendName, (options: BackendOptions) => Promise<Attempt>>> = {
  async tensorflow(options) {
    const { version, gpu, compute, close } = await openTensorflow(extraOf('tensorflow', options), options.threads)
    const device = `TensorFlow ${version}, ${gpu ? 'GPU' : 'CPU'}`
    return {
      device,
      kernels: `tensorflow ${version} on the ${gpu ? 'GPU' : 'CPU'}`,
      repeatable: false,
      compute,
      reason: gpu
        ? 'Enabled by you, so it is tried first.'
        : 'Enabled by you, so it is tried first. It found no GPU; on a CPU WebAssembly is usually faster.',
      close,
    }
  },
  async webgpu(options) {
    const { adapter, compute, failed, close } = await openWebgpu(extraOf('webgpu', options), options.threads)
    return {
      device: `WebGPU, ${adapter}`,
      kernels: `webgpu on ${adapter}`,
      repeatable: false,
      compute,
      failed,
      reason: 'A graphics adapter was found, and the heavy first layer stays on it.',
      close,
    }
  },
  async wasm({ threads }) {
    const { compute, threads: used, close } = await openCompute(threads === undefined ? {} : { threads })
    return {
      device: `CPU, WASM SIMD, ${used} ${used === 1 ? 'thread' : 'threads'}`,
      kernels: 'wasm',
      repeatable: true,
      compute,
      reason: 'Runs on every computer; the heavy first layer uses SIMD on all cores.',
      close,
    }
  },
  async cpu() {
    tf.env().set('PROD', true)
    await tf.setBackend('cpu')
    await tf.ready()
    return {
      device: 'CPU, plain JavaScript',
      kernels: 'cpu',
      repeatable: true,
      compute: { subjectLayer: referenceSubjectLayer, kernels: referenceDenseKernels() },
      reason: 'The slow reference, for comparison.',
      close: async () => {},
    }
  },
}

/** Of one that is not tried: an extra must at least be installed. */
function untried(name: BackendName, why: string, options: BackendOptions): BackendReport {
  const missing =
    (name === 'tensorflow' || name === 'webgpu') && findExtra(name, options.engines ?? engineFolders([])) === null
  return missing
    ? { name, available: false, chosen: false, ...notInstalled[name] }
    : { name, available: true, chosen: false, reason: why }
}

function refused(name: BackendName, error: unknown): BackendReport {
  const no = { name, available: false, chosen: false }
  if (error instanceof NotThere) return { ...no, reason: error.message, howToEnable: error.howToEnable }
  return { ...no, reason: `Did not start: ${error instanceof Error ? error.message : String(error)}` }
}

/** Opens one engine and lets it prove itself; a report of why not where it does not. */
async function tryBackend(name: BackendName, options: BackendOptions) {
  try {
    const opened = await attempts[name](options)
    const selfTest = await runSelfTest(opened.compute)
    if (selfTest.passed)
      return {
        chosen: { name, ...opened, selfTest },
        report: { name, available: true, chosen: true, reason: opened.reason },
      }
    await opened.close()
    const words = `Failed its self-test: worst relative error ${selfTest.worstRelativeError.toExponential(1)}.`
    return { chosen: null, report: { name, available: false, chosen: false, reason: words } }
  } catch (error) {
    return { chosen: null, report: refused(name, error) }
  }
}

export interface BackendSurvey {
  /** Null where the one that was asked for cannot be used, or none passes. */
  readonly chosen: Omit<ChosenBackend, 'reports'> | null
  readonly reports: readonly BackendReport[]
}

/** Tries the one that is asked for, or all in order until one passes, and says of every other why not. */
export async function surveyBackends(
  choice: BackendChoice = 'auto',
  options: BackendOptions = {},
): Promise<BackendSurvey> {
  const reports = new Map<BackendName, BackendReport>()
  let chosen: BackendSurvey['chosen'] = null
  for (const name of choice === 'auto' ? backendNames : [choice]) {
    if (chosen !== null) {
      const why = `Not needed: ${chosen.name} was tried first and passed the self-test.`
      reports.set(name, untried(name, why, options))
      continue
    }
    const tried = await tryBackend(name, options)
    chosen = tried.chosen
    reports.set(name, tried.report)
  }
  for (const name of backendNames)
    if (!reports.has(name)) reports.set(name, untried(name, `Not tried: ${choice} was asked for.`, options))
  return { chosen, reports: backendNames.map((name) => reports.get(name)!) }
}

/** The problem of an engine that was asked for by name and cannot be used. */
export function unavailable(choice: BackendChoice, reports: readonly BackendReport[]): Problem {
  const report = reports.find(({ name }) => name === choice)
  return {
    code: 'UNAVAILABLE',
    message: `The engine ${choice} was asked for and cannot be used. ${report?.reason ?? 'No engine passed its self-test.'}`,
    where: choice,
    fix: `${report?.howToEnable === undefined ? '' : `${report.howToEnable} `}Or leave the choice to the workstation with --backend auto.`,
  }
}

/** Opens the engine that trains. Throws ProblemError UNAVAILABLE where the one that was asked for cannot be used. */
export async function chooseBackend(
  choice: BackendChoice = 'auto',
  options: BackendOptions = {},
): Promise<ChosenBackend> {
  const { chosen, reports } = await surveyBackends(choice, options)
  if (chosen === null) throw new ProblemError(unavailable(choice, reports))
  return { ...chosen, reports }
}
