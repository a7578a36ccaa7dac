/** Questions that a dataset leaves open, the answers given so far, and what else is to be said about it. */
import type { Choice, Preview } from '../../../core/contract/contract.ts'
import { type Problem, ProblemError } from '../../../core/problem.ts'

export class Questions {
  readonly problems: Preview['problems'] = []
  /** Every question that was looked at, answered or not. */
  readonly asked = new Set<string>()
  readonly #answers: Readonly<Record<string, string>>
  readonly #where: string

  constructor(answers: Readonly<Record<string, string>>, where: string) {
    this.#answers = answers
    this.#where = where
  }

  answer(question: string): string | undefined {
    this.asked.add(question)
    return this.#answers[question]
  }

  /**
   * The answer, or the only possible one, or the first with an open question. BAD_PARAMETER for an answer that is none. With
   * `least` 1 a single value is asked about too: for what only seems to be so.
   */
  ask<T extends string>(
    question: string,
    values: readonly T[],
    text: (value: T) => string,
    message: string,
    least: 1 | 2 = 2,
  ): T {
    const answer = this.answer(question)
    if (answer !== undefined) {
      const found = values.find((value) => value === answer)
      if (found !== undefined) return found
      throw new ProblemError({
        code: question === 'subject' ? 'NOT_FOUND' : 'BAD_PARAMETER',
        message: `There is no ${question} ${answer} here.`,
        where: this.#where,
        expected: `one of: ${values.join(', ')}`,
      })
    }
    if (values.length >= least) {
      const choices = values.map((value) => ({ question, answer: value, text: text(value) }))
      const problem = { code: 'BAD_PARAMETER' as const, message, where: this.#where, fix: `Choose the ${question}.` }
      this.problems.push({ level: 'question', problem, choices })
    }
    return values[0]!
  }

  note(problem: Problem, choices?: Choice[]): void {
    this.problems.push(choices === undefined ? { level: 'note', problem } : { level: 'note', problem, choices })
  }
}
