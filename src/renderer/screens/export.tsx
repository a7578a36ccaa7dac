/** Masks as NIfTI with BIDS names and a sidecar; a report of the subject as one page. */
import { useState } from 'react'
import type { Place } from '../../core/contract/common.ts'
import { Button, Empty, ErrorNote, Pane } from '../components/basics.tsx'
import { PathPicker } from '../components/path-picker.tsx'
import { engine } from '../lib/engine.ts'
import { bytes, count } from '../lib/format.ts'
import { useAct, useMasks, useProjectId } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'

export function ExportScreen() {
  const project = useProjectId()
  const { mask: chosen, chooseMask } = useWindow()
  const masks = useMasks().data ?? []
  const mask = masks.find((one) => one.id === chosen) ?? masks.at(-1)
  const [picking, setPicking] = useState<'mask' | 'report' | null>(null)
  const write = useAct((folder: Place) => engine.results.exportMask({ project, mask: mask!.id, folder }))
  const report = useAct((file: Place) => engine.results.report({ project, subject: mask!.subject, file }))
  if (mask === undefined) return <Empty>Masks can be exported here once one was found.</Empty>
  const done = [write.data, report.data].filter((part) => part !== undefined)
  return (
    <>
      <div className="screen-header">
        <h1>Export</h1>
        <label className="row">
          Mask
          <select
            className="input"
            style={{ width: 220 }}
            value={mask.id}
            onChange={(event) => chooseMask(event.target.value)}
          >
            {masks.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}, {count(one.voxels)} voxels
              </option>
            ))}
          </select>
        </label>
        <span className="grow" />
        <Button large onPress={() => setPicking('report')}>
          Write a report…
        </Button>
        <Button large kind="filled" disabled={write.isPending} onPress={() => setPicking('mask')}>
          Export the mask…
        </Button>
      </div>
      <div className="columns" style={{ gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)' }}>
        <Pane title="What is written">
          <ul className="stack ink2">
            <li>A binary mask in the subject’s own grid, with the affine of its images, gzipped NIfTI-1.</li>
            <li>The filtered score of every voxel beside it.</li>
            <li>Sidecars that name the run, every setting, the inputs’ SHA-256 and the numbers of the mask.</li>
            <li>BIDS derivative names. A file that is there already is never overwritten.</li>
          </ul>
        </Pane>
        <Pane title="Written">
          <ErrorNote error={write.error ?? report.error} />
          {done.length === 0 ? (
            <p className="ink3">Nothing yet.</p>
          ) : (
            done.map((part) => (
              <div key={part.folder} className="stack">
                <small className="mono" style={{ overflowWrap: 'anywhere' }}>
                  {part.folder}
                </small>
                <table aria-label="Exported files">
                  <tbody>
                    {part.files.map((file) => (
                      <tr key={file.name}>
                        <td className="mono ellipsis" style={{ maxWidth: 380 }}>
                          {file.name}
                        </td>
                        <td className="number">{bytes(file.bytes)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            ))
          )}
        </Pane>
      </div>
      {picking === null ? null : (
        <PathPicker
          title={picking === 'mask' ? 'Where shall the mask go?' : 'Where shall the report go?'}
          kind="new-folder"
          suggestedName={picking === 'mask' ? `${mask.name} export` : `${mask.name} report`}
          onClose={() => setPicking(null)}
          onChoose={(place) => {
            setPicking(null)
            if (picking === 'mask') write.mutate(place)
            else report.mutate({ ...place, path: `${place.path}/report.html` })
          }}
        />
      )}
    </>
  )
}
