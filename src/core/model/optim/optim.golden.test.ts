import { beforeAll, describe, expect, it } from 'vitest'
import golden from '../../../../test/golden/optim.json' with { type: 'json' }
import { tf } from '../../tensor/tf.ts'
import { flatten, relativeError, testBackends } from '../test-support.ts'
import type { Weights } from '../weights.ts'
import { disposeWeights } from '../weights.ts'
import { AdamW, decayAllButBiases, decayMatrices } from './adam-w.ts'
import { oneCycle, oneCycleDefaults } from './one-cycle.ts'
import { constantWithWarmUp } from './schedule.ts'

const constant = (learningRate: number) => () => ({ learningRate, beta1: 0.9 })

describe.each([golden.onecycle_50, golden.onecycle_150ep])(
  'OneCycle over $total_steps steps equals PyTorch',
  (expected) => {
    const schedule = oneCycle({
      peak: expected.max_lr,
      totalSteps: expected.total_steps,
      riseShare: expected.pct_start,
      divFactor: expected.div_factor,
      finalDivFactor: expected.final_div_factor,
      cycleBeta1: true,
    })

    it('learning rate and β₁', () => {
      const steps = expected.at.map(schedule)
      // Each value by itself: the last rates are a millionth of the first.
      steps.forEach((step, i) => {
        expect(relativeError([step.learningRate], [expected.lr[i]!])).toBeLessThan(1e-5)
        expect(relativeError([step.beta1], [expected.beta1[i]!])).toBeLessThan(1e-5)
      })
    })

    it('is not defined outside the cycle', () => {
      expect(() => schedule(expected.total_steps)).toThrow(/outside a cycle/)
      expect(() => schedule(-1)).toThrow(/outside a cycle/)
    })
  },
)

it('OneCycle keeps β₁ unless told to cycle it, and survives a rise shorter than a step', () => {
  const schedule = oneCycle({ ...oneCycleDefaults, peak: 1, totalSteps: 4, riseShare: 0.1 })
  const steps = [0, 1, 2, 3].map(schedule)
  expect(steps.map((step) => step.beta1)).toEqual([0.9, 0.9, 0.9, 0.9])
  expect(steps[0]!.learningRate).toBe(1)
  expect(steps[3]!.learningRate).toBeCloseTo(1 / 25_000, 12)
  expect(oneCycle({ ...oneCycleDefaults, peak: 1, totalSteps: 1, riseShare: 0.5 })(0).learningRate).toBe(1)
})

it('the constant schedule warms up linearly and moves from the first step', () => {
  const schedule = constantWithWarmUp(0.01, 4)
  expect([0, 1, 2, 3, 4, 100].map((step) => schedule(step).learningRate)).toEqual([
    0.0025, 0.005, 0.0075, 0.01, 0.01, 0.01,
  ])
  expect(constantWithWarmUp(0.01, 0)(0).learningRate).toBe(0.01)
})

