import { beforeAll, describe, expect, it } from 'vitest'
import type { SubjectData } from '../data/subject-data.ts'
import { silentContext } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import { tf } from '../tensor/tf.ts'
import { overlap } from '../volume/overlap.ts'
import type { Backbone } from './backbone.ts'
import { packMask, unpackMask } from './mask-result.ts'
import { pretrain } from './pretrain.ts'
import { selectVoxels } from './select-voxels.ts'
import { type MaskSettings, type PresetName, presetNames } from './settings.ts'
import { copyState, openReference, stopAfter, tinyMaskSettings, tinyPretrainSettings } from './test-support.ts'
import { tinySubject, tinyTargets } from './tiny-world.ts'

const targets = tinyTargets(160, 1)
const subject = tinySubject('new', targets, 5)
const voxels = subject.space.index.length
let backbone: Backbone

beforeAll(async () => {
  await tf.setBackend('wasm')
  await tf.ready()
  const inputs = [1, 2].map((seed) => ({ subject: tinySubject(`s${seed}`, targets, seed), targets }))
  backbone = await pretrain(inputs, tinyPretrainSettings, openReference(), silentContext())
})

async function select(settings: MaskSettings, pretrained: Backbone | null = backbone, of: SubjectData = subject) {
  return selectVoxels(of, targets, pretrained, settings, openReference(), silentContext())
}

function count(mask: Uint8Array): number {
  return mask.reduce((sum, value) => sum + value, 0)
}

const exactPresets: PresetName[] = ['troi', 'instant', 'memory']

describe('voxel selection', () => {
  it.each(exactPresets.flatMap((preset) => [1, 7, 19, voxels - 1, voxels].map((budget) => ({ preset, budget }))))(
    '$preset keeps exactly $budget voxels',
    async ({ preset, budget }) => {
      const result = await select(tinyMaskSettings(preset, budget))
      expect(count(result.mask)).toBe(budget)
      // The mask is what the threshold cuts from the score, ties aside.
      const outside = result.score.filter((_, v) => !result.mask[v])
      const inside = result.score.filter((_, v) => result.mask[v])
      expect(Math.min(...inside)).toBe(result.threshold)
      expect(Math.max(Number.NEGATIVE_INFINITY, ...outside)).toBeLessThanOrEqual(result.threshold)
    },
  )

  it.each(presetNames)('%s finds the true voxels better than chance, with and without a backbone', async (preset) => {
    const budget = count(subject.truth!)
    const chance = budget / voxels
    for (const pretrained of [backbone, null]) {
      const { mask } = await select(tinyMaskSettings(preset, budget), pretrained)
      expect(overlap(mask, subject.truth!).precision).toBeGreaterThan(3 * chance)
    }
  })

  it.each(['paper', 'mindeye2'] as const)('%s keeps its thresholded mask, which may be smaller', async (preset) => {
    const result = await select(tinyMaskSettings(preset, 19))
    expect(count(result.mask)).toBeGreaterThan(0)
    expect(count(result.mask)).toBeLessThanOrEqual(19)
    expect(result.raw).not.toBeNull()
    expect(result.counts.at(-1)).toBe(count(result.raw!))
  })

  it.each(presetNames)('%s gives the same bits for the same seed', async (preset) => {
    const settings = tinyMaskSettings(preset, 12)
    expect(await select(settings)).toEqual(await select(settings))
  })

  it.each(['troi', 'memory', 'paper'] as const)('%s resumes at every epoch edge with the same bits', async (preset) => {
    const settings = tinyMaskSettings(preset, 12)
    const compute = openReference()
    const run = (context = silentContext()) => selectVoxels(subject, targets, backbone, settings, compute, context)
    const whole = await run()
    const edges = preset === 'troi' ? 3 : whole.counts.length - 1
    for (let epoch = 1; epoch <= edges; epoch += preset === 'troi' ? 1 : 3) {
      const { state, stopped } = await stopAfter(epoch, run)
      expect(stopped).toBe(true)
      expect(await run(silentContext(state))).toEqual(whole)
    }
  })

  it('always ends: a penalty too weak to prune stops at the last epoch, one too strong starts again weaker', async () => {
    const base = tinyMaskSettings('memory', 12)
    const never = {
      ...base,
      algorithm1: { ...base.algorithm1, rho: 0, adaptRho: false, maximumEpochs: 3, maskLearningRate: 1e-4 },
    }
    const weak = await select(never)
    expect(weak.flags).toContain('maximum epochs reached')
    expect(count(weak.mask)).toBe(12)

    const hasty = { ...base, algorithm1: { ...base.algorithm1, rho: 10, maskLearningRate: 0.2 } }
    const strong = await select(hasty)
    expect(strong.flags.join()).toMatch(/started again \d times/)
    expect(strong.rhoHistory.at(-1)).toBeLessThan(10)
    expect(count(strong.mask)).toBe(12)
  })

  it('takes data with labels the same way', async () => {
    const labels = tinyTargets(6, 3, 'labels')
    const faces = tinySubject('labelled', labels, 9)
    for (const preset of ['troi', 'instant', 'memory'] as const) {
      const settings = tinyMaskSettings(preset, count(faces.truth!))
      const { mask, flags } = await selectVoxels(faces, labels, null, settings, openReference(), silentContext())
      expect(overlap(mask, faces.truth!).dice).toBeGreaterThan(0.4)
      expect(flags.some((flag) => flag.startsWith('no backbone'))).toBe(preset === 'troi')
    }
  })

  it.each([0, -1, 1.5, voxels + 1, Number.NaN])('refuses a budget of %s', async (budget) => {
    for (const preset of presetNames) {
      await expect(select(tinyMaskSettings(preset, budget))).rejects.toMatchObject({
        problem: { code: 'BAD_PARAMETER', where: 'budget', expected: `a whole number from 1 to ${voxels}` },
      })
    }
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses betas that hold %s, naming voxel and trial',
    async (value) => {
      const betas = subject.train.betas.slice()
      betas[3 * voxels + 4] = value
      const damaged = { ...subject, train: { ...subject.train, betas } }
      const failure = select(tinyMaskSettings('troi', 5), backbone, damaged)
      await expect(failure).rejects.toBeInstanceOf(ProblemError)
      await expect(failure).rejects.toMatchObject({ problem: { code: 'NOT_FINITE', count: 1 } })
      await expect(failure).rejects.toThrow('Voxel 4 of trial 3')
    },
  )

  it('refuses a backbone for other embeddings', async () => {
    const short = { ...tinyTargets(160, 1), dimensions: 4, semanticStart: 2 }
    const run = selectVoxels(subject, short, backbone, tinyMaskSettings('troi', 5), openReference(), silentContext())
    await expect(run).rejects.toMatchObject({ problem: { code: 'BAD_PARAMETER', where: 'backbone' } })
  })

  it('survives being saved', async () => {
    for (const preset of ['troi', 'memory'] as const) {
      const result = await select(tinyMaskSettings(preset, 9))
      expect(unpackMask(copyState(packMask(result)))).toEqual(result)
    }
  })

  it('leaves no tensors behind', async () => {
    await select(tinyMaskSettings('troi', 9))
    const before = tf.memory().numTensors
    for (const preset of presetNames) await select(tinyMaskSettings(preset, 9))
    expect(tf.memory().numTensors).toBe(before)
  })
})
