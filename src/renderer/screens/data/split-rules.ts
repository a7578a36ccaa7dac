/** Which rules of a split make sense for the runs and sessions that a preview found. Pure. */
import type { Recipe } from '../../../core/contract/recipe.ts'

type Split = Recipe['split']
export type Rule = Split['rule']
export type TestRule = 'runs' | 'sessions'

/** Numbers of the runs or sessions that have trials, ascending. Keys of `perRun` are "run", or "session/run". */
export function testNumbers(rule: TestRule, perRun: Readonly<Record<string, number>>): number[] {
  const parts = Object.keys(perRun).map((key) => key.split('/').map(Number))
  const numbers = parts.flatMap((part) =>
    part.length === 2 ? [part[rule === 'runs' ? 1 : 0]!] : rule === 'runs' ? part : [],
  )
  return [...new Set(numbers)].sort((a, b) => a - b)
}

/** The rules that can be applied; the one in the recipe is always among them. */
export function possibleRules(recipe: Recipe, perRun: Readonly<Record<string, number>>): Rule[] {
  const runs = Object.keys(perRun).length
  const sessions = testNumbers('sessions', perRun).length
  const marked =
    recipe.table.columns.shared !== undefined || (recipe.split.rule === 'pictures' && recipe.split.test !== undefined)
  const possible: Record<Rule, boolean> = {
    'leave-one-run-out': runs > 1,
    'leave-one-session-out': sessions > 1,
    runs: testNumbers('runs', perRun).length > 1,
    sessions: sessions > 1,
    pictures: Boolean(recipe.pictures) && marked,
  }
  const rules: readonly Rule[] = ['leave-one-run-out', 'leave-one-session-out', 'runs', 'sessions', 'pictures']
  return rules.filter((rule) => possible[rule] || rule === recipe.split.rule)
}

/** A split by another rule: the last run or session is held out at first, and what was said of repeats stays. */
export function splitOfRule(rule: Rule, before: Split, perRun: Readonly<Record<string, number>>): Split {
  const repeats = before.rule === 'pictures' ? undefined : before.repeats
  const kept = repeats === undefined ? {} : { repeats }
  switch (rule) {
    case 'runs':
    case 'sessions':
      return { rule, test: testNumbers(rule, perRun).slice(-1), ...kept }
    case 'pictures':
      return before.rule === 'pictures' ? before : { rule }
    default:
      return { rule, ...kept }
  }
}
