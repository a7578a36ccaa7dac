/** Volumes, rows and pictures that belong to nothing, one by one with the reason; the whole list can be kept as a table. */
import { useState } from 'react'
import type { Place } from '../../../core/contract/common.ts'
import type { Preview } from '../../../core/contract/contract.ts'
import type { Recipe } from '../../../core/contract/recipe.ts'
import { Button, Empty, ErrorNote } from '../../components/basics.tsx'
import { PathPicker } from '../../components/path-picker.tsx'
import { engine } from '../../lib/engine.ts'
import { count } from '../../lib/format.ts'
import { useAct } from '../../lib/queries.ts'
import { words } from './strings.ts'

const { unmatched: texts } = words

interface UnmatchedProps {
  readonly place: Place
  readonly recipe: Recipe
  readonly preview: Preview
}

export function UnmatchedPane({ place, recipe, preview }: UnmatchedProps) {
  const [picking, setPicking] = useState(false)
  const save = useAct((file: Place) => engine.data.saveUnmatched({ place, recipe, file }))
  const rows = preview.pairing?.unmatchedRows
  if (rows === undefined) return <Empty>{words.settleFirst}</Empty>
  if (rows.count === 0) return <Empty>{texts.none}</Empty>
  const saved = save.data
  return (
    <div className="unmatched-pane">
      <div className="row strip-bar">
        <small className="grow" role="status">
          {saved === undefined
            ? texts.shown(count(rows.first.length), count(rows.count))
            : texts.saved(count(saved.rows), saved.file)}
        </small>
        <Button disabled={save.isPending} onPress={() => setPicking(true)}>
          {texts.save}
        </Button>
      </div>
      <ErrorNote error={save.error} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys. */}
      <section className="scroll" aria-label={texts.title} tabIndex={0}>
        <table className="wide" aria-label={texts.title}>
          <thead>
            <tr>
              <th>{texts.what}</th>
              <th>{texts.item}</th>
              <th>{texts.reason}</th>
            </tr>
          </thead>
          <tbody>
            {rows.first.map(({ what, item, reason }) => (
              <tr key={`${what} ${item}`}>
                <td>{texts.kinds[what]}</td>
                <td className="mono">{item}</td>
                <td className="ink2">{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {picking ? (
        <PathPicker
          title={texts.where}
          kind="new-file"
          suggestedName={`sub-${recipe.subject}.unmatched.tsv`}
          onClose={() => setPicking(false)}
          onChoose={(file) => {
            setPicking(false)
            save.mutate(file)
          }}
        />
      ) : null}
    </div>
  )
}
