import { beforeAll, describe, expect, it } from 'vitest'
import golden from '../../../test/golden/diffusion.json' with { type: 'json' }
import { Random } from '../random/random.ts'
import type { Tensor2D } from '../tensor/tf.ts'
import { tf } from '../tensor/tf.ts'
import { addNoise, alphaBars, ddim, ddimStep, drawDiffusion, samplingTimes } from './diffusion-schedule.ts'
import { flatten, relativeError, testBackends } from './test-support.ts'

const noise = Float32Array.from(flatten(golden.noise))
const shape: [number, number] = [golden.x0.length, golden.x0[0]!.length]
const unexpected = () => {
  throw new Error('deterministic DDIM asked for noise')
}

it('the cosine schedule equals the table', () => {
  expect(relativeError(alphaBars(golden.T), golden.alpha_bar)).toBeLessThan(1e-12)
  // Each by itself too: the last ones are small.
  alphaBars(golden.T).forEach((bar, t) => {
    expect(relativeError([bar], [golden.alpha_bar[t]!])).toBeLessThan(1e-5)
  })
})

it('noising equals the table', () => {
  const noisy = addNoise(
    Float32Array.from(flatten(golden.x0)),
    { times: Int32Array.from(golden.t), noise },
    alphaBars(golden.T),
  )
  expect(relativeError(noisy, flatten(golden.q_sample))).toBeLessThan(1e-6)
})

it('sampling times run evenly from T to 0', () => {
  expect(Array.from(samplingTimes(golden.T, 20))).toEqual(golden.ddim.timesteps)
  expect(Array.from(samplingTimes(100, 3))).toEqual([100, 67, 33, 0])
  expect(() => samplingTimes(10, 11)).toThrow(/11 sampling steps/)
})

it('draws every time from 1 to T equally often', () => {
  const { times, noise: drawn } = drawDiffusion(40_000, 1, 4, Random.of(1))
  const counts = [1, 2, 3, 4].map((t) => times.filter((time) => time === t).length)
  for (const count of counts) expect(count / 40_000).toBeCloseTo(0.25, 1)
  expect(drawn.reduce((a, b) => a + b * b, 0) / 40_000).toBeCloseTo(1, 1)
})

describe.each(testBackends)('DDIM on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
    await tf.ready()
  })

  it('follows the 20-step path of a linear denoiser, without leaving tensors behind', () => {
    const a = tf.tensor2d(golden.ddim.A)
    const x0 = tf.tensor2d(flatten(golden.x0), shape)
    const start = tf.tensor2d(noise, shape)
    const before = tf.memory().numTensors
    const path: Float32Array[] = []
    const denoise = (x: Tensor2D) => tf.add<Tensor2D>(tf.matMul(x, a, false, true), tf.mul(x0, 0.2))
    const settings = { timesteps: golden.T, samplingSteps: 20, eta: 0 }
    const sample = ddim(denoise, start, settings, unexpected, (state) => path.push(state.dataSync<'float32'>().slice()))
    golden.ddim.path.forEach((expected, i) => {
      expect(relativeError(path[i]!, flatten(expected))).toBeLessThan(1e-5)
    })
    sample.dispose()
    expect(tf.memory().numTensors).toBe(before)
    tf.dispose([a, x0, start])
  })

  it('with η = 1 adds the variance of the DDPM posterior', () => {
    tf.tidy(() => {
      const [now, next] = [0.4, 0.7]
      const rows = 20_000
      const step = ddimStep(tf.zeros([rows, 1]), tf.zeros([rows, 1]), { now, next }, 1, () =>
        tf.tensor2d(Random.of('fresh').normals(rows), [rows, 1]),
      )
      const variance = tf.mean(tf.square(step)).dataSync<'float32'>()[0]!
      const posterior = ((1 - next) / (1 - now)) * (1 - now / next)
      expect(variance / posterior).toBeCloseTo(1, 1)
    })
  })

  it('ends at the denoised embedding, with or without fresh noise', () => {
    const clean = tf.tensor2d(flatten(golden.x0), shape)
    const start = tf.tensor2d(noise, shape)
    for (const eta of [0, 1]) {
      const fresh = () => tf.tensor2d(Random.of(eta).normals(noise.length), shape)
      const sample = ddim(() => tf.clone(clean), start, { timesteps: 100, samplingSteps: 7, eta }, fresh)
      expect(relativeError(sample.dataSync<'float32'>(), flatten(golden.x0))).toBeLessThan(1e-6)
      sample.dispose()
    }
    tf.dispose([clean, start])
  })
})
