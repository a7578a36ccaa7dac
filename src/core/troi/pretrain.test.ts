import { beforeAll, describe, expect, it } from 'vitest'
import { silentContext } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import { tf } from '../tensor/tf.ts'
import { packBackbone, unpackBackbone } from './backbone.ts'
import { pretrain } from './pretrain.ts'
import { copyState, openReference, stopAfter, tinyPretrainSettings } from './test-support.ts'
import { tinySubject, tinyTargets } from './tiny-world.ts'

const targets = tinyTargets(160, 1)
const inputs = [
  { subject: tinySubject('a', targets, 1), targets },
  { subject: tinySubject('b', targets, 2, { trials: 60 }), targets },
]
const settings = { ...tinyPretrainSettings, epochs: 3, epochTrials: 120 }

beforeAll(async () => {
  await tf.setBackend('cpu')
  await tf.ready()
})

describe('pretraining', () => {
  it('lowers the loss, gives finite weights, and says what the latents of its trials are like', async () => {
    const compute = openReference()
    const totals: number[] = []
    const backbone = await pretrain(inputs, tinyPretrainSettings, compute, {
      ...silentContext(),
      metric: ({ values }) => totals.push(values.prior!),
    })
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
    // An epoch counts at least 750 trials: 31 steps, in several passes.
    expect(totals.length).toBe(31 * tinyPretrainSettings.epochs)
    expect(mean(totals.slice(-10))).toBeLessThan(0.8 * mean(totals.slice(0, 10)))
    expect(backbone.subjects).toEqual(['a', 'b'])
    expect(backbone.latents.trials).toBe(120 + 60)
    for (const { data } of Object.values(backbone.weights)) expect(data.every(Number.isFinite)).toBe(true)
    expect(backbone.latents.hiddenVariance.every((value) => value > 0)).toBe(true)
  })

  it('is a pure function of its seed', async () => {
    const compute = openReference()
    const first = await pretrain(inputs, settings, compute, silentContext())
    expect(await pretrain(inputs, settings, compute, silentContext())).toEqual(first)
    const other = await pretrain(inputs, { ...settings, seed: 1 }, compute, silentContext())
    expect(other.weights['bb.out.weight']!.data).not.toEqual(first.weights['bb.out.weight']!.data)
  })

  it('resumes at every epoch edge with the same bits', async () => {
    const compute = openReference()
    const whole = await pretrain(inputs, settings, compute, silentContext())
    for (let epoch = 1; epoch <= settings.epochs; epoch++) {
      const { state } = await stopAfter(epoch, (context) => pretrain(inputs, settings, compute, context))
      expect(state?.epoch).toBe(epoch)
      expect(await pretrain(inputs, settings, compute, silentContext(state))).toEqual(whole)
    }
  })

  it('survives being saved', async () => {
    const backbone = await pretrain(inputs, { ...settings, epochs: 1 }, openReference(), silentContext())
    expect(unpackBackbone(copyState(packBackbone(backbone)))).toEqual(backbone)
    const { arrays, values } = packBackbone(backbone)
    const { 'weights/bb.out.weight': _, ...rest } = arrays
    expect(() => unpackBackbone({ values, arrays: rest })).toThrow('lacks weights/bb.out.weight')
  })

  it('refuses subjects whose embeddings differ in length, and no subjects at all', async () => {
    const compute = openReference()
    const shorter = { ...targets, dimensions: 4 }
    const run = (list: typeof inputs) => pretrain(list, settings, compute, silentContext())
    await expect(run([inputs[0]!, { ...inputs[1]!, targets: shorter }])).rejects.toThrow('different lengths (8, 4)')
    await expect(run([])).rejects.toBeInstanceOf(ProblemError)
  })

  it('leaves no tensors behind', async () => {
    const compute = openReference()
    await pretrain(inputs, { ...settings, epochs: 1 }, compute, silentContext())
    const before = tf.memory().numTensors
    await pretrain(inputs, { ...settings, epochs: 2 }, compute, silentContext())
    expect(tf.memory().numTensors).toBe(before)
  })
})
