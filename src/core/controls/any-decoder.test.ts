import { beforeAll, describe, expect, it } from 'vitest'
import { silentContext } from '../pipeline/run-context.ts'
import { tf } from '../tensor/tf.ts'
import { pretrain } from '../troi/pretrain.ts'
import { decoderSettingsSchema, defaultDecoderSettings } from '../troi/settings.ts'
import { openReference, tinyDecoderSettings, tinyPretrainSettings } from '../troi/test-support.ts'
import { tinySubject, tinyTargets } from '../troi/tiny-world.ts'
import { decodeAny, makeDecoder, methodFor, originOf, packAnyDecoder, unpackAnyDecoder } from './any-decoder.ts'

const compute = openReference()
const context = silentContext()
const labels = tinyTargets(4, 1, 'labels')
const subject = tinySubject('new', labels, 5)
const mask = subject.truth!

beforeAll(async () => {
  await tf.setBackend('wasm')
  await tf.ready()
})

const backbone = () => {
  const pictures = tinyTargets(40, 2)
  return pretrain(
    [{ subject: tinySubject('teacher', pictures, 6), targets: pictures }],
    tinyPretrainSettings,
    compute,
    context,
  )
}

describe('which decoder', () => {
  it('auto is ridge for labels without a backbone, else the network; a choice is a choice', async () => {
    const trained = await backbone()
    const auto = { method: 'auto' } as const
    expect(methodFor(auto, 'labels', null)).toBe('ridge')
    expect(methodFor(auto, 'labels', trained)).toBe('network')
    expect(methodFor(auto, 'pictures', null)).toBe('network')
    expect(methodFor({ method: 'network' }, 'labels', null)).toBe('network')
    expect(methodFor({ method: 'ridge' }, 'pictures', trained)).toBe('ridge')
  })

  it('settings of before there was a choice mean the network', () => {
    const { method: _, ...before } = defaultDecoderSettings
    expect(decoderSettingsSchema.parse(before).method).toBe('network')
  })
})

describe.each(['ridge', 'network'] as const)('a %s decoder', (method) => {
  it('decodes the same after it was stored', async () => {
    const made = await makeDecoder(subject, labels, mask, null, { ...tinyDecoderSettings, method }, compute, context)
    expect(made.method).toBe(method)
    const read = unpackAnyDecoder(packAnyDecoder(made))
    expect(originOf(read)).toBe(method === 'ridge' ? 'ridge' : 'scratch')
    const [before, after] = await Promise.all(
      [made, read].map((decoder) => decodeAny(decoder, subject.test.betas, compute.kernels)),
    )
    expect(after!.projected).toEqual(before!.projected)
    expect(after!.trials).toBe(subject.test.trials)
    expect(before!.projected.some((value) => value !== 0)).toBe(true)
  })

  it('refuses betas of another grid', async () => {
    const made = await makeDecoder(subject, labels, mask, null, { ...tinyDecoderSettings, method }, compute, context)
    const odd = new Float32Array(subject.space.index.length + 1)
    await expect(decodeAny(made, odd, compute.kernels)).rejects.toMatchObject({ problem: { code: 'LENGTH_MISMATCH' } })
  })
})

describe('a damaged file', () => {
  it('with weights missing is refused', async () => {
    const made = await makeDecoder(
      subject,
      labels,
      mask,
      null,
      { ...tinyDecoderSettings, method: 'ridge' },
      compute,
      context,
    )
    const saved = packAnyDecoder(made)
    const short = { ...saved, arrays: { ...saved.arrays, inputWeights: new Float32Array(3) } }
    expect(() => unpackAnyDecoder(short)).toThrow(/weights for/)
  })
})
