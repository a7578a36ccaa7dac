/** What a run needs from its project: the files it reads, the runs it builds on, and whether it can be done at all. */

import type { Subject } from '../../core/contract/result.ts'
import { isTestRun, type Run, type RunRequest } from '../../core/contract/run.ts'
import { type DecoderSettings, defaultDecoderSettings } from '../../core/contract/settings.ts'
import { fewestRepeats } from '../../core/evaluate/stability.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { settingsOfMask } from '../export/mask-settings.ts'
import type { PackFolder } from '../packs/pack-folder.ts'
import type { ProjectStore } from '../project/project-store.ts'
import { demoDecoderSettings } from './demo-settings.ts'
import { type JobInputs, noInputs } from './protocol.ts'

function missing(what: string, id: string): ProblemError {
  return new ProblemError({ code: 'NOT_FOUND', message: `There is no such ${what} in this project.`, where: id })
}

async function findSubject(store: ProjectStore, id: string): Promise<Subject> {
  const found = (await store.subjects()).find((subject) => subject.id === id)
  if (found === undefined) throw missing('subject', id)
  return found
}

async function subjectInput(store: ProjectStore, id: string): Promise<JobInputs['subjects'][number]> {
  return {
    summary: await findSubject(store, id),
    file: await store.fileOf('subject', id),
    pictures: await store.picturesOf(id),
  }
}

async function backboneInput(store: ProjectStore, id: string | null): Promise<JobInputs['backbone']> {
  return id === null
    ? null
    : { id, file: await store.fileOf('backbone', id), pictures: await store.picturesOfBackbone(id) }
}

async function maskInput(store: ProjectStore, id: string): Promise<NonNullable<JobInputs['mask']>> {
  const summary = (await store.masks()).find((mask) => mask.id === id)
  if (summary === undefined) throw missing('mask', id)
  return {
    summary,
    file: await store.fileOf('mask', id),
    settings: settingsOfMask(summary, await store.run(summary.run)),
  }
}

/** A decode run carries its settings; the demo's decoder has those of the demo. */
function settingsOfDecoder({ request }: Run): DecoderSettings {
  if (request.kind === 'decode') return request.settings
  return request.kind === 'demo' ? demoDecoderSettings(request.size, request.seeds[0] ?? 0) : defaultDecoderSettings
}

/** Everything a job of this run reads. */
export async function inputsOf(store: ProjectStore, run: Run, packs: readonly PackFolder[] = []): Promise<JobInputs> {
  return { ...(await itemsOf(store, run)), packs }
}

async function itemsOf(store: ProjectStore, run: Run): Promise<JobInputs> {
  const { request } = run
  switch (request.kind) {
    case 'simulate':
    case 'import':
    case 'demo':
      return noInputs
    case 'pretrain':
      return { ...noInputs, subjects: await Promise.all(request.subjects.map((id) => subjectInput(store, id))) }
    case 'mask':
    case 'experiment':
      return {
        ...noInputs,
        subjects: [await subjectInput(store, request.subject)],
        backbone: await backboneInput(store, request.backbone),
      }
    case 'decode': {
      const mask = await maskInput(store, request.mask)
      return {
        ...noInputs,
        mask,
        subjects: [await subjectInput(store, mask.summary.subject)],
        backbone: await backboneInput(store, await store.maskBackbone(request.mask)),
      }
    }
    case 'evaluate': {
      const decoder = (await store.decoders()).find((one) => one.id === request.decoder)
      if (decoder === undefined) throw missing('decoder', request.decoder)
      const mask = await maskInput(store, decoder.mask)
      return {
        ...noInputs,
        mask,
        subjects: [await subjectInput(store, decoder.subject)],
        backbone: await backboneInput(store, await store.maskBackbone(decoder.mask)),
        decoder: {
          id: decoder.id,
          file: await store.fileOf('decoder', decoder.id),
          settings: settingsOfDecoder(await store.run(decoder.run)),
        },
      }
    }
    default:
      return request satisfies never
  }
}

/** The subject a run is about, and the runs whose results it uses. */
export async function relatedTo(
  store: ProjectStore,
  request: RunRequest,
): Promise<{ subject: string | null; parents: string[] }> {
  const backbones = await store.backbones()
  const backboneRun = (id: string | null) => backbones.filter((one) => one.id === id).map((one) => one.run)
  switch (request.kind) {
    case 'simulate':
    case 'import':
    case 'demo':
    case 'pretrain':
      return { subject: null, parents: [] }
    case 'mask':
    case 'experiment':
      return { subject: request.subject, parents: backboneRun(request.backbone) }
    case 'decode': {
      const mask = (await store.masks()).find((one) => one.id === request.mask)
      return mask === undefined
        ? { subject: null, parents: [] }
        : { subject: mask.subject, parents: [mask.run, ...backboneRun(await store.maskBackbone(mask.id))] }
    }
    case 'evaluate': {
      const decoder = (await store.decoders()).find((one) => one.id === request.decoder)
      return decoder === undefined
        ? { subject: null, parents: [] }
        : { subject: decoder.subject, parents: [decoder.run] }
    }
    default:
      return request satisfies never
  }
}

/** Refuses at once what could only fail later: unknown items, a budget above the voxels there are. */
export async function checkRequest(store: ProjectStore, request: RunRequest): Promise<void> {
  switch (request.kind) {
    case 'simulate':
    case 'import':
    case 'demo':
      return
    case 'pretrain':
      for (const id of request.subjects) await findSubject(store, id)
      return
    case 'mask':
    case 'experiment': {
      const subject = await findSubject(store, request.subject)
      const { budget } = request.kind === 'mask' ? request.settings : request.mask
      if (budget > subject.voxels) {
        throw new ProblemError({
          code: 'BAD_PARAMETER',
          message: `A budget of ${budget} voxels is more than the ${subject.voxels} voxels of ${subject.name}.`,
          where: 'budget',
          expected: `1 to ${subject.voxels}`,
          fix: 'Choose a smaller budget.',
        })
      }
      if (request.kind === 'experiment' && request.experiment === 'stability') checkRepeats(request)
      if (request.kind === 'experiment' && request.slurm !== undefined)
        if (request.experiment === 'stability' || isTestRun(request)) throw new ProblemError(notOnSlurm)
      if (request.backbone !== null) await store.fileOf('backbone', request.backbone)
      return
    }
    case 'decode':
      await maskInput(store, request.mask)
      return
    case 'evaluate':
      await store.fileOf('decoder', request.decoder)
      return
    default:
      return request satisfies never
  }
}

const notOnSlurm: Problem = {
  code: 'BAD_PARAMETER',
  message: 'Repeats of a mask and test runs are not done on Slurm in this version.',
  where: 'slurm',
  expected: 'an experiment with conditions',
  fix: 'Start it on this computer.',
}

/** Of repeats over runs the data must be read first; seeds can be counted at once. */
function checkRepeats({ seeds, repeats = 'seeds' }: { seeds: readonly number[]; repeats?: string | undefined }): void {
  if (repeats !== 'seeds' || seeds.length >= fewestRepeats) return
  throw new ProblemError({
    code: 'BAD_PARAMETER',
    message: `${seeds.length} repeats say nothing about stability.`,
    where: 'seeds',
    expected: `at least ${fewestRepeats}`,
    fix: 'Ask for more seeds, or leave runs out.',
  })
}
