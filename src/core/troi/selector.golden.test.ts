/**
 * The closed-form selector and the cross-fitted mask against numbers computed in double precision by another
 * implementation (a grid of 8 × 7 × 6, 208 voxels, 30 trials of 20 pictures, V = 40, a network of one block).
 */
import { beforeAll, describe, expect, it } from 'vitest'
import golden from '../../../test/golden/selector.json' with { type: 'json' }
import type { TrialSet, VoxelSpace } from '../data/subject-data.ts'
import { networkSettings } from '../model/settings.ts'
import { flatten, relativeError, testBackends, toWeightArray } from '../model/test-support.ts'
import { disposeWeights, toTensors, type WeightArrays } from '../model/weights.ts'
import { silentContext } from '../pipeline/run-context.ts'
import { tf } from '../tensor/tf.ts'
import { filterNormalised } from '../volume/gaussian-filter.ts'
import { overlap } from '../volume/overlap.ts'
import { type TopVoxels, topVoxels } from '../volume/top-voxels.ts'
import { type Backbone, latentMap, latentStatistics } from './backbone.ts'
import { latentTargets } from './closed-form.ts'
import { crossFit } from './cross-fit.ts'
import { type MaskTraining, maskGradient, trainMask } from './cross-fit-mask.ts'
import { evidence } from './evidence.ts'
import { subjectGram } from './subject-gram.ts'
import { openReference, stopAfter } from './test-support.ts'

const { constants, net } = { constants: golden.const, net: golden.xfit.net }
const { kernels } = openReference()
const context = silentContext()

/** The golden network's names are its own; ours follow PyTorch's Sequential. */
const weights: WeightArrays = Object.fromEntries(
  Object.entries({
    'bb.blocks.0.ln.weight': net.ln_g,
    'bb.blocks.0.ln.bias': net.ln_b,
    'bb.blocks.0.a.weight': net.a_w,
    'bb.blocks.0.a.bias': net.a_b,
    'bb.blocks.0.b.weight': net.b_w,
    'bb.blocks.0.b.bias': net.b_b,
    'bb.out.weight': net.out_w,
    'bb.out.bias': net.out_b,
    'bb.proj.0.weight': net.p1_g,
    'bb.proj.0.bias': net.p1_b,
    'bb.proj.2.weight': net.p1_w,
    'bb.proj.2.bias': net.p1_c,
    'bb.proj.3.weight': net.p2_g,
    'bb.proj.3.bias': net.p2_b,
    'bb.proj.5.weight': net.p2_w,
    'bb.proj.5.bias': net.p2_c,
  }).map(([name, values]) => [name, toWeightArray(values)]),
)

