/** What can I start, what waits for me? */
import { useState } from 'react'
import type { Place } from '../../core/contract/common.ts'
import { Button, Empty, ErrorNote, Pane, Segments } from '../components/basics.tsx'
import { WarningGlyph } from '../components/glyphs.tsx'
import { PathPicker } from '../components/path-picker.tsx'
import { engine } from '../lib/engine.ts'
import { when } from '../lib/format.ts'
import { useAct, useRecent } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'

const sizes = [
  ['small', 'Small'],
  ['medium', 'Medium'],
  ['full', 'Full'],
] as const
const sizeNotes = {
  small: '24 × 20 × 20 voxels, a few minutes',
  medium: '40 × 28 × 28 voxels, about ten minutes a seed',
  full: '60 × 40 × 40 voxels, half an hour a seed',
} as const

export function OrientationQuestion() {
  const { settings, change } = useWindow()
  const choices = [
    ['neurological', 'Neurological', 'Left of the picture is left of the subject. Usual in research.'],
    ['radiological', 'Radiological', 'Left of the picture is right of the subject. Usual in clinics.'],
  ] as const
  return (
    <section className="stack" aria-label="Orientation">
      <h2>How do you read brain pictures?</h2>
      <div style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 12 }}>
        {choices.map(([value, title, text]) => (
          <button
            key={value}
            type="button"
            className="choice"
            aria-pressed={settings.leftRight === value}
            onClick={() => change({ leftRight: value })}
          >
            <svg viewBox="0 0 120 64" width="120" height="64" aria-hidden="true">
              <ellipse cx="60" cy="33" rx="28" ry="27" fill="none" stroke="var(--ink3)" />
              <path d="M55 8l5-7 5 7" fill="none" stroke="var(--ink3)" />
              <text x="14" y="37" fill="var(--ink)" fontSize="13">
                {value === 'neurological' ? 'L' : 'R'}
              </text>
              <text x="98" y="37" fill="var(--ink)" fontSize="13">
                {value === 'neurological' ? 'R' : 'L'}
              </text>
            </svg>
            <b>{title}</b>
            <small>{text}</small>
          </button>
        ))}
      </div>
      <small>
        {settings.leftRight === null
          ? 'Asked once. It changes pictures only, never files.'
          : 'You can change it in every view.'}
      </small>
    </section>
  )
}

export function ProjectsScreen() {
  const { openProject, show } = useWindow()
  const recent = useRecent()
  const [size, setSize] = useState<(typeof sizes)[number][0]>('small')
  const [seeds, setSeeds] = useState(1)
  const [picking, setPicking] = useState<'new' | 'open' | null>(null)
  const started = ({ project, run }: { project: { id: string }; run: { id: string } }) =>
    openProject(project.id, { name: 'run', run: run.id })
  const demo = useAct(() => engine.projects.demo({ size, seeds: Array.from({ length: seeds }, (_, i) => i) }), started)
  const example = useAct(() => engine.projects.example({ name: 'haxby2001' }), started)
  const open = useAct(
    (place: Place) => engine.projects.open({ place }),
    (project) => openProject(project.id),
  )
  const create = useAct(
    (place: Place) => engine.projects.create({ place, name: place.path.split('/').pop() ?? 'Project' }),
    (project) => openProject(project.id),
  )
  const list = recent.data ?? []
  return (
    <>
      <div className="screen-header">
        <h1>Projects</h1>
      </div>
      <div className="columns" style={{ gridTemplateColumns: 'minmax(360px, 460px) minmax(0, 1fr)' }}>
        <Pane title="Start">
          <div className="stack-wide" style={{ gap: 28 }}>
            <section className="stack">
              <h2>See it work</h2>
              <p className="ink2">
                A simulated subject whose true voxels are known: the mask is found, judged against every control, and
                can be exported.
              </p>
              <div className="row" style={{ flexWrap: 'wrap' }}>
                <Segments label="Size" value={size} options={sizes} onChange={setSize} />
                <label className="row">
                  Seeds
                  <input
                    className="input"
                    style={{ width: 64 }}
                    type="number"
                    min={1}
                    max={10}
                    value={seeds}
                    onChange={(event) =>
                      setSeeds(Math.max(1, Math.min(10, Math.round(Number(event.target.value) || 1))))
                    }
                  />
                </label>
              </div>
              <small>{sizeNotes[size]}</small>
              <div className="row">
                <Button
                  kind={list.length === 0 ? 'filled' : 'outlined'}
                  large
                  disabled={demo.isPending}
                  onPress={() => demo.mutate(undefined)}
                >
                  Run the demo
                </Button>
              </div>
              <ErrorNote error={demo.error} />
            </section>
            <section className="stack">
              <h2>Real scans</h2>
              <p className="ink2">
                One slice of Haxby et al. 2001: eight object categories, twelve runs, shipped with the workstation.
              </p>
              <div className="row">
                <Button large disabled={example.isPending} onPress={() => example.mutate(undefined)}>
                  Open the Haxby example
                </Button>
              </div>
              <ErrorNote error={example.error} />
            </section>
            <section className="stack">
              <h2>Your own</h2>
              <div className="row">
                <Button onPress={() => setPicking('new')}>New project…</Button>
                <Button onPress={() => setPicking('open')}>Open project…</Button>
              </div>
              <ErrorNote error={open.error ?? create.error} />
            </section>
            <OrientationQuestion />
          </div>
        </Pane>
        <Pane title="Recent" note={list.length === 0 ? '' : `${list.length} on this computer`}>
          <ErrorNote error={recent.error} />
          {list.length === 0 ? (
            <Empty>Projects you open appear here, with what waits in each of them.</Empty>
          ) : (
            <table>
              <thead>
                <tr>
                  <th>Project</th>
                  <th>Where</th>
                  <th>Opened</th>
                  <th>Next</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {list.map((project) => (
                  <tr key={project.id} className={project.missing ? 'ink3' : ''}>
                    <td>
                      <b>{project.name}</b>
                    </td>
                    <td className="mono ellipsis" style={{ maxWidth: 260 }} title={project.folder}>
                      {project.folder}
                    </td>
                    <td>{when(project.opened)}</td>
                    <td>{project.missing ? 'The folder is not where it was' : (project.next ?? '–')}</td>
                    <td className="number">
                      {project.missing ? (
                        <Button onPress={() => setPicking('open')}>Locate…</Button>
                      ) : (
                        <Button onPress={() => open.mutate(project.place)} label={`Open ${project.name}`}>
                          Open
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Pane>
      </div>
      {picking === null ? null : (
        <PathPicker
          title={picking === 'new' ? 'Where shall the new project be?' : 'Which project folder?'}
          kind={picking === 'new' ? 'new-folder' : 'folder'}
          suggestedName="My project"
          onClose={() => setPicking(null)}
          onChoose={(place) => {
            setPicking(null)
            if (picking === 'new') create.mutate(place)
            else open.mutate(place)
          }}
        />
      )}
      {useWindow.getState().settings.leftRight === null && list.length > 0 ? (
        <p className="row warning" style={{ background: 'var(--pane)', padding: '8px 14px' }}>
          <WarningGlyph /> Choose how you read left and right before you judge a mask.{' '}
          <button type="button" className="link" onClick={() => show({ name: 'projects' })}>
            The choice is on the left.
          </button>
        </p>
      ) : null}
    </>
  )
}
