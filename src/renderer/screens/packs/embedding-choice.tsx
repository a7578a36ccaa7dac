/** Which picture embedding a backbone learns: the built-in one, or an output of a pack. */
import { useState } from 'react'
import { type EmbeddingChoice as Choice, embeddingName } from '../../../core/contract/pack.ts'
import { usePacks } from '../../lib/queries.ts'
import { PacksDialog } from './packs-dialog.tsx'
import { words } from './strings.ts'

const text = words.embedding

export function EmbeddingChoice({ value, onChange }: { value: Choice; onChange: (choice: Choice) => void }) {
  const [open, setOpen] = useState(false)
  const choices = (usePacks().data ?? [])
    .filter(({ problem }) => problem === null)
    .flatMap(({ name, title, outputs }) =>
      outputs
        .filter(({ embedding }) => embedding)
        .map((output) => ({ choice: { pack: name, output: output.name }, title, standsFor: output.standsFor })),
    )
  const chosen = choices.find(({ choice }) => embeddingName(choice) === embeddingName(value))
  return (
    <div className="field">
      <span className="name">{text.label}</span>
      <span className="stack">
        <select
          className="input"
          aria-label={text.label}
          value={embeddingName(value)}
          onChange={(event) =>
            onChange(choices.find(({ choice }) => embeddingName(choice) === event.target.value)?.choice ?? 'built-in')
          }
        >
          <option value="built-in">{text.builtIn}</option>
          {choices.map(({ choice, title }) => (
            <option key={embeddingName(choice)} value={embeddingName(choice)}>
              {text.option(title, choice.output)}
            </option>
          ))}
          {value === 'built-in' || chosen !== undefined ? null : (
            <option value={embeddingName(value)}>{embeddingName(value)}</option>
          )}
        </select>
        <button type="button" className="link small" onClick={() => setOpen(true)}>
          {text.packs}
        </button>
      </span>
      <small className="help">
        {text.help} {chosen?.standsFor}
      </small>
      {open ? <PacksDialog onClose={() => setOpen(false)} /> : null}
    </div>
  )
}
