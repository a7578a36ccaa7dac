/**
 * What a survey finds, with ways out. A choice says in words what would be changed in the recipe, and changes it only when a
 * person takes it: nothing is repaired silently.
 */
import type { Choice } from '../../core/contract/contract.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'

export interface Offer extends Choice {
  /** The recipe with this choice taken. */
  readonly change: (recipe: Recipe) => Recipe
}

export interface Finding {
  readonly level: 'stop' | 'question' | 'note'
  readonly problem: Problem
  readonly offers?: readonly Offer[]
}

/** Stops a survey. With offers it is a question: one of them lets it go on. */
export class FindingError extends ProblemError {
  readonly offers: readonly Offer[]
  constructor(problem: Problem, offers: readonly Offer[] = []) {
    super(problem)
    this.offers = offers
  }
}

export function note(problem: Problem, offers?: readonly Offer[]): Finding {
  return offers === undefined ? { level: 'note', problem } : { level: 'note', problem, offers }
}

/** A choice that sets fields of the recipe's table. */
export function tableOffer(question: string, answer: string, text: string, fields: Partial<Recipe['table']>): Offer {
  return { question, answer, text, change: (recipe) => ({ ...recipe, table: { ...recipe.table, ...fields } }) }
}

/** Notes that say the same about several files as one, with the first file and their count. */
export function grouped(notes: readonly Finding[]): Finding[] {
  const byKind = new Map<string, Finding>()
  for (const entry of notes) {
    // Numbers differ from file to file; the sentence is the same.
    const kind = entry.problem.code + entry.problem.message.replace(/[\d.]+/g, '#')
    const first = byKind.get(kind)
    const count = (first?.problem.count ?? 0) + (entry.problem.count ?? 1)
    byKind.set(kind, { ...(first ?? entry), problem: { ...(first ?? entry).problem, count } })
  }
  return [...byKind.values()].map((entry) => {
    const { count, ...problem } = entry.problem
    return { ...entry, problem: count === 1 ? problem : { ...problem, count: count! } }
  })
}
