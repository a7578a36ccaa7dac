import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { tf } from '../tensor/tf.ts'
import { allModules, networkSpecs, parameterNames } from './network.ts'
import type { NetworkSettings } from './settings.ts'
import { mindEye2Settings, networkSettings, networkSettingsSchema } from './settings.ts'
import { testBackends } from './test-support.ts'
import {
  checkWeights,
  disposeWeights,
  initialWeights,
  linearSpecs,
  normSpecs,
  parameterCount,
  toArrays,
  toTensors,
  uniformByFanIn,
} from './weights.ts'

const settings = networkSettings(
  { hidden: 8, blocks: 2, dropout: 0.15, backbone: 'residual', prior: 'regression' },
  { tokens: 1, width: 6 },
)

describe('initial weights', () => {
  it('follow PyTorch: uniform ±1/√fan_in for weight and bias, gains 1, offsets 0', () => {
    const arrays = initialWeights([...linearSpecs('l', 400, 300), ...normSpecs('n', 5)], 3)
    const bound = 1 / Math.sqrt(400)
    for (const name of ['l.weight', 'l.bias']) {
      const { data } = arrays[name]!
      expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound))
      const variance = data.reduce((sum, value) => sum + value * value, 0) / data.length
      expect(variance / (bound ** 2 / 3)).toBeCloseTo(1, name === 'l.weight' ? 1 : 0)
    }
    expect(Array.from(arrays['n.weight']!.data)).toEqual([1, 1, 1, 1, 1])
    expect(Array.from(arrays['n.bias']!.data)).toEqual([0, 0, 0, 0, 0])
    const own = uniformByFanIn(1000, 25, Random.of(1))
    expect(Math.max(...own.map(Math.abs))).toBeGreaterThan(0.19)
    expect(Math.max(...own.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.2))
  })

  it('are a function of seed and name: another module changes nothing', () => {
    const specs = networkSpecs(settings)
    expect(initialWeights(specs, 7)).toEqual(initialWeights(specs, 7))
    const alone = initialWeights(networkSpecs(settings, ['prior']), 7)
    expect(initialWeights(specs, 7)['bb.prior.1.weight']).toEqual(alone['bb.prior.1.weight'])
    expect(initialWeights(specs, 8)['bb.out.weight']).not.toEqual(initialWeights(specs, 7)['bb.out.weight'])
  })

  it('have distinct names in every kind of network', () => {
    const kinds: Partial<NetworkSettings>[] = [
      {},
      { backbone: 'affine' },
      { prior: 'diffusion' },
      { prior: 'diffusion-transformer' },
    ]
    for (const kind of kinds) {
      const names = parameterNames({ ...settings, ...kind }, allModules)
      expect(new Set(names).size).toBe(names.length)
      expect(names.every((name) => name.startsWith('bb.'))).toBe(true)
    }
  })
})

describe('parameter counts of MindEye2, nothing allocated', () => {
  it('the prior holds the 259,865,200 weights the released notebook prints', () => {
    expect(parameterCount(networkSpecs(mindEye2Settings, ['prior']))).toBe(259_865_200)
  })

  it('the projector holds 8,321,664', () => {
    expect(parameterCount(networkSpecs(mindEye2Settings, ['projector']))).toBe(8_321_664)
  })

  it.each([
    [4096, 1_745_256_448],
    [1024, 436_633_600],
  ])('the output layer at h = %i holds %i, and the live scalars 5 per block', (hidden, expected) => {
    expect(parameterCount(networkSpecs({ ...mindEye2Settings, hidden }, ['backbone']))).toBe(expected + 4 * 5)
  })

  it('the published settings are valid settings', () => {
    expect(networkSettingsSchema.parse(mindEye2Settings)).toEqual(mindEye2Settings)
    expect(networkSettingsSchema.parse(settings)).toEqual(settings)
    expect(networkSettingsSchema.safeParse({ ...settings, prior: 'none' }).success).toBe(false)
  })
})

describe.each(testBackends)('weights on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
    await tf.ready()
  })

  it('survive the way to tensors and back, and do not share memory', async () => {
    const arrays = initialWeights(networkSpecs(settings), 1)
    const before = tf.memory().numTensors
    const weights = toTensors(arrays)
    arrays['bb.out.bias']!.data.fill(5)
    const back = await toArrays(weights)
    expect(back).toEqual(initialWeights(networkSpecs(settings), 1))
    back['bb.out.weight']!.data.fill(9)
    expect((await toArrays(weights))['bb.out.weight']!.data[0]).not.toBe(9)
    disposeWeights(weights)
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('checkWeights', () => {
  const specs = networkSpecs(settings)
  const arrays = initialWeights(specs, 1)

  it('keeps what the network needs and leaves out the rest', () => {
    const checked = checkWeights({ ...arrays, 'ridge.weight': { shape: [1], data: new Float32Array(1) } }, specs)
    expect(checked).toEqual({ ok: true, value: arrays })
  })

  it.each([
    ['missing', undefined, 'BAD_FILE', /lack bb\.out\.weight/],
    ['of another shape', { shape: [8, 6], data: new Float32Array(48) }, 'BAD_FILE', /\[8, 6\]/],
    ['too short', { shape: [6, 8], data: new Float32Array(47) }, 'BAD_FILE', /47 numbers/],
    ['not finite', { shape: [6, 8], data: new Float32Array(48).fill(Number.NaN) }, 'NOT_FINITE', /not finite/],
  ] as const)('says which weights are %s', (_name, bad, code, message) => {
    const { 'bb.out.weight': _, ...others } = arrays
    const checked = checkWeights(bad === undefined ? others : { ...others, 'bb.out.weight': bad }, specs)
    if (checked.ok) throw new Error('accepted')
    expect(checked.problem).toMatchObject({ code, where: 'bb.out.weight' })
    expect(checked.problem.message).toMatch(message)
  })
})
