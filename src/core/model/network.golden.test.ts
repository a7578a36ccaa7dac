import { expect, it } from 'vitest'
import golden from '../../../test/golden/network.json' with { type: 'json' }
import { describeBackends } from '../../../test/support/engine-backends.ts'
import { tf } from '../tensor/tf.ts'
import { l1Value } from './loss/l1.ts'
import type { Mixing } from './loss/mixco.ts'
import { mixRows } from './loss/mixco.ts'
import { disposeStep, lossAndGradients, networkSpecs, parameterNames, predict, readLosses } from './network.ts'
import { networkSettings } from './settings.ts'
import type { Nested } from './test-support.ts'
import { flatten, relativeError, toWeightArray } from './test-support.ts'
import { checkWeights, disposeWeights, toTensors } from './weights.ts'

const settings = networkSettings(
  { hidden: 6, blocks: 2, dropout: 0.15, backbone: 'residual', prior: 'regression' },
  { tokens: 1, width: 4 },
)
const parameters: Record<string, Nested> = golden.params
const voxels = golden.M.length
const rows = golden.x.length
const mixing: Mixing = { partners: Int32Array.from(golden.perm), shares: Float64Array.from(golden.betas) }

/** z = W (x ∘ M) + b in double precision: the subject layer, which is not part of the network. */
function subjectLayer(x: Float32Array): number[] {
  const w = golden.params['ridge.weight']
  const out: number[] = []
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < settings.hidden; j++) {
      let sum = golden.params['ridge.bias'][j]!
      for (let v = 0; v < voxels; v++) sum += w[j]![v]! * x[row * voxels + v]! * golden.M[v]!
      out.push(sum)
    }
  }
  return out
}

/** Gradients of W, b and M from dh, in double precision, with the sub-gradient of ψ‖M‖₁ added to M's. */
function subjectLayerGradients(dh: ArrayLike<number>, x: Float32Array, psi: number) {
  const w = golden.params['ridge.weight']
  const dw = w.map((row, j) =>
    row.map((_, v) => {
      let sum = 0
      for (let r = 0; r < rows; r++) sum += dh[r * settings.hidden + j]! * x[r * voxels + v]! * golden.M[v]!
      return sum
    }),
  )
  const db = w.map((_, j) =>
    Array.from({ length: rows }, (_u, r) => dh[r * settings.hidden + j]!).reduce((a, b) => a + b),
  )
  const dm = golden.M.map((m, v) => {
    let sum = psi * Math.sign(m)
    for (let r = 0; r < rows; r++) {
      for (let j = 0; j < settings.hidden; j++) sum += dh[r * settings.hidden + j]! * w[j]![v]! * x[r * voxels + v]!
    }
    return sum
  })
  return { dw, db, dm }
}

describeBackends(
  (name) => `the whole network on ${name} equals PyTorch`,
  () => {
    it.each(golden.cases.map((golden_) => [golden_.mix ? 'BiMixCo' : 'SoftCLIP', golden_] as const))(
      '%s: outputs, losses and every gradient',
      async (_name, expected) => {
        const raw = Float32Array.from(flatten(golden.x))
        const x = expected.mix ? mixRows(raw, voxels, mixing) : raw
        const z = subjectLayer(x)
        expect(relativeError(z, flatten(expected.z))).toBeLessThan(1e-6)

        const arrays = Object.fromEntries(
          Object.entries(parameters).map(([name, values]) => [name, toWeightArray(values)]),
        )
        const checked = checkWeights(arrays, networkSpecs(settings))
        if (!checked.ok) throw new Error(checked.problem.message)
        const weights = toTensors(checked.value)
        const h = tf.tensor2d(z, [rows, settings.hidden])
        const trainable = parameterNames(settings, ['backbone', 'projector', 'prior'])
        const step = lossAndGradients({
          h,
          weights,
          trainable,
          batch: {
            rows,
            targets: Float32Array.from(flatten(golden.c)),
            contrastive: expected.mix
              ? { kind: 'bimixco', temperature: expected.temp, overwriteFixedPoints: false }
              : { kind: 'softclip', temperature: expected.temp },
            mixing: expected.mix ? mixing : null,
            mixPriorTarget: true,
            priorWeight: expected.eps,
          },
          settings,
          dropout: null,
          noise: null,
        })
        const losses = await readLosses(step)
        expect(relativeError([losses.contrastive, losses.prior], [expected.l_clip, expected.l_prior])).toBeLessThan(
          1e-4,
        )
        const total = losses.total + l1Value(Float32Array.from(golden.M), expected.psi)
        expect(relativeError([total], [expected.l_total])).toBeLessThan(1e-4)

        const grads: Record<string, Nested> = expected.grads
        const compared: [string, boolean][] = []
        for (const name of trainable) {
          const actual = await step.gradients[name]!.data<'float32'>()
          compared.push([name, relativeError(actual, flatten(grads[name]!)) < 1e-4])
        }
        expect(compared).toEqual(trainable.map((name) => [name, true]))
        // Every gradient in the file but the subject layer's own two is compared above.
        expect(Object.keys(grads).length).toBe(trainable.length + 2)

        const subject = subjectLayerGradients(await step.dh.data<'float32'>(), x, expected.psi)
        expect(relativeError(flatten(subject.dw), flatten(grads['ridge.weight']!))).toBeLessThan(1e-4)
        expect(relativeError(subject.db, flatten(grads['ridge.bias']!))).toBeLessThan(1e-4)
        expect(relativeError(subject.dm, flatten(expected.grad_M))).toBeLessThan(1e-4)

        const prediction = await predict(h, weights, settings, 0, 2)
        expect(relativeError(prediction.backbone, flatten(expected.b))).toBeLessThan(1e-4)
        expect(relativeError(prediction.projected, flatten(expected.h))).toBeLessThan(1e-4)
        expect(relativeError(prediction.prior, flatten(expected.prior))).toBeLessThan(1e-4)

        disposeStep(step)
        h.dispose()
        disposeWeights(weights)
      },
    )
  },
)
