/** Which engine is chosen, what is said about the others, and that the self-test sees a wrong number. */
import { afterEach, describe, expect, it } from 'vitest'
import { ProblemError } from '../../core/problem.ts'
import type { Compute } from '../../core/tensor/compute.ts'
import { referenceDenseKernels } from '../../core/tensor/reference-dense-kernels.ts'
import { referenceSubjectLayer } from '../../core/tensor/reference-subject-layer.ts'
import type { SubjectLayer } from '../../core/tensor/subject-layer.ts'
import { type Tensor2D, tf } from '../../core/tensor/tf.ts'
import { backendNames } from './backend-names.ts'
import { type ChosenBackend, chooseBackend } from './backends.ts'
import { runSelfTest } from './self-test.ts'

let open: ChosenBackend | null = null
afterEach(async () => {
  await open?.close()
  open = null
})

async function choose(...args: Parameters<typeof chooseBackend>): Promise<ChosenBackend> {
  open = await chooseBackend(...args)
  return open
}

describe('choice of a backend', () => {
  it('takes WebAssembly by itself and says why not the others', async () => {
    const chosen = await choose('auto', { threads: 2 })
    expect(chosen.name).toBe('wasm')
    expect(tf.getBackend()).toBe('wasm')
    expect(chosen.device).toBe('CPU, WASM SIMD, 2 threads')
    expect(chosen.compute.subjectLayer).not.toBe(referenceSubjectLayer)
    expect(chosen.selfTest.passed).toBe(true)
    expect(chosen.selfTest.worstRelativeError).toBeLessThan(1e-5)
    expect(chosen.reports.map((report) => report.name)).toEqual([...backendNames])
    expect(chosen.reports.map((report) => report.available)).toEqual([false, false, true, true])
    expect(chosen.reports.filter((report) => report.chosen).map((report) => report.name)).toEqual(['wasm'])
    for (const report of chosen.reports) expect(report.reason).toMatch(/^[A-Z].+\.$/)
    for (const report of chosen.reports.slice(0, 2)) expect(report.howToEnable).toMatch(/\.$/)
  })

  it('takes the one that is asked for, and claims nothing about those it did not try', async () => {
    const chosen = await choose('cpu')
    expect([chosen.name, tf.getBackend(), chosen.device]).toEqual(['cpu', 'cpu', 'CPU, plain JavaScript'])
    expect(chosen.selfTest.passed).toBe(true)
    expect(chosen.reports.map((report) => [report.name, report.available])).toEqual([
      ['tensorflow', false],
      ['webgpu', false],
      ['wasm', true],
      ['cpu', true],
    ])
  })

  it.each(['webgpu', 'tensorflow'] as const)('refuses by name where %s is asked for but absent', async (name) => {
    const refusal = await choose(name).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(ProblemError)
    const { problem } = refusal as ProblemError
    expect(problem).toMatchObject({ code: 'UNAVAILABLE', where: name })
    expect(problem.message).toContain(name)
    expect(problem.fix).toContain(`npm run engine:${name}`)
  })
})

describe('self-test', () => {
  const reference: Compute = { subjectLayer: referenceSubjectLayer, kernels: referenceDenseKernels() }

  /** The reference with one method replaced. */
  function changed(change: (layer: SubjectLayer) => Partial<SubjectLayer>): Compute {
    return {
      ...reference,
      subjectLayer: (state) => {
        const layer = referenceSubjectLayer(state)
        const replaced = change(layer)
        return new Proxy(layer, {
          get: (target, name) => {
            const own = Reflect.get(replaced, name)
            const value = own ?? Reflect.get(target, name)
            return typeof value === 'function' && own === undefined ? value.bind(target) : value
          },
        })
      },
    }
  }

  it('passes the reference and leaves no tensor behind', async () => {
    await tf.setBackend('cpu')
    const before = tf.memory().numTensors
    expect((await runSelfTest(reference)).passed).toBe(true)
    expect(tf.memory().numTensors).toBe(before)
  })

  it.each<[string, (layer: SubjectLayer) => Partial<SubjectLayer>]>([
    [
      'a step on W that is left out',
      (layer) => ({ backward: (dh, { mask }) => layer.backward(dh, { weights: null, mask }) }),
    ],
    [
      'a step on the mask that is left out',
      (layer) => ({ backward: (dh, { weights }) => layer.backward(dh, { weights, mask: null }) }),
    ],
    [
      'a mask gradient twice too large',
      (layer) => ({ readMaskGradientRms: async () => 2 * (await layer.readMaskGradientRms()) }),
    ],
    [
      'an h that is not finite',
      (layer) => ({
        forward: (x, rows) => {
          const h = layer.forward(x, rows)
          const broken = tf.div<Tensor2D>(h, 0)
          h.dispose()
          return broken
        },
      }),
    ],
  ])('sees %s', async (_name, change) => {
    await tf.setBackend('cpu')
    expect((await runSelfTest(changed(change))).passed).toBe(false)
  })

  it('sees a wrong product', async () => {
    await tf.setBackend('cpu')
    const kernels = referenceDenseKernels()
    const wrong: Compute = {
      ...reference,
      kernels: {
        ...kernels,
        matmul: (...args) => kernels.matmul(...args).map((value, i) => (i === 7 ? value + 0.1 : value)),
      },
    }
    expect((await runSelfTest(wrong)).passed).toBe(false)
  })
})
