/** All keys on one sheet, each of them open to change; kept for this user on this computer. */
import { useEffect, useState } from 'react'
import { Button, Dialog } from '../components/basics.tsx'
import { bind, useBindings, usualKeys } from './actions.ts'
import { type ActionEntry, type ActionGroup, catalogue, entryOf } from './catalogue.ts'
import { holderOf, keysFor, keysOf, refusal } from './keys.ts'
import { words } from './strings.ts'

const text = words.keys

/** Listens for the next keys of one action; the sheet takes them before anything else does. */
function useListening(entry: ActionEntry | null, done: () => void): string | null {
  const { bindings } = useBindings()
  const [refused, setRefused] = useState<string | null>(null)
  useEffect(() => {
    setRefused(null)
    if (entry === null) return
    const press = (event: KeyboardEvent) => {
      const keys = keysOf(event)
      if (keys === null) return
      event.preventDefault()
      event.stopPropagation()
      if (keys === 'Escape') return done()
      const holder = holderOf(keys, entry, catalogue, bindings)
      if (refusal(keys) !== null) setRefused(text.reserved(keys))
      else if (holder !== null) setRefused(text.taken(keys, words.titles[holder.id]))
      else {
        bind(entry.id, [keys])
        done()
      }
    }
    window.addEventListener('keydown', press, true)
    return () => window.removeEventListener('keydown', press, true)
  }, [entry, bindings, done])
  return refused
}

function Line({ entry, onChange }: { entry: ActionEntry; onChange: () => void }) {
  const { bindings } = useBindings()
  const keys = keysFor(entry, bindings)
  const title = words.titles[entry.id]
  return (
    <div>
      <dt className="bind covered">
        {keys.length === 0 ? <small>{text.none}</small> : null}
        {keys.map((one) => (
          <kbd key={one} className="key">
            {one}
          </kbd>
        ))}
        <button type="button" className="cover whole" aria-label={text.change(title)} onClick={onChange} />
      </dt>
      <dd>{title}</dd>
    </div>
  )
}

export function KeySheet({ onClose }: { onClose: () => void }) {
  const [changing, setChanging] = useState<ActionEntry | null>(null)
  const [stop] = useState(() => () => setChanging(null))
  const refused = useListening(changing, stop)
  const groups = Object.entries(words.groups) as [ActionGroup, string][]
  return (
    <Dialog title={text.title} onClose={onClose} wide>
      <div className="key-sheet-head" aria-live="polite">
        {changing === null ? (
          <p className="ink2">{text.note}</p>
        ) : (
          <p>
            <b>{text.change(words.titles[changing.id])}.</b> {refused ?? text.press}{' '}
            <Button
              kind="bare"
              onPress={() => {
                bind(changing.id, [])
                setChanging(null)
              }}
            >
              {text.clear(words.titles[changing.id])}
            </Button>
          </p>
        )}
      </div>
      <div className="shortcuts scroll">
        {groups.map(([group, title]) => (
          <section key={group} aria-label={title}>
            <h2>{title}</h2>
            <dl>
              {catalogue
                .filter((entry) => entry.group === group)
                .map((entry) => (
                  <Line key={entry.id} entry={entry} onChange={() => setChanging(entryOf(entry.id))} />
                ))}
            </dl>
          </section>
        ))}
        {text.fixed.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h2>{group.title}</h2>
            <dl>
              {group.keys.map(([keys, what]) => (
                <div key={keys}>
                  <dt>
                    <kbd className="key">{keys}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="row">
        <small className="grow">{text.saved}</small>
        <Button onPress={usualKeys}>{text.reset}</Button>
      </div>
    </Dialog>
  )
}
