/** The keys of an action as this user has them, beside what they do; nothing where it has none. */
import { useBindings } from './actions.ts'
import { type ActionId, entryOf } from './catalogue.ts'
import { keysFor } from './keys.ts'

export function KeyHint({ of }: { of: ActionId }) {
  const keys = keysFor(entryOf(of), useBindings().bindings)[0]
  return keys === undefined ? null : <kbd className="key">{keys}</kbd>
}
