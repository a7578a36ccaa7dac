/** Experiments taken apart: every row in one task, masks made once, and the same rows as in one piece. */
import { describe, expect, it } from 'vitest'
import { defaultDecoderSettings, maskPresets } from '../troi/settings.ts'
import { cellsOf, tasksOf } from './cells.ts'
import { conditionsOf, type ExperimentPlan, experimentNames } from './conditions.ts'

const plan = (experiment: ExperimentPlan['experiment'], seeds = [0, 3]): ExperimentPlan => ({
  ...{ experiment, seeds, mask: { ...maskPresets.troi, budget: 20 }, decoder: defaultDecoderSettings },
})
const subject = { voxels: 100, annotatedVoxels: 10, trueVoxels: null }

describe('cells', () => {
  for (const experiment of experimentNames)
    it(`${experiment}: the rows in the order of the table, each in one task`, () => {
      const cells = cellsOf(plan(experiment), subject, true)
      const data = {
        ...{ annotated: new Uint8Array(100), truth: null },
        space: { index: new Int32Array(100), grid: { shape: [1, 1, 1] as const, affine: [] } },
      }
      const rows = [0, 3].flatMap((seed) =>
        conditionsOf(plan(experiment), seed, data, true).map(({ name }) => ({ seed, condition: name })),
      )
      expect(cells).toEqual(rows)
      const tasks = tasksOf(plan(experiment), subject, true)
      expect(tasks.map(({ number }) => number)).toEqual(tasks.map((_, at) => at + 1))
      const inTasks = tasks.flatMap(({ seed, conditions }) => conditions.map((condition) => ({ seed, condition })))
      const key = (cell: { seed: number; condition: string }) => `${cell.seed} ${cell.condition}`
      expect(inTasks.map(key).sort()).toEqual(cells.map(key).sort())
    })

  it('rows of one mask are together; others can run side by side', () => {
    const tasks = tasksOf(plan('ablation', [0]), subject, true)
    const groups = tasks.map(({ conditions }) => conditions.join(' '))
    expect(groups).toEqual([
      'troi without-rewinding rewind finetune unfrozen',
      'without-pretraining',
      'annotated-without-pretraining',
      'without-filter without-filter-and-rewinding',
      'annotated-unfrozen',
    ])
  })

  it('leaves out what the subject cannot have', () => {
    const names = (facts: typeof subject | { voxels: number; annotatedVoxels: null; trueVoxels: null }) =>
      cellsOf(plan('controls', [0]), facts, false).map(({ condition }) => condition)
    expect(names(subject)).toContain('annotated')
    expect(names({ voxels: 100, annotatedVoxels: null, trueVoxels: null })).not.toContain('annotated')
    expect(names(subject)).not.toContain('true')
  })
})
