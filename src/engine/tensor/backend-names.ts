/** The engines by name, in the order in which they are tried, and how one is asked for. */
import { ProblemError } from '../../core/problem.ts'

export const backendNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const
export type BackendName = (typeof backendNames)[number]

/** `auto`: the first that can be used. */
export const backendChoices = ['auto', ...backendNames] as const
export type BackendChoice = (typeof backendChoices)[number]

/** A choice as it stands in a setting; `where` names the setting. Throws ProblemError BAD_PARAMETER for any other word. */
export function parseBackendChoice(text: string, where: string): BackendChoice {
  const found = backendChoices.find((name) => name === text)
  if (found === undefined)
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `There is no engine "${text}".`,
      where,
      expected: backendChoices.join(', '),
    })
  return found
}
