/** Choosing a file or folder in a browser, where there is no native dialog: roots, folders, and a name for something new. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Place } from '../../core/contract/common.ts'
import { engine } from '../lib/engine.ts'
import { chooseNatively, native } from '../lib/native.ts'
import { Button, Dialog, ErrorNote } from './basics.tsx'
import { Icon } from './icons.tsx'
import { frame } from './strings.ts'

const words = frame.picker

export interface PathPickerProps {
  readonly title: string
  readonly kind: 'file' | 'folder' | 'new-folder'
  /** Only files with this ending can be chosen. */
  readonly ending?: string
  readonly suggestedName?: string
  readonly onChoose: (place: Place) => void
  readonly onClose: () => void
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`
}

export function PathPicker({ title, kind, ending, suggestedName = '', onChoose, onClose }: PathPickerProps) {
  const roots = useQuery({ queryKey: ['roots'], queryFn: () => engine.system.roots() })
  const [place, setPlace] = useState<Place>({ root: 'workspace', path: '' })
  const [name, setName] = useState(suggestedName)
  const entries = useQuery({ queryKey: ['list', place], queryFn: () => engine.system.list(place) })
  const [refused, setRefused] = useState<unknown>(null)
  const browse = () => {
    setRefused(null)
    chooseNatively(kind === 'file' ? 'file' : 'folder')
      .then((found) => {
        if (found === null) return
        if (kind === 'new-folder') setPlace(found)
        else onChoose(found)
      })
      .catch(setRefused)
  }
  const parts = place.path === '' ? [] : place.path.split('/')
  const chosen = kind === 'new-folder' ? { ...place, path: join(place.path, name.trim()) } : place
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="row" style={{ flexWrap: 'wrap' }}>
        <label className="row">
          <span className="visually-hidden">{words.root}</span>
          <select
            className="input"
            style={{ width: 160 }}
            value={place.root}
            onChange={(event) => setPlace({ root: event.target.value, path: '' })}
          >
            {(roots.data ?? []).map((root) => (
              <option key={root.name} value={root.name}>
                {root.label}
              </option>
            ))}
          </select>
        </label>
        {native() === null ? null : (
          <Button kind="bare" onPress={browse}>
            {words.elsewhere}
          </Button>
        )}
        {parts.map((part, i) => (
          <Button
            key={parts.slice(0, i + 1).join('/')}
            kind="bare"
            onPress={() => setPlace({ ...place, path: parts.slice(0, i + 1).join('/') })}
          >
            {part}
          </Button>
        ))}
      </div>
      <ErrorNote error={entries.error ?? refused} />
      <ul className="scroll places" aria-label={words.list}>
        {parts.length === 0 ? null : (
          <li>
            <Button kind="bare" onPress={() => setPlace({ ...place, path: parts.slice(0, -1).join('/') })}>
              <Icon name="left" size={16} /> {words.up}
            </Button>
          </li>
        )}
        {(entries.data ?? []).map((entry) => (
          <li key={entry.name}>
            <Button
              kind="bare"
              disabled={
                entry.kind === 'file' && (kind !== 'file' || (ending !== undefined && !entry.name.endsWith(ending)))
              }
              onPress={() =>
                entry.kind === 'folder'
                  ? setPlace({ ...place, path: join(place.path, entry.name) })
                  : onChoose({ ...place, path: join(place.path, entry.name) })
              }
            >
              <Icon name={entry.kind === 'folder' ? 'folder' : 'file'} size={16} />
              {entry.name}
            </Button>
          </li>
        ))}
        {entries.data?.length === 0 ? (
          <li style={{ padding: 12 }} className="ink3">
            {words.empty}
          </li>
        ) : null}
      </ul>
      {kind === 'file' ? null : (
        <div className="row">
          {kind === 'new-folder' ? (
            <label className="row grow">
              {words.name}
              <input className="input" value={name} onChange={(event) => setName(event.target.value)} />
            </label>
          ) : (
            <span className="grow ink2 ellipsis">{place.path === '' ? words.itself : place.path}</span>
          )}
          <Button kind="filled" disabled={kind === 'new-folder' && name.trim() === ''} onPress={() => onChoose(chosen)}>
            {words.choose}
          </Button>
        </div>
      )}
    </Dialog>
  )
}
