/** Product, project, the run that is going, theme. */
import { WindowActs } from '../actions/window-acts.tsx'
import { clock } from '../lib/format.ts'
import { useRecent, useRuns } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { Button } from './basics.tsx'
import { RunningGlyph } from './glyphs.tsx'
import { Icon } from './icons.tsx'
import { frame } from './strings.ts'
import { SubjectSwitcher } from './subject-switcher.tsx'

const squares = ['a', 'b on', 'c', 'd on', 'e on', 'f on', 'g', 'h', 'i on']

export function TitleBar() {
  const { project, openProject, show, settings, change } = useWindow()
  const recent = useRecent()
  const runs = useRuns()
  const name = recent.data?.find((one) => one.id === project)?.name
  const going = (runs.data ?? []).find((run) => run.status === 'running' || run.status === 'paused')
  return (
    <header className="title-bar">
      <span className="mark" aria-hidden="true">
        {squares.map((square) => (
          <i key={square} className={square.endsWith('on') ? 'on' : ''} />
        ))}
      </span>
      <span className="name">{frame.product}</span>
      {project === null ? null : (
        <>
          <span className="divider" />
          <button
            type="button"
            className="icon-button"
            aria-label={frame.project.all}
            title={frame.project.all}
            onClick={() => openProject(null)}
          >
            <Icon name="folder" size={16} />
          </button>
          <span className="project ellipsis" title={name}>
            {name ?? frame.project.unnamed}
          </span>
          <SubjectSwitcher />
        </>
      )}
      <span className="grow" />
      {going === undefined ? null : (
        <Button kind="bare" onPress={() => show({ name: 'run', run: going.id })}>
          <RunningGlyph />
          {going.name},{' '}
          {going.status === 'paused'
            ? frame.running.paused
            : going.remaining === null
              ? clock(going.elapsed)
              : frame.running.left(clock(going.remaining))}
        </Button>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label={frame.theme[settings.theme]}
        title={frame.theme[settings.theme]}
        onClick={() => change({ theme: settings.theme === 'dark' ? 'light' : 'dark' })}
      >
        <Icon name={settings.theme === 'dark' ? 'sun' : 'moon'} />
      </button>
      <WindowActs />
    </header>
  )
}
