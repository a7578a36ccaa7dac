/** What can I start, what waits for me? */
import { useState } from 'react'
import type { Place } from '../../core/contract/common.ts'
import { Empty, ErrorNote } from '../components/basics.tsx'
import { OrientationChoice } from '../components/orientation-choice.tsx'
import { PathPicker } from '../components/path-picker.tsx'
import { frame } from '../components/strings.ts'
import { engine } from '../lib/engine.ts'
import { useAct, useRecent } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { Bring } from './projects/bring.tsx'
import { RecentList } from './projects/recent-list.tsx'
import { type DemoSize, StartChoices } from './projects/start-choices.tsx'
import { words } from './projects/strings.ts'
import { useWaitingRun, WaitingRunNote } from './projects/waiting-run.tsx'

export function ProjectsScreen() {
  const { openProject } = useWindow()
  const recent = useRecent()
  const [picking, setPicking] = useState<'new' | 'open' | null>(null)
  const started = ({ project, run }: { project: { id: string }; run: { id: string } }) =>
    openProject(project.id, { name: 'run', run: run.id })
  const demo = useAct((input: { size: DemoSize; seeds: number[] }) => engine.projects.demo(input), started)
  const example = useAct(() => engine.projects.example({ name: 'haxby2001' }), started)
  const open = useAct(
    (place: Place) => engine.projects.open({ place }),
    (project) => openProject(project.id),
  )
  const create = useAct(
    (place: Place) => engine.projects.create({ place, name: place.path.split('/').pop() ?? 'Project' }),
    (project) => openProject(project.id),
  )
  const forget = useAct((project: { id: string }) => engine.projects.forget({ project: project.id }))
  const { leftRight } = useWindow((state) => state.settings)
  const list = recent.data ?? []
  const waiting = useWaitingRun(list)
  return (
    <>
      <h1 className="visually-hidden">{words.title}</h1>
      <div className="columns projects">
        <div className="projects-start">
          <p className="statement">{words.statement}</p>
          <p className="lead ink2">{words.lead}</p>
          <StartChoices
            first={recent.data !== undefined && list.length === 0}
            busy={demo.isPending || example.isPending || open.isPending || create.isPending}
            error={demo.error}
            onRun={(size, seeds) => demo.mutate({ size, seeds })}
            onExample={() => example.mutate(undefined)}
            onCreate={() => setPicking('new')}
            onOpen={() => setPicking('open')}
          />
          <ErrorNote error={example.error ?? create.error} />
          <section className="orientation" aria-label={frame.orientation.title}>
            <h2>{frame.orientation.title}</h2>
            <small>{leftRight === null ? words.orientation.unsettled : words.orientation.settled}</small>
            <OrientationChoice />
          </section>
        </div>
        <div className="projects-there">
          <ErrorNote error={recent.error ?? open.error} />
          {waiting === null ? null : <WaitingRunNote waiting={waiting} />}
          {list.length === 0 ? (
            <Empty>{words.recent.none}</Empty>
          ) : (
            <RecentList
              list={list}
              onOpen={(project) => open.mutate(project.place)}
              onLocate={() => setPicking('open')}
              onForget={(project) => forget.mutate(project)}
            />
          )}
          <Bring onDrop={(place) => open.mutate(place)} />
        </div>
      </div>
      {picking === null ? null : (
        <PathPicker
          title={picking === 'new' ? words.pick.create : words.pick.open}
          kind={picking === 'new' ? 'new-folder' : 'folder'}
          suggestedName={words.pick.suggested}
          onClose={() => setPicking(null)}
          onChoose={(place) => {
            setPicking(null)
            if (picking === 'new') create.mutate(place)
            else open.mutate(place)
          }}
        />
      )}
    </>
  )
}