describe.each(testBackends)('AdamW on %s equals PyTorch', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
    await tf.ready()
  })

  const start = (): Weights => ({ p: tf.tensor1d(golden.p0) })
  const read = (weights: Weights) => Array.from(weights.p!.dataSync<'float32'>())

  async function run(weightDecay: number, gradients: readonly number[][], learningRate: number, weights = start()) {
    const optimiser = await AdamW.of(weights, [{ names: ['p'], weightDecay }])
    const trajectory: number[][] = []
    for (const values of gradients) {
      const gradient = tf.tensor1d(values)
      await optimiser.step({ p: gradient }, constant(learningRate)())
      gradient.dispose()
      trajectory.push(read(weights))
    }
    return { optimiser, trajectory, weights }
  }

  it.each([
    ['AdamW', golden.adamw.weight_decay, golden.adamw.lr, golden.adamw.trajectory],
    [
      'AdamW without decay',
      golden.adamw_nodecay.weight_decay,
      golden.adamw_nodecay.lr,
      golden.adamw_nodecay.trajectory,
    ],
    ['Adam', 0, golden.adam.lr, golden.adam.trajectory],
  ] as const)('%s, 20 steps, without leaving tensors behind', async (_name, weightDecay, learningRate, expected) => {
    const before = tf.memory().numTensors
    const { trajectory, weights } = await run(weightDecay, golden.grads, learningRate)
    expect(relativeError(flatten(trajectory), flatten(expected))).toBeLessThan(1e-5)
    disposeWeights(weights)
    expect(tf.memory().numTensors).toBe(before)
  })

  it('AdamW under OneCycle with cycled β₁ on a quadratic, 40 steps', async () => {
    const { aim, max_lr, weight_decay, total_steps, pct_start, final_div_factor, trajectory } =
      golden.adamw_onecycle_quadratic
    const schedule = oneCycle({
      ...oneCycleDefaults,
      peak: max_lr,
      totalSteps: total_steps,
      riseShare: pct_start,
      finalDivFactor: final_div_factor,
      cycleBeta1: true,
    })
    const weights = start()
    const optimiser = await AdamW.of(weights, [{ names: ['p'], weightDecay: weight_decay }])
    for (let i = 0; i < total_steps; i++) {
      const at = read(weights)
      const gradient = tf.tensor1d(at.map((value, j) => value - aim[j]!))
      await optimiser.step({ p: gradient }, schedule(i))
      gradient.dispose()
      expect(relativeError(read(weights), trajectory[i]!.p)).toBeLessThan(1e-5)
    }
    disposeWeights(weights)
  })

  it('continues bit-exactly from its state', async () => {
    const whole = await run(0.1, golden.grads, 0.01)
    const first = await run(0.1, golden.grads.slice(0, 7), 0.01)
    const state = structuredClone(first.optimiser.state())
    const weights: Weights = { p: tf.tensor1d(read(first.weights)) }
    const resumed = await AdamW.of(weights, [{ names: ['p'], weightDecay: 0.1 }])
    resumed.restore(state)
    for (const values of golden.grads.slice(7)) {
      const gradient = tf.tensor1d(values)
      await resumed.step({ p: gradient }, constant(0.01)())
      gradient.dispose()
    }
    expect(read(weights)).toEqual(read(whole.weights))
    for (const used of [whole.weights, first.weights, weights]) disposeWeights(used)
  })

  it('a tensor read before a step keeps its values', async () => {
    const { optimiser, weights } = await run(0, golden.grads.slice(0, 1), 0.01)
    const held = tf.clone(weights.p!)
    const before = Array.from(held.dataSync())
    const gradient = tf.tensor1d(golden.grads[1]!)
    await optimiser.step({ p: gradient }, constant(0.01)())
    expect(Array.from(held.dataSync())).toEqual(before)
    expect(read(weights)).not.toEqual(before)
    tf.dispose([held, gradient])
    disposeWeights(weights)
  })

  it('names what does not fit', async () => {
    const weights = start()
    const groups = [{ names: ['p'], weightDecay: 0 }]
    await expect(AdamW.of(weights, [{ names: ['q'], weightDecay: 0 }])).rejects.toThrow(/no weights named q/)
    await expect(AdamW.of(weights, [...groups, ...groups])).rejects.toThrow(/two parameter groups/)
    const optimiser = await AdamW.of(weights, groups)
    await expect(optimiser.step({}, constant(1)())).rejects.toThrow(/no gradient for p/)
    expect(() => optimiser.restore({ step: 1, firstMoments: {}, secondMoments: {} })).toThrow(/does not fit p/)
    disposeWeights(weights)
  })

  it('decay groups: matrices only, or everything but biases', () => {
    const weights: Weights = { 'a.weight': tf.zeros([2, 2]), 'a.bias': tf.zeros([2]), 'ln.weight': tf.zeros([2]) }
    const names = Object.keys(weights)
    expect(decayMatrices(weights, names, 0.5)).toEqual([
      { names: ['a.weight'], weightDecay: 0.5 },
      { names: ['a.bias', 'ln.weight'], weightDecay: 0 },
    ])
    expect(decayAllButBiases(names, 0.5)[0]!.names).toEqual(['a.weight', 'ln.weight'])
    disposeWeights(weights)
  })
})
