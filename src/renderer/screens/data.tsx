/** What is in this project, and what may come in: a recipe is looked at before anything is copied. */
import { useState } from 'react'
import type { Place } from '../../core/contract/common.ts'
import type { Preview } from '../../core/contract/contract.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import { Button, Empty, ErrorNote, Pane, ProblemNote } from '../components/basics.tsx'
import { PathPicker } from '../components/path-picker.tsx'
import { engine } from '../lib/engine.ts'
import { bytes, count } from '../lib/format.ts'
import { useAct, useProjectId, useSubjects } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'

function SubjectTable() {
  const subjects = useSubjects()
  const list = subjects.data ?? []
  if (subjects.data !== undefined && list.length === 0)
    return (
      <Empty>Subjects appear here: simulated, from the example, or your own. Choose a recipe to import scans.</Empty>
    )
  return (
    <div className="scroll">
      <ErrorNote error={subjects.error} />
      <table>
        <thead>
          <tr>
            <th>Subject</th>
            <th>For</th>
            <th className="number">Voxels</th>
            <th className="number">Training trials</th>
            <th className="number">Held out</th>
            <th className="number">Annotated ROI</th>
            <th>Shown</th>
          </tr>
        </thead>
        <tbody>
          {list.map((subject) => (
            <tr key={subject.id}>
              <td>
                <b>{subject.name}</b> <small>{subject.origin}</small>
              </td>
              <td>{subject.role === 'new' ? 'finding a mask' : 'pretraining'}</td>
              <td className="number">{count(subject.voxels)}</td>
              <td className="number">{count(subject.trainTrials)}</td>
              <td className="number">{subject.testTrials === 0 ? 'each run once' : count(subject.testTrials)}</td>
              <td className="number">{subject.annotatedVoxels === null ? '–' : count(subject.annotatedVoxels)}</td>
              <td>
                {subject.targets === 'labels' ? `${subject.labels.length} labels` : `${count(subject.items)} pictures`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {list
        .filter((subject) => subject.role === 'new')
        .map((subject) => (
          <ul key={subject.id} style={{ marginTop: 16 }} className="ink2">
            {subject.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        ))}
    </div>
  )
}

function PreviewPane({
  recipe,
  preview,
  onImport,
  busy,
}: {
  recipe: Recipe
  preview: Preview
  onImport: () => void
  busy: boolean
}) {
  const stops = preview.problems.filter((entry) => entry.level !== 'note').length
  return (
    <div className="stack-wide">
      {preview.problems.map((entry) => (
        <ProblemNote key={entry.problem.message} problem={entry.problem} level={entry.level} />
      ))}
      <dl className="facts">
        <dt>Subject</dt>
        <dd>{preview.subject}</dd>
        {preview.images.map((image) => (
          <div key={image.path} style={{ display: 'contents' }}>
            <dt className="ellipsis" title={image.path}>
              {image.path.split('/').pop()}
            </dt>
            <dd>
              {image.shape.join(' × ')}, {image.voxelMillimetres.map((size) => size.toFixed(2)).join(' × ')} mm,{' '}
              {image.orientation}, {image.dtype}
            </dd>
          </div>
        ))}
        <dt>Volumes</dt>
        <dd>{count(preview.volumes)}</dd>
        <dt>Trials</dt>
        <dd>{count(preview.trials)}</dd>
        <dt>Per label</dt>
        <dd>
          {Object.entries(preview.perLabel)
            .map(([label, trials]) => `${label} ${trials}`)
            .join(', ')}
        </dd>
        <dt>Voxels</dt>
        <dd>{count(preview.voxels)}</dd>
        <dt>Held out</dt>
        <dd>
          {recipe.split.rule === 'leave-one-run-out'
            ? `each of ${preview.folds} runs once; no trial is ever in both`
            : `runs ${recipe.split.test.join(', ')}`}
        </dd>
        <dt>Memory, disk</dt>
        <dd>
          {bytes(preview.memoryBytes)}, {bytes(preview.diskBytes)}
        </dd>
      </dl>
      <div className="row">
        <Button kind="filled" large disabled={stops > 0 || busy} onPress={onImport}>
          Import
        </Button>
        {stops > 0 ? (
          <span className="ink2">{stops === 1 ? 'One thing has' : `${stops} things have`} to be settled first.</span>
        ) : null}
      </div>
    </div>
  )
}

export function DataScreen() {
  const project = useProjectId()
  const { show } = useWindow()
  const [picking, setPicking] = useState(false)
  const [place, setPlace] = useState<Place | null>(null)
  const look = useAct((chosen: Place) => engine.data.preview({ place: chosen }))
  const start = useAct(
    (recipe: Recipe) => engine.data.import({ project, place: place!, recipe }),
    (run) => show({ name: 'run', run: run.id }),
  )
  return (
    <>
      <div className="screen-header">
        <h1>Data</h1>
        <span className="grow" />
        <Button onPress={() => setPicking(true)}>Import a recipe…</Button>
      </div>
      <div className="columns" style={{ gridTemplateColumns: 'minmax(0, 1fr) 400px' }}>
        <Pane title="Subjects">
          <SubjectTable />
        </Pane>
        <Pane title="Import">
          <ErrorNote error={look.error ?? start.error} />
          {look.data === undefined || place === null ? (
            <Empty action={<Button onPress={() => setPicking(true)}>Choose a recipe…</Button>}>
              A recipe says which images, table and masks belong to one subject. It is looked at first; nothing is
              copied before you say so.
            </Empty>
          ) : (
            <PreviewPane
              recipe={look.data.recipe}
              preview={look.data.preview}
              busy={start.isPending}
              onImport={() => start.mutate(look.data.recipe)}
            />
          )}
        </Pane>
      </div>
      {picking ? (
        <PathPicker
          title="Which recipe?"
          kind="file"
          ending=".json"
          onClose={() => setPicking(false)}
          onChoose={(chosen) => {
            setPicking(false)
            setPlace(chosen)
            look.mutate(chosen)
          }}
        />
      ) : null}
    </>
  )
}
