/**
 * The TensorFlow engine: the binding of @tensorflow/tfjs-node-gpu as compiled by `npm run engine:tensorflow`, registered as a backend of
 * the tensor library that the whole program uses. Of its package only the kernels are loaded; what they call "@tensorflow/tfjs" is
 * our own core, so there is one library in the process. The input layer is the plain tensor operations.
 */
import { readFileSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import nodeUtil from 'node:util'
import { z } from 'zod'
import type { Compute } from '../../../core/tensor/compute.ts'
import { referenceSubjectLayer } from '../../../core/tensor/reference-subject-layer.ts'
import { tf } from '../../../core/tensor/tf.ts'
import { openThreads } from '../compute.ts'
import { NotThere } from '../not-there.ts'

const engineFileSchema = z.object({
  format: z.literal(1),
  /** Version of the TensorFlow that was linked. */
  tensorflow: z.string(),
  /** `gpu`: installed for a GPU, and of no use without one. */
  wants: z.enum(['any', 'gpu']),
})

interface Binding {
  readonly TF_Version: string
  isUsingGpuDevice(): boolean
}
interface BackendModule {
  NodeJSKernelBackend: new (binding: Binding, packageName: string) => tf.KernelBackend
}

export interface OpenedTensorflow {
  readonly version: string
  readonly gpu: boolean
  readonly compute: Compute
  close(): Promise<void>
}

const again = 'Run npm run engine:tensorflow again; docs/engines.md says what it needs.'

/** Node 23 took these away; the kernels still call them. */
function giveBackOldNames(): void {
  const missing = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: (value: unknown) => Array.isArray(value),
  }
  for (const [name, value] of Object.entries(missing))
    if (!(name in nodeUtil)) Object.defineProperty(nodeUtil, name, { value, configurable: true })
}

/** TensorFlow reads these when it is loaded. */
function quietAndFrugal(): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'
}

/** The kernels of the package in `folder`, over our own core. Its saved-model messages are of no use here and are left out. */
function loadKernels(folder: string): BackendModule {
  const ownCore = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core')
  const inside = pathToFileURL(`${folder}/`).href
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const ours = specifier === '@tensorflow/tfjs' || specifier === '@tensorflow/tfjs-core'
      return ours && context.parentURL?.startsWith(inside)
        ? { url: pathToFileURL(ownCore).href, format: 'commonjs', shortCircuit: true }
        : next(specifier, context)
    },
    load(url, context, next) {
      return url.startsWith(inside) && url.endsWith('/proto/api_pb.js')
        ? { format: 'commonjs', source: 'module.exports = {}', shortCircuit: true }
        : next(url, context)
    },
  })
  try {
    const require = createRequire(join(folder, 'package.json'))
    require('./dist/register_all_kernels.js')
    return require('./dist/nodejs_kernel_backend.js') as BackendModule
  } finally {
    hooks.deregister()
  }
}

let loaded: { readonly binding: Binding; readonly kernels: BackendModule } | null = null

function load(folder: string) {
  if (loaded !== null) return loaded
  giveBackOldNames()
  quietAndFrugal()
  try {
    const binding = createRequire(join(folder, 'engine.json'))('./tfjs_binding.node') as Binding
    loaded = { binding, kernels: loadKernels(join(folder, 'package')) }
    return loaded
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new NotThere(`The TensorFlow engine is installed but does not load here (${why}).`, again)
  }
}

function readEngineFile(folder: string) {
  try {
    return engineFileSchema.parse(JSON.parse(readFileSync(join(folder, 'engine.json'), 'utf8')))
  } catch {
    throw new NotThere('The TensorFlow engine is installed but its engine.json cannot be read.', again)
  }
}

/** Makes `tensorflow` the backend of TensorFlow.js in this process. Throws NotThere where it does not load, or lacks the GPU it is for. */
export async function openTensorflow(folder: string, threads?: number): Promise<OpenedTensorflow> {
  const { tensorflow, wants } = readEngineFile(folder)
  const { binding, kernels: backends } = load(folder)
  const gpu = binding.isUsingGpuDevice()
  if (wants === 'gpu' && !gpu)
    throw new NotThere(
      'TensorFlow was installed for a GPU and found none; it would train on the CPU without a word.',
      'Install the NVIDIA driver, or TensorFlow for the CPU: npm run engine:tensorflow.',
    )
  if (tf.findBackendFactory('tensorflow') === null)
    tf.registerBackend('tensorflow', () => new backends.NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'))
  tf.env().set('PROD', true)
  await tf.setBackend('tensorflow')
  await tf.ready()
  const { kernels, comparePictures, close } = openThreads(threads)
  return {
    version: tensorflow,
    gpu,
    compute: { subjectLayer: referenceSubjectLayer, kernels, comparePictures },
    close,
  }
}
