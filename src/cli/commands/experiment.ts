/** Several conditions and seeds on one subject, as one table. */
import type { Project } from '../../core/contract/contract.ts'
import type { Subject } from '../../core/contract/result.ts'
import { experimentKinds } from '../../core/contract/run.ts'
import { defaultDecoderSettings, maskPresets, presetNames } from '../../core/contract/settings.ts'
import { ProblemError } from '../../core/problem.ts'
import { type Command, oneOf } from '../command.ts'
import { Session } from '../session.ts'
import {
  backboneFlag,
  budgetFlag,
  presetFlag,
  projectFlag,
  refuseSlurm,
  seedsFlag,
  seedsOf,
  subjectFlag,
  tableText,
} from './shared.ts'

export const experiment: Command = {
  name: 'experiment',
  summary: `Compares conditions on one subject: ${experimentKinds.join(', ')}.`,
  words: ['KIND'],
  flags: {
    project: projectFlag,
    subject: subjectFlag,
    seeds: seedsFlag,
    on: { value: 'WHERE', help: 'local or slurm; local without it' },
    budget: {
      ...budgetFlag,
      help: 'voxels of the masks; without it those of the subject’s newest mask, else of its annotated ROI, else 3000 or a tenth',
    },
    preset: presetFlag,
    backbone: backboneFlag,
  },
  async run(given, terminal) {
    const kind = oneOf('The experiment', given.words[0]!, experimentKinds)
    const seeds = seedsOf(given)
    const preset = given.choice('preset', presetNames, 'troi')
    const asked = given.maybe('budget') === undefined ? null : given.whole('budget', 1, 10_000_000)
    if (refuseSlurm(given)) {
      throw new ProblemError({
        code: 'UNAVAILABLE',
        message: 'Runs on a Slurm cluster are not available in this version.',
        where: '--on slurm',
        expected: '--on local',
        fix: 'Leave --on out; the experiment then runs on this machine.',
      })
    }
    const session = new Session(terminal, [given.text('project')])
    try {
      const project = await session.open(given.text('project'))
      const subject = await session.subject(project, given.text('subject'))
      const backbone = await session.backbone(project, subject, given.maybe('backbone'))
      const budget = asked ?? (await usualBudget(session, project, subject))
      terminal.say(`${kind}: ${subject.name}, ${budget} voxels, backbone ${backbone?.name ?? 'none'}`)
      const run = await session.start(project, {
        kind: 'experiment',
        experiment: kind,
        subject: subject.id,
        backbone: backbone?.id ?? null,
        mask: { ...maskPresets[preset], budget },
        decoder: defaultDecoderSettings,
        seeds,
      })
      const table = await session.client.runs.table({ project: project.id, run: run.id })
      if (table === null) throw new Error('an experiment that is done has a table')
      return { json: table, text: tableText(table) }
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
