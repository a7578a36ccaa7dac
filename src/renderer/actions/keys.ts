/**
 * Keys as texts: "M", "Ctrl+K", "Shift+Space", "[". Cmd counts as Ctrl, so that one map serves every computer. Signs such as "?" stand
 * for themselves whatever has to be pressed for them on a keyboard.
 */
import { z } from 'zod'

export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

const modifierKeys = ['Control', 'Meta', 'Alt', 'Shift', 'AltGraph', 'CapsLock', 'Dead', 'Process', 'Unidentified']
/** Keys that mean the same everywhere in a page; no action may take them. */
const reserved = ['Tab', 'Enter', 'Escape', 'F5', 'Ctrl+C', 'Ctrl+V', 'Ctrl+X', 'Ctrl+A', 'Ctrl+R', 'Ctrl+W', 'Ctrl+Q']

/** The text of what is pressed, or null for a modifier alone. */
export function keysOf(press: KeyPress): string | null {
  if (modifierKeys.includes(press.key)) return null
  const single = [...press.key].length === 1
  const letter = single && press.key.toLowerCase() !== press.key.toUpperCase()
  const name = press.key === ' ' ? 'Space' : letter ? press.key.toUpperCase() : press.key
  const parts = [
    ...(press.ctrlKey || press.metaKey ? ['Ctrl'] : []),
    ...(press.altKey ? ['Alt'] : []),
    ...(press.shiftKey && (!single || letter || press.key === ' ') ? ['Shift'] : []),
    name,
  ]
  return parts.join('+')
}

/** Why these keys cannot be given to an action, or null. */
export function refusal(keys: string): 'reserved' | null {
  return reserved.includes(keys) ? 'reserved' : null
}

/** What a user chose instead of the usual keys, by action. An empty list is an action without keys. */
export type Bindings = Readonly<Record<string, readonly string[]>>

const storedSchema = z.record(z.string(), z.array(z.string().max(40)).max(4))

/** The stored choice; anything damaged is no choice. Reserved keys are dropped. */
export function readBindings(text: string | undefined): Bindings {
  if (text === undefined) return {}
  try {
    const found = storedSchema.safeParse(JSON.parse(text))
    if (!found.success) return {}
    return Object.fromEntries(
      Object.entries(found.data).map(([id, keys]) => [id, keys.filter((one) => refusal(one) === null)]),
    )
  } catch {
    return {}
  }
}

export interface Bindable {
  readonly id: string
  readonly keys: readonly string[]
  /** Where its keys count: everywhere, or only on one kind of screen. */
  readonly where: string
}

export function keysFor(action: Bindable, bindings: Bindings): readonly string[] {
  return bindings[action.id] ?? action.keys
}

/** The action that has these keys already where the given one needs them, or null. */
export function holderOf<T extends Bindable>(
  keys: string,
  wanted: Bindable,
  all: readonly T[],
  bindings: Bindings,
): T | null {
  return (
    all.find(
      (other) =>
        other.id !== wanted.id &&
        (other.where === wanted.where || other.where === 'everywhere' || wanted.where === 'everywhere') &&
        keysFor(other, bindings).includes(keys),
    ) ?? null
  )
}
