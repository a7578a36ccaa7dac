import { describe, expect, it } from 'vitest'
import golden from '../../../../test/golden/losses.json' with { type: 'json' }
import { describeBackends } from '../../../../test/support/engine-backends.ts'
import type { Scalar, Tensor2D } from '../../tensor/tf.ts'
import { tf } from '../../tensor/tf.ts'
import { flatten, relativeError } from '../test-support.ts'
import type { ContrastiveKind } from './contrastive.ts'
import { contrastiveLoss, contrastiveTargets } from './contrastive.ts'
import { meanSquaredError } from './mean-squared-error.ts'
import type { Mixing } from './mixco.ts'
import { mixingTargets, mixRows } from './mixco.ts'
import { halfCosine } from './schedule.ts'

const shape: [number, number] = [golden.h_raw.length, golden.h_raw[0]!.length]
const width = golden.x[0]!.length
const mixing: Mixing = { partners: Int32Array.from(golden.perm), shares: Float64Array.from(golden.effective_betas) }

describe('mixing equals PyTorch', () => {
  it('blends the rows', () => {
    const mixed = mixRows(Float32Array.from(flatten(golden.x)), width, mixing)
    expect(relativeError(mixed, flatten(golden.mixed))).toBeLessThan(1e-6)
  })

  it('takes a share of 1 where a row is not selected', () => {
    expect(golden.betas.map((beta, i) => (golden.select[i] === 1 ? beta : 1))).toEqual(golden.effective_betas)
  })

  it('mixes the target of the prior', () => {
    const mixed = mixRows(Float32Array.from(flatten(golden.c_raw)), shape[1], mixing)
    expect(relativeError(mixed, flatten(golden.prior.mixed_target))).toBeLessThan(1e-6)
  })

  it.each(golden.cases)('accumulates P (temperature $temp)', (expected) => {
    expect(relativeError(mixingTargets(mixing), flatten(expected.P))).toBeLessThan(1e-6)
  })
})

it('the SoftCLIP temperature rises as MindEye2 lets it', () => {
  const { soft0, soft1, steps, mindeye_cosine_anneal: expected } = golden.soft_temp_schedule
  const actual = expected.map((_, i) => halfCosine(soft0, soft1, steps, i))
  expect(relativeError(actual, expected)).toBeLessThan(1e-12)
})

describeBackends(
  (name) => `losses on ${name} equal PyTorch`,
  () => {
    async function evaluate(kind: ContrastiveKind) {
      const { value, grad } = tf.tidy(() => {
        const brain = tf.tensor2d(flatten(golden.h_raw), shape)
        const targets = contrastiveTargets(kind, tf.tensor2d(flatten(golden.c_raw), shape), mixing)
        return tf.valueAndGrad((h: Tensor2D): Scalar => contrastiveLoss(h, targets))(brain)
      })
      const numbers = { value: (await value.data<'float32'>())[0]!, gradient: await grad.data<'float32'>() }
      tf.dispose([value, grad])
      return numbers
    }

    // Single precision keeps a cosine to about 1e-7; divided by a temperature of .006 that is what is left.
    const cases = golden.cases.map((expected) => ({ expected, tolerance: expected.temp < 0.01 ? 1e-3 : 1e-5 }))

    it.each(cases)('BiMixCo at $expected.temp, value and gradient', async ({ expected, tolerance }) => {
      const { value, gradient } = await evaluate({
        kind: 'bimixco',
        temperature: expected.temp,
        overwriteFixedPoints: false,
      })
      expect(relativeError([value], [expected.bimixco])).toBeLessThan(tolerance)
      expect(relativeError(gradient, flatten(expected.bimixco_grad_h_raw))).toBeLessThan(tolerance)
    })

    it.each(cases)('BiMixCo with the released overwrite at $expected.temp', async ({ expected, tolerance }) => {
      const { value } = await evaluate({ kind: 'bimixco', temperature: expected.temp, overwriteFixedPoints: true })
      expect(relativeError([value], [expected.bimixco_mindeye_overwrite])).toBeLessThan(tolerance)
    })

    it.each(cases)('CLIP at $expected.temp, value and gradient', async ({ expected, tolerance }) => {
      const { value, gradient } = await evaluate({ kind: 'clip', temperature: expected.temp })
      expect(relativeError([value], [expected.clip_no_mix])).toBeLessThan(tolerance)
      expect(relativeError(gradient, flatten(expected.clip_no_mix_grad))).toBeLessThan(tolerance)
    })

    it.each(cases)('SoftCLIP at $expected.temp, value and gradient', async ({ expected, tolerance }) => {
      const { value, gradient } = await evaluate({ kind: 'softclip', temperature: expected.temp })
      expect(relativeError([value], [expected.softclip])).toBeLessThan(tolerance)
      expect(relativeError(gradient, flatten(expected.softclip_grad_h_raw))).toBeLessThan(tolerance)
    })

    it('mean squared error to the mixed target, value and gradient', async () => {
      const { value, grad } = tf.tidy(() => {
        const prediction = tf.tensor2d(flatten(golden.h_raw), shape)
        const target = tf.tensor2d(flatten(golden.prior.mixed_target), shape)
        return tf.valueAndGrad((t: Tensor2D): Scalar => meanSquaredError(t, target))(prediction)
      })
      const mean = (await value.data<'float32'>())[0]!
      expect(relativeError([mean], [golden.prior.mse_mean])).toBeLessThan(1e-5)
      expect(relativeError([mean * shape[0] * shape[1]], [golden.prior.mse_sum])).toBeLessThan(1e-5)
      expect(relativeError(await grad.data<'float32'>(), flatten(golden.prior.grad))).toBeLessThan(1e-5)
      tf.dispose([value, grad])
    })

    it('BiMixCo without a mixing is a mistake of the caller', () => {
      tf.tidy(() => {
        const kind = { kind: 'bimixco', temperature: 1, overwriteFixedPoints: false } as const
        expect(() => contrastiveTargets(kind, tf.ones([2, 3]), null)).toThrow(/needs the mixing/)
      })
    })

    it('stays finite at MindEye2’s temperature when the embeddings coincide or are zero', async () => {
      const losses = tf.tidy(() => {
        const same = tf.ones<tf.Rank.R2>([3, 4])
        const targets = contrastiveTargets({ kind: 'softclip', temperature: 0.004 }, same, null)
        return [contrastiveLoss(same, targets), contrastiveLoss(tf.zeros([3, 4]), targets)]
      })
      for (const loss of losses) expect((await loss.data<'float32'>())[0]).toBeCloseTo(Math.log(3), 5)
      tf.dispose(losses)
    })
  },
)
