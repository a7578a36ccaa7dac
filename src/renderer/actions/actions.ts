/**
 * What can be done right now. A component that can do something says so while it is on the screen; the palette lists it, its keys
 * do it. Kept outside React: keys and the palette ask at the moment they need it.
 */
import { useLayoutEffect } from 'react'
import { create } from 'zustand'
import { preference, savePreference } from '../lib/preferences.ts'
import { type ActionId, catalogue } from './catalogue.ts'
import { type Bindings, keysFor, keysOf, readBindings } from './keys.ts'

export interface Act {
  readonly run: () => void
  /** For an action that lasts as long as its key is held. */
  readonly release?: () => void
  /** Why it cannot be done now; null or absent where it can. */
  readonly reason?: string | null
}
export type Acts = Partial<Record<ActionId, Act>>

const present = new Map<ActionId, Act[]>()

/** The newest that offers an action does it. */
export function actOf(id: ActionId): Act | undefined {
  return present.get(id)?.at(-1)
}

/** Offers actions as long as the component is on the screen: in the same frame as its buttons, so that a key does what they say. */
export function useActs(acts: Acts): void {
  useLayoutEffect(() => {
    const own = Object.entries(acts) as [ActionId, Act][]
    for (const [id, act] of own) present.set(id, [...(present.get(id) ?? []), act])
    return () => {
      for (const [id, act] of own)
        present.set(
          id,
          (present.get(id) ?? []).filter((other) => other !== act),
        )
    }
  })
}

export const useBindings = create<{ bindings: Bindings }>(() => ({ bindings: {} }))

/** Once the user's preferences are known. */
export function loadBindings(): void {
  useBindings.setState({ bindings: readBindings(preference('keys')) })
}

export function bind(id: ActionId, keys: readonly string[]): void {
  const bindings = { ...useBindings.getState().bindings, [id]: keys }
  useBindings.setState({ bindings })
  savePreference('keys', JSON.stringify(bindings))
}

export function usualKeys(): void {
  useBindings.setState({ bindings: {} })
  savePreference('keys', '{}')
}

/** Whether the key belongs to a text field or a list of choices. */
export function isTyping(event: KeyboardEvent): boolean {
  const { target } = event
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['range', 'checkbox', 'radio', 'button'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
}

/** A button or link in focus is pressed with Space; the key is its own then. */
function presses(event: KeyboardEvent): boolean {
  const control = event.target instanceof HTMLElement && event.target.closest('button, a, input, summary') !== null
  return control && event.key === ' '
}

/**
 * The action that these keys mean at this moment. One that cannot be done just now keeps its keys, so that a grade that is still being
 * saved never turns into a step to another page.
 */
export function actionFor(keys: string): ActionId | null {
  const { bindings } = useBindings.getState()
  const found = catalogue.find((entry) => {
    const act = actOf(entry.id)
    return act !== undefined && keysFor(entry, bindings).includes(keys)
  })
  return found?.id ?? null
}

/** Listens for every key of the window. A dialog in front takes all keys. */
export function useKeys(): void {
  useLayoutEffect(() => {
    const held = new Map<string, Act>()
    const down = (event: KeyboardEvent) => {
      const keys = keysOf(event)
      if (keys === null || presses(event) || event.defaultPrevented) return
      if (document.querySelector('dialog[open]') !== null) return
      const id = actionFor(keys)
      // From a text field only the palette opens, and only by keys that write nothing.
      if (id === null || (isTyping(event) && !(id === 'palette.open' && keys.startsWith('Ctrl+')))) return
      event.preventDefault()
      const act = actOf(id)!
      if (act.reason) return
      if (act.release !== undefined) {
        if (held.has(event.code)) return
        held.set(event.code, act)
      }
      act.run()
    }
    const up = (event: KeyboardEvent) => {
      held.get(event.code)?.release?.()
      held.delete(event.code)
    }
    const leave = () => {
      for (const act of held.values()) act.release?.()
      held.clear()
    }
    window.addEventListener('keydown', down)
    window.addEventListener('keyup', up)
    window.addEventListener('blur', leave)
    return () => {
      window.removeEventListener('keydown', down)
      window.removeEventListener('keyup', up)
      window.removeEventListener('blur', leave)
    }
  }, [])
}
