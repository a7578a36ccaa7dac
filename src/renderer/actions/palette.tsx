/** Everything that can be done from here, found by typing a part of its name: steps, runs, masks, subjects and every action. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useRuns } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { chooseSubject, useSubject, useSubjectMasks } from '../lib/subject.ts'
import { actOf, useBindings } from './actions.ts'
import { catalogue } from './catalogue.ts'
import { keysFor } from './keys.ts'
import { matches } from './match.ts'
import { words } from './strings.ts'

interface Line {
  readonly id: string
  readonly title: string
  readonly group: string
  readonly keys: readonly string[]
  readonly reason: string | null
  readonly run: () => void
}

function useLines(): readonly Line[] {
  const { bindings } = useBindings()
  const { project, show, chooseMask, reviewMask } = useWindow()
  const runs = useRuns().data ?? []
  const masks = useSubjectMasks()
  const { all } = useSubject()
  const fixed = catalogue.flatMap((entry): Line[] => {
    const act = actOf(entry.id)
    if (act === undefined || entry.id === 'palette.open' || act.release !== undefined) return []
    const { id, group } = entry
    const keys = keysFor(entry, bindings)
    return [{ id, title: words.titles[id], group: words.groups[group], keys, reason: act.reason ?? null, run: act.run }]
  })
  if (project === null) return fixed
  const line = (id: string, title: string, run: () => void): Line => ({
    ...{ id, title, group: words.groups.go, keys: [], reason: null, run },
  })
  return [
    ...fixed,
    ...masks.map((mask) => line(mask.id, words.palette.mask(mask.name), () => reviewMask(mask.id, 'mask'))),
    ...[...runs]
      .reverse()
      .map((run) => line(run.id, words.palette.show(run.name), () => show({ name: 'run', run: run.id }))),
    ...(all.length < 2
      ? []
      : all.map((subject) =>
          line(subject.id, words.palette.subject(subject.name), () => {
            chooseSubject(subject.id)
            chooseMask(null)
          }),
        )),
  ]
}

export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  // A dialog tells its end a moment later; by then the palette may be open again, and that one must stay.
  const done = useRef(false)
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const lines = useLines()
  const found = useMemo(() => matches(lines, text), [lines, text])
  const chosen = Math.min(at, found.length - 1)
  // Before anything is painted, so that what is typed at once is typed into it.
  useLayoutEffect(() => {
    dialog.current?.showModal()
  }, [])
  useEffect(() => {
    document.getElementById(`palette-${chosen}`)?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  const act = (line: Line | undefined) => {
    if (line === undefined || line.reason !== null) return
    done.current = true
    dialog.current?.close()
    onClose()
    line.run()
  }
  return (
    <dialog ref={dialog} className="palette" aria-label={words.palette.title} onClose={() => done.current || onClose()}>
      <input
        className="input"
        role="combobox"
        aria-label={words.palette.title}
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found.length === 0 ? undefined : `palette-${chosen}`}
        placeholder={words.palette.placeholder}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
          if (by !== undefined) {
            event.preventDefault()
            setAt(Math.max(0, Math.min(found.length - 1, chosen + by)))
          }
          if (event.key === 'Enter') {
            event.preventDefault()
            act(found[chosen])
          }
        }}
      />
      {found.length === 0 ? <p className="ink3 palette-none">{words.palette.none}</p> : null}
      <div id="palette-list" role="listbox" aria-label={words.palette.results} className="scroll palette-list">
        {found.map((line, i) => (
          <div
            key={line.id}
            id={`palette-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === chosen}
            aria-disabled={line.reason !== null}
            className="palette-line"
            onPointerMove={() => setAt(i)}
            onClick={() => act(line)}
            onKeyDown={(event) => event.key === 'Enter' && act(line)}
          >
            <small>{line.group}</small>
            <span className="grow ellipsis">{line.title}</span>
            {line.reason === null ? null : <small>{line.reason}</small>}
            {line.keys.map((keys) => (
              <kbd key={keys} className="key">
                {keys}
              </kbd>
            ))}
          </div>
        ))}
      </div>
    </dialog>
  )
}
