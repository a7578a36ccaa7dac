/**
 * Stage 1 of Algorithm 1 in full against double precision: 172 voxels, 48 trials, 26 outer iterations of 6 steps, with the
 * batch order given, no mixing, no dropout, and a ψ given in figures. M within 1e-3 by iteration 26 in single precision;
 * counts and masks equal except for voxels whose value lies within 1e-3 of the threshold.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { VoxelSpace } from '../../src/core/data/subject-data.ts'
import { networkSettings } from '../../src/core/model/settings.ts'
import { flatten, relativeError, testBackends, toWeightArray } from '../../src/core/model/test-support.ts'
import { silentContext } from '../../src/core/pipeline/run-context.ts'
import type { Compute } from '../../src/core/tensor/compute.ts'
import { freshSubjectLayerState, type SubjectLayerFactory } from '../../src/core/tensor/subject-layer.ts'
import { tf } from '../../src/core/tensor/tf.ts'
import { type Algorithm1Input, type Algorithm1Output, algorithm1 } from '../../src/core/troi/algorithm1.ts'
import { maskPresets } from '../../src/core/troi/settings.ts'
import { openReference, stopAfter } from '../../src/core/troi/test-support.ts'
import { voxelFilter } from '../../src/core/volume/gaussian-filter.ts'
import { overlap } from '../../src/core/volume/overlap.ts'
import { binarise, topVoxels } from '../../src/core/volume/top-voxels.ts'
import { type OpenCompute, openCompute } from '../../src/engine/tensor/compute.ts'
import golden from '../golden/stage1_tiny.json' with { type: 'json' }
import { describeExtras } from '../support/engine-backends.ts'

const [nx, ny, nz] = golden.shape as [number, number, number]
const support = flatten(golden.support)
const index = Int32Array.from(support.keys()).filter((i) => support[i] !== 0)
const space: VoxelSpace = {
  grid: { shape: [nx, ny, nz], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
  index,
}
const voxels = index.length
const trials = golden.X.length
const stepsPerEpoch = trials / golden.bs
const { 'ridge.weight': ridgeWeight, 'ridge.bias': ridgeBias, ...network } = golden.init

/** PyTorch's [hidden][voxels] to voxel-major. */
function voxelMajor(weight: number[][]): Float32Array {
  return Float32Array.from({ length: voxels * golden.h }, (_, i) => weight[i % golden.h]![Math.floor(i / golden.h)]!)
}

function input(iterations = golden.iterations.length): Algorithm1Input {
  return {
    set: {
      trials,
      betas: Float32Array.from(flatten(golden.X)),
      target: Int32Array.from({ length: trials }, (_, i) => i),
      session: new Int32Array(trials),
      run: new Int32Array(trials),
    },
    vectors: Float32Array.from(flatten(golden.c)),
    dimensions: golden.D,
    network: networkSettings(
      { hidden: golden.h, blocks: 1, dropout: 0, backbone: 'residual', prior: 'regression' },
      { tokens: 1, width: golden.D },
    ),
    weights: Object.fromEntries(Object.entries(network).map(([name, values]) => [name, toWeightArray(values)])),
    modules: ['prior'],
    layer: freshSubjectLayerState(voxelMajor(ridgeWeight), Float32Array.from(ridgeBias)),
    stepsPerEpoch,
    batchAt: (step) => {
      const at = (step % stepsPerEpoch) * golden.bs
      return Int32Array.from(golden.order[Math.floor(step / stepsPerEpoch)]!.slice(at, at + golden.bs))
    },
    filter: voxelFilter(space, golden.sigma),
    budget: golden.V,
    seed: 0,
    settings: {
      ...maskPresets.memory.algorithm1,
      mixPhase: 0,
      softTemperatureStart: 0.1,
      softTemperatureEnd: 0.1,
      priorWeight: 3,
      voxelDropout: 0,
      weightDecay: 0.1,
      networkWeightDecay: 0.1,
      threshold: golden.th,
      psi: golden.psi,
      adaptRho: false,
      maskLearningRate: 0.02,
      learningRate: 0.02,
      warmUpEpochs: 0,
      maximumEpochs: iterations,
    },
  }
}

/** Voxels whose filtered value is too close to th to be called in single precision. */
function closeToThreshold(filtered: readonly number[]): number {
  return filtered.filter((value) => Math.abs(value - golden.th) < 1e-3).length
}

function exactMask(score: ArrayLike<number>): Uint8Array {
  const found = topVoxels(score, golden.V)
  if (!found.ok) throw new Error(found.problem.message)
  return found.value.mask
}

const whole = golden.iterations.length

