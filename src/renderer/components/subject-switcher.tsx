/** The subject in the title bar, with the one before and after it where there are several. */
import { count } from '../lib/format.ts'
import { useWindow } from '../lib/state.ts'
import { chooseSubject, useSubject } from '../lib/subject.ts'
import { Icon } from './icons.tsx'
import { frame } from './strings.ts'

const words = frame.subject

export function SubjectSwitcher() {
  const { all, subject } = useSubject()
  const { chooseMask } = useWindow()
  if (subject === undefined) return null
  const at = all.indexOf(subject)
  const choose = (id: string | undefined) => {
    if (id === undefined) return
    chooseSubject(id)
    chooseMask(null)
  }
  const trials = words.trials(count(subject.trainTrials + subject.testTrials))
  const slash = (
    <span className="slash" aria-hidden="true">
      /
    </span>
  )
  if (all.length === 1)
    return (
      <>
        {slash}
        <span className="subject">
          <Icon name="person" size={16} />
          <b>{subject.name}</b>
          <span className="ink2">{trials}</span>
        </span>
      </>
    )
  return (
    <>
      {slash}
      <span className="subject">
        <Icon name="person" size={16} />
        <select aria-label={words.switch} value={subject.id} onChange={(event) => choose(event.target.value)}>
          {all.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
        <span className="ink2">{trials}</span>
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={words.previous}
        disabled={at === 0}
        onClick={() => choose(all[at - 1]?.id)}
      >
        <Icon name="left" size={16} />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={words.next}
        disabled={at === all.length - 1}
        onClick={() => choose(all[at + 1]?.id)}
      >
        <Icon name="right" size={16} />
      </button>
    </>
  )
}
