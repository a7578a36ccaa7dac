/** The projects of this computer, newest first, each with what waits in it; those that are gone are grey and can be located. */
import type { Project } from '../../../core/contract/contract.ts'
import { Button } from '../../components/basics.tsx'
import { when } from '../../lib/format.ts'
import { words } from './strings.ts'

const { recent } = words

export function RecentList({ list, onOpen, onLocate, onForget }: RecentProps) {
  return (
    <section className="recent" aria-label={recent.title}>
      <header>
        <h2>{recent.title}</h2>
        <span className="ink3">{list.length}</span>
      </header>
      <ul>
        {list.map((project) => (
          <li key={project.id} className={project.missing ? 'missing' : ''}>
            <span>
              <b className="ellipsis">{project.name}</b>
              <small className="mono ellipsis" title={project.folder}>
                {project.folder}
              </small>
            </span>
            <span className="ink2">{project.missing ? recent.missing : (project.next ?? recent.nothing)}</span>
            <small>
              {recent.opened} {when(project.opened)}
            </small>
            {project.missing ? (
              <span className="row">
                <Button kind="bare" label={recent.forget(project.name)} onPress={() => onForget(project)}>
                  {recent.takeOff}
                </Button>
                <Button onPress={onLocate}>{recent.locate}</Button>
              </span>
            ) : (
              <Button label={recent.openNamed(project.name)} onPress={() => onOpen(project)}>
                {recent.open}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

interface RecentProps {
  list: readonly Project[]
  onOpen: (project: Project) => void
  onLocate: () => void
  onForget: (project: Project) => void
}
