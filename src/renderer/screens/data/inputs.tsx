/** Input files that are not where they were, and a folder to look for them in. Nothing is shown while all are at their places. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Place } from '../../../core/contract/common.ts'
import { Button, ErrorNote, Pane, ProblemNote } from '../../components/basics.tsx'
import { WarningGlyph } from '../../components/glyphs.tsx'
import { PathPicker } from '../../components/path-picker.tsx'
import { engine } from '../../lib/engine.ts'
import { bytes } from '../../lib/format.ts'
import { useAct, useProjectId } from '../../lib/queries.ts'
import { words } from './inputs-strings.ts'

export function InputFiles() {
  const project = useProjectId()
  const [picking, setPicking] = useState(false)
  const inputs = useQuery({ queryKey: ['inputs', project], queryFn: () => engine.data.inputs({ project }) })
  const relink = useAct((folder: Place) => engine.data.relink({ project, folder }))
  const all = inputs.data ?? []
  const away = all.filter(({ state }) => state !== 'there')
  const last = relink.data
  if (away.length === 0 && (last?.found.length ?? 0) === 0)
    return inputs.error === null ? null : <ErrorNote error={inputs.error} />
  return (
    <Pane
      title={words.title}
      note={away.length === 0 ? words.all(all.length) : words.away(away.length, all.length)}
      actions={
        <Button disabled={relink.isPending} onPress={() => setPicking(true)}>
          {relink.isPending ? words.looking : words.look}
        </Button>
      }
    >
      <div className="stack">
        <p className="ink2">{words.about}</p>
        <ErrorNote error={relink.error} />
        {last === undefined ? null : <p>{words.result(last.found.length, last.searched)}</p>}
        {last?.refused.map((problem) => (
          <ProblemNote key={problem.where} problem={problem} />
        ))}
        {away.length === 0 ? null : (
          <table className="wide" aria-label={words.title}>
            <tbody>
              {away.map((input) => (
                <tr key={`${input.run} ${input.path}`}>
                  <td>
                    <span className="row">
                      <WarningGlyph /> {words.states[input.state]}
                    </span>
                  </td>
                  <td>{input.subject}</td>
                  <td className="mono ellipsis" title={input.at}>
                    {input.path}
                  </td>
                  <td className="number">{bytes(input.bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {picking ? (
        <PathPicker
          title={words.where}
          kind="folder"
          onClose={() => setPicking(false)}
          onChoose={(place) => {
            setPicking(false)
            relink.mutate(place)
          }}
        />
      ) : null}
    </Pane>
  )
}
