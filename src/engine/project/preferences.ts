/**
 * What this user chose for every window, in the user-data folder: a window's own storage is lost when the server gets another port.
 * A damaged file counts as no choice.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Preferences, preferencesSchema } from '../../core/contract/contract.ts'
import { ProblemError } from '../../core/problem.ts'
import { writeAtomically } from './atomic-file.ts'

const most = 40

export class UserPreferences {
  readonly #path: string

  constructor(userData: string) {
    this.#path = join(userData, 'preferences.json')
    mkdirSync(userData, { recursive: true })
  }

  read(): Preferences {
    if (!existsSync(this.#path)) return {}
    try {
      return preferencesSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')))
    } catch {
      return {}
    }
  }

  /** Keeps these and leaves the others as they are. BAD_PARAMETER where there would be too many. */
  save(changed: Preferences): void {
    const all = { ...this.read(), ...changed }
    if (Object.keys(all).length > most)
      throw new ProblemError({
        code: 'BAD_PARAMETER',
        message: 'There are too many preferences.',
        where: Object.keys(changed).join(', '),
        expected: `at most ${most}`,
      })
    writeAtomically(this.#path, JSON.stringify(all, null, 2))
  }
}
