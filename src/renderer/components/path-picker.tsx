/** Choosing a file or folder: roots, folders, a name for something new, and the system's own dialog where there is one. */
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
  /** `any` is a file or the folder one stands in. */
  readonly kind: 'file' | 'folder' | 'any' | 'new-folder' | 'new-file'
  /** Only files with one of these endings, in any case, can be chosen. */
  readonly endings?: readonly string[]
  readonly suggestedName?: string
  readonly onChoose: (place: Place) => void
  readonly onClose: () => void
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`
}

export function PathPicker({ title, kind, endings, suggestedName = '', onChoose, onClose }: PathPickerProps) {
  const roots = useQuery({ queryKey: ['roots'], queryFn: () => engine.system.roots() })
  const [place, setPlace] = useState<Place>({ root: 'workspace', path: '' })
  const [name, setName] = useState(suggestedName)
  const entries = useQuery({ queryKey: ['list', place], queryFn: () => engine.system.list(place) })
  const [refused, setRefused] = useState<unknown>(null)
  const isNew = kind === 'new-folder' || kind === 'new-file'
  const fits = (file: string) => endings === undefined || endings.some((ending) => file.toLowerCase().endsWith(ending))
  const browse = (what: 'file' | 'folder') => {
    setRefused(null)
    chooseNatively(what)
      .then((found) => {
        if (found === null) return
        if (isNew) setPlace(found)
        else onChoose(found)
      })
      .catch(setRefused)
  }
  const parts = place.path === '' ? [] : place.path.split('/')
  const chosen = isNew ? { ...place, path: join(place.path, name.trim()) } : place
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
          <Button kind="bare" onPress={() => browse(kind === 'file' || kind === 'any' ? 'file' : 'folder')}>
            {kind === 'any' ? words.fileElsewhere : words.elsewhere}
          </Button>
        )}
        {native() === null || kind !== 'any' ? null : (
          <Button kind="bare" onPress={() => browse('folder')}>
            {words.folderElsewhere}
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
              disabled={entry.kind === 'file' && ((kind !== 'file' && kind !== 'any') || !fits(entry.name))}
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
          {isNew ? (
            <label className="row grow">
              {words.name}
              <input className="input" value={name} onChange={(event) => setName(event.target.value)} />
            </label>
          ) : (
            <span className="grow ink2 ellipsis">{place.path === '' ? words.itself : place.path}</span>
          )}
          <Button kind="filled" disabled={isNew && name.trim() === ''} onPress={() => onChoose(chosen)}>
            {kind === 'new-file' ? words.save : words.choose}
          </Button>
        </div>
      )}
    </Dialog>
  )
}