const floats = (values: number[][]) => Float32Array.from(flatten(values))
const set: TrialSet = {
  trials: golden.T,
  betas: floats(golden.X),
  target: Int32Array.from(golden.tr),
  session: new Int32Array(golden.T),
  run: new Int32Array(golden.T),
}
const shown = floats(golden.tr.map((picture) => golden.emb[picture]!))
const space: VoxelSpace = {
  grid: { shape: [8, 7, 6], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
  index: Int32Array.from(golden.vox),
}
const backbone: Backbone = {
  settings: networkSettings(
    { hidden: golden.h, blocks: 1, dropout: 0, backbone: 'residual', prior: 'regression' },
    { tokens: 1, width: golden.D },
  ),
  weights,
  latents: latentStatistics(
    {
      trials: golden.pre.Yp.length,
      targets: floats(golden.pre.Yp),
      projected: floats(golden.pre.Hp),
      hidden: floats(golden.pre.Zp),
    },
    kernels,
  ),
  subjects: ['golden'],
  epochs: 0,
}
const latents = latentTargets(shown, golden.D, backbone, golden.pre.lam)

function top(score: Float64Array): TopVoxels {
  const found = topVoxels(score, golden.V)
  if (!found.ok) throw new Error(found.problem.message)
  return found.value
}

describe('evidence', () => {
  it('maps embeddings to latents as on the pretraining trials', () => {
    expect(golden.const.lam_mult).toBe(3)
    expect(
      relativeError(latentMap(backbone.latents, 'projected', golden.pre.lam), flatten(golden.evidence.A_h)),
    ).toBeLessThan(1e-6)
    expect(relativeError(latentMap(backbone.latents, 'hidden', golden.pre.lam), flatten(golden.xfit.A_z))).toBeLessThan(
      1e-6,
    )
    expect(relativeError(latents.offset, golden.xfit.b0)).toBeLessThan(1e-6)
  })

  it('q, median, MAD, E, its filtered map, threshold and mask', async () => {
    const gram = await subjectGram(set, kernels, context)
    const trace = Array.from({ length: set.trials }, (_, i) => gram.gram[i * set.trials + i]!).reduce((a, b) => a + b)
    expect(trace / golden.evidence.K_trace).toBeCloseTo(1, 6)
    const found = await evidence(gram, latents.projected, { ridge: constants.lam_mult, clip: constants.clip }, context)
    expect(relativeError(found.q, golden.evidence.q)).toBeLessThan(1e-6)
    expect(found.median).toBeCloseTo(golden.evidence.med, 6)
    expect(found.mad).toBeCloseTo(golden.evidence.mad, 6)
    expect(relativeError(found.values, golden.evidence.E)).toBeLessThan(1e-6)

    const filtered = filterNormalised(found.values, space, constants.sigma)
    expect(relativeError(filtered, golden.evidence.GE)).toBeLessThan(1e-6)
    const { mask, threshold } = top(filtered)
    expect([...mask]).toEqual(golden.evidence.mask)
    expect(threshold).toBeCloseTo(golden.evidence.threshold, 6)
    expect(overlap(mask, golden.gt).dice).toBeCloseTo(golden.evidence.dice_gt, 12)
  })
})

describe.each(testBackends)('cross-fitted mask on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
    await tf.ready()
  })

  async function training(): Promise<MaskTraining> {
    const gram = await subjectGram(set, kernels, context)
    const fit = await crossFit(
      gram,
      {
        latents: latents.hidden,
        foldOfTrial: Int32Array.from(golden.xfit.fold_of_trial),
        folds: constants.nf,
        ridge: constants.ridge_mult,
        latentVariance: latents.variance,
      },
      kernels,
      context,
    )
    return {
      ...{ betas: set.betas, targets: shown, dimensions: golden.D, fit, offset: latents.offset, backbone },
      ...{ epochs: 2, stepsPerEpoch: 2, learningRate: constants.lr, rho: constants.rho, temperature: constants.temp },
      batchAt: (step) => {
        const order = golden.xfit.batch_order[Math.floor(step / 2)]!
        return Int32Array.from(order.slice((step % 2) * constants.bs, ((step % 2) + 1) * constants.bs))
      },
    }
  }

  it('weights of a fold, held-out predictions and their scale', async () => {
    const { fit } = await training()
    expect(relativeError(fit.predictions.subarray(0, 3 * golden.h), flatten(golden.xfit.zhat_first3))).toBeLessThan(
      1e-6,
    )
    expect(fit.scale / golden.xfit.alpha).toBeCloseTo(1, 6)
    // Rows of the identity times Wᵀ are columns of W; the golden numbers are the first five voxels of fold 0.
    const firstVoxels = new Float32Array(5 * 208)
    for (let v = 0; v < 5; v++) firstVoxels[v * 208 + v] = 1
    const rows = fit.weights[0]!.timesTransposed(firstVoxels, 5)
    expect(relativeError(rows, flatten(golden.xfit.W_fold0_rows_first5))).toBeLessThan(1e-5)
  })

  it('gradient of the first batch, losses, and the mask after every epoch', async () => {
    const setup = await training()
    const tensors = toTensors(weights)
    const ones = new Float32Array(208).fill(1)
    const first = await maskGradient(setup, ones, setup.batchAt(0), tensors)
    disposeWeights(tensors)
    expect(relativeError(first.gradient, golden.xfit.grad_first_batch)).toBeLessThan(1e-5)

    const losses: number[] = []
    const snapshots: Float32Array[] = []
    const { mask, psi } = await trainMask(setup, {
      ...context,
      metric: ({ values }) => losses.push(values.contrastive ?? Number.NaN),
      maskSnapshot: (_epoch, now) => snapshots.push(now.slice()),
    })
    expect(psi / constants.rho).toBeCloseTo(golden.xfit.grad_rms_first, 6)
    expect(relativeError(losses, golden.xfit.losses)).toBeLessThan(1e-5)
    expect(relativeError(snapshots[0]!, golden.xfit.M_epoch1)).toBeLessThan(1e-5)
    expect(relativeError(mask, golden.xfit.M_epoch2)).toBeLessThan(1e-5)

    const found = await evidence(
      await subjectGram(set, kernels, context),
      latents.projected,
      { ridge: 3, clip: 8 },
      context,
    )
    const filtered = filterNormalised(
      found.values.map((value, v) => value * mask[v]!),
      space,
      constants.sigma,
    )
    expect(relativeError(filtered, golden.xfit.GEM)).toBeLessThan(1e-5)
    expect([...top(filtered).mask]).toEqual(golden.xfit.mask)
    expect(overlap(top(filtered).mask, golden.gt).dice).toBeCloseTo(golden.xfit.dice_gt, 12)
  })

  it('resumes after its first epoch with the same bits', async () => {
    const setup = await training()
    const whole = await trainMask(setup, context)
    const { state, stopped } = await stopAfter(1, (stopping) => trainMask(setup, stopping))
    expect(stopped).toBe(true)
    const resumed = await trainMask(setup, silentContext(state))
    expect(resumed.mask).toEqual(whole.mask)
    expect(resumed.psi).toBe(whole.psi)
  })
})
