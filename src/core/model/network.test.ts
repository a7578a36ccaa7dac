import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { tf } from '../tensor/tf.ts'
import { drawMixing } from './loss/mixco.ts'
import type { StepInput, TrainingBatch } from './network.ts'
import {
  allModules,
  disposeStep,
  lossAndGradients,
  networkSpecs,
  parameterNames,
  predict,
  readLosses,
} from './network.ts'
import type { NetworkSettings } from './settings.ts'
import { embeddingSize, networkSettings } from './settings.ts'
import { erfReference, perturbed, relativeError, testBackends } from './test-support.ts'
import type { WeightArrays } from './weights.ts'
import { disposeWeights, initialWeights, toTensors } from './weights.ts'

const rows = 6
const base: NetworkSettings = {
  ...networkSettings(
    { hidden: 8, blocks: 2, dropout: 0.3, backbone: 'residual', prior: 'regression' },
    { tokens: 1, width: 6 },
  ),
  diffusion: { timesteps: 20, samplingSteps: 3, samples: 2, eta: 1, hidden: 10, blocks: 1 },
}
const tiny = {
  ...base.transformer,
  depth: 1,
  heads: 2,
  headWidth: 4,
  feedForward: 2,
  rotary: 2,
  relativeBuckets: 4,
  relativeDistance: 3,
}

const kinds: readonly [string, NetworkSettings][] = [
  ['residual, regression', base],
  ['affine, regression', { ...base, backbone: 'affine' }],
  ['residual, diffusion', { ...base, prior: 'diffusion' }],
  ['tokens, three projector layers', { ...base, tokens: 2, width: 4, projectorLayers: 3 }],
  [
    'affine, diffusion transformer',
    { ...base, backbone: 'affine', prior: 'diffusion-transformer', tokens: 2, width: 4, transformer: tiny },
  ],
]

function arraysOf(settings: NetworkSettings): WeightArrays {
  return perturbed(initialWeights(networkSpecs(settings), 2), Random.of('weights'), 0.1)
}

function batchOf(settings: NetworkSettings): TrainingBatch {
  return {
    rows,
    targets: Random.of('targets').normals(rows * embeddingSize(settings)),
    contrastive: { kind: 'bimixco', temperature: 0.5, overwriteFixedPoints: false },
    mixing: drawMixing([4, 2], { alpha: 0.5, fraction: 1 }, Random.of('mixing')),
    mixPriorTarget: true,
    priorWeight: 2,
  }
}

const hidden = Random.of('h').normals(rows * base.hidden)

/** Runs one step in a scope of its own and returns plain numbers. */
async function step(
  settings: NetworkSettings,
  changes: Partial<StepInput> & { arrays?: WeightArrays; values?: Float32Array },
) {
  const { arrays = arraysOf(settings), values = hidden, ...rest } = changes
  const weights = toTensors(arrays)
  const h = tf.tensor2d(values, [rows, settings.hidden])
  const trainable = parameterNames(settings, allModules)
  const input = {
    h,
    weights,
    trainable,
    batch: batchOf(settings),
    settings,
    dropout: null,
    noise: Random.of('noise'),
    ...rest,
  }
  const result = lossAndGradients(input)
  const losses = await readLosses(result)
  const dh = result.dh.dataSync<'float32'>().slice()
  const gradients = Object.fromEntries(
    Object.entries(result.gradients).map(([name, tensor]) => [name, tensor.dataSync<'float32'>().slice()]),
  )
  disposeStep(result)
  disposeWeights(weights)
  h.dispose()
  return { losses, dh, gradients }
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0)

