/** The fast compute of this machine's CPU: tensor operations by TensorFlow.js on WebAssembly, the two heavy objects on threads. */
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import type { Compute } from '../../core/tensor/compute.ts'
import { tf } from '../../core/tensor/tf.ts'
import { poolComparer } from './compare-pictures.ts'
import { installMatmul } from './tfjs-matmul.ts'
import { wasmDenseKernels } from './wasm-dense-kernels.ts'
import { wasmSubjectLayer } from './wasm-subject-layer.ts'
import { WorkerPool } from './worker-pool.ts'

export interface OpenCompute {
  readonly compute: Compute
  readonly threads: number
  close(): Promise<void>
}

/** Makes `wasm` the backend of TensorFlow.js in this process. */
export async function selectWasmBackend(): Promise<void> {
  const require = createRequire(import.meta.url)
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
  // The network behind the first layer is small; threads of the library would only get in the way of ours.
  setThreadsCount(1)
  tf.env().set('PROD', true)
  installMatmul()
  await tf.setBackend('wasm')
  await tf.ready()
}

/** The worker threads with what runs on them whatever backend the tensors are on. */
export function openThreads(threads?: number) {
  const pool = new WorkerPool(threads)
  const kernels = wasmDenseKernels(pool)
  return {
    pool,
    kernels,
    comparePictures: poolComparer(pool),
    async close() {
      kernels.dispose()
      await pool.close()
    },
  }
}

export async function openCompute(options: { threads?: number } = {}): Promise<OpenCompute> {
  await selectWasmBackend()
  const { pool, kernels, comparePictures, close } = openThreads(options.threads)
  return {
    compute: { subjectLayer: wasmSubjectLayer(pool), kernels, comparePictures },
    threads: pool.threads,
    close,
  }
}
