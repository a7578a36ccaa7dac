import { beforeAll, describe, expect, it } from 'vitest'
import { retrieval } from '../evaluate/retrieval.ts'
import { silentContext } from '../pipeline/run-context.ts'
import { tf } from '../tensor/tf.ts'
import type { Backbone } from './backbone.ts'
import { gatherRows } from './batches.ts'
import { decode, packDecoder, unpackDecoder } from './decoder.ts'
import { pretrain } from './pretrain.ts'
import { retrain, untrainedDecoder } from './retrain.ts'
import { selectVoxels } from './select-voxels.ts'
import {
  copyState,
  openReference,
  stopAfter,
  tinyDecoderSettings,
  tinyMaskSettings,
  tinyPretrainSettings,
} from './test-support.ts'
import { tinyDimensions, tinySubject, tinyTargets } from './tiny-world.ts'

const targets = tinyTargets(160, 1)
const subject = tinySubject('new', targets, 5)
const voxels = subject.space.index.length
const truth = subject.truth!
let backbone: Backbone

beforeAll(async () => {
  await tf.setBackend('wasm')
  await tf.ready()
  const inputs = [1, 2].map((seed) => ({ subject: tinySubject(`s${seed}`, targets, seed), targets }))
  backbone = await pretrain(inputs, tinyPretrainSettings, openReference(), silentContext())
})

async function train(change = {}, pretrained: Backbone | null = backbone) {
  const compute = openReference()
  return retrain(subject, targets, truth, pretrained, { ...tinyDecoderSettings, ...change }, compute, silentContext())
}

describe('retraining', () => {
  it('cuts the input to the mask and decodes held-out pictures better than chance', async () => {
    const { kernels } = openReference()
    const decoder = await train()
    expect([...decoder.index]).toEqual([...truth.keys()].filter((v) => truth[v]))
    expect(decoder.inputWeights.length).toBe(decoder.index.length * backbone.settings.hidden)
    const decoded = await decode(decoder, subject.test.betas, kernels)
    const shown = gatherRows(targets.vectors, tinyDimensions, subject.test.target)
    const { brainToImage } = retrieval(decoded.projected, shown, decoded.trials, 0)
    expect(brainToImage.chance).toBe(1 / 40)
    expect(brainToImage.interval[0]).toBeGreaterThan(1 / 40)

    // Voxels outside the mask are not looked at.
    const elsewhere = subject.test.betas.map((value, i) => (truth[i % voxels] ? value : 1e6))
    expect(await decode(decoder, elsewhere, kernels)).toEqual(decoded)
  })

  it('leaves backbone and projector alone unless asked', async () => {
    const frozen = await train()
    expect(frozen.weights['bb.out.weight']).toEqual(backbone.weights['bb.out.weight'])
    expect(frozen.weights['bb.proj.2.weight']).toEqual(backbone.weights['bb.proj.2.weight'])
    expect(frozen.weights['bb.prior.1.weight']).not.toEqual(backbone.weights['bb.prior.1.weight'])
    const still = await train({ trainPrior: false })
    expect(still.weights).toEqual(backbone.weights)
    const free = await train({ trainBackbone: true })
    expect(free.weights['bb.out.weight']).not.toEqual(backbone.weights['bb.out.weight'])
  })

  it('trains everything without a backbone', async () => {
    const decoder = await train({}, null)
    expect(decoder.network.width).toBe(tinyDimensions)
    expect(decoder.inputWeights.every(Number.isFinite)).toBe(true)
  })

  it.each(['scratch', 'rewind', 'finetune'] as const)(
    '%s resumes at every epoch edge with the same bits',
    async (restart) => {
      const compute = openReference()
      const settings = { ...tinyDecoderSettings, restart, epochs: 4 }
      const run = (context = silentContext()) => retrain(subject, targets, truth, backbone, settings, compute, context)
      const whole = await run()
      for (let epoch = 1; epoch <= settings.epochs; epoch++) {
        const { state } = await stopAfter(epoch, run)
        expect(await run(silentContext(state))).toEqual(whole)
      }
    },
  )

  it('rewind and finetune start from stage 1, times M; fine-tuning stays closer to it', async () => {
    const compute = openReference()
    const context = silentContext()
    const { mask, stage1 } = await selectVoxels(
      subject,
      targets,
      backbone,
      tinyMaskSettings('memory', 19),
      compute,
      context,
    )
    const run = (restart: 'rewind' | 'finetune') =>
      retrain(
        subject,
        targets,
        mask,
        backbone,
        { ...tinyDecoderSettings, restart, epochs: 2 },
        compute,
        context,
        stage1,
      )
    const start = await untrainedDecoder(
      subject,
      targets,
      mask,
      backbone,
      tinyDecoderSettings,
      compute,
      context,
      stage1,
    )
    const hidden = backbone.settings.hidden
    stage1!.weights.forEach((value, i) => {
      expect(start.inputWeights[i]).toBeCloseTo(value * stage1!.mask[Math.floor(i / hidden)]!, 6)
    })
    const distance = (weights: Float32Array) => Math.hypot(...weights.map((value, i) => value - start.inputWeights[i]!))
    const rewound = distance((await run('rewind')).inputWeights)
    const tuned = distance((await run('finetune')).inputWeights)
    expect(tuned).toBeGreaterThan(0)
    expect(tuned).toBeLessThan(rewound)
  })

  it('without stage-1 weights, rewind starts from a ridge fit to the latents, which already decodes', async () => {
    const compute = openReference()
    const settings = { ...tinyDecoderSettings, restart: 'rewind' as const }
    const start = await untrainedDecoder(subject, targets, truth, backbone, settings, compute, silentContext())
    const decoded = await decode(start, subject.test.betas, compute.kernels)
    const shown = gatherRows(targets.vectors, tinyDimensions, subject.test.target)
    expect(retrieval(decoded.projected, shown, decoded.trials, 0).brainToImage.interval[0]).toBeGreaterThan(1 / 40)
  })

  it('refuses to rewind where nothing was trained and there are no latents to fit to', async () => {
    await expect(train({ restart: 'rewind' }, null)).rejects.toMatchObject({
      problem: { code: 'BAD_PARAMETER', where: 'restart' },
    })
  })

  it('refuses masks of another subject, empty masks and betas of another grid', async () => {
    const compute = openReference()
    const run = (mask: Uint8Array) =>
      retrain(subject, targets, mask, backbone, tinyDecoderSettings, compute, silentContext())
    await expect(run(new Uint8Array(voxels + 1).fill(1))).rejects.toMatchObject({
      problem: { code: 'LENGTH_MISMATCH' },
    })
    await expect(run(new Uint8Array(voxels))).rejects.toMatchObject({ problem: { code: 'BAD_PARAMETER' } })
    const decoder = await train()
    const odd = new Float32Array(voxels + 1)
    await expect(decode(decoder, odd, compute.kernels)).rejects.toMatchObject({ problem: { code: 'LENGTH_MISMATCH' } })
  })

  it('survives being saved and leaves no tensors behind', async () => {
    const decoder = await train()
    expect(unpackDecoder(copyState(packDecoder(decoder)))).toEqual(decoder)
    const before = tf.memory().numTensors
    await train({ trainBackbone: true })
    expect(tf.memory().numTensors).toBe(before)
  })
})