describe.each(testBackends)('a training step on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
    await tf.ready()
  })

  /*
   * Central differences of fourth order along one random direction per parameter: in single precision a loss of order 10
   * is known to about 1e-6, so with a step of 1e-2 a slope is known to about 1e-4.
   */
  it.each(kinds)('%s: gradients of h and of every weight agree with central differences', async (_name, settings) => {
    const arrays = arraysOf(settings)
    // Dropout and noise drawn from equal streams are part of the function.
    const streams = () => ({ dropout: Random.of('dropout'), noise: Random.of('noise') })
    const { dh, gradients } = await step(settings, { arrays, ...streams() })
    const wrong: string[] = []
    for (const name of ['h', ...parameterNames(settings, allModules)]) {
      const at = name === 'h' ? hidden : arrays[name]!.data
      const gradient = name === 'h' ? dh : gradients[name]!
      const direction = Random.of('direction', name).normals(at.length)
      const length = Math.hypot(...direction)
      const lossAt = async (delta: number) => {
        const moved = at.map((value, i) => value + (delta * direction[i]!) / length)
        const changed =
          name === 'h'
            ? { values: moved }
            : { arrays: { ...arrays, [name]: { shape: arrays[name]!.shape, data: moved } } }
        return (await step(settings, { arrays, ...streams(), ...changed })).losses.total
      }
      const difference = async (delta: number) => (await lossAt(delta)) - (await lossAt(-delta))
      const numeric = (8 * (await difference(1e-2)) - (await difference(2e-2))) / 0.12
      const analytic = dot(gradient, direction) / length
      if (!(Math.abs(numeric - analytic) < 3e-4 + 1e-3 * Math.hypot(...gradient))) {
        wrong.push(`${name}: ${analytic}, by differences ${numeric}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it.each(kinds)('%s: leaves no tensors behind', async (_name, settings) => {
    const before = tf.memory().numTensors
    await step(settings, { dropout: Random.of(1) })
    await step(settings, { trainable: [], dropout: Random.of(1) })
    expect(tf.memory().numTensors).toBe(before)
    const weights = toTensors(arraysOf(settings))
    const h = tf.tensor2d(hidden, [rows, settings.hidden])
    const during = tf.memory().numTensors
    await predict(h, weights, settings, 0, 4)
    expect(tf.memory().numTensors).toBe(during)
    disposeWeights(weights)
    h.dispose()
  })

  it('the total is the contrastive loss plus ε times the prior loss', async () => {
    const { losses } = await step(base, {})
    expect(losses.total).toBeCloseTo(losses.contrastive + 2 * losses.prior, 5)
    const without = await step(base, { batch: { ...batchOf(base), priorWeight: 0 } })
    expect(without.losses.total).toBeCloseTo(losses.contrastive, 5)
  })

  it('mixes the target of the prior only when asked (TROI eq. 3)', async () => {
    const mixed = await step(base, {})
    const plain = await step(base, { batch: { ...batchOf(base), mixPriorTarget: false } })
    expect(plain.losses.contrastive).toBe(mixed.losses.contrastive)
    expect(Math.abs(plain.losses.prior - mixed.losses.prior)).toBeGreaterThan(0.01)
  })

  it.each(kinds)('%s: dropout is a function of its stream, and silent in frozen modules', async (_name, settings) => {
    const noise = () => Random.of('noise')
    const first = await step(settings, { dropout: Random.of(1), noise: noise() })
    const again = await step(settings, { dropout: Random.of(1), noise: noise() })
    const other = await step(settings, { dropout: Random.of(2), noise: noise() })
    expect(again).toEqual(first)
    expect(other.losses.total).not.toBe(first.losses.total)
    const silent = await step(settings, { noise: noise() })
    const frozen = await step(settings, {
      trainable: parameterNames(settings, ['projector']),
      dropout: Random.of(1),
      noise: noise(),
    })
    expect(frozen.losses).toEqual(silent.losses)
    expect(relativeError(frozen.dh, silent.dh)).toBeLessThan(1e-5)
  })

  it('frozen weights change neither dh nor the gradients of the others', async () => {
    const whole = await step(base, {})
    const names = parameterNames(base, ['prior'])
    const part = await step(base, { trainable: names })
    expect(Object.keys(part.gradients)).toEqual(names)
    for (const name of names) expect(relativeError(part.gradients[name]!, whole.gradients[name]!)).toBeLessThan(1e-5)
    expect(relativeError(part.dh, whole.dh)).toBeLessThan(1e-5)
  })

  it('the affine backbone is the input plus one scalar per block, then one linear map', async () => {
    const settings: NetworkSettings = { ...base, backbone: 'affine' }
    const arrays = arraysOf(settings)
    const value = (name: string) => arrays[name]!.data
    const weights = toTensors(arrays)
    const h = tf.tensor2d(hidden, [rows, base.hidden])
    const { backbone } = await predict(h, weights, settings, 0)
    let shift = 0
    for (const block of ['bb.blocks.0', 'bb.blocks.1']) {
      const inner = value(`${block}.a.weight`)[0]! * value(`${block}.ln.bias`)[0]! + value(`${block}.a.bias`)[0]!
      const activated = (inner / 2) * (1 + erfReference(inner * Math.SQRT1_2))
      shift += value(`${block}.b.weight`)[0]! * activated + value(`${block}.b.bias`)[0]!
    }
    const expected = Array.from({ length: rows * base.width }, (_, i) => {
      const [row, out] = [Math.floor(i / base.width), i % base.width]
      const inputs = hidden.subarray(row * base.hidden, (row + 1) * base.hidden).map((v) => v + shift)
      return (
        value('bb.out.bias')[out]! +
        dot(inputs, value('bb.out.weight').subarray(out * base.hidden, (out + 1) * base.hidden))
      )
    })
    expect(relativeError(backbone, expected)).toBeLessThan(1e-5)
    disposeWeights(weights)
    h.dispose()
  })

  it.each(kinds)('%s: a prediction does not depend on the chunks, only on the seed', async (_name, settings) => {
    const weights = toTensors(arraysOf(settings))
    const h = tf.tensor2d(hidden, [rows, settings.hidden])
    const whole = await predict(h, weights, settings, 3)
    const chunked = await predict(h, weights, settings, 3, 4)
    for (const part of ['backbone', 'projected', 'prior'] as const) {
      expect(whole[part].length).toBe(rows * embeddingSize(settings))
      expect(relativeError(chunked[part], whole[part])).toBeLessThan(1e-5)
    }
    const other = await predict(h, weights, settings, 4)
    expect(relativeError(other.backbone, whole.backbone)).toBe(0)
    expect(relativeError(other.prior, whole.prior) > 1e-3).toBe(settings.prior !== 'regression')
    disposeWeights(weights)
    h.dispose()
  })

  it('names what does not fit', async () => {
    const batch = batchOf(base)
    await expect(step(base, { batch: { ...batch, rows: 5 } })).rejects.toThrow(/h is 6 × 8, expected 5 × 8/)
    await expect(step(base, { batch: { ...batch, targets: new Float32Array(3) } })).rejects.toThrow(/3 target values/)
    const mixing = drawMixing([3], { alpha: 1, fraction: 1 }, Random.of(1))
    await expect(step(base, { batch: { ...batch, mixing } })).rejects.toThrow(/mixing is for 3 rows/)
    await expect(step(base, { trainable: ['bb.none'] })).rejects.toThrow(/no weights named bb\.none/)
    await expect(step({ ...base, prior: 'diffusion' }, { noise: null })).rejects.toThrow(/random stream/)
  })
})
