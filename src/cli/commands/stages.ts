/** The stages one by one: backbone, mask, decoder, evaluation. Each is a run of the project and can be looked at in the window. */
import type { RunRequest } from '../../core/contract/run.ts'
import {
  decoderSettingsSchema,
  defaultDecoderSettings,
  defaultPretrainSettings,
  maskPresets,
  presetNames,
} from '../../core/contract/settings.ts'
import type { Command } from '../command.ts'
import { pick, Session } from '../session.ts'
import {
  backboneFlag,
  backendFlag,
  budgetFlag,
  embeddingFlag,
  embeddingOf,
  embeddingSetting,
  evaluationText,
  largestSeed,
  presetFlag,
  projectFlag,
  seedFlag,
  subjectFlag,
  testRunFlag,
} from './shared.ts'
import { tryOut } from './test-run.ts'

const restarts = decoderSettingsSchema.shape.restart.options
const methods = decoderSettingsSchema.shape.method.unwrap().options

export const pretrain: Command = {
  name: 'pretrain',
  summary: 'Trains a backbone on several subjects (stage 0).',
  words: [],
  flags: {
    project: projectFlag,
    subjects: { value: 'A,B,C', help: 'names or ids of the subjects', required: true },
    embedding: embeddingFlag,
    seed: seedFlag,
    'test-run': testRunFlag,
    backend: backendFlag,
  },
  async run(given, terminal) {
    const names = given.list('subjects')
    const embedding = embeddingOf(given)
    const seed = given.whole('seed', 0, largestSeed, 0)
    const session = new Session(terminal, [given.text('project')])
    try {
      const project = await session.open(given.text('project'))
      const subjects = await Promise.all(names.map((name) => session.subject(project, name)))
      const request: RunRequest = {
        kind: 'pretrain',
        subjects: subjects.map(({ id }) => id),
        settings: { ...defaultPretrainSettings, ...embeddingSetting(embedding), seed },
      }
      if (given.isOn('test-run')) return await tryOut(session, project, request)
      const run = await session.start(project, request)
      const backbones = await session.client.results.backbones({ project: project.id })
      const backbone = backbones.find((one) => one.run === run.id)
      return {
        json: { run: run.name, backbone },
        text: `Backbone ${backbone?.name} from ${backbone?.subjects.join(', ')}.`,
      }
    } finally {
      await session.close()
    }
  },
}

export const mask: Command = {
  name: 'mask',
  summary: 'Finds the voxels of a subject (stage 1).',
  words: [],
  flags: {
    project: projectFlag,
    subject: subjectFlag,
    budget: { ...budgetFlag, required: true },
    preset: presetFlag,
    backbone: backboneFlag,
    embedding: embeddingFlag,
    seed: seedFlag,
    'test-run': testRunFlag,
    backend: backendFlag,
  },
  async run(given, terminal) {
    const budget = given.whole('budget', 1, 10_000_000)
    const preset = given.choice('preset', presetNames, 'troi')
    const embedding = embeddingOf(given)
    const seed = given.whole('seed', 0, largestSeed, 0)
    const session = new Session(terminal, [given.text('project')])
    try {
      const project = await session.open(given.text('project'))
      const subject = await session.subject(project, given.text('subject'))
      const backbone = await session.backbone(project, subject, given.maybe('backbone'), embedding)
      const request: RunRequest = {
        kind: 'mask',
        subject: subject.id,
        backbone: backbone?.id ?? null,
        settings: { ...maskPresets[preset], ...embeddingSetting(embedding), budget, seed },
      }
      if (given.isOn('test-run')) return await tryOut(session, project, request)
      const run = await session.start(project, request)
      const masks = await session.client.results.masks({ project: project.id })
      const found = masks.find((one) => one.run === run.id)
      if (found === undefined) throw new Error('a mask run that is done leaves a mask')
      const statistics = await session.client.results.maskStatistics({ project: project.id, mask: found.id })
      const overlaps = found.overlap.map((one) => `, Dice with ${one.with} ${one.dice.toFixed(3)}`).join('')
      return {
        json: { run: run.name, backbone: backbone?.name ?? null, mask: found, statistics },
        text: [
          `Mask ${found.name}: ${found.voxels} voxels (${found.leftVoxels} left, ${found.rightVoxels} right), ${found.cubicCentimetres.toFixed(2)} cm³, ${found.components} components${overlaps}.`,
          ...found.flags.map((flag) => `Note: ${flag}`),
        ].join('\n'),
      }
    } finally {
      await session.close()
    }
  },
}

export const decode: Command = {
  name: 'decode',
  summary: 'Trains the decoder on a mask (stage 2) and evaluates it on held-out trials.',
  words: [],
  flags: {
    project: projectFlag,
    mask: { value: 'ID', help: 'name or id of the mask', required: true },
    method: {
      value: 'NAME',
      help: `${methods.join(', ')}; auto without it: ridge for labelled data without a backbone, else network`,
    },
    restart: { value: 'HOW', help: `${restarts.join(', ')} of the network; scratch without it` },
    embedding: embeddingFlag,
    seed: seedFlag,
    'test-run': testRunFlag,
    backend: backendFlag,
  },
  async run(given, terminal) {
    const method = given.choice('method', methods, 'auto')
    const restart = given.choice('restart', restarts, 'scratch')
    const embedding = embeddingOf(given)
    const seed = given.whole('seed', 0, largestSeed, 0)
    const session = new Session(terminal, [given.text('project')])
    try {
      const project = await session.open(given.text('project'))
      const masks = await session.client.results.masks({ project: project.id })
      const chosen = pick('mask', given.text('mask'), masks)
      const request: RunRequest = {
        kind: 'decode',
        mask: chosen.id,
        settings: { ...defaultDecoderSettings, ...embeddingSetting(embedding), method, restart, seed },
      }
      if (given.isOn('test-run')) return await tryOut(session, project, request)
      const run = await session.start(project, request)
      const decoders = await session.client.results.decoders({ project: project.id })
      const decoder = decoders.find((one) => one.run === run.id)
      if (decoder === undefined) throw new Error('a decoder run that is done leaves a decoder')
      const evaluation = await session.client.results.evaluation({ project: project.id, decoder: decoder.id })
      return {
        json: { run: run.name, decoder, ...evaluation },
        text: `Decoder ${decoder.name} on ${chosen.name}.\n${evaluation === null ? '' : evaluationText(evaluation)}`,
      }
    } finally {
      await session.close()
    }
  },
}

export const evaluate: Command = {
  name: 'evaluate',
  summary: 'Evaluates a decoder on held-out trials.',
  words: [],
  flags: {
    project: projectFlag,
    decoder: { value: 'ID', help: 'name or id of the decoder', required: true },
    backend: backendFlag,
  },
  async run(given, terminal) {
    const session = new Session(terminal, [given.text('project')])
    try {
      const project = await session.open(given.text('project'))
      const decoders = await session.client.results.decoders({ project: project.id })
      const decoder = pick('decoder', given.text('decoder'), decoders)
      await session.start(project, { kind: 'evaluate', decoder: decoder.id })
      const evaluation = await session.client.results.evaluation({ project: project.id, decoder: decoder.id })
      if (evaluation === null) throw new Error('an evaluation that is done leaves metrics')
      return { json: evaluation, text: evaluationText(evaluation) }
    } finally {
      await session.close()
    }
  },
}
