/**
 * The demo: per seed a simulated cohort of its own, a backbone, and every condition on the new subject as one table. The cohort,
 * backbone, default mask and decoder of the first seed become items of the project, to be looked at, reviewed and exported.
 */
import { v7 as newId } from 'uuid'
import { runExperiment } from '../../../core/experiment/run-experiment.ts'
import { type MadeMask, pictureWorld } from '../../../core/experiment/world.ts'
import type { RunContext } from '../../../core/pipeline/run-context.ts'
import type { Cohort } from '../../../core/simulate/cohort.ts'
import { type Backbone, packBackbone } from '../../../core/troi/backbone.ts'
import { packDecoder } from '../../../core/troi/decoder.ts'
import { pretrain } from '../../../core/troi/pretrain.ts'
import { retrain } from '../../../core/troi/retrain.ts'
import { selectVoxels } from '../../../core/troi/select-voxels.ts'
import { maskPresets } from '../../../core/troi/settings.ts'
import type { Artifact } from '../../project/artifacts.ts'
import { demoDecoderSettings, demoPretrainSettings } from '../demo-settings.ts'
import { type Job, type JobBody, keepNow, keepRow, keptSoFar, rowsSoFar, writeResult } from '../job.ts'
import { sourceOf } from '../picture-file.ts'
import { evaluateShown } from './evaluate-shown.ts'
import { keepMask } from './mask.ts'
import { keepCohort, makeCohort } from './simulate.ts'

export const runDemo: JobBody<'demo'> = async (job) => {
  const { size, seeds } = job.request
  const first = seeds[0]!
  const pretrainSettings = demoPretrainSettings(size, first)
  const decoder = demoDecoderSettings(size, first)

  const prepare = async (seed: number, context: RunContext): Promise<{ cohort: Cohort; backbone: Backbone }> => {
    job.context.phase(`Simulate brains, pictures and scans, seed ${seed}`)
    await job.context.breathe()
    const cohort = await makeCohort(job, size, seed)
    job.context.phase(`Pretrain the backbone, seed ${seed}`, pretrainSettings.epochs)
    const inputs = cohort.subjects.slice(1).map((subject) => ({ subject, targets: cohort.targets }))
    const backbone = await pretrain(
      inputs,
      { ...pretrainSettings, seed },
      job.compute,
      progressOf(job, context.child('pretrain')),
    )
    return { cohort, backbone }
  }

  // As many voxels as truly carry signal, as the reference measurements did.
  const budget = (cohort: Cohort) => cohort.subjects[0]!.truth!.reduce((sum, value) => sum + value, 0)
  const prepared = await prepare(first, job.context.child(`seed ${first}`))
  const mask = { ...maskPresets.troi, budget: budget(prepared.cohort) }
  // The first mask can be looked at while its controls are still being computed.
  const kept = keptSoFar(job)
  const settings = { mask: { ...mask, seed: first }, decoder }
  const shown = kept === null ? await showcase(job, prepared.cohort, prepared.backbone, settings) : null
  keepNow(job, kept ?? shown?.items ?? [])
  job.folder.writeJson('results/table.json', { experiment: 'demo', size, budget: mask.budget, seeds })

  await runExperiment(
    { experiment: 'demo', seeds, mask, decoder },
    {
      compute: job.compute,
      now: () => performance.now(),
      async world(seed, context) {
        const { cohort, backbone } = seed === first ? prepared : await prepare(seed, context)
        const { comparePictures } = job.compute
        const world = pictureWorld(cohort.subjects[0]!, cohort.targets, backbone, sourceOf(cohort), comparePictures)
        return seed === first && shown !== null ? { ...world, made: [shown.made] } : world
      },
      rowsSoFar: rowsSoFar(job.folder),
      rowDone: async (row) => keepRow(job, row),
    },
    job.context,
  )
  return []
}

/** A part whose epochs also move the phase of the whole run. */
function progressOf(job: Job, context: RunContext): RunContext {
  return {
    ...context,
    async epochEnd(epoch, state) {
      await context.epochEnd(epoch, state)
      job.progress.completed(epoch)
    },
  }
}

/** The default method on the first seed's subject, kept as items; its mask is also that of the experiment's first row. */
async function showcase(
  job: Job,
  cohort: Cohort,
  backbone: Backbone,
  settings: { mask: Parameters<typeof selectVoxels>[3]; decoder: Parameters<typeof retrain>[4] },
): Promise<{ items: Artifact[]; made: MadeMask }> {
  const subject = cohort.subjects[0]!
  const context = job.context.child('showcase')
  const cohortItems = keepCohort(job, cohort)
  const subjectItem = cohortItems.find((item) => item.type === 'subject' && item.summary.role === 'new')
  if (subjectItem?.type !== 'subject') throw new Error('the cohort has no new subject')
  const backboneId = newId()
  const backboneItem: Artifact = {
    type: 'backbone',
    id: backboneId,
    file: writeResult(job, 'backbone.data', packBackbone(backbone)),
    summary: {
      id: backboneId,
      run: job.run.id,
      name: 'b-demo',
      subjects: [...backbone.subjects],
      epochs: backbone.epochs,
    },
  }
  job.progress.space = subject.space
  job.context.phase('Find voxels', settings.mask.crossFit.epochs)
  const start = performance.now()
  const result = await selectVoxels(
    subject,
    cohort.targets,
    backbone,
    settings.mask,
    job.compute,
    progressOf(job, context.child('mask')),
  )
  const made = { settings: settings.mask, result, milliseconds: performance.now() - start }
  const maskItem = keepMask(job, result, subject, subjectItem.id, backboneId, 'm-demo')
  job.context.phase('Train the decoder', settings.decoder.epochs)
  // The picture of the mask stays TROI's; the masks of the controls that follow are not shown.
  job.progress.space = null
  const decoder = await retrain(
    subject,
    cohort.targets,
    result.mask,
    backbone,
    settings.decoder,
    job.compute,
    progressOf(job, context.child('decoder')),
    result.stage1,
  )
  const decoderId = newId()
  const decoderItem: Artifact = {
    type: 'decoder',
    id: decoderId,
    file: writeResult(job, 'decoder.data', packDecoder(decoder)),
    summary: {
      id: decoderId,
      run: job.run.id,
      name: 'd-demo',
      mask: maskItem.id,
      subject: subjectItem.id,
      restart: decoder.restart,
    },
  }
  job.context.phase('Evaluate on held-out trials')
  const evaluation: Artifact = {
    type: 'evaluation',
    decoder: decoderId,
    ...(await evaluateShown(job, { method: 'network', decoder }, subject, { ...cohort, packFit: null })),
  }
  return { items: [...cohortItems, backboneItem, maskItem, decoderItem, evaluation], made }
}
