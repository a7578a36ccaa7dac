/** Many problems of one kind are one row: how many, one example, what to do. Questions with choices always stand alone. */
import type { Preview } from '../../../core/contract/contract.ts'

export type Entry = Preview['problems'][number]

export interface ProblemGroup {
  /** The first of its kind. */
  readonly entry: Entry
  /** How often it occurs, counted over all of its kind. */
  readonly count: number
  /** Messages of the others, in order. */
  readonly others: readonly string[]
}

const order = ['stop', 'question', 'note'] as const

/** Stops first, then questions, then notes; within each in the engine's order. */
export function groupProblems(problems: readonly Entry[]): ProblemGroup[] {
  const groups: { entry: Entry; count: number; others: string[] }[] = []
  for (const level of order)
    for (const entry of problems.filter((one) => one.level === level)) {
      const { problem, choices = [] } = entry
      const same = groups.find(
        (group) =>
          choices.length === 0 &&
          (group.entry.choices ?? []).length === 0 &&
          group.entry.level === level &&
          group.entry.problem.code === problem.code &&
          group.entry.problem.fix === problem.fix,
      )
      if (same === undefined) groups.push({ entry, count: problem.count ?? 1, others: [] })
      else {
        same.count += problem.count ?? 1
        same.others.push(problem.message)
      }
    }
  return groups
}

/** What has to be settled before an import: stops and questions. */
export function openProblems(problems: readonly Entry[]): number {
  return problems.filter(({ level }) => level !== 'note').length
}
