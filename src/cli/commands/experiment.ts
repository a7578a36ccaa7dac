/** Several conditions and seeds on one subject, as one table. */
import type { Project } from '../../core/contract/contract.ts'
import type { Subject } from '../../core/contract/result.ts'
import { experimentKinds, type Run } from '../../core/contract/run.ts'
import { defaultDecoderSettings, maskPresets, presetNames } from '../../core/contract/settings.ts'
import type { StabilityAnswer } from '../../core/contract/statistics.ts'
import { repeatKinds } from '../../core/experiment/repeat-kinds.ts'
import { unwrap } from '../../core/problem.ts'
import { settingsOfMask } from '../../engine/export/mask-settings.ts'
import { slurmHere } from '../../engine/slurm/commands.ts'
import { type Command, oneOf, UsageError } from '../command.ts'
import { pick, Session } from '../session.ts'
import { runOnSlurm, slurmFlags, slurmOf } from './on-slurm.ts'
import {
  backboneFlag,
  backendFlag,
  budgetFlag,
  metricText,
  presetFlag,
  projectFlag,
  seedsFlag,
  seedsOf,
  subjectFlag,
  tableText,
  testRunFlag,
} from './shared.ts'
import { tryOut } from './test-run.ts'

/** Repeats over seeds where nothing else is said; fewer give a coarse picture. */
const usualRepeats = 10

export const experiment: Command = {
  name: 'experiment',
  summary: `Compares conditions on one subject: ${experimentKinds.join(', ')}.`,
  words: ['KIND'],
  flags: {
    project: projectFlag,
    subject: subjectFlag,
    backend: backendFlag,
    seeds: { ...seedsFlag, help: `how many seeds, counted from 0; 1 without it, ${usualRepeats} for stability` },
    on: { value: 'WHERE', help: 'local or slurm; local without it' },
    ...slurmFlags,
    budget: {
      ...budgetFlag,
      help: 'voxels of the masks; without it those of the subject’s newest mask, else of its annotated ROI, else 3000 or a tenth',
    },
    preset: presetFlag,
    backbone: backboneFlag,
    mask: { value: 'ID', help: 'takes settings, budget and backbone from this mask of the subject instead' },
    'test-run': testRunFlag,
    repeats: { value: 'HOW', help: `stability only: ${repeatKinds.join(', ')}; seeds without it` },
  },
  async run(given, terminal) {
    const kind = oneOf('The experiment', given.words[0]!, experimentKinds)
    if (kind !== 'stability' && given.maybe('repeats') !== undefined)
      throw new UsageError('--repeats belongs to the experiment stability.')
    if (given.maybe('mask') !== undefined)
      for (const flag of ['preset', 'budget', 'backbone'])
        if (given.maybe(flag) !== undefined) throw new UsageError(`--${flag} says something else than --mask.`)
    const repeats = given.choice('repeats', repeatKinds, 'seeds')
    const seeds = seedsOf(given, kind === 'stability' && repeats !== 'runs' ? usualRepeats : 1)
    const preset = given.choice('preset', presetNames, 'troi')
    const asked = given.maybe('budget') === undefined ? null : given.whole('budget', 1, 10_000_000)
    const slurm = slurmOf(given)
    if (slurm !== null) {
      if (kind === 'stability' || given.isOn('test-run'))
        throw new UsageError(`${kind === 'stability' ? kind : '--test-run'} is not for Slurm in this version.`)
      unwrap(slurmHere())
    }
    const session = new Session(terminal, [given.text('project')])
    try {
      const project = await session.open(given.text('project'))
      const subject = await session.subject(project, given.text('subject'))
      const plan =
        given.maybe('mask') === undefined
          ? {
              backbone: (await session.backbone(project, subject, given.maybe('backbone')))?.id ?? null,
              mask: { ...maskPresets[preset], budget: asked ?? (await usualBudget(session, project, subject)) },
            }
          : await planOfMask(session, project, subject, given.text('mask'))
      terminal.say(
        `${kind}: ${subject.name}, ${plan.mask.budget} voxels, ${plan.backbone === null ? 'no' : 'with a'} backbone`,
      )
      const request = {
        ...{ kind: 'experiment' as const, experiment: kind, subject: subject.id },
        ...plan,
        decoder: defaultDecoderSettings,
        seeds,
        ...(kind === 'stability' ? { repeats } : {}),
      }
      if (given.isOn('test-run')) return await tryOut(session, project, request)
      if (slurm !== null) return await runOnSlurm(session, terminal, project, { ...request, slurm })
      const run = await session.start(project, request)
      const table = await session.client.runs.table({ project: project.id, run: run.id })
      if (table === null) throw new Error('an experiment that is done has a table')
      if (kind !== 'stability') return { json: table, text: tableText(table) }
      const stability = await stabilityAfter(session, project, subject, run)
      return { json: { ...table, stability }, text: `${tableText(table)}\n${stabilityText(stability)}` }
    } finally {
      await session.close()
    }
  },
}

async function usualBudget(session: Session, project: Project, subject: Subject): Promise<number> {
  const masks = await session.client.results.masks({ project: project.id })
  const newest = masks.filter((mask) => mask.subject === subject.id).at(-1)
  return newest?.budget ?? subject.annotatedVoxels ?? Math.max(1, Math.min(3000, Math.floor(subject.voxels / 10)))
}

/** Settings and backbone of a mask of this subject. */
async function planOfMask(session: Session, project: Project, subject: Subject, name: string) {
  const masks = await session.client.results.masks({ project: project.id })
  const own = masks.filter((one) => one.subject === subject.id)
  const mask = pick('mask', name, own)
  const run = await session.client.runs.get({ project: project.id, run: mask.run })
  return { backbone: mask.backbone, mask: settingsOfMask(mask, run) }
}

type Stability = Omit<StabilityAnswer, 'frequency' | 'grid'>

/** What the repeats say, and of the subject's newest mask that they fit. The map itself is exported with the mask. */
async function stabilityAfter(session: Session, project: Project, subject: Subject, run: Run): Promise<Stability> {
  const ids = { project: project.id }
  const masks = (await session.client.results.masks(ids)).filter((mask) => mask.subject === subject.id)
  let found = await session.client.results.stability({ ...ids, run: run.id })
  for (const mask of masks.reverse()) {
    const fitting = await session.client.results.stability({ ...ids, mask: mask.id })
    if (fitting?.run !== run.id) continue
    found = fitting
    break
  }
  if (found === null) throw new Error('repeats that are done can be compared')
  const { frequency, grid, ...rest } = found
  return rest
}

function stabilityText({ pairwiseDice, ofMask, remarks }: Stability): string {
  const percent = (share: number) => (share > 0 && share < 0.0005 ? 'below 0.1 %' : `${(100 * share).toFixed(1)} %`)
  return [
    `Dice of two repeats: ${metricText(pairwiseDice)}`,
    ofMask === null
      ? 'No mask with these settings yet; its voxels cannot be looked up.'
      : `${percent(ofMask.shareOften)} of the mask’s ${ofMask.voxels} voxels were chosen in at least ${percent(ofMask.often)} of the repeats (by chance ${percent(ofMask.shareOftenByChance)}).`,
    ...remarks.map((remark) => `Note: ${remark}`),
  ].join('\n')
}