/** The stage against the golden numbers, its first `iterations` or all of it; `layer` makes the input layer. */
async function expectGolden(layer: SubjectLayerFactory, iterations = whole): Promise<Algorithm1Output> {
  const losses: number[][] = []
  const masks: Float32Array[] = []
  const output = await algorithm1(input(iterations), layer, {
    ...silentContext(),
    metric: ({ values }) => {
      if (values.total !== undefined) losses.push([values.contrastive!, values.prior!])
    },
    maskSnapshot: (_epoch, mask) => masks.push(mask.slice()),
  })

  expect(output.counts.length).toBe(iterations)
  const filter = voxelFilter(space, golden.sigma)
  golden.iterations.slice(0, iterations).forEach((expected, k) => {
    const own = losses.slice(k * stepsPerEpoch, (k + 1) * stepsPerEpoch)
    own.forEach(([contrastive, prior], step) => {
      const [clip, mse] = expected.losses[step] as [number, number, number]
      expect(Math.abs(contrastive! - clip)).toBeLessThan(1e-3 * clip)
      expect(Math.abs(prior! - mse)).toBeLessThan(1e-3 * mse)
    })
    expect(relativeError(masks[k]!, expected.M)).toBeLessThan(1e-3)
    expect(relativeError(filter(masks[k]!), expected.filtered)).toBeLessThan(1e-3)
    expect(Math.abs(output.counts[k]! - expected.count)).toBeLessThanOrEqual(closeToThreshold(expected.filtered))
  })

  if (iterations < whole) return output
  expect(output.stopped).toBe('budget met')
  expect(relativeError(output.memory, golden.memory_score)).toBeLessThan(1e-3)
  expect(relativeError(filter(output.memory), golden.memory_filtered)).toBeLessThan(1e-3)
  const memory = exactMask(filter(output.memory))
  expect([...memory]).toEqual(golden.final_memory)
  expect(overlap(memory, golden.gt).dice).toBeCloseTo(golden.final_memory_dice, 12)
  const exact = exactMask(output.filtered)
  expect([...exact]).toEqual(golden.final_exact)
  expect(overlap(exact, golden.gt).dice).toBeCloseTo(golden.final_exact_dice, 12)
  expect([...binarise(output.filtered, golden.th)]).toEqual(golden.final_raw)
  return output
}

const engines = ['reference', 'wasm'] as const

describe.each(testBackends.flatMap((backend) => engines.map((engine) => ({ backend, engine }))))(
  'Algorithm 1 with tensors on $backend and the input layer on $engine',
  ({ backend, engine }) => {
    let fast: OpenCompute | null = null
    let compute: Compute

    beforeAll(async () => {
      if (engine === 'wasm') fast = await openCompute({ threads: 2 })
      compute = fast === null ? openReference() : fast.compute
      // Opening the engine chooses its own backend; both must work with both.
      await tf.setBackend(backend)
      await tf.ready()
    })
    afterAll(async () => {
      await fast?.close()
    })

    it('26 iterations: losses, M, filtered map, counts, and the three masks', async () => {
      await expectGolden(compute.subjectLayer)
    })

    it('resumes at any epoch edge with the same bits', async () => {
      const unbroken = await algorithm1(input(), compute.subjectLayer, silentContext())
      for (const epoch of [1, 2, 13, 25]) {
        const { state, stopped } = await stopAfter(epoch, (context) =>
          algorithm1(input(), compute.subjectLayer, context),
        )
        expect(stopped).toBe(true)
        const resumed = await algorithm1(input(), compute.subjectLayer, silentContext(state))
        expect(resumed).toEqual(unbroken)
      }
    })
  },
)

describeExtras(
  (name) => `Algorithm 1 on ${name}`,
  (layer, name) => {
    // A software adapter takes a second and more for a step, so there only the first iterations are made.
    const slow = name === 'webgpu' && process.env.TROI_TEST_SOFTWARE_ADAPTER === '1'
    const iterations = slow ? 2 : whole
    it(`${iterations} iterations as golden, and within 1e-3 of what WebAssembly computes`, {
      timeout: 900_000,
    }, async () => {
      const extra = tf.getBackend()
      const own = await expectGolden(layer, iterations)
      const wasm = await openCompute({ threads: 1 })
      try {
        const other = await algorithm1(input(iterations), wasm.compute.subjectLayer, silentContext())
        expect(relativeError(own.memory, other.memory)).toBeLessThan(1e-3)
        expect(relativeError(own.filtered, other.filtered)).toBeLessThan(1e-3)
        expect([...exactMask(own.filtered)]).toEqual([...exactMask(other.filtered)])
      } finally {
        await wasm.close()
        await tf.setBackend(extra)
      }
    })
  },
)
