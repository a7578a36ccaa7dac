/**
 * What this user chose, kept by the engine: the page's own storage belongs to an address whose port changes with every start. The
 * page's storage is a copy for the time until the engine has answered.
 */
import type { Preferences } from '../../core/contract/contract.ts'
import { engine } from './engine.ts'

type Name = 'window' | 'keys' | 'reviewer' | 'backend'

const copyKey = 'troi-window'
let known: Preferences = {}

/** The copy that the page keeps of the choices for its own look. */
export function copied(): string | undefined {
  try {
    return localStorage.getItem(copyKey) ?? undefined
  } catch {
    return undefined
  }
}

/** Asks the engine once, at start. A window that cannot get them starts with the usual ones. */
export async function loadPreferences(): Promise<void> {
  try {
    known = await engine.system.preferences()
  } catch {
    known = {}
  }
}

export function preference(name: Name): string | undefined {
  return known[name]
}

/** Resolves when the engine has it, or has refused it. */
export async function keepPreference(name: Name, value: string): Promise<void> {
  known = { ...known, [name]: value }
  try {
    if (name === 'window') localStorage.setItem(copyKey, value)
  } catch {
    // A browser may forbid its storage; the engine keeps the choice.
  }
  await engine.system.savePreferences({ [name]: value }).catch(() => {})
}

export function savePreference(name: Name, value: string): void {
  void keepPreference(name, value)
}
