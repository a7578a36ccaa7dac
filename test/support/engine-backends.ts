/**
 * The backends that tests of numbers run on: plain JavaScript and WebAssembly always, the two extras where they are installed in
 * `engines/` of the project (TROI_TEST_ENGINES names another folder). WebGPU may be a software adapter here: it computes right and
 * slowly. An extra that is not installed is one skipped line for each body of tests, which says so.
 */
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { SubjectLayerFactory } from '../../src/core/tensor/subject-layer.ts'
import { tf } from '../../src/core/tensor/tf.ts'
import { findExtra } from '../../src/engine/tensor/extras.ts'
import { openTensorflow } from '../../src/engine/tensor/tensorflow/open-tensorflow.ts'
import { openWebgpu } from '../../src/engine/tensor/webgpu/open-webgpu.ts'

const folders = [process.env.TROI_TEST_ENGINES ?? 'engines']

export interface ExtraBackend {
  readonly name: 'tensorflow' | 'webgpu'
  /** Where it is installed, or null. */
  readonly folder: string | null
  readonly missing: string
  open(folder: string): Promise<{ compute: { subjectLayer: SubjectLayerFactory }; close(): Promise<void> }>
}

export const extraBackends: readonly ExtraBackend[] = [
  {
    name: 'tensorflow',
    folder: findExtra('tensorflow', folders),
    missing: 'no TensorFlow engine installed',
    open: (folder) => openTensorflow(folder, 1),
  },
  {
    name: 'webgpu',
    folder: findExtra('webgpu', folders),
    missing: 'no WebGPU engine installed',
    open: (folder) => openWebgpu(folder, 1),
  },
]

/** A body of tests on each extra; `layer` makes its input layers once the tests run. */
export function describeExtras(
  title: (name: string) => string,
  body: (layer: SubjectLayerFactory, name: string) => void,
): void {
  for (const { name, folder, missing, open } of extraBackends) {
    if (folder === null) {
      it.skipIf(folder === null)(`${title(name)}: ${missing}`, () => {})
      continue
    }
    describe(title(name), () => {
      let opened: Awaited<ReturnType<ExtraBackend['open']>> | null = null
      beforeAll(async () => {
        opened = await open(folder)
      })
      afterAll(async () => {
        await opened?.close()
      })
      body((state) => {
        if (opened === null) throw new Error('the engine is opened before the tests')
        return opened.compute.subjectLayer(state)
      }, name)
    })
  }
}

/** A body of tests of tensor operations on every backend there is. */
export function describeBackends(title: (name: string) => string, body: () => void): void {
  for (const backend of ['cpu', 'wasm'])
    describe(title(backend), () => {
      beforeAll(async () => {
        await tf.setBackend(backend)
        await tf.ready()
      })
      body()
    })
  describeExtras(title, body)
}
