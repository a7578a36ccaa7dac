/**
 * An experiment taken apart for computers that share nothing but files: its cells are seed times condition; cells whose mask is the
 * same lie in one task, so that the mask, most of the work, is made once. A task needs nothing of another.
 */
import type { Subject } from '../contract/result.ts'
import { type Condition, conditionsOf, type ExperimentPlan } from './conditions.ts'

export interface Cell {
  readonly seed: number
  /** Name of its row. */
  readonly condition: string
}

export interface CellTask {
  /** From 1. */
  readonly number: number
  readonly seed: number
  /** Names of the rows it makes, in order. */
  readonly conditions: readonly string[]
}

/** What a subject's description says of which rows there are; the data need not be read for it. */
export type SubjectFacts = Pick<Subject, 'voxels' | 'annotatedVoxels' | 'trueVoxels'>

function conditionsFor(plan: ExperimentPlan, seed: number, subject: SubjectFacts, pretrained: boolean): Condition[] {
  const known = new Uint8Array(0)
  return conditionsOf(
    plan,
    seed,
    {
      annotated: subject.annotatedVoxels === null ? null : known,
      truth: subject.trueVoxels === null ? null : known,
      space: { index: new Int32Array(subject.voxels), grid: { shape: [1, 1, 1], affine: [] } },
    },
    pretrained,
  )
}

/** All cells, in the order of the table. */
export function cellsOf(plan: ExperimentPlan, subject: SubjectFacts, pretrained: boolean): Cell[] {
  return plan.seeds.flatMap((seed) =>
    conditionsFor(plan, seed, subject, pretrained).map(({ name }) => ({ seed, condition: name })),
  )
}

/** The same cells as tasks: every cell is in one, and only cells of one seed with one mask are together. */
export function tasksOf(plan: ExperimentPlan, subject: SubjectFacts, pretrained: boolean): CellTask[] {
  const groups = new Map<string, { seed: number; conditions: string[] }>()
  for (const seed of plan.seeds)
    for (const { name, mask, share } of conditionsFor(plan, seed, subject, pretrained)) {
      // A fixed mask costs nothing to make again, and its decoders can be trained side by side.
      const key = JSON.stringify(mask.kind === 'fixed' ? [seed, name] : [seed, mask, share])
      const group = groups.get(key) ?? { seed, conditions: [] }
      group.conditions.push(name)
      groups.set(key, group)
    }
  return [...groups.values()].map((group, at) => ({ number: at + 1, ...group }))
}
